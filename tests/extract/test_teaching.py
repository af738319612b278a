"""Learning from archives that others made: in the child, under its limits, and what the child says is looked at."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from mingcha import catalogue
from mingcha.errors import BadInput, Exit
from mingcha.extract import Taught, Worker, client
from mingcha.extract.package.fingerprint import learn, prints
from mingcha.extract.package.fingerprint.prints import Entry
from mingcha.model import Limitation
from tests.extract.package.dexbuild import build
from tests.extract.package.fingerprint.test_anchors import cls
from tests.support import put, run

SDKS = catalogue.load().sdks


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return put(tmp_path / "jpush-android-3.1.0.dex", build([cls(n, "cn/jpush/android") for n in range(40)]))


def fake(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    """A child that answers everything with one frame."""
    child(monkeypatch, f"import sys; sys.stdin.readline(); m = {message!r}.encode(); sys.stdout.buffer.write(len(m).to_bytes(4, 'big') + m)")


def child(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Another program in the place of the child."""
    real = client.subprocess.Popen
    monkeypatch.setattr(client.subprocess, "Popen", lambda command, **more: real([sys.executable, "-c", script], **more))


def test_the_child_teaches_what_this_process_would_learn(archive: Path) -> None:
    with Worker() as worker:
        taught = worker.teach(archive, None, None, archive.name)
        assert isinstance(taught, Taught)
        entry, features = learn.received(bytes(taught.entry), taught.features, SDKS)
        mine, own = learn.lesson(archive, SDKS)
        assert entry == mine and features.tolist() == own.tolist()
        other = worker.teach(archive, "jpush", "9.9", "u.dex")  # the same child, another question
        with pytest.raises(BadInput) as e:
            worker.teach(put(archive.with_name("x.jar"), b"no archive"), None, None, "x.jar")
    assert e.value.code == "unknown-kind" and e.value.text["zh"].startswith("x.jar")
    assert isinstance(other, Taught) and b'"version":"9.9"' in bytes(other.entry)


def test_an_archive_beyond_the_limits_of_memory_costs_none_of_the_others(archive: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_ISOLATE", "true")
    bomb = place / "bomb-1.0.aar"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("AndroidManifest.xml", "<manifest package='cn.jpush.android'/>")
        z.writestr("classes.jar", bytes(200_000_000))
    ran = run("sdk", "learn", bomb, archive, "-o", place / "s.mcfp")
    assert ran.code == Exit.OK and ran.out.startswith("jpush\t3.1.0") and "bomb-1.0.aar" in ran.err
    monkeypatch.setenv("MINGCHA_MEMORY_MB", "60")
    small = run("sdk", "learn", archive, "-o", place / "t.mcfp")
    assert small.code == Exit.INPUT and not (place / "t.mcfp").exists()


@pytest.mark.parametrize(("script", "code"), [("import time; time.sleep(60)", "timeout"), ("import os; os.abort()", "crash")])
def test_a_child_that_ends_or_hangs_teaches_nothing(
    archive: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    child(monkeypatch, script)
    with Worker(wall=1) as worker:
        found = worker.teach(archive, None, None, "a")
    assert isinstance(found, Limitation) and found.code == code


@pytest.mark.parametrize("message", ["", '{"facts": []}', '{"error": {"code": "memory", "detail": ""}}', '{"refused": {"code": "x", "text": {}, "hint": {}}}'])
def test_an_answer_to_another_question_is_none(archive: Path, monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    fake(monkeypatch, message)
    with Worker() as worker:
        assert isinstance(worker.teach(archive, None, None, "a"), Limitation)


def entry(**other: Any) -> bytes:
    whole = Entry(id="jpush", version="1.0", part="jpush", classes=3, count=2, sources=())
    return msgspec.json.encode(msgspec.structs.replace(whole, **other))


@pytest.mark.parametrize(("said", "features"), [
    (entry(), [1]), (entry(), [2, 1]), (entry(), [1, 1]), (entry(id="nobody"), [1, 2]), (entry(version="\n"), [1, 2]),
    (entry(part="x" * 500), [1, 2]), (b"{}", [1, 2]), (b"\xff", [1, 2]),
])  # fmt: skip
def test_what_the_child_says_is_looked_at(said: bytes, features: list[int]) -> None:
    with pytest.raises(ValueError):
        learn.received(said, np.array(features, "<u8").tobytes(), SDKS)
    with pytest.raises(ValueError):
        learn.received(entry(), b"123", SDKS)
    assert learn.received(entry(), np.array([1, 2], "<u8").tobytes(), SDKS)[0].count == 2


def test_a_lying_child_is_a_crash_for_the_user(archive: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_ISOLATE", "true")
    fake(monkeypatch, '{"taught": {"entry": {"id": "jpush"}, "features": ""}}')
    ran = run("sdk", "learn", archive, "-o", place / "s.mcfp")
    assert ran.code == Exit.INPUT and "[crash]" in ran.err and not (place / "s.mcfp").exists()
    monkeypatch.setenv("MINGCHA_ISOLATE", "false")
    assert run("sdk", "learn", archive, "-o", place / "s.mcfp").code == Exit.OK
    assert prints.load(place / "s.mcfp").entries[0].id == "jpush"
