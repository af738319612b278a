"""Prove a whole log: every entry against its tile, every tile against the next, the root against the checkpoint, and
all of it against the database. The first thing that does not fit is named."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from mingcha.server.log.merkle import HASH, leaf_hash, node_hash
from mingcha.server.log.note import BadNote, Verifier, open_checkpoint
from mingcha.server.log.tiles import WIDTH, Broken, Log, place


class Report(NamedTuple):
    """What came of it. `broken` names the first break, empty for none."""

    entries: int
    root: bytes
    broken: str = ""


def verify(folder: Path, entries: Iterable[bytes] | None, note: str | None, verifiers: Sequence[Verifier]) -> Report:
    """Check the log in a folder. `entries`: what the database has in the order of the log, None to leave it out;
    `note`: the published checkpoint, None where there is none yet. Memory is bounded by one tile of each level."""
    try:
        log = Log(folder)
        broken = _levels(log, entries)
        root = b"" if broken else log.root()
        return Report(log.size, root, broken or _checkpoint(log, note, verifiers))
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
        for k, entry in enumerate(log.bundle(n)):
            if given is not None and (own := next(given, None)) != entry:
                what = "has none" if own is None else "has another"
                return f"entry {n * WIDTH + k}: the database {what}"
            hashes[0].append(leaf_hash(entry))
        if len(hashes[0]) == WIDTH and (broken := full(0)):
            return broken
    if given is not None and next(given, None) is not None:
        return f"entry {log.size}: the log has none, the database has"
    for level, rest in enumerate(hashes):
        if rest and (broken := _compare(log, level, count[level], rest)):
            return broken
    return ""


def _compare(log: Log, level: int, n: int, hashes: Sequence[bytes]) -> str:
    raw = log._read_tile(level, n, log.size)
    for i, (a, b) in enumerate(itertools.zip_longest(hashes, (raw[j : j + HASH] for j in range(0, len(raw), HASH)))):
        if a != b:
            return f"tile/{level}/{place(n)}: hash {i} is {(b or b'').hex()[:16]}, should be {(a or b'').hex()[:16]}"
    return ""


def _checkpoint(log: Log, note: str | None, verifiers: Sequence[Verifier]) -> str:
    if note is None:
        return ""
    try:
        said = open_checkpoint(note, verifiers)
    except BadNote as e:
        return f"checkpoint: {e}"
    if said.size > log.size:
        return f"checkpoint: {said.size} entries were published, the log has {log.size}"
    if log.root(said.size) != said.root:
        return f"checkpoint: the root of the first {said.size} entries is another one than was published"
    return ""
