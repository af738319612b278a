"""A lane: a process that inspects one item after the other with a resident reading child.

It reads JSON lines on stdin and answers with one JSON line each; packages and facts never pass through the pipe, and
nothing is pickled. It ends when stdin closes. What it commits is whole or not there (`commit`), so it may be killed at
any moment.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from mingcha import __version__, catalogue, extract, pipeline, store
from mingcha.errors import BadInput, ToolMissing
from mingcha.fleet import ended, places
from mingcha.fleet.items import Item, Options, content_key
from mingcha.fleet.spool import Spool
from mingcha.model import Exhibit, Fact, Limitation
from mingcha.plain import plain
from mingcha.report import json_
from mingcha.sandbox.guard import Guard
from mingcha.settings import Settings

ANSWER = 16 << 10  # bytes of one answer


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: what holds for all items."""

    store: str
    settings: Settings
    options: Options
    roots: tuple[str, ...] = ()
    recycle: int = 500
    layers: tuple[str, ...] = ()
    """Of the sandbox, found out once for all lanes."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One item. `last`: there will be no other try, so it has to end as an inspection. `tell`: the class of failure
    of a try that took this process's predecessor with it; the item is not read again."""

    n: int
    item: Item
    last: bool = False
    tell: ended.Ended | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of an item. `committed` means here and now; `again`: nothing was stored, one more try makes sense."""

    n: int
    ended: ended.Ended
    committed: bool = False
    again: bool = False
    had: bool = False
    key: str = ""
    run: str = ""
    detail: str = ""
    bytes: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    busy: float = 0.0
    """CPU seconds of this process since it began: what judging and storing cost."""
    sandbox: str = ""


class Bench:
    """What a lane keeps between items."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.settings = setup, setup.settings
        self.index = places.ledger(setup.store)
        self.spool = Spool()
        self.options = setup.options.digest()
        self.at = date.fromisoformat(setup.options.at) if setup.options.at else date.today()
        self.catalogue = catalogue.load(at=self.at)
        own = [str(self.settings.root / "cache"), *(str(p) for p in (self.settings.prints, self.settings.identity) if p)]
        self.guard = Guard(setup.layers, setup.roots, self.settings.memory_mb, own)
        self.worker = extract.Worker(
            self.settings.cpu_seconds, self.settings.wall_seconds, self.settings.memory_mb,
            cache=self.settings.root / "cache" / "code", cache_mb=self.settings.cache_mb, resident=True,
            prints=self.settings.prints, seeds=self.settings.identity, guard=self.guard,
        )  # fmt: skip
        self.done = 0

    def inspect(self, work: Work) -> Answer:
        """Inspect one item and commit it."""
        with self.spool.files(work.item.paths) as paths:
            return self._inspect(work, paths)

    def _inspect(self, work: Work, paths: list[Path]) -> Answer:
        begun, cpu = time.perf_counter(), time.process_time()
        digests = [store.sha256(_regular(p)) for p in paths]
        key = content_key(digests, work.item.app_type, self.options)
        size = sum(p.stat().st_size for p in paths)
        if run := self.index.get(key):
            if self.index.whole(run):
                return Answer(n=work.n, ended="read", had=True, key=key, run=run, bytes=size, wall=time.perf_counter() - begun)
            self.index.forget(key)  # a run that was lost: it is made again
        read = self._read(work, paths, digests)
        how, again, detail = ended.of(read.exhibits)
        if work.tell:
            how, again, detail = work.tell, False, "the process that read it"
        if again and not work.last:
            return Answer(n=work.n, ended=how, again=True, key=key, detail=plain(detail, 200), bytes=size)
        child = read.timing.get("read_cpu_seconds", 0.0)
        inspection = pipeline.judge(read, self.at, drafts=self.setup.options.drafts, loaded=self.catalogue)
        spent = time.process_time() - cpu + child
        now = datetime.now(UTC)
        kept = store.Run(
            id=f"{now:%Y%m%dT%H%M%S}-{read.subject.sha256[:12]}-{uuid.uuid4().hex[:12]}", at=now.isoformat(),
            subject=read.subject, exhibits=read.exhibits, observed=tuple(sorted(read.observed)),
            app_type=read.subject.app_type, timing=dict(read.timing), key=key, ended=how,
            sandbox=self.guard.level, engine=__version__, labels={"store": work.item.store} if work.item.store else {},
        )  # fmt: skip
        first = self.index.commit(kept, read.facts, json_.render(inspection))
        return Answer(
            n=work.n, ended=how, committed=first, had=not first, key=key, run=kept.id if first else self.index.get(key) or "",
            detail=plain(detail, 200), bytes=size, cpu=round(spent, 4), wall=round(time.perf_counter() - begun, 4), sandbox=self.guard.level,
        )  # fmt: skip

    def _read(self, work: Work, paths: list[Path], digests: list[str]) -> pipeline.Read:
        if work.last:
            self.worker.close()  # a fresh child: nothing that earlier packages did can be to blame
        if self.guard.widen(paths):
            self.worker.close()
        kinds = [(p, extract.sniff(p)) for p in paths] if not work.tell else []
        if work.tell or not any(kind != "sheet" for _, kind in kinds):
            return _untold(work, paths, digests)
        read = pipeline.read([], self.settings, app_type=work.item.app_type, forced=kinds, resident=self.worker)
        self.done += 1
        # A child may have learnt bad manners from a package that only seemed to go well.
        if work.last or self.done % self.setup.recycle == 0 or any(e.reader == "worker" for e in read.exhibits):
            self.worker.close()
        return read


