"""The reading child: limits, deaths, and that nothing is lost but the package that did it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from mingcha import extract
from mingcha.errors import BadInput
from mingcha.extract import client, worker
from mingcha.extract.client import Worker
from tests.extract.package.dexbuild import Cls, Mth, build

DEX = build(
    [Cls("La/A;", [Mth("f", "()V", [("const-string", 0, "http://a.example.cn/x"), ("return-void",)])])]
)


@pytest.fixture
def dex(tmp_path: Path) -> Path:
    path = tmp_path / "one.dex"
    path.write_bytes(DEX)
    return path


def fake(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let the client start a child that runs `script` instead of the worker."""
    real = client.subprocess.Popen

    def start(command: list[str], **options: object) -> object:
        return real([sys.executable, "-c", script], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(client.subprocess, "Popen", start)


def test_one_child_reads_several_exhibits(dex: Path) -> None:
    with Worker() as w:
        first = w.read(dex, "package")
        pid = w._process.pid  # type: ignore[union-attr]
        second = w.read(dex, "package")
        assert w._process.pid == pid  # type: ignore[union-attr]
    assert first == second
    assert [f["url"] for f in first.facts if f["kind"] == "url"] == ["http://a.example.cn/x"]
    assert first.exhibit.sha256 == second.exhibit.sha256 != ""


def test_after_a_death_the_next_exhibit_is_read(dex: Path) -> None:
    with Worker() as w:
        w.read(dex, "package")
        os.kill(w._process.pid, signal.SIGKILL)  # type: ignore[union-attr]
        w._process.wait()  # type: ignore[union-attr]
        assert w.read(dex, "package").exhibit.status == "read"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import os; os.kill(os.getpid(), 11)", "crash"),
        ("import os; os.kill(os.getpid(), 9)", "memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "timeout"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xff'); sys.stdout.flush()", "crash"),
        ("import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\4nope'); sys.stdout.flush()", "crash"),
        ("import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\2{}'); sys.stdout.flush()", "crash"),
        ("", "crash"),
    ],
)
def test_every_way_to_die_is_a_limitation(
    monkeypatch: pytest.MonkeyPatch, dex: Path, script: str, code: str
) -> None:
    fake(monkeypatch, f"import sys; sys.stdin.readline(); {script}" if script else "pass")
    with Worker() as w:
        reading = w.read(dex, "package")
    assert reading.exhibit.status == "refused"
    assert [lim.code for lim in reading.exhibit.limitations] == [code]
    assert reading.facts[-1]["kind"] == "limitation"


def test_what_was_said_before_a_death_is_kept(monkeypatch: pytest.MonkeyPatch, dex: Path) -> None:
    frame = b'{"facts":[{"kind":"permission","exhibit":"ab","where":"","name":"x"}]}'
    fake(
        monkeypatch,
        f"import sys, os; sys.stdin.readline(); sys.stdout.buffer.write({len(frame).to_bytes(4, 'big') + frame!r});"
        "sys.stdout.flush(); os.kill(os.getpid(), 11)",
    )
    with Worker() as w:
        reading = w.read(dex, "package")
    assert reading.exhibit.status == "partly"
    assert [f["kind"] for f in reading.facts] == ["permission", "limitation"]
    assert reading.exhibit.sha256 == "ab"


def test_a_child_that_hangs_is_killed_by_the_clock(monkeypatch: pytest.MonkeyPatch, dex: Path) -> None:
    fake(monkeypatch, "import time; time.sleep(60)")
    start = time.monotonic()
    with Worker(wall=1) as w:
        reading = w.read(dex, "package")
    assert time.monotonic() - start < 60  # a guard against hanging, no measure of speed
    assert [lim.code for lim in reading.exhibit.limitations] == ["timeout"]


def test_too_many_facts_are_cut(monkeypatch: pytest.MonkeyPatch, dex: Path) -> None:
    monkeypatch.setattr(client, "TOTAL", 10)
    with Worker() as w:
        reading = w.read(dex, "package")
    assert [lim.code for lim in reading.exhibit.limitations] == ["reader-limit"]


def test_the_address_space_limit_holds(dex: Path) -> None:
    with Worker(memory=40) as w:
        reading = w.read(dex, "package")
    assert reading.exhibit.status == "refused"
    assert reading.exhibit.limitations[0].code in ("memory", "crash")


def test_the_child_can_write_no_file(tmp_path: Path) -> None:
    script = (
        "from mingcha.extract.worker import limit; limit(10, 2000)\n"
        f"with open({str(tmp_path / 'x')!r}, 'w') as f: f.write('a' * 10)"
    )
    status = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", script])
    assert status != 0
    assert (tmp_path / "x").stat().st_size == 0


def test_the_cpu_limit_becomes_a_limitation_with_partial_facts(
    monkeypatch: pytest.MonkeyPatch, dex: Path
) -> None:
    from mingcha.extract.package import reader
    from mingcha.extract.package.dex import tables

    def forever(*_: object) -> None:
        raise reader._CpuTime

    monkeypatch.setattr(tables, "read", forever)
    facts: list[dict[str, object]] = []
    exhibit = extract.read_here(dex, facts.extend, "package")
    assert exhibit.status == "partly"
    assert "timeout" in [lim.code for lim in exhibit.limitations]
    assert [f for f in facts if f["kind"] == "package"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p: None, "not-found"),
        (lambda p: p.mkdir(), "is-folder"),
        (lambda p: p.write_bytes(b""), "empty"),
        (lambda p: p.write_bytes(b"RIFF\x24\0\0\0WAVEfmt nothing of ours"), "unknown-kind"),
    ],
)
def test_what_cannot_be_an_exhibit_is_told_apart(tmp_path: Path, make: object, code: str) -> None:
    path = tmp_path / "exhibit"
    make(path)  # type: ignore[operator]
    with pytest.raises(BadInput) as e:
        extract.sniff(path)
    assert e.value.code == code
    assert e.value.text["zh"]
    assert e.value.text["en"]


def test_frames_are_length_and_json() -> None:
    import io

    out = io.BytesIO()
    worker.send(out, {"facts": []})
    assert out.getvalue() == b"\0\0\0\x0c" + b'{"facts":[]}'
