"""The dynamic segment of an ELF file: needed libraries and imported names (System V gABI, chapter 5).

Program headers are used and no section: the loader does not look at sections, packers strip them or
fill them with rubbish. Some eighty lines of our own, since importing a library for it costs more than
to read the libraries of a package; tests compare the two.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

PT_LOAD, PT_DYNAMIC = 1, 2
NEEDED, HASH, STRTAB, SYMTAB, RELA, STRSZ, REL, JMPREL = 1, 4, 5, 6, 7, 10, 17, 23
GNU_HASH, VERSYM, VERNEED = 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFE
BEHIND = (HASH, GNU_HASH, VERSYM, VERNEED, RELA, REL, JMPREL)
_SEGMENTS, _DYNAMIC = 256, 1 << 20
_NAME = 4096  # bytes of one library name that are looked at


class Segment(NamedTuple):
    """A program header: its kind, place and size in the file, and address in memory."""

    kind: int
    offset: int
    address: int
    size: int


class Dynamic:
    """An ELF file with its dynamic segment. ValueError or struct.error where it cannot be read."""

    def __init__(self, data: bytes | bytearray) -> None:
        if data[4] not in (1, 2) or data[5] not in (1, 2):
            raise ValueError(f"class {data[4]}, byte order {data[5]}")
        self.data = data
        self.wide = data[4] == 2
        self.order = "<" if data[5] == 1 else ">"
        at, size, count = (
            struct.unpack_from(f"{self.order}32xQ14xHH", data)
            if self.wide
            else struct.unpack_from(f"{self.order}28xI10xHH", data)
        )
        if count > _SEGMENTS:
            raise ValueError(f"{count} segments")
        self.segments = [self._segment(at + size * i) for i in range(count)]
        self.dynamic = next((s for s in self.segments if s.kind == PT_DYNAMIC), None)
        if self.dynamic and self.dynamic.size > _DYNAMIC:
            raise ValueError(f"dynamic segment of {self.dynamic.size} bytes")

    def _segment(self, at: int) -> Segment:
        if self.wide:
            kind, offset, address, size = struct.unpack_from(f"{self.order}I4xQQ8xQ", self.data, at)
        else:
            kind, offset, address, size = struct.unpack_from(f"{self.order}III4xI", self.data, at)
        return Segment(kind, offset, address, size)

    def tags(self) -> Iterator[tuple[int, int]]:
        """(tag, value) of the dynamic segment, up to its end mark."""
        if self.dynamic is None:
            return
        pair = struct.Struct(f"{self.order}{'QQ' if self.wide else 'II'}")
        at, end = self.dynamic.offset, self.dynamic.offset + self.dynamic.size
        while at + pair.size <= end:
            tag, value = pair.unpack_from(self.data, at)
            if not tag:
                return
            yield tag, value
            at += pair.size

    def offset(self, address: int) -> int | None:
        """Place in the file of an address in memory."""
        for s in self.segments:
            if s.kind == PT_LOAD and s.address <= address < s.address + s.size:
                return address - s.address + s.offset
        return None

    def text(self, at: int) -> str:
        """The text that ends with NUL."""
        end = self.data.find(b"\0", at, at + _NAME)
        if at > len(self.data) or end < 0:
            raise ValueError("a name without end")
        return self.data[at:end].decode()
