"""Where a ZIP's central directory is and what it lists (APPNOTE 4.3.12 to 4.3.16, ZIP64)."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from typing import NamedTuple

from mingcha.extract.limits import Limits
from mingcha.extract.package.notes import Notes

Buffer = bytes | mmap.mmap

_EOCD = struct.Struct("<4s4H2IH")
_LOCATOR = struct.Struct("<4sIQI")
_EOCD64 = struct.Struct("<4sQ2H2I4Q")
_ENTRY = struct.Struct("<4s4x2H4x3I3H8xI")
_U16, _U32 = 0xFFFF, 0xFFFFFFFF


class Entry(NamedTuple):
    """One record of the central directory. `offset` is that of the local header in the file."""

    name: str
    method: int
    flags: int
    crc: int
    compressed: int
    size: int
    offset: int


class Directory(NamedTuple):
    """Position and extent of the central directory, and what the end record says of it."""

    offset: int
    size: int
    counted: int
    zip64: bool
    shift: int
    comment: bytes


def find_directory(data: Buffer, notes: Notes) -> Directory | None:
    """The central directory of `data`, or None where no end record leads to one.

    Searched backwards as Android does; an end record whose comment does not reach the end of
    the file, or that points nowhere, is passed over with a deviation.
    """
    total = len(data)
    low = max(0, total - _U16 - _EOCD.size)
    tail = bytes(data[low:])
    pos = len(tail)
    fallback: Directory | None = None
    skipped = 0
    while skipped < 64 and (pos := tail.rfind(b"PK\x05\x06", 0, pos)) >= 0:
        found = _read_end(data, tail, low, pos)
        if found is not None:
            exact = low + pos + _EOCD.size + len(found.comment) == total and _ends(tail, pos)
            if exact:
                if skipped:
                    notes.deviation("several-end-records", f"{skipped} later end record(s) lead nowhere")
                return _noted(data, found, notes)
            fallback = fallback or found
        skipped += 1
    if fallback is not None:
        notes.deviation("trailing-bytes", "the end record's comment does not reach the end of the file")
        return _noted(data, fallback, notes)
    return None


def _ends(tail: bytes, pos: int) -> bool:
    """The comment's declared length is what is left of the file."""
    return bool(struct.unpack_from("<H", tail, pos + 20)[0] == len(tail) - pos - _EOCD.size)


def _read_end(data: Buffer, tail: bytes, low: int, pos: int) -> Directory | None:
    if pos + _EOCD.size > len(tail):
        return None
    _sig, _disk, _cd_disk, _here, count, size, offset, comment_len = _EOCD.unpack_from(tail, pos)
    comment = tail[pos + _EOCD.size : pos + _EOCD.size + comment_len]
    at = low + pos
    zip64 = False
    if (count == _U16 or _U32 in (size, offset)) and at >= _LOCATOR.size:
        sig, _disk, where, _disks = _LOCATOR.unpack(data[at - _LOCATOR.size : at])
        if sig == b"PK\x06\x07":
            record = data[where : where + _EOCD64.size] if where < at else b""
            if len(record) == _EOCD64.size and record[:4] == b"PK\x06\x06":
                *_rest, count, size, offset = _EOCD64.unpack(record)
                at, zip64 = where, True
    # Bytes put before the ZIP shift all offsets; the directory always ends where the record begins.
    for start in dict.fromkeys((offset, at - size)):
        if 0 <= start <= at and (data[start : start + 4] == b"PK\x01\x02" or (count == 0 and start == at)):
            return Directory(start, min(size, at - start), count, zip64, start - offset, comment)
    return None


def _noted(data: Buffer, directory: Directory, notes: Notes) -> Directory:
    if directory.shift:
        notes.deviation("shifted-offsets", f"all offsets are off by {directory.shift} bytes")
    if directory.counted and (magic := bytes(data[:4])) not in (b"PK\x03\x04", b"PK\x05\x06"):
        # A DEX header in front of a valid v1-signed ZIP is the "Janus" form (CVE-2017-13156).
        code = "polyglot-dex" if magic == b"dex\n" else "leading-bytes"
        notes.deviation(code, f"file begins with {magic!r}")
    return directory


def walk(data: Buffer, directory: Directory, limits: Limits, notes: Notes) -> Iterator[Entry]:
    """Records of the central directory in order; stops at the first that is no record.

    More records than the end record counts: Android reads the counted ones only, and so does
    this, unless the count has merely overflowed its 16 bits.
    """
    size = min(directory.size, limits.central_directory)
    if size < directory.size:
        notes.limitation("reader-limit", f"central directory of {directory.size} bytes")
    cd = bytes(data[directory.offset : directory.offset + size])
    unpack, width, shift = _ENTRY.unpack_from, _ENTRY.size, directory.shift
    counted = directory.counted
    pos, n, end = 0, 0, len(cd)
    hidden = 0
    wraps = not directory.zip64 and _count(cd) % 0x10000 == counted
    while pos + width <= end:
        sig, flags, method, crc, packed, full, name_len, extra_len, comment_len, offset = unpack(cd, pos)
        if sig != b"PK\x01\x02":
            notes.deviation("central-directory", f"record {n} of {counted} has no signature")
            break
        at = pos + width
        pos = at + name_len + extra_len + comment_len
        if n >= counted and not wraps:
            hidden += 1
            continue
        if n >= limits.entries:
            notes.limitation("too-many-entries", f"more than {limits.entries}")
            return
        n += 1
        raw = cd[at : at + name_len]
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "backslashreplace")
            notes.deviation("name-encoding", name, name)
        if _U32 in (packed, full, offset):
            full, packed, offset = _zip64(cd[at + name_len : at + name_len + extra_len], full, packed, offset)
        yield Entry(name, method, flags, crc, packed, full, offset + shift)
    if hidden:
        notes.deviation("entry-count", f"{hidden} records beyond the counted {counted}, unseen by Android")
    elif n < counted:
        notes.deviation("entry-count", f"{counted} counted, {n} found")
        if pos > end or pos + width > end:
            notes.limitation("truncated", "the central directory ends early")


def _count(cd: bytes) -> int:
    """Records that the directory really has."""
    n, pos, end = 0, 0, len(cd)
    lengths = struct.Struct("<3H").unpack_from
    while pos + 46 <= end and cd[pos : pos + 4] == b"PK\x01\x02":
        a, b, c = lengths(cd, pos + 28)
        pos += 46 + a + b + c
        n += 1
    return n


def _zip64(extra: bytes, full: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Replace saturated values by those of the ZIP64 extra field (APPNOTE 4.5.3)."""
    pos = 0
    while pos + 4 <= len(extra):
        tag, size = struct.unpack_from("<HH", extra, pos)
        if tag == 1:
            body = extra[pos + 4 : pos + 4 + size]
            at = 0
            values = [full, packed, offset]
            for i, value in enumerate(values):
                if value == _U32 and at + 8 <= len(body):
                    values[i] = struct.unpack_from("<Q", body, at)[0]
                    at += 8
            return values[0], values[1], values[2]
        pos += 4 + size
    return full, packed, offset
