"""Packages that lie in a bucket, brought to a folder of one lane while it inspects them, one item at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from mingcha import objects

MOST = 16 << 30  # bytes of one package; what the reader takes is less
_NAME = 200  # bytes of a file's name
_PREFIX = "mingcha-spool-"
_YOUNG = 60.0  # seconds


class Spool:
    """A folder that goes with its lane; it is made when the first package is fetched."""

    def __init__(self) -> None:
        self._lock = -1
        self._made: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        """Where packages are put. One name for all items, so that a reading child need not be widened for each."""
        if self._made is None:
            _sweep()
            self._made = tempfile.TemporaryDirectory(prefix=_PREFIX)
            self._lock = os.open(self._made.name, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        return Path(self._made.name)

    @contextmanager
    def files(self, names: Sequence[str]) -> Iterator[list[Path]]:
        """Items' files as paths here: as they are, or fetched and removed afterwards."""
        if not any(objects.remote(n) for n in names):
            yield [Path(n) for n in names]
            return
        try:
            yield [self._here(n, x) for n, x in enumerate(names)]
        finally:
            for path in self.folder.iterdir():
                shutil.rmtree(path, ignore_errors=True)

    def _here(self, number: int, name: str) -> Path:
        if not objects.remote(name):
            return Path(name)
        where, inside = objects.split(name)
        target = self.folder / str(number) / _plain(inside)
        target.parent.mkdir(exist_ok=True)
        objects.bucket(where).fetch(inside, target, MOST)
        return target

    def close(self) -> None:
        """Remove the folder."""
        if self._made is not None:
            self._made.cleanup()
            os.close(self._lock)
            self._made = None


def _sweep() -> None:
    """Remove folders of lanes that were killed: nobody holds their lock. One that was made this minute may have none yet."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another account's, or just gone
            if path.is_symlink() or time.time() - path.stat().st_mtime < _YOUNG:
                continue
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(handle)


def _plain(name: str) -> str:
    """The last part of an object's name as one of a file; of a name that is none, its digest with the suffix."""
    last = name.rpartition("/")[2]
    if last.strip(".") and "\0" not in last and len(last.encode("utf-8", "surrogateescape")) <= _NAME:
        return last
    suffix = Path(last[-16:].replace("\0", "")).suffix
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest() + (suffix if len(suffix) < 16 else "")
