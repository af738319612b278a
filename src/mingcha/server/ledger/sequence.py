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

from mingcha.errors import Usage
from mingcha.server.ledger.models import Event, Sequenced
from mingcha.server.log import note, sm2
from mingcha.server.log.tiles import Log
from mingcha.settings import load

BATCH = 1000
_LOCK = 0x6D696E67  # PostgreSQL's advisory lock of the sequencer


class Entered(NamedTuple):
    """What one run did."""

    events: int
    size: int
    """Entries of the log now."""


def catch_up(folder: Path) -> Entered:
    """Enter all events that have no place yet; safe to run at any time, by several at once."""
    first = Event.objects.filter(sequenced=None).order_by("pk").values_list("pk", flat=True).first()
    # Looked for once: joined anew for each batch, the two tables would be read whole every time. What a slower writer
    # commits behind `after` is entered by the next run.
    done, after = 0, (first or 1 << 62) - 1
    while True:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            log = Log(folder)  # only now: another run may just have ended
            at = _recover(log)
            seen = list(Event.objects.filter(pk__gt=after).order_by("pk")[:BATCH])
            if not seen:
                return Entered(done, at)
            there = set(Sequenced.objects.filter(event__in=seen).values_list("event", flat=True))
            fresh, after = [e for e in seen if e.pk not in there], seen[-1].pk
            if not fresh:
                continue
            log.append([e.leaf.encode() for e in fresh])
            Sequenced.objects.bulk_create(Sequenced(event=e, index=at + i) for i, e in enumerate(fresh))
            done += len(fresh)


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
    is what others check with. With a key and a command for SM2 set, the checkpoint carries that signature too."""
    done = catch_up(folder)
    log = Log(folder)
    with log.writing():
        key = _key(folder)
        log.put("verifier", key.verifier.line().encode() + b"\n")
        signed = note.checkpoint(note.Checkpoint(key.name, log.size, log.root()), [key])
        if second := sm2_key(key.name):
            signed += second.line(signed.rpartition("\n\n")[0] + "\n", load().sm2_signer)
        log.put("checkpoint", signed.encode())
    return done


def sm2_key(name: str) -> sm2.Key | None:
    """The public key of the second signature under the log's name, None where none is set. Usage where one of the two settings is missing."""
    own = load()
    if bool(own.sm2_key) != bool(own.sm2_signer):
        raise Usage("sm2_key 与 sm2_signer 须同时设置", "sm2_key and sm2_signer go together", {"zh": "见 docs/settings.md", "en": "see docs/settings.md"}, code="bad-settings")
    return sm2.key(name, Path(own.sm2_key).expanduser()) if own.sm2_key else None


def second_broken(checkpoint: str, name: str) -> str:
    """What is wrong with the SM2 signature of a checkpoint; empty where it is right, or none is asked for."""
    key = sm2_key(name)
    if key is None:
        return ""
    found = note.signature_of(checkpoint, name, key.id)
    if found is None:
        return "checkpoint: not signed with SM2"
    return "" if key.right(*found) else "checkpoint: the SM2 signature is wrong"


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
