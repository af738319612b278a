"""What goes between parent and child: facts that cannot be said, deaths of odd kinds, interruptions."""

from __future__ import annotations

import io
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue, extract
from mingcha.errors import BadInput
from mingcha.extract import client, worker
from mingcha.extract.client import Worker
from mingcha.extract.package import reader
from mingcha.extract.package.dex import tables
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

    def start(command: list[str], **options: Any) -> Any:
        return real([sys.executable, "-c", script], **options)

    monkeypatch.setattr(client.subprocess, "Popen", start)


def said(out: io.BytesIO) -> list[list[dict[str, Any]]]:
    """Facts of every frame."""
    data, frames = out.getvalue(), []
    while data:
        size = int.from_bytes(data[:4], "big")
        frames.append(json.loads(data[4 : 4 + size])["facts"])
        data = data[4 + size :]
    return frames


def fact(name: str) -> dict[str, Any]:
    return {"kind": "permission", "exhibit": "ab", "where": "w", "name": name}


def test_a_fact_that_cannot_be_encoded_costs_no_other() -> None:
    out = io.BytesIO()
    worker.send_facts(out, [fact("a"), fact("\ud800"), fact("b"), fact("c")])
    found = [f for frame in said(out) for f in frame]
    assert [f.get("name") for f in found] == ["a", None, "b", "c"]
    assert (found[1]["kind"], found[1]["code"], found[1]["exhibit"]) == ("limitation", "reader-limit", "ab")


def test_large_facts_are_spread_over_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LARGE", 1000)
    out = io.BytesIO()
    worker.send_facts(out, [fact("x" * 300) for _ in range(8)] + [fact("y" * 2000)])
    frames = said(out)
    assert len(frames) > 3
    assert [f["kind"] for frame in frames for f in frame] == ["permission"] * 8 + ["limitation"]


def test_a_signal_after_a_frame_does_not_say_it_twice(monkeypatch: pytest.MonkeyPatch, dex: Path) -> None:
    """The CPU limit's signal is held back while a frame is written and comes right behind it."""
    real, out = worker.send_facts, io.BytesIO()
    told = [fact(str(n)) for n in range(worker.BATCH)]

    def read_here(path: Path, emit: Any, *_: Any) -> Any:
        with pytest.raises(KeyboardInterrupt):
            emit(told)
        monkeypatch.setattr(worker, "send_facts", real)
        emit([fact("last")])
        return extract.model_exhibit

    def interrupted(to: Any, facts: list[dict[str, Any]]) -> None:
        real(to, facts)
        raise KeyboardInterrupt

    monkeypatch.setattr(extract, "model_exhibit", client.Exhibit(kind="x", name="", sha256="", size=0), raising=False)
    monkeypatch.setattr(extract, "read_here", read_here)
    monkeypatch.setattr(worker, "send_facts", interrupted)
    monkeypatch.setattr(worker, "send", lambda *_: None)
    worker.answer(out, {"path": str(dex)})
    assert [f["name"] for frame in said(out) for f in frame] == [*map(str, range(worker.BATCH)), "last"]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import os; os.kill(os.getpid(), 40)", "crash"),  # a signal without a name
        ("import os, time; os.close(1); time.sleep(60)", "crash"),  # says no more, but lives on
        ("f=b'{\"facts\":[{\"kind\":1}]}'; w=sys.stdout.buffer; w.write(len(f).to_bytes(4,'big')+f); w.flush()", "crash"),
    ],
)  # fmt: skip
def test_odd_deaths(monkeypatch: pytest.MonkeyPatch, dex: Path, script: str, code: str) -> None:
    fake(monkeypatch, f"import sys; sys.stdin.readline(); {script}")
    start = time.monotonic()
    with Worker(wall=3) as w:
        reading = w.read(dex, "package")
    assert time.monotonic() - start < 60  # a guard against hanging, no measure of speed
    assert [lim.code for lim in reading.exhibit.limitations] == [code]


def test_a_child_that_hears_nothing_is_a_limitation(monkeypatch: pytest.MonkeyPatch, dex: Path) -> None:
    fake(monkeypatch, "import os, time; os.close(0); time.sleep(60)")
    with Worker(wall=3) as w:
        w.start()
        time.sleep(1)
        reading = w.read(dex, "package")
    assert [lim.code for lim in reading.exhibit.limitations] == ["crash"]


def test_an_interrupted_answer_is_not_the_next_ones(monkeypatch: pytest.MonkeyPatch, dex: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.dex"
    other.write_bytes(DEX.replace(b"a.example.cn", b"b.example.cn"))
    with Worker() as w:
        real = client._Frames.next

        def interrupt(self: Any) -> bytes:
            raise KeyboardInterrupt

        monkeypatch.setattr(client._Frames, "next", interrupt)
        with pytest.raises(KeyboardInterrupt):
            w.read(dex, "package")
        monkeypatch.setattr(client._Frames, "next", real)
        reading = w.read(other, "package")
    assert [f["host"] for f in reading.facts if f["kind"] == "url"] == ["b.example.cn"]


def test_a_path_that_is_no_utf8_is_read(tmp_path: Path) -> None:
    path = Path(str(tmp_path) + "/\udcff\udcfe.dex")
    path.write_bytes(DEX)
    with Worker() as w:
        reading = w.read(path, "package")
    assert reading.exhibit.status == "read"


def test_time_that_runs_out_while_opening_is_a_timeout(monkeypatch: pytest.MonkeyPatch, dex: Path) -> None:
    def forever(*_: Any) -> None:
        raise reader._CpuTime

    monkeypatch.setattr(reader.splits, "open_container", forever)
    before = signal.getsignal(signal.SIGXCPU)
    try:
        with pytest.raises(BadInput) as e:
            reader.read(dex, lambda _: None, catalogue.load())
    finally:
        signal.signal(signal.SIGXCPU, before)
    assert e.value.code == "timeout"


def test_time_that_runs_out_between_stages_leaves_the_package(monkeypatch: pytest.MonkeyPatch, dex: Path) -> None:
    def forever(*_: Any) -> None:
        raise reader._CpuTime

    monkeypatch.setattr(reader.owners, "Owners", forever)
    facts: list[dict[str, Any]] = []
    real = reader._last_words

    def restore() -> None:
        monkeypatch.undo()
        real()

    monkeypatch.setattr(reader, "_last_words", restore)
    exhibit = reader.read(dex, facts.extend, catalogue.load())
    assert [lim.code for lim in exhibit.limitations] == ["timeout"]
    assert [f["kind"] for f in facts] == ["package", "limitation"]


def test_one_dex_file_without_memory_does_not_hide_the_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tests.extract.package.build import File, zip_

    real = tables.read

    def read(where: str, data: bytes) -> Any:
        if where == "classes.dex":
            raise MemoryError
        return real(where, data)

    monkeypatch.setattr(tables, "read", read)
    path = tmp_path / "a.jar"
    path.write_bytes(zip_([File("classes.dex", DEX), File("classes2.dex", DEX)]))
    facts: list[dict[str, Any]] = []
    exhibit = reader.read(path, facts.extend, catalogue.load())
    assert "memory" in {lim.code for lim in exhibit.limitations}
    assert [f["host"] for f in facts if f["kind"] == "url"] == ["a.example.cn"]
