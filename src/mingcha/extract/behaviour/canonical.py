"""Reading `behaviour.jsonl`, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from mingcha.extract.behaviour import lines
from mingcha.extract.behaviour.apis import Apis
from mingcha.extract.behaviour.record import Record
from mingcha.extract.package.notes import Notes


def canonical(path: Path, apis: Apis, notes: Notes) -> Iterator[tuple[str | int, Record]]:
    """Records with their line numbers. Lines that are none are counted; a last one without an end is `truncated`."""
    decode = msgspec.json.Decoder(Record).decode
    bad = last = 0
    first = ""
    for number, line in lines.raw(path, notes):
        last = number
        if not line or line.isspace():
            continue
        try:
            record = decode(line)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as e:
            bad += 1
            first = first or f"line {number}: {str(e)[:120]}"
            bad_at = number
            continue
        yield number, record
    if bad and bad_at == last and not _ends(path):
        notes.limitation("truncated", "the last line is cut", f"line {last}")
        bad -= 1
        first = "" if first.startswith(f"line {last}:") else first
    if bad:
        notes.limitation("malformed-log", f"{bad} lines are no records; {first}")


def _ends(path: Path) -> bool:
    with path.open("rb") as f:
        f.seek(-1, 2)
        return f.read(1) == b"\n"
