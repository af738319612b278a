"""The log on disk, in the layout of C2SP tlog-tiles: hashes in tiles of 256, entries in bundles of 256.

`tile/<level>/<n>` holds up to 256 hashes of level 8·level; an unfinished one is `tile/<level>/<n>.p/<width>`.
`tile/entries/<n>` holds entries, each after its length in two bytes. `size` is written last: what lies beyond it was
not entered, and a log that was cut off anywhere opens and goes on.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from mingcha.server.log import merkle
from mingcha.server.log.merkle import HASH, leaf_hash, node_hash

WIDTH = 256
LONGEST = 0xFFFF  # bytes of an entry


def place(n: int) -> str:
    """`x001/x234/067` for 1234067 (tlog-tiles, "Merkle Tree")."""
    parts = [f"{n % 1000:03d}"]
    while n := n // 1000:
        parts.append(f"x{n % 1000:03d}")
    return "/".join(reversed(parts))


class Broken(ValueError):
    """The log's files do not say what a log of its size has to say."""


class Log:
    """One log in a folder. One writer at a time; readers never see half of an entry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = self._size()
        self._tile = lru_cache(256)(self._read_tile)

    def _size(self) -> int:
        try:
            text = (self.folder / "size").read_text("ascii")
        except FileNotFoundError:
            return 0
        if not text.strip().isdigit():
            raise Broken(f"size: {text[:40]!r}")
        return int(text)

    # ---- reading ----------------------------------------------------------------------------------

    def entry(self, i: int) -> bytes:
        """Entry number `i`. IndexError beyond the size, Broken where the file is not what it has to be."""
        if not 0 <= i < self.size:
            raise IndexError(i)
        bundle = self.bundle(i // WIDTH)
        return bundle[i % WIDTH]

    def bundle(self, n: int) -> list[bytes]:
        """The entries of one bundle, as far as the log goes."""
        wanted = min(WIDTH, self.size - n * WIDTH)
        raw = self._file(f"tile/entries/{place(n)}", wanted)
        out: list[bytes] = []
        at = 0
        while at < len(raw) and len(out) < wanted:
            length = int.from_bytes(raw[at : at + 2], "big")
            if at + 2 + length > len(raw):
                break
            out.append(raw[at + 2 : at + 2 + length])
            at += 2 + length
        if len(out) < wanted or (wanted == WIDTH and at != len(raw)):
            raise Broken(f"tile/entries/{place(n)}: {len(out)} of {wanted} entries")
        return out

    def root(self, size: int | None = None) -> bytes:
        """Root of the tree of the first `size` entries, all by default, from the tiles alone."""
        n = self.size if size is None else size
        if not 0 <= n <= self.size:
            raise IndexError(n)
        return self.tree(0, n)

    def tree(self, low: int, high: int) -> bytes:
        """Hash over the leaves [low, high), from the tiles: whole subtrees are read, not computed."""
        if high <= low:
            return merkle.EMPTY
        n = high - low
        if n & (n - 1) == 0 and low % n == 0:
            return self._whole(low, n)
        cut = low + merkle.split(n)
        return node_hash(self.tree(low, cut), self.tree(cut, high))

    def _whole(self, low: int, n: int) -> bytes:
        """Hash of a full subtree of n leaves at `low`; n is a power of two and `low` a multiple of it."""
        height = n.bit_length() - 1
        level, inner = divmod(height, 8)
        if inner == 0:
            return self._node(level, low >> height)
        # Within a tile: hash up from its own hashes.
        hashes = [self._node(level, (low >> 8 * level) + i) for i in range(1 << inner)]
        while len(hashes) > 1:
            hashes = [node_hash(a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def _node(self, level: int, i: int) -> bytes:
        tile = self._tile(level, i // WIDTH, self.size)
        at = HASH * (i % WIDTH)
        return tile[at : at + HASH]

    def _read_tile(self, level: int, n: int, size: int) -> bytes:
        wanted = min(WIDTH, (size >> 8 * level) - n * WIDTH)
        raw = self._file(f"tile/{level}/{place(n)}", wanted)
        if len(raw) < HASH * wanted or len(raw) % HASH:
            raise Broken(f"tile/{level}/{place(n)}: {len(raw)} bytes for {wanted} hashes")
        return raw[: HASH * wanted]

    def _file(self, name: str, width: int) -> bytes:
        """A full file, or the narrowest partial one that is wide enough."""
        full = self.folder / name
        if width == WIDTH or full.is_file():
            try:
                return full.read_bytes()
            except OSError as e:
                raise Broken(f"{name}: {e.strerror}") from e
        try:
            widths = sorted(int(p.name) for p in (self.folder / f"{name}.p").iterdir() if p.name.isdigit())
            return (self.folder / f"{name}.p" / str(next(w for w in widths if w >= width))).read_bytes()
        except (OSError, StopIteration) as e:
            raise Broken(f"{name}.p/{width} is missing") from e

    # ---- writing ----------------------------------------------------------------------------------

    def append(self, entries: Sequence[bytes]) -> int:
        """Add entries and make them last; the index of the first. ValueError for one that is too long."""
        if any(len(e) > LONGEST for e in entries):
            raise ValueError(f"an entry of more than {LONGEST} bytes")
        first = self.size
        if not entries:
            return first
        new = first + len(entries)
        self._entries(first, entries)
        hashes = [leaf_hash(e) for e in entries]
        level, start = 0, first
        while hashes:
            self._tiles(level, start, hashes)
            # Whole tiles below make one hash each of the next level.
            done, begin = (start + len(hashes)) // WIDTH, start // WIDTH
            hashes = [self._of_tile(level, n) for n in range(begin, done)]
            level, start = level + 1, begin
        self._put("size", str(new).encode())
        self.size = new
        return first

    def _entries(self, first: int, entries: Sequence[bytes]) -> None:
        at = 0
        while at < len(entries):
            n, inside = divmod(first + at, WIDTH)
            take = min(WIDTH - inside, len(entries) - at)
            before = self._packed(self.bundle(n)) if inside else b""
            self._place(f"tile/entries/{place(n)}", inside + take, before + self._packed(entries[at : at + take]))
            at += take

    @staticmethod
    def _packed(entries: Sequence[bytes]) -> bytes:
        return b"".join(len(e).to_bytes(2, "big") + e for e in entries)

    def _tiles(self, level: int, start: int, hashes: Sequence[bytes]) -> None:
        at = 0
        while at < len(hashes):
            n, inside = divmod(start + at, WIDTH)
            take = min(WIDTH - inside, len(hashes) - at)
            before = self._read_tile(level, n, self.size)[: HASH * inside] if inside else b""
            self._place(f"tile/{level}/{place(n)}", inside + take, before + b"".join(hashes[at : at + take]))
            at += take

    def _of_tile(self, level: int, n: int) -> bytes:
        raw = (self.folder / f"tile/{level}/{place(n)}").read_bytes()
        hashes = [raw[i : i + HASH] for i in range(0, HASH * WIDTH, HASH)]
        while len(hashes) > 1:
            hashes = [node_hash(a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def _place(self, name: str, width: int, data: bytes) -> None:
        self._put(name if width == WIDTH else f"{name}.p/{width}", data)

    def _put(self, name: str, data: bytes) -> None:
        """Write a file so that it is there whole or not at all, also after a power failure."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(target.name + ".new")
        with new.open("wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        new.replace(target)
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
