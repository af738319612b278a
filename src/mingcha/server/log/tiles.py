"""The log on disk, in the layout of C2SP tlog-tiles: hashes in tiles of 256, entries in bundles of 256.

`tile/<level>/<n>` holds up to 256 hashes of level 8·level; an unfinished one is `tile/<level>/<n>.p/<width>`.
`tile/entries/<n>` holds entries, each after its length in two bytes. `size` is written last: what lies beyond it was
not entered, and a log that was cut off anywhere opens and goes on. What a crash left beyond it is removed before the
next entry takes its place, so that every partial file up to the size says what the log said when it was that long.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from mingcha.server.log import merkle
from mingcha.server.log.merkle import HASH, leaf_hash, node_hash

WIDTH = 256
LONGEST = 0xFFFF  # bytes of an entry
_MOST = WIDTH * (2 + LONGEST)  # bytes of a bundle
_SIZE = re.compile(rb"0|[1-9][0-9]{0,17}")


def place(n: int) -> str:
    """`x001/x234/067` for 1234067 (tlog-tiles, "Merkle Tree")."""
    parts = [f"{n % 1000:03d}"]
    while n := n // 1000:
        parts.append(f"x{n % 1000:03d}")
    return "/".join(reversed(parts))


def packed(entries: Sequence[bytes]) -> bytes:
    """Entries as a bundle holds them: each after its length in two bytes (tlog-tiles, "Log entries")."""
    return b"".join(len(e).to_bytes(2, "big") + e for e in entries)


class Broken(ValueError):
    """The log's files do not say what a log of its size has to say."""


class Moved(Exception):
    """Another writer has added to the log since this one read its size: open it again."""


class Log:
    """One log in a folder. Writers exclude each other by a lock; readers never see half of an entry.

    A `Log` belongs to one thread. Broken for a folder whose size cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = self.written()
        self._cached = lru_cache(256)(self._read_tile)
        self._held = False

    def written(self) -> int:
        """The size that the folder states now, which another writer may have moved."""
        try:
            raw = (self.folder / "size").read_bytes()
        except FileNotFoundError:
            return 0
        except OSError as e:
            raise Broken(f"size: {e.strerror}") from e
        if not _SIZE.fullmatch(raw):
            raise Broken(f"size: {raw[:40]!r}")
        return int(raw)

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
        if len(out) < wanted or at != len(raw):
            raise Broken(f"{self._named(f'tile/entries/{place(n)}', wanted)}: not {wanted} entries")
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
        tile = self._cached(level, i // WIDTH, self.size)
        at = HASH * (i % WIDTH)
        return tile[at : at + HASH]

    def tile(self, level: int, n: int) -> bytes:
        """The hashes of a tile as far as the log goes, as they lie on disk. Broken where they do not."""
        return self._read_tile(level, n, self.size)

    def _read_tile(self, level: int, n: int, size: int) -> bytes:
        wanted = min(WIDTH, (size >> 8 * level) - n * WIDTH)
        raw = self._file(f"tile/{level}/{place(n)}", wanted)
        if len(raw) != HASH * wanted:
            raise Broken(f"{self._named(f'tile/{level}/{place(n)}', wanted)}: {len(raw)} bytes for {wanted} hashes")
        return raw

    @staticmethod
    def _named(name: str, width: int) -> str:
        return name if width == WIDTH else f"{name}.p/{width}"

    def _file(self, name: str, width: int) -> bytes:
        """The file of exactly that width: a wider one may be left over from a crash."""
        name = self._named(name, width)
        try:
            path = self.folder / name
            if path.stat().st_size > _MOST:
                raise Broken(f"{name}: more than {_MOST} bytes")
            return path.read_bytes()
        except FileNotFoundError as e:
            raise Broken(f"{name} is missing") from e
        except OSError as e:
            raise Broken(f"{name}: {e.strerror}") from e

    def partials(self, name: str) -> Iterator[tuple[int, Path]]:
        """Width and path of the partial files of a tile or bundle."""
        folder = self.folder / f"{name}.p"
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name.isascii() and path.name.isdigit():
                yield int(path.name), path

    # ---- writing ----------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer, of the log as it is now, until the block ends; waits for another one to end."""
        self._directory(self.folder)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self.size = self.written()
            self._held = True
            yield
        finally:
            self._held = False
            os.close(handle)

    def append(self, entries: Sequence[bytes]) -> int:
        """Add entries and make them last; the index of the first. ValueError for one that is too long, Moved where
        another writer came first (never inside `writing`)."""
        if any(len(e) > LONGEST for e in entries):
            raise ValueError(f"an entry of more than {LONGEST} bytes")
        if not entries:
            return self.size
        if self._held:
            return self._append(entries)
        before = self.size
        with self.writing():
            if self.size != before:
                raise Moved(f"{before} entries were read, the log has {self.size}")
            return self._append(entries)

    def _append(self, entries: Sequence[bytes]) -> int:
        first = self.size
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
        self.put("size", str(new).encode())
        self.size = new
        return first

    def _entries(self, first: int, entries: Sequence[bytes]) -> None:
        at = 0
        while at < len(entries):
            n, inside = divmod(first + at, WIDTH)
            take = min(WIDTH - inside, len(entries) - at)
            before = packed(self.bundle(n)) if inside else b""
            self._place(f"tile/entries/{place(n)}", inside, inside + take, before + packed(entries[at : at + take]))
            at += take

    def _tiles(self, level: int, start: int, hashes: Sequence[bytes]) -> None:
        at = 0
        while at < len(hashes):
            n, inside = divmod(start + at, WIDTH)
            take = min(WIDTH - inside, len(hashes) - at)
            before = self._read_tile(level, n, self.size) if inside else b""
            self._place(f"tile/{level}/{place(n)}", inside, inside + take, before + b"".join(hashes[at : at + take]))
            at += take

    def _of_tile(self, level: int, n: int) -> bytes:
        raw = (self.folder / f"tile/{level}/{place(n)}").read_bytes()
        hashes = [raw[i : i + HASH] for i in range(0, HASH * WIDTH, HASH)]
        while len(hashes) > 1:
            hashes = [node_hash(a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def _place(self, name: str, entered: int, width: int, data: bytes) -> None:
        """Write a tile or bundle of that width, of which `entered` are in the log already; what lies beyond those
        is left from a crash and goes first."""
        for left, path in self.partials(name):
            if left > entered:
                path.unlink()
        if width < WIDTH:
            (self.folder / name).unlink(missing_ok=True)
        self.put(self._named(name, width), data)

    def put(self, name: str, data: bytes) -> None:
        """Write a file so that it is there whole or not at all, also after a power failure."""
        target = self.folder / name
        self._directory(target.parent)
        new = target.with_name(target.name + ".new")
        with new.open("wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        new.replace(target)
        _sync(target.parent)

    def _directory(self, path: Path) -> None:
        """Make a folder with those above it, each of them entered in its parent for good."""
        if not path.is_dir():
            self._directory(path.parent)
            path.mkdir(exist_ok=True)
            _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
