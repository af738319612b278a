"""One run for one key, made once, whenever the process is killed.

    1. STORE/index/pending/<run>   says which key the run will have
    2. STORE/runs/<month>/<ab>/<run>/...  is written; its result comes last
    3. STORE/index/ab/<key>        is linked to its name: only one process can
    4. the pending mark goes

A kill between any two steps leaves either nothing that counts, or a whole run that `mend` enters into the index.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from mingcha import packed, store
from mingcha.errors import BadInput
from mingcha.model import Fact


class Mended(msgspec.Struct, kw_only=True):
    """What was found and done: counts of runs."""

    indexed: int = 0
    """Keys in the index."""
    adopted: int = 0
    """Whole runs that were missing in the index."""
    removed: int = 0
    """Half runs, and second ones of a key."""
    dangling: int = 0
    """Keys without a whole run: they will be inspected again."""
    damaged: int = 0
    """Runs whose files are there but cannot be read."""


class Index:
    """Which key has which run."""

    def __init__(self, root: Path) -> None:
        self.root, self.store = root / "index", store.Store(root)

    def path(self, key: str) -> Path:
        """Entry of a key; it is checked so that no other path can be named."""
        if len(key) != 64 or set(key) - set("0123456789abcdef"):
            raise ValueError(f"no key: {key[:80]!r}")
        return self.root / key[:2] / key

    def get(self, key: str) -> str | None:
        """The run of a key."""
        try:
            return self.path(key).read_text("ascii").strip() or None
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def enter(self, key: str, run: str) -> bool:
        """Enter a run that is whole. False where the key has one already."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "w") as f:
                f.write(run + "\n")
                f.flush()
                os.fsync(f.fileno())
            os.link(made, path)
        except FileExistsError:
            return False
        finally:
            Path(made).unlink(missing_ok=True)
        return True

    def forget(self, key: str) -> None:
        """Take out a key whose run was lost: it is inspected again."""
        self.path(key).unlink(missing_ok=True)

    def sure(self, key: str, run: str) -> bool:
        """Whether a key that a journal knows has a run, and that run is whole."""
        return bool(self.get(key)) and self.whole(run)

    def commit(self, run: store.Run, facts: list[Fact], document: bytes) -> bool:
        """Store a run under its key. False where another process was first: this one's folder is gone again."""
        mark = self.root / "pending" / run.id
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(run.key)
        folder = packed.save(self.store, run, facts, document)
        _sync(folder)
        first = self.enter(run.key, run.id)
        if not first:
            shutil.rmtree(folder, ignore_errors=True)
        mark.unlink(missing_ok=True)
        return first

    def all(self) -> Iterator[tuple[str, str]]:
        """All keys with their runs."""
        for folder in sorted(self.root.glob("??")):
            for entry in os.scandir(folder):
                if len(entry.name) == 64:
                    yield entry.name, self.get(entry.name) or ""

    def whole(self, run: str) -> bool:
        """Whether the run of an entry is there with all its files."""
        try:
            return packed.complete(self.store.folder(run))
        except ValueError:
            return False


def _sync(folder: Path) -> None:
    """Make the names of a folder's files last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def held(root: Path, alone: bool) -> Iterator[bool]:
    """A lock of the store: shared by all who write runs, `alone` for those who remove what was left behind. Yields
    whether it was got; who would be alone does not wait."""
    path = root / "fleet" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as f:
        try:
            fcntl.flock(f, (fcntl.LOCK_EX | fcntl.LOCK_NB) if alone else fcntl.LOCK_SH)
        except BlockingIOError:
            yield False
            return
        yield True


def mend(root: Path, whole: bool = False) -> Mended | None:
    """Enter or remove what a killed process left behind: by its pending marks, which is quick, or by a look at every
    run. None where other processes write into the store."""
    with held(root, alone=True) as got:
        if not got:
            return None
        index, done = Index(root), Mended()
        pending = index.root / "pending"
        for mark in sorted(pending.glob("*")) if pending.is_dir() else ():
            with suppress(ValueError):
                _settle(index, index.store.folder(mark.name), mark.read_text().strip(), done)
            mark.unlink()
        if whole:
            _all(index, done)
        return done


def _settle(index: Index, folder: Path, key: str, done: Mended) -> None:
    """A run of whom nobody knows whether it counts."""
    owner = index.get(key)
    if owner == folder.name:
        return
    if owner is None and packed.complete(folder):
        index.enter(key, folder.name)
        done.adopted += 1
    elif folder.is_dir():
        shutil.rmtree(folder)
        done.removed += 1


def _all(index: Index, done: Mended) -> None:
    for key, run in index.all():
        if index.whole(run):
            done.indexed += 1
        else:
            index.path(key).unlink()
            done.dangling += 1
    for folder in runs(index.store.root):
        try:
            found = msgspec.json.decode((folder / "run.json").read_bytes(), type=store.Run)
            packed.slim(folder)
            _settle(index, folder, found.key, done)
        except (OSError, ValueError, msgspec.MsgspecError, BadInput):
            if (folder / "result.json.gz").exists():  # it was whole once: somebody should know
                done.damaged += 1
            else:
                shutil.rmtree(folder, ignore_errors=True)
                done.removed += 1


def runs(root: Path, month: str = "[0-9]" * 6) -> Iterator[Path]:
    """Folders of all runs of fleets, by month."""
    for part in sorted((root / "runs").glob(f"{month}/??")):
        for entry in sorted(os.scandir(part), key=lambda e: e.name):
            yield Path(entry.path)
