"""Inflating within bounds (RFC 1951): what an archive may cost is decided while it costs it."""

from __future__ import annotations

import mmap
import zlib
from typing import NamedTuple

Buffer = bytes | mmap.mmap


class Budget:
    """Bytes that may still be inflated for one subject, shared by nested archives."""

    __slots__ = ("left",)

    def __init__(self, total: int) -> None:
        self.left = total


class Inflated(NamedTuple):
    """Outcome of a bounded inflate: data, whether the stream ended, whether the cap cut it, and
    how many bytes it was made from."""

    data: bytes
    complete: bool
    capped: bool
    used: int


def inflate(data: Buffer, start: int, end: int, cap: int) -> Inflated:
    """Raw DEFLATE (RFC 1951) of `data[start:end]`, at most `cap` bytes out; never raises."""
    stream = zlib.decompressobj(-15)
    out: list[bytes] = []
    total = 0
    pos = start
    try:
        while pos < end and not stream.eof:
            chunk = data[pos : min(pos + 65536, end)]
            if not chunk:  # the file ends before the entry does
                break
            pos += len(chunk)
            while chunk and not stream.eof:
                # In small pieces: what the failing call had made is lost.
                piece = stream.decompress(chunk, min(cap + 1 - total, 65536))
                total += len(piece)
                out.append(piece)
                if total > cap:
                    used = pos - start - len(stream.unconsumed_tail)
                    return Inflated(b"".join(out)[:cap], False, True, used)
                chunk = stream.unconsumed_tail
    except zlib.error:
        return Inflated(b"".join(out), False, False, pos - start)
    return Inflated(b"".join(out), stream.eof, False, pos - start - len(stream.unused_data))
