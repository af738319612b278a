"""What became of every file that a fleet was given: a hint that makes going on quick, and the figures of `status`.

The truth is the index (`commit`). Losing this file costs reading packages for their digests again, nothing else.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

TABLE = """
create table if not exists done (
    stamp blob primary key, path text not null, store text not null, key text not null, run text not null,
    ended text not null, bytes integer not null, cpu real not null, wall real not null, at real not null,
    detail text not null
) without rowid
"""
BATCH = 64


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One file's end. `cpu` in seconds of reading and judging, `wall` in seconds, `at` in seconds since 1970."""

    stamp: bytes
    path: str
    store: str = ""
    key: str = ""
    run: str = ""
    ended: str = ""
    bytes: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    at: float = 0.0
    detail: str = ""


class Journal:
    """The journal of a store; one process writes at a time, many may read."""

    def __init__(self, root: Path) -> None:
        path = root / "fleet" / "journal.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, timeout=60, isolation_level=None)
        self.db.execute("pragma journal_mode=wal")
        self.db.execute("pragma synchronous=normal")
        self.db.execute(TABLE)
        self._waiting: list[Entry] = []
        self._since = time.monotonic()

    def find(self, stamp: bytes) -> tuple[str, str, str] | None:
        """Key, run and end of a file known by its stamp."""
        row: tuple[str, str, str] | None = self.db.execute("select key, run, ended from done where stamp = ?", (stamp,)).fetchone()
        return row

    def add(self, entry: Entry) -> None:
        """Note an end; written in batches, at the latest after a second."""
        self._waiting.append(entry)
        if len(self._waiting) >= BATCH or time.monotonic() - self._since > 1:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self._since = time.monotonic()
        if not self._waiting:
            return
        fields = Entry.__struct_fields__
        values = [tuple(_text(getattr(e, f)) for f in fields) for e in self._waiting]
        self.db.execute("begin immediate")
        self.db.executemany(f"insert or replace into done ({', '.join(fields)}) values ({', '.join('?' * len(fields))})", values)
        self.db.execute("commit")
        self._waiting.clear()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of a question of ours."""
        return self.db.execute(sql, tuple(values)).fetchall()

    def close(self) -> None:
        """Write what waits and close."""
        self.flush()
        self.db.close()


def _text(value: object) -> object:
    """A file name that is no UTF-8 as something that a table can hold."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
