"""A place of its own for tests that go through the front door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings

from mingcha.report import json_
from tests.extract.package.build import File
from tests.support import apk, flagged, put, run

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


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


@pytest.fixture
def good(place: Path) -> Path:
    return put(place / "good.apk", apk(flagged(debuggable=False, allowBackup=False)))


@pytest.fixture
def bad(place: Path) -> Path:
    return put(place / "bad.apk", apk(flagged(debuggable=True, allowBackup=False)))


@pytest.fixture
def partly(place: Path) -> Path:
    """Readable, but its second DEX file is none."""
    return put(place / "partly.apk", apk(extra=[File("classes2.dex", b"dex\n035\0 nothing more")]))


@pytest.fixture
def saved(good: Path) -> Callable[..., Path]:
    """A saved result with chosen outcomes: rule=(outcome, severity)."""
    ran = run("scan", good, "--format", "json", "--fail-on", "never")
    base = json_.load(ran.out.encode())

    def make(name: str, **outcomes: tuple[str, str]) -> Path:
        template = base.findings[0]
        findings = tuple(
            msgspec.structs.replace(template, rule=rule.replace("_", "-"), outcome=o, severity=s)
            for rule, (o, s) in outcomes.items()
        )
        return put(Path(name), json_.render(msgspec.structs.replace(base, findings=findings)))

    return make
