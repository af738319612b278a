"""String pool of binary XML and resource tables (ResStringPool in frameworks/base).

Strings are decoded when asked for. Nothing the header claims is believed beyond the bytes that
are there: counts are cut to the offset table, offsets and lengths to the chunk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.notes import Notes

_HEADER = struct.Struct("<HHI5I")
_UTF8 = 1 << 8


def decode_utf8(raw: bytes) -> str:
    """UTF-8 of a pool; surrogates in three bytes each (as in MUTF-8) are joined, rubbish replaced."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    try:
        wide = raw.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")
    return wide.decode("utf-16-le", "replace")


class StringPool:
    """A pool at `data[start:start+size]`. `pool[i]` is a str; "" where there is no such string."""

    __slots__ = (
        "_cache",
        "_data",
        "_end",
        "_left",
        "_limits",
        "_notes",
        "_offsets",
        "_strings",
        "_utf8",
        "count",
    )

    def __init__(self, data: bytes, start: int, size: int, notes: Notes, limits: Limits = DEFAULT) -> None:
        self._data = data
        self._limits = limits
        self._notes = notes
        self._cache: dict[int, str] = {}
        # Offsets may all point at one long string: what is decoded is bounded by the pool's size.
        self._left = 4 * min(size, len(data)) + 65536
        self.count = 0
        self._utf8 = False
        self._offsets = self._strings = start
        self._end = min(start + size, len(data))
        if self._end - start < _HEADER.size:
            notes.deviation("string-pool", "pool shorter than its header")
            return
        _type, header, _size, count, _styles, flags, strings, _style_start = _HEADER.unpack_from(data, start)
        self._utf8 = bool(flags & _UTF8)
        self._offsets = start + (header if header >= _HEADER.size else _HEADER.size)
        self._strings = start + strings
        room = max(0, (self._end - self._offsets) // 4)
        if count > room:
            notes.deviation("string-count", f"{count} strings declared, room for {room}")
        self.count = min(count, room, limits.pool_strings)
        if count > limits.pool_strings:
            notes.limitation("reader-limit", f"{count} strings in one pool")

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> str:
        text = self._cache.get(index)
        if text is None:
            text = self._cache[index] = self._spend(self._decode(index))
        return text

    def _spend(self, text: str) -> str:
        self._left -= len(text)
        if self._left < 0:
            self._notes.limitation("reader-limit", "strings of a pool overlap")
            return ""
        return text

    def _decode(self, index: int) -> str:
        if not 0 <= index < self.count:
            return ""
        data, end = self._data, self._end
        pos = self._strings + struct.unpack_from("<I", data, self._offsets + 4 * index)[0]
        if pos + 2 > end:
            return ""
        if self._utf8:
            pos += 2 if data[pos] & 0x80 else 1  # characters, of no use here
            if pos >= end:
                return ""
            length = data[pos]
            pos += 1
            if length & 0x80 and pos < end:
                length = (length & 0x7F) << 8 | data[pos]
                pos += 1
            return decode_utf8(data[pos : min(pos + length, end, pos + self._limits.string)])
        length = data[pos] | data[pos + 1] << 8
        pos += 2
        if length & 0x8000 and pos + 2 <= end:
            length = (length & 0x7FFF) << 16 | data[pos] | data[pos + 1] << 8
            pos += 2
        stop = min(pos + 2 * length, end, pos + 2 * self._limits.string)
        return data[pos : stop - (stop - pos) % 2].decode("utf-16-le", "replace")

    def all(self) -> Iterator[tuple[int, str]]:
        """(index, text) of every string, in order; nothing is cached."""
        left = 4 * (self._end - self._strings) + 65536
        for index in range(self.count):
            text = self._decode(index)
            left -= len(text)
            if left < 0:
                self._notes.limitation("reader-limit", "strings of a pool overlap")
                return
            yield index, text

    def texts(self) -> list[str]:
        """The texts of `all`, decoded together where the pool is sound; nothing is cached."""
        spans = self._spans()
        if spans is not None:
            start, stop = spans
            data, mark = self._data, b"\0" if self._utf8 else b"\0\0"
            joined = mark.join([data[a:b] for a, b in zip(start, stop, strict=True)])
            try:
                texts = joined.decode("utf-8" if self._utf8 else "utf-16-le").split("\0")
            except UnicodeDecodeError:
                texts = []
            if len(texts) == self.count:
                return texts
        return [text for _, text in self.all()]

    def _spans(self) -> tuple[list[int], list[int]] | None:
        """(begin, end) of the bytes of every string, as `_decode` takes them; None where some do not fit
        or they overlap."""
        if not self.count:
            return None
        data = np.frombuffer(self._data, np.uint8, self._end)
        at = np.frombuffer(self._data, "<u4", self.count, self._offsets).astype(np.int64) + self._strings
        if int(at.max()) + 6 > self._end:
            return None
        one = data[at].astype(np.int64)
        if self._utf8:
            at = at + np.where(one & 0x80, 2, 1)
            size = data[at].astype(np.int64)
            long = (size & 0x80) != 0
            size = np.where(long, (size & 0x7F) << 8 | data[at + 1], size)
            at = at + np.where(long, 2, 1)
        else:
            size = one | data[at + 1].astype(np.int64) << 8
            long = (size & 0x8000) != 0
            size = np.where(long, (size & 0x7FFF) << 16 | data[at + 2] | data[at + 3].astype(np.int64) << 8, size)
            at = at + np.where(long, 4, 2)
            size = 2 * size
        limit = self._limits.string * (1 if self._utf8 else 2)
        if int(size.max()) > limit or int((at + size).max()) > self._end or int(size.sum()) > self._end - self._strings:
            return None
        return at.tolist(), (at + size).tolist()
