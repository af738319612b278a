"""Prove a whole log: every entry against its tile, every tile against the next, the root against the checkpoint, and
all of it against the database. The first thing that does not fit is named."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from mingcha.server.log.merkle import HASH, leaf_hash, node_hash
from mingcha.server.log.note import BadNote, Verifier, open_checkpoint
from mingcha.server.log.tiles import WIDTH, Broken, Log, packed, place


class Report(NamedTuple):
    """What came of it. `broken` names the first break, empty for none."""

    entries: int
    root: bytes
    broken: str = ""
    signed: int = 0
    """Entries that the checkpoint covers: 0 where none was given, which proves the log against nothing published."""


def verify(folder: Path, entries: Iterable[bytes] | None, note: str | None, verifiers: Sequence[Verifier]) -> Report:
    """Check the log in a folder. `entries`: what the database has in the order of the log, None to leave it out;
    `note`: the published checkpoint, None where there is none yet. Memory is bounded by one tile of each level."""
    try:
        log = Log(folder)
        broken = _levels(log, entries)
        if broken:
            return Report(log.size, b"", broken)
        signed, broken = _checkpoint(log, note, verifiers)
        return Report(log.size, log.root(), broken, signed)
    except Broken as e:
        return Report(0, b"", str(e))


def _levels(log: Log, entries: Iterable[bytes] | None) -> str:
    given = iter(entries) if entries is not None else None
    hashes: list[list[bytes]] = [[]]
    count = [0]

    def full(level: int) -> str:
        """A full tile: compare with the file, and hand its hash up."""
        if broken := _compare(log, level, count[level], hashes[level]):
            return broken
        up = hashes[level]
        while len(up) > 1:
            up = [node_hash(a, b) for a, b in zip(up[::2], up[1::2], strict=True)]
        hashes[level] = []
        count[level] += 1
        if level + 1 == len(hashes):
            hashes.append([])
            count.append(0)
        hashes[level + 1].append(up[0])
        return full(level + 1) if len(hashes[level + 1]) == WIDTH else ""

    for n in range(-(-log.size // WIDTH)):
        bundle = log.bundle(n)
        ends = list(itertools.accumulate((2 + len(e) for e in bundle), initial=0))
        if broken := _older(log, f"tile/entries/{place(n)}", packed(bundle), ends):
            return broken
        for k, entry in enumerate(bundle):
            if given is not None and (own := next(given, None)) != entry:
                what = "has none" if own is None else "has another"
                return f"entry {n * WIDTH + k}: the database {what}"
            hashes[0].append(leaf_hash(entry))
        if len(hashes[0]) == WIDTH and (broken := full(0)):
            return broken
    # A log that is written to meanwhile has grown as the database has.
    if given is not None and next(given, None) is not None and log.written() == log.size:
        return f"entry {log.size}: the log has none, the database has"
    for level, rest in enumerate(hashes):
        if rest and (broken := _compare(log, level, count[level], rest)):
            return broken
    return ""


def _compare(log: Log, level: int, n: int, hashes: Sequence[bytes]) -> str:
    raw = log.tile(level, n)
    for i, (a, b) in enumerate(itertools.zip_longest(hashes, (raw[j : j + HASH] for j in range(0, len(raw), HASH)))):
        if a != b:
            return f"tile/{level}/{place(n)}: hash {i} is {(b or b'').hex()[:16]}, should be {(a or b'').hex()[:16]}"
    return _older(log, f"tile/{level}/{place(n)}", raw, range(0, len(raw) + 1, HASH))


def _older(log: Log, name: str, whole: bytes, ends: Sequence[int]) -> str:
    """Partial files of earlier checkpoints have to be beginnings of what there is now; `ends[w]` is the end of w parts."""
    for width, path in log.partials(name):
        try:
            if width >= len(ends):
                continue  # left from a crash
            if path.stat().st_size != ends[width] or path.read_bytes() != whole[: ends[width]]:
                return f"{name}.p/{width}: is not what the log began with"
        except OSError as e:
            raise Broken(f"{name}.p/{width}: {e.strerror}") from e
    return ""


def _checkpoint(log: Log, note: str | None, verifiers: Sequence[Verifier]) -> tuple[int, str]:
    """(entries that it covers, the break)."""
    if note is None:
        return 0, ""
    try:
        said = open_checkpoint(note, verifiers)
    except BadNote as e:
        return 0, f"checkpoint: {e}"
    if said.size > log.size:
        return 0, f"checkpoint: {said.size} entries were published, the log has {log.size}"
    if log.root(said.size) != said.root:
        return 0, f"checkpoint: the root of the first {said.size} entries is another one than was published"
    return said.size, ""
