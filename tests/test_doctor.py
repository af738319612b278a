"""doctor: what is here, what is missing, and that its word is the exit status."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mingcha import doctor
from mingcha.errors import Exit
from mingcha.settings import Settings
from tests.support import run

pytestmark = pytest.mark.usefixtures("place")
ROOT = Path(__file__).parents[1]


def test_every_core_dependency_is_looked_for_and_needed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {d.partition(">")[0].lower() for d in project["dependencies"]}
    needed = {p.name.lower() for p in doctor.parts(Settings()) if p.need} - {"python"}
    assert needed == wanted


def test_every_part_says_in_both_languages_what_its_lack_costs() -> None:
    for part in doctor.parts(Settings()):
        assert any("\u4e00" <= c <= "\u9fff" for c in part.zh), part.name
        assert part.en.isascii(), part.name


def test_a_missing_core_dependency_is_6(monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor._package
    monkeypatch.setattr(doctor, "_package", lambda n: None if n == "numpy" else real(n))
    zh, en = run("doctor"), run("doctor", "--lang", "en")
    assert zh.code == en.code == Exit.MISSING
    assert next(line for line in zh.out.splitlines() if "numpy" in line).startswith("✗ numpy            缺少")
    assert next(line for line in en.out.splitlines() if "numpy" in line).startswith("✗ numpy            missing")


def test_a_missing_extra_is_shown_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    ran = run("doctor", "--lang", "en")
    assert ran.code == Exit.OK
    assert "– dexdump          missing" in ran.out
    assert "– chromium         missing" in ran.out


def test_a_home_that_cannot_be_written_is_shown(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    (place / "file").write_bytes(b"")
    monkeypatch.setenv("MINGCHA_HOME", str(place / "file" / "home"))
    ran = run("doctor", "--lang", "en")
    assert ran.code == Exit.OK
    assert "– MINGCHA_HOME     missing" in ran.out


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 9))
    (python,) = [p for p in doctor.parts(Settings()) if p.name == "Python"]
    assert python.found is None
