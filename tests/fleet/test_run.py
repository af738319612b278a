"""A fleet from end to end: stored once, gone on with, poison told apart, processes killed."""

from __future__ import annotations

import errno
import io
import os
import random
import signal
import time
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from mingcha import packed, pipeline, settings, store
from mingcha.fleet import commit
from mingcha.fleet import run as fleet_run
from mingcha.fleet.commit import Index, mend
from mingcha.fleet.ended import ENDED, FAILURES
from mingcha.fleet.engine import Outcome
from mingcha.fleet.items import Item
from mingcha.fleet.journal import Journal
from mingcha.fleet.lane import Setup
from mingcha.report import json_
from tests.extract.package.build import File
from tests.fleet.conftest import Fleet, verb
from tests.support import apk, put, run, within


def runs(root: Path) -> list[store.Run]:
    return [msgspec.json.decode((f / "run.json").read_bytes(), type=store.Run) for f in commit.runs(root)]


def test_every_package_is_inspected_once_and_the_second_time_not_even_looked_at(packages: Path, fleet: Fleet, place: Path) -> None:
    root = place / "store"
    first = fleet(packages, root)
    assert {o.ended for o in first} == {"read"}
    assert all(o.committed for o in first)
    assert len({o.key for o in first}) == len(runs(root)) == 6
    assert fleet(packages, root) == []
    put(packages / "copy.apk", (packages / "0.apk").read_bytes())
    (again,) = fleet(packages, root)
    assert again.had
    assert len(runs(root)) == 6


def test_a_stored_result_is_what_a_scan_gives(packages: Path, fleet: Fleet, place: Path) -> None:
    root = place / "store"
    fleet(packages, root, jobs=1)
    folder = next(commit.runs(root))
    stored = json_.load(packed.document(folder))
    again = pipeline.judge(pipeline.load(folder), pipeline.date.fromisoformat(stored.tool.catalogue.at))
    assert stored == again
    ran = run("judge", folder, "--format", "json", "--fail-on", "never")
    assert ran.document["findings"]
    assert run("diff", folder, folder).code in (0, 1)


def test_a_lost_run_is_made_again(packages: Path, fleet: Fleet, place: Path) -> None:
    root = place / "store"
    fleet(packages, root)
    lost = next(commit.runs(root))
    (lost / "result.json.gz").unlink()
    (again,) = fleet(packages, root)
    assert again.committed
    assert len([f for f in commit.runs(root) if packed.complete(f)]) == 6


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as z:
        warnings.simplefilter("ignore")  # a name twice is what is wanted
        for name, data in members:
            z.writestr(name, data)
    return out.getvalue()


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


