"""Runs in a bucket: the same names and the same order as on a folder (`commit`), with the server's "put where there is
none" in place of a link.

    PREFIX/index/pending/<run>   PREFIX/runs/<month>/<ab>/<run>/...   PREFIX/index/ab/<key>   PREFIX/blobs/ab/cd/<sha256>

There is no lock. A writer gives a run up that took longer than `SLOW`; what is half done is removed only once it is much
older than that (`OLD`), by the time that the server gives it.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from mingcha import packed, store
from mingcha.errors import BadInput
from mingcha.fleet.commit import Index, Mended
from mingcha.model import Fact
from mingcha.objects import Bucket

SLOW, OLD = 1800.0, 2 * 3600.0  # seconds
THREADS = 16  # requests at a time where there is one for each run of a store
_HEX = frozenset("0123456789abcdef")
_T = TypeVar("_T")
_R = TypeVar("_R")


def place(run: str) -> str:
    """Folder of a run."""
    return store.Store(Path()).folder(run).as_posix()


def entry(key: str) -> str:
    """Entry of a key; it is checked so that no other object can be named."""
    if len(key) != 64 or set(key) - _HEX:
        raise ValueError(f"no key: {key[:80]!r}")
    return f"index/{key[:2]}/{key}"


class RemoteIndex:
    """Which key has which run (`places.Ledger`)."""

    def __init__(self, bucket: Bucket, clock: Callable[[], float] = time.monotonic) -> None:
        self.bucket, self.clock = bucket, clock
        self._texts: set[str] = set()
        self._present: sqlite3.Connection | None = None

    def get(self, key: str) -> str | None:
        """The run of a key."""
        found = self.bucket.get(entry(key))
        return found.decode("ascii", "replace").strip() or None if found else None

    def whole(self, run: str) -> bool:
        """Whether a run is there with all its files."""
        try:
            folder = place(run)
        except ValueError:
            return False
        return {s.name.rpartition("/")[2] for s in self.bucket.below(folder)} >= set(packed.FILES)

    def sure(self, key: str, run: str) -> bool:
        """Whether a key is in the index. All keys are listed once, a thousand a request: asking for each of two million
        would take hours. That its run is whole is left to `status --repair`."""
        if self._present is None:
            self._present = sqlite3.connect("")
            self._present.execute("create table present (key text primary key) without rowid")
            self._present.executemany("insert or ignore into present values (?)", ((k,) for k in keys(self.bucket)))
        return self._present.execute("select 1 from present where key = ?", (key,)).fetchone() is not None

    def forget(self, key: str) -> None:
        """Take out a key whose run was lost."""
        self.bucket.remove([entry(key)])

    def enter(self, key: str, run: str) -> bool:
        """Enter a run that is whole. False where the key has one already."""
        return self.bucket.create(entry(key), run.encode() + b"\n")

    def commit(self, run: store.Run, facts: list[Fact], document: bytes) -> bool:
        """Store a run under its key. False where another process was first: this one's objects are gone again."""
        begun, mark, folder = self.clock(), f"index/pending/{run.id}", place(run.id)
        made = packed.parts(run, facts, document)
        self.bucket.put(mark, run.key.encode())
        if made.texts not in self._texts:
            self.bucket.create(blob(made.texts), made.shared)
            self._texts.add(made.texts)
        for name, data in made.files:
            self.bucket.put(f"{folder}/{name}", data)
        if self.clock() - begun > SLOW:  # somebody may be clearing it away already
            raise OSError("storing took too long")
        first = self.enter(run.key, run.id)
        if not first:
            self.bucket.remove([f"{folder}/{n}" for n in packed.FILES])
        self.bucket.remove([mark])
        return first


def blob(digest: str) -> str:
    """Name of a blob."""
    return store.Store(Path()).blob(digest).as_posix()


def keys(bucket: Bucket) -> Iterator[str]:
    """All keys of the index."""
    for seen in bucket.below("index"):
        _, folder, key = ["", *seen.name.split("/")][-3:]
        if len(key) == 64 and folder == key[:2]:
            yield key


def ids(bucket: Bucket) -> Iterator[tuple[str, set[str]]]:
    """Runs below `runs` with the names of their files, whole or not."""
    for month in bucket.folders("runs"):
        for part in bucket.folders(f"runs/{month}"):
            found: dict[str, set[str]] = {}
            for seen in bucket.below(f"runs/{month}/{part}"):
                folder, _, name = seen.name.rpartition("/")
                found.setdefault(folder.rpartition("/")[2], set()).add(name)
            yield from found.items()


