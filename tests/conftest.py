"""A place of its own for tests that go through the front door."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One MINGCHA_HOME for all, so that the catalogue is compiled once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, _home: Path) -> Path:
    """A working folder without settings of the machine. Exhibits are read in this process, which is
    quick; tests of the child process set MINGCHA_ISOLATE themselves."""
    for name in ("LANG", "FAIL_ON", "CPU_SECONDS", "WALL_SECONDS", "MEMORY_MB", "DEBUG"):
        monkeypatch.delenv(f"MINGCHA_{name}", raising=False)
    monkeypatch.setenv("MINGCHA_HOME", str(_home))
    monkeypatch.setenv("MINGCHA_ISOLATE", "false")
    monkeypatch.chdir(tmp_path)
    return tmp_path