def poison() -> dict[str, bytes]:
    """Families that end badly or might, most of them in two sizes."""
    whole, header = apk(), b"\x03\0\x08\0"
    at = whole.rfind(b"PK\5\6")
    out = {
        "empty": b"", "zeros": bytes(4096), "text": b"hello\n" * 50, "html": b"<html>" + b"<p>" * 3000, "half": whole[: len(whole) // 2],
        "no-end": whole[:at], "comment": whole[: at + 20] + b"\xff\xff" + bytes(65_535), "encrypted": patched(whole, b"PK\1\2\x14\0\x14\0\0\0", b"PK\1\2\x14\0\x14\0\1\0") if b"PK\1\2\x14\0\x14\0\0\0" in whole else whole[:at],
        "janus": b"dex\n035\0" + bytes(104) + whole, "pdf": b"%PDF-1.7\n" + whole, "dtd": zipped(("AndroidManifest.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
        "method": patched(zipped(("AndroidManifest.xml", b"x" * 99)), b"\x08\0", b"\x63\0"), "traversal": zipped(("../../../etc/x", b"x"), ("/abs", b"x"), ("a\\..\\b", b"x")),
        "twice": zipped(*[("AndroidManifest.xml", b"x" * n) for n in range(50)]), "stored": zipped(("classes.dex", bytes(1000)), method=zipfile.ZIP_STORED),
    }  # fmt: skip
    for n in (2, 200):
        out |= {
            f"nested-{n}": apk(extra=[File(f"{i}.zip", whole) for i in range(n)]), f"eocd-{n}": b"PK\5\6" * n, f"dex-{n}": b"dex\n035\0" + os.urandom(n * 50),
            f"bomb-{n}": zipped(("AndroidManifest.xml", header + bytes(n * 100_000)), ("classes.dex", bytes(n * 100_000))),
            f"entries-{n}": zipped(*[(f"res/{i}", b"") for i in range(n * 50)]), f"names-{n}": zipped(("x" * n * 300, b"")),
            f"axml-{n}": zipped(("AndroidManifest.xml", header + os.urandom(n * 40))), f"axml-count-{n}": zipped(("AndroidManifest.xml", header + b"\xff" * n * 9)),
            f"arsc-{n}": apk(extra=[File("resources.arsc", b"\2\0\x0c\0" + os.urandom(n * 40))]), f"deep-{n}": zipped(("AndroidManifest.xml", b"<a>" * n * 200)),
            f"so-{n}": apk(extra=[File("lib/arm64-v8a/libx.so", b"\x7fELF\2\1\1" + os.urandom(n * 60))]), f"cert-{n}": apk(extra=[File("META-INF/A.RSA", b"\x30\x84" + os.urandom(n * 20))]),
            f"header-{n}": zipped(("classes.dex", b"dex\n035\0" + b"\xff" * n * 56)), f"codes-{n}": zipped(*[(f"classes{i}.dex", b"dex\n035\0") for i in range(2, n + 2)]),
            f"class-{n}": zipped(*[(f"a/B{i}.class", b"\xca\xfe\xba\xbe" + os.urandom(40)) for i in range(n)]),
        }  # fmt: skip
    return out


def test_poison_ends_with_a_class_and_leaves_its_neighbours_alone(packages: Path, fleet: Fleet, place: Path) -> None:
    bad = poison()
    assert len(bad) >= 30
    for name, data in bad.items():
        put(packages / f"poison-{name}.apk", data)
    (packages / "poison-gone.apk").symlink_to(place / "nowhere")
    os.mkfifo(packages / "poison-pipe.apk")
    root = place / "store"
    with within(240):
        found = {Path(o.item.paths[0]).stem: o for o in fleet(packages, root)}
    assert {n: found[str(n)].ended for n in range(6)} == dict.fromkeys(range(6), "read")
    assert {found[f"poison-{n}"].ended for n in ("gone", "pipe")} == {"io"}
    for name in bad:
        one = found[f"poison-{name}"]
        assert one.ended in ENDED, name
        assert one.committed, name
        if name in ("empty", "zeros", "text", "html", "half", "no-end"):
            assert one.ended in ("partly", *FAILURES), name
        stored = json_.load(packed.document(Index(root).store.folder(one.run)))
        assert not any(f.outcome == "passed" for f in stored.findings) or stored.exhibits[0].status != "refused", name
    # What could not be opened is no inspection and is tried again; the others are done.
    assert {Path(o.item.paths[0]).stem for o in fleet(packages, root)} == {"poison-gone", "poison-pipe"}


BEHAVIOURS = {
    "timeout": "while True: pass",
    "memory": "x = [bytearray(50_000_000) for _ in range(200)]",
    "signal": "import ctypes; ctypes.string_at(8)",
    "parse": "raise ValueError('no form')",
}


@pytest.fixture
def poisoned(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a Python start-up file that makes the reader misbehave for packages named after a behaviour."""
    lines = ["import os, sys", "if 'mingcha.extract.worker' in ' '.join(sys.orig_argv):", "    import mingcha.extract.package.reader as r", "    real = r.read", "    def read(path, *a, **k):", "        name = path.stem"]  # fmt: skip
    for name, code in BEHAVIOURS.items():
        lines += [f"        if name.startswith('{name}'):", *(f"            {x}" for x in code.split("; "))]
    lines += ["        return real(path, *a, **k)", "    r.read = read", ""]
    put(place / "sitecustomize.py", "\n".join(lines).encode())
    monkeypatch.setenv("PYTHONPATH", f"{place}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    return place


def test_a_reader_that_hangs_dies_or_eats_memory_is_tried_once_more_and_then_told(packages: Path, fleet: Fleet, poisoned: Path) -> None:
    for name in BEHAVIOURS:
        put(packages / f"{name}.apk", apk(extra=[File("assets/b", name.encode())]))
    root = poisoned / "store"
    with within(150):
        begun = time.monotonic()
        found = {Path(o.item.paths[0]).stem: o for o in fleet(packages, root, cpu_seconds=5, wall_seconds=20, memory_mb=1500)}
        took = time.monotonic() - begun
    assert {n: found[n].ended for n in BEHAVIOURS} == {n: n for n in BEHAVIOURS}
    assert {found[n].tries for n in BEHAVIOURS} == {2}
    assert all(found[n].committed for n in BEHAVIOURS)
    assert {found[str(n)].ended for n in range(6)} == {"read"}
    assert took < 60  # a hang costs twice its limit of five seconds, not the clock's twenty and more
    stored = json_.load(packed.document(Index(root).store.folder(found["timeout"].run)))
    assert [lim.code for lim in stored.exhibits[0].limitations] == ["timeout"]
    assert not any(f.outcome == "passed" for f in stored.findings)
    assert fleet(packages, root) == []


def test_a_budget_is_kept_within_a_fifth(packages: Path, fleet: Fleet, poisoned: Path) -> None:
    put(packages / "timeout.apk", apk(extra=[File("assets/b", b"t")]))
    for path in packages.glob("[0-9].apk"):
        path.unlink()
    (one,) = fleet(packages, poisoned / "store", cpu_seconds=60, wall_seconds=5)
    assert one.ended == "timeout"
    assert one.wall <= 5 * 1.2 + 1.5  # of the last try: the limit, and reading the digest, judging and storing


def children(pid: int) -> list[int]:
    """Processes that a process has started, and theirs."""
    out: list[int] = []
    for task in Path("/proc", str(pid), "task").glob("*/children") if Path("/proc", str(pid)).exists() else ():
        try:
            found = [int(x) for x in task.read_text().split()]
        except OSError:
            continue
        out += found + [x for child in found for x in children(child)]
    return out


def test_kills_of_workers_lanes_and_supervisors_lose_nothing_and_store_nothing_twice(place: Path) -> None:
    folder, root, dice = place / "many", place / "store", random.Random(7)
    folder.mkdir()
    for n in range(60):
        put(folder / f"{n:03}.apk", apk(extra=[File("assets/n", str(n).encode())]))
    stopped = 0
    with within(240):
        for round_ in range(8):
            process = verb(place, "fleet", "run", folder, "--store", root, "--jobs", 2)
            if round_ < 7:
                time.sleep(1.2 + dice.random() * 1.5)
                victims = children(process.pid)
                if round_ % 3 == 0 or not victims:
                    process.send_signal(signal.SIGKILL)
                    stopped += 1
                elif round_ % 3 == 1:
                    process.send_signal(signal.SIGINT)
                    stopped += 1
                else:
                    for victim in dice.sample(victims, min(2, len(victims))):
                        try:
                            os.kill(victim, signal.SIGKILL)
                        except ProcessLookupError:
                            pass
            out, err = process.communicate()
            assert b"Traceback" not in err, err.decode()
    assert stopped >= 4
    assert process.returncode == 0
    mended = mend(root, whole=True)
    assert mended is not None
    assert (mended.indexed, mended.adopted, mended.removed, mended.dangling, mended.damaged) == (60, 0, 0, 0, 0)
    stored = runs(root)
    assert len(stored) == len({r.key for r in stored}) == len({r.subject.sha256 for r in stored}) == 60
    assert b"60" in out


def test_two_supervisors_on_one_store_do_not_get_in_each_others_way(packages: Path, place: Path) -> None:
    root = place / "store"
    with within(120):
        both = [verb(place, "fleet", "run", packages, "--store", root, "--jobs", 2) for _ in range(2)]
        ended = [p.communicate() for p in both]
    assert [p.returncode for p in both] == [0, 0], ended
    assert len(runs(root)) == len({r.key for r in runs(root)}) == 6


def test_interactive_items_come_before_bulk(packages: Path, fleet: Fleet, place: Path) -> None:
    lines = [f'{{"paths": ["packages/{n}.apk"], "lane": "{"interactive" if n == 5 else "bulk"}"}}' for n in range(6)]
    source = put(place / "list.jsonl", "\n".join(lines).encode())
    order = [Path(o.item.paths[0]).stem for o in fleet(source, place / "store", jobs=1)]
    assert order.index("5") <= 2  # the first may have begun before it was read


def test_the_journal_is_only_a_hint(packages: Path, fleet: Fleet, place: Path) -> None:
    root = place / "store"
    fleet(packages, root)
    for path in (root / "fleet").glob("journal*"):
        path.unlink()
    assert all(o.had for o in fleet(packages, root))
    journal = Journal(root)
    assert journal.rows("select count(*) from done") == [(6,)]
    journal.close()


def test_a_full_disk_stops_the_fleet_at_once(packages: Path, place: Path) -> None:
    told: list[str] = []

    class Full:
        def run(self, items: Iterable[tuple[Item, bytes]]) -> Iterator[Outcome]:
            for item, stamp in items:
                told.append(item.paths[0])
                yield Outcome(item=item, stamp=stamp, ended="io", detail=os.strerror(errno.ENOSPC))

        def close(self) -> None:
            told.append("closed")

    wanted = settings.load()
    setup = Setup(store=str(place / "store"), settings=wanted, options=fleet_run.options(wanted))
    with pytest.raises(OSError, match="space"):
        list(fleet_run.run(packages, place / "store", lambda _: Full(), setup, fleet_run.Progress()))
    assert len(told) == 2
    assert told[-1] == "closed"