def _untold(work: Work, paths: list[Path], digests: list[str]) -> pipeline.Read:
    """An item of which nothing was read, as an inspection that says so."""
    limitation = Limitation(code=ended.CODES[work.tell or "parse"], detail="the process that read it" if work.tell else "")
    exhibits = tuple(
        Exhibit(kind="package", name=plain(p.name), sha256=d, size=p.stat().st_size, reader="worker", status="refused", limitations=(limitation,))
        for p, d in zip(paths, digests, strict=True)
    )
    facts: list[Fact] = [
        {"kind": "limitation", "exhibit": e.sha256, "where": e.name, "code": limitation.code, "detail": limitation.detail}
        for e in exhibits
    ]
    return pipeline.Read(subject=pipeline.subject_of(exhibits, facts, work.item.app_type), exhibits=exhibits, facts=facts, timing={})


def _regular(path: Path) -> Path:
    """Opening a pipe would wait for its writer, and a device may never end."""
    if not path.is_file():
        path.stat()  # says itself where there is nothing
        raise OSError(f"{path.name} is no regular file")
    return path


def answer(bench: Bench, work: Work) -> Answer:
    """`Bench.inspect`, with whatever goes wrong as a class of failure."""
    try:
        return bench.inspect(work)
    except OSError as e:
        return Answer(n=work.n, ended="io", detail=plain(e.strerror or str(e), 200))
    except BadInput as e:  # empty, of no kind: told before it was read
        how: ended.Ended = "io" if e.code in ("not-found", "unreadable", "not-a-file") else "parse"
        return _as_inspection(bench, work, how, e.code)
    except MemoryError:
        return _as_inspection(bench, work, "memory", "")
    except Exception as e:  # one item must not take the others with it
        return _as_inspection(bench, work, "parse", f"{type(e).__name__}: {e}")


def _as_inspection(bench: Bench, work: Work, how: ended.Ended, detail: str) -> Answer:
    if how == "io":
        return Answer(n=work.n, ended=how, detail=plain(detail, 200))
    if not work.last and how == "memory":
        return Answer(n=work.n, ended=how, again=True, detail=plain(detail, 200))
    try:
        told = bench.inspect(msgspec.structs.replace(work, tell=how))
        return msgspec.structs.replace(told, detail=plain(detail, 200))
    except Exception as e:
        return Answer(n=work.n, ended="io", detail=plain(f"{type(e).__name__}: {e}", 200))


def settled(setup: Setup) -> Setup:
    """The setup with the layers in which a reading child really reads here, folders and all; the strongest first.
    ToolMissing where it reads in none: a fleet would say of every package that it could not be read."""
    layers = list(setup.layers)
    while True:
        bench = Bench(msgspec.structs.replace(setup, layers=tuple(layers)))
        try:
            with bench.worker:  # any file will do: an orderly answer is what is asked for
                if not ended.of([bench.worker.read(Path(__file__), "package").exhibit])[1]:
                    return bench.setup
        finally:
            bench.guard.close()
        if not layers:
            raise ToolMissing("读取进程无法启动", "reading children do not start here", {"zh": "运行 mingcha doctor", "en": "run mingcha doctor"})
        layers.remove("bubblewrap" if "bubblewrap" in layers else layers[-1])


def main() -> int:
    """Serve items until stdin closes."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    lines = sys.stdin.buffer
    setup = msgspec.json.decode(lines.readline(), type=Setup)
    bench = Bench(setup)
    _bound(setup.settings)
    with bench.worker:
        bench.worker.start()
        for line in lines:
            asked: Mapping[str, Any] = json.loads(line)  # names that are no UTF-8 come as lone surrogates
            found = answer(bench, msgspec.convert(asked, Work))
            out.write(msgspec.json.encode(msgspec.structs.replace(found, busy=round(time.process_time(), 4))) + b"\n")
            out.flush()
    bench.guard.close()
    bench.spool.close()
    return 0


def _bound(settings: Settings) -> None:
    """Facts of a hostile package are objects here: they must not take the machine's memory."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = 2 * settings.memory_mb * 1_000_000
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))


if __name__ == "__main__":
    raise SystemExit(main())