def mend(bucket: Bucket, whole: bool = False) -> Mended:
    """As `commit.mend`: by pending marks that are old, or by a look at every run and key."""
    index, done = RemoteIndex(bucket), Mended()
    now, young = datetime.now(UTC), set()
    for seen in list(bucket.below("index/pending")):
        run = seen.name.rpartition("/")[2]
        if (now - seen.modified).total_seconds() < OLD:
            young.add(run)
            continue
        _settle(index, run, (bucket.get(seen.name) or b"").decode("ascii", "replace").strip(), done)
        bucket.remove([seen.name])
    if whole:
        _all(index, young, done)
    return done


def _settle(index: RemoteIndex, run: str, key: str, done: Mended) -> None:
    """A run of whom nobody knows whether it counts."""
    try:
        owner = index.get(key)
        if owner == run:
            return
        if owner is None and index.whole(run):
            done.adopted += index.enter(key, run)
            return
        names = [f"{place(run)}/{n}" for n in packed.FILES]
    except ValueError:  # a mark that nobody of us wrote
        return
    index.bucket.remove(names)
    done.removed += 1


def _all(index: RemoteIndex, young: set[str], done: Mended) -> None:
    def owner(key: str) -> tuple[str, bool]:
        run = index.get(key)
        return key, bool(run) and index.whole(run or "")

    for key, fine in _many(owner, keys(index.bucket)):
        if fine:
            done.indexed += 1
        else:
            index.forget(key)
            done.dangling += 1

    def look(found: tuple[str, set[str]]) -> tuple[str, set[str], str | None]:
        run, files = found
        try:
            data = index.bucket.get(f"{place(run)}/run.json")
            return run, files, msgspec.json.decode(data or b"", type=store.Run).key
        except (ValueError, msgspec.MsgspecError):
            return run, files, None

    for run, files, key_ in _many(look, (r for r in ids(index.bucket) if r[0] not in young)):
        if key_ is None and "result.json.gz" in files:  # it was whole once: somebody should know
            done.damaged += 1
        else:
            _settle(index, run, key_ or "0" * 64, done)


def _many(act: Callable[[_T], _R], of: Iterable[_T]) -> Iterator[_R]:
    """Many requests at a time, with a bounded number ahead."""
    source = iter(of)
    with ThreadPoolExecutor(THREADS) as pool:
        while some := list(islice(source, 64 * THREADS)):
            yield from pool.map(act, some)


def mirror(bucket: Bucket, root: Path, tell: Callable[[int], None] | None = None) -> tuple[int, int]:
    """Bring runs that a folder does not have yet, in the same form, so that every question can be put to it. Returns how
    many came and how many were lost in the bucket."""
    index, local, came, lost = RemoteIndex(bucket), Index(root), 0, 0
    texts: set[str] = set()

    def bring(key: str) -> tuple[str, str, bool]:
        run = index.get(key) or ""
        try:
            folder = local.store.folder(run)
            for name in packed.FILES:
                if (data := bucket.get(f"{place(run)}/{name}")) is None:
                    return key, run, False
                store.write_atomic(folder / name, data)
        except ValueError:
            return key, run, False
        return key, run, True

    for key, run, fine in _many(bring, (k for k in keys(bucket) if not _have(local, k))):
        if not fine:
            lost += 1
            continue
        try:
            digest = packed.slim(local.store.folder(run))["texts"]
            if digest not in texts and not local.store.blob(digest).exists():
                store.write_atomic(local.store.blob(digest), _texts(bucket, digest))
        except (BadInput, ValueError, TypeError):
            shutil.rmtree(local.store.folder(run), ignore_errors=True)
            lost += 1
            continue
        texts.add(digest)
        local.enter(key, run)
        came += 1
        if tell and came % 1000 == 0:
            tell(came)
    return came, lost


def _texts(bucket: Bucket, digest: str) -> bytes:
    found = bucket.get(blob(digest)) or b""
    if hashlib.sha256(found).hexdigest() != digest:
        raise ValueError("not the texts of that name")
    return found


def _have(local: Index, key: str) -> bool:
    run = local.get(key)
    return bool(run) and local.whole(run or "")
