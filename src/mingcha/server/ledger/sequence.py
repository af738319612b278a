"""From events to the log: events get their places in the order in which they were written, then the log is signed.

Database and log are two stores, and a crash may fall between them. The log is written first; what it holds beyond
the database's count is found again by the `uid` of its entries, so nothing is entered twice.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Max

from mingcha.server.ledger.models import Event, Sequenced
from mingcha.server.log import note
from mingcha.server.log.tiles import Log

BATCH = 1000
_LOCK = 0x6D696E67  # PostgreSQL's advisory lock of the sequencer


class Entered(NamedTuple):
    """What one run did."""

    events: int
    size: int
    """Entries of the log now."""


def catch_up(folder: Path) -> Entered:
    """Enter all events that have no place yet; safe to run at any time, by several at once."""
    done = after = 0  # what a slower writer commits behind `after` is entered by the next run
    while True:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            log = Log(folder)  # only now: another run may just have ended
            at = _recover(log)
            fresh = list(Event.objects.filter(pk__gt=after, sequenced=None).order_by("pk")[:BATCH])
            if not fresh:
                return Entered(done, at)
            log.append([e.leaf.encode() for e in fresh])
            Sequenced.objects.bulk_create(Sequenced(event=e, index=at + i) for i, e in enumerate(fresh))
            done, after = done + len(fresh), fresh[-1].pk


def _recover(log: Log) -> int:
    """Bring the database up to the log after a crash between the two; the log's size."""
    top = Sequenced.objects.aggregate(top=Max("index"))["top"]
    at = 0 if top is None else int(top) + 1
    for i in range(at, log.size):
        uid = json.loads(log.entry(i))["uid"]
        Sequenced.objects.create(event=Event.objects.get(uid=uid), index=i)
    return max(at, log.size)


def entries() -> Iterator[bytes]:
    """The leaves as the database has them, in the order of the log."""
    for leaf in Event.objects.exclude(sequenced=None).order_by("sequenced__index").values_list("leaf", flat=True).iterator():
        yield leaf.encode()


def waiting() -> int:
    """Events that have no place yet."""
    return Event.objects.filter(sequenced=None).count()


def publish(folder: Path) -> Entered:
    """Enter what waits and sign the log as it then is. The key is made at the first time; `verifier` beside the log
    is what others check with."""
    done = catch_up(folder)
    log = Log(folder)
    with log.writing():
        key = _key(folder)
        log.put("verifier", key.verifier.line().encode() + b"\n")
        log.put("checkpoint", note.checkpoint(note.Checkpoint(key.name, log.size, log.root()), [key]).encode())
    return done


def _key(folder: Path) -> note.Signer:
    path = folder.with_name(folder.name + ".key")
    try:
        return note.signer(path.read_text("utf-8"))
    except FileNotFoundError:
        # A name of its own, as the format asks: two offices must not be taken for one.
        key = note.generate(f"office-{secrets.token_hex(8)}.mingcha.invalid")
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as f:
        f.write(key.line() + "\n")
        f.flush()
        os.fsync(f.fileno())
    new.replace(path)
    return key
