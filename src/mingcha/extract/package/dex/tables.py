"""A DEX file → `Code` (Android "Dalvik Executable format", versions 035–041).

Every count is capped by what the file can hold and every index is checked as a vector, so a
lying header costs nothing and yields what can be read, with a note of what is wrong.
"""

from __future__ import annotations

import struct
from bisect import bisect_left

import numpy as np

from mingcha.extract.package.columns import (
    CLASS,
    CUSTOM,
    FIELD,
    I32,
    I64,
    INVOKE,
    NEW,
    STRING,
    U8,
    Code,
    Counts,
    Lambda,
)
from mingcha.extract.package.dex import classdata, events, opcodes
from mingcha.extract.package.dex.sites import Sites
from mingcha.extract.package.dex.sweep import disjoint

HEADER = 0x70
NONE = 0xFFFFFFFF
INDICES = 1 << 16  # types and prototypes that an index of the format can name (ART refuses more)


class NotDex(ValueError):
    """The bytes are no DEX file that can be read at all."""


def is_dex(head: bytes) -> bool:
    """Whether the first 8 bytes are a DEX magic of any version."""
    return len(head) >= 8 and head[:4] == b"dex\n" and head[7] == 0


class _Args:
    """type_list of each prototype, read when a descriptor is shown."""

    def __init__(self, data: bytes, offsets: I64, types: int) -> None:
        self.data, self.offsets, self.types = data, offsets, types

    def __getitem__(self, i: int, /) -> tuple[int, ...]:
        at = int(self.offsets[i])
        if not 0 < at <= len(self.data) - 4:
            return ()
        (n,) = struct.unpack_from("<I", self.data, at)
        n = min(n, 255, (len(self.data) - at - 4) // 2)
        return tuple(t if t < self.types else -1 for t in struct.unpack_from(f"<{n}H", self.data, at + 4))

    def flat(self) -> tuple[I64, I32]:
        """(arguments of each prototype, all of them in a row): `self[i]` for all at once."""
        units = np.frombuffer(self.data, np.uint16, len(self.data) // 2)
        at = np.where((self.offsets > 0) & (self.offsets <= len(self.data) - 4), self.offsets, 0)
        if (at % 2).any():  # crafted: no list begins there
            at = np.where(at % 2, 0, at)
        at //= 2
        n = np.minimum(units[at] | units[np.minimum(at + 1, len(units) - 1)].astype(np.int64) << 16, 255)
        n = np.where(at > 0, np.minimum(n, len(units) - at - 2), 0)
        most = 4 * len(units)
        if int(n.sum()) > most:  # lists shared as a bomb
            n = np.where(np.cumsum(n) > most, 0, n)
        found = units[np.repeat(at + 2 - (np.cumsum(n) - n), n) + np.arange(int(n.sum()))].astype(np.int32)
        return n, np.where(found < self.types, found, -1)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.bytes: U8 = np.frombuffer(data, np.uint8)
        self.notes: list[str] = []

    def table(
        self, field: int, width: int, name: str, most: int = NONE
    ) -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
        """Section named by (size, offset) at `field` of the header, as rows of 16-bit units."""
        size, at = struct.unpack_from("<II", self.data, field)
        if size == 0:
            return np.zeros((0, width // 2), np.uint16)
        if at < HEADER or at >= len(self.data):
            self.notes.append(f"{name}: offset {at} outside the file")
            return np.zeros((0, width // 2), np.uint16)
        fits = (len(self.data) - at) // width
        if size > fits:
            self.notes.append(f"{name}: {size} entries stated, {fits} fit")
            size = fits
        if size > most:
            self.notes.append(f"{name}: {size} entries, {most} can be meant")
            size = most
        flat = np.frombuffer(self.data, np.uint8, size * width, at).view(np.uint16)
        return flat.reshape(size, width // 2)

    def u32(self, rows: np.ndarray[tuple[int, int], np.dtype[np.uint16]], column: int) -> I64:
        """32-bit column that begins at 16-bit unit `column`."""
        return rows[:, column].astype(np.int64) | rows[:, column + 1].astype(np.int64) << 16

    def index(self, values: np.ndarray[tuple[int], np.dtype[np.int64]] | U8, limit: int, name: str) -> I32:
        """Values as indices below `limit`; what is out of range becomes -1 and is noted."""
        out = values.astype(np.int64)
        wrong = (out >= limit) | (out < 0)
        if wrong.any():
            self.notes.append(f"{name}: {int(wrong.sum())} indices out of range")
            out = np.where(wrong, -1, out)
        return out.astype(np.int32)

    def u16(self, rows: np.ndarray[tuple[int, int], np.dtype[np.uint16]], column: int) -> I64:
        return rows[:, column].astype(np.int64)

    def string_spans(self, offsets: I64) -> tuple[I32, I32]:
        """(start, end) of the text of each string_data_item; the length prefix counts UTF-16
        units, not bytes, so the end is the NUL, found from the next item's begin."""
        size = len(self.data)
        if not len(offsets):
            return np.zeros(0, np.int32), np.zeros(0, np.int32)
        wrong = offsets >= size
        if wrong.any():
            self.notes.append(f"strings: {int(wrong.sum())} offsets outside the file")
            offsets = np.where(wrong, size - 1, offsets)
        start = offsets + 1
        for _ in range(4):
            more = (start < size) & (self.bytes[np.minimum(start, size) - 1] >= 0x80)
            if not more.any():
                break
            start = start + more
        start = np.minimum(start, size)
        order = np.argsort(offsets, kind="stable")
        end = np.empty_like(start)
        end[order[:-1]] = offsets[order[1:]] - 1
        end[order[-1]] = start[order[-1]]
        # Not followed directly by the next item (the last one, gaps, doubles): look for the NUL.
        odd = (end <= start) | (end >= size)
        odd |= self.bytes[np.clip(end, 0, size - 1)] != 0
        empty = odd & (start < size) & (self.bytes[np.minimum(start, size - 1)] == 0)
        end = np.where(empty, start, end)
        search = np.flatnonzero(odd & ~empty)
        if len(search):
            begin = start[search]
            nul = np.append(np.flatnonzero(self.bytes[int(begin.min()) :] == 0) + int(begin.min()), size)
            found = nul[np.searchsorted(nul, begin)]
            end[search] = np.where((found < size) & (found - begin < 0x40000), found, begin)
        end = np.where(wrong, start, end)
        if int((end - start).sum()) > 2 * size:  # one text under many offsets: all work on it would multiply
            self.notes.append("strings: shared texts beyond the limit")
            end = np.where(np.cumsum(end - start) > 2 * size, start, end)
        return start.astype(np.int32), end.astype(np.int32)

    def interfaces(self, offsets: I64, types: int) -> tuple[I32, I32]:
        """(class row, interface type) of every class that names interfaces."""
        rows = np.flatnonzero((offsets > 0) & (offsets <= len(self.data) - 4) & (offsets % 4 == 0))
        at = offsets[rows] // 2
        units = self.units()
        n = np.minimum(units[at].astype(np.int64), 1 << 12)
        n = np.where(at + 2 + n <= len(units), n, 0)
        if int(n.sum()) > 4 * len(units):  # a list shared as a bomb
            self.notes.append("interfaces: shared lists beyond the limit")
            n = np.where(np.cumsum(n) > 4 * len(units), 0, n)
        cls = np.repeat(rows, n)
        within = np.arange(len(cls)) - np.repeat(np.cumsum(n) - n, n)
        found = units[np.repeat(at + 2, n) + within]
        return cls.astype(np.int32), self.index(found.astype(np.int64), types, "interfaces")

    def units(self) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
        return np.frombuffer(self.data, np.uint16, len(self.data) // 2)


class DexBodies:
    """Answers about bodies, straight from the code units."""

    def __init__(
        self, units: np.ndarray[tuple[int], np.dtype[np.uint16]], first: I64, sites: Sites | None = None
    ) -> None:
        self.units, self.first = units, first  # first unit of each definition's body, -1 without
        self.sites = sites or Sites(b"", ())
        self._starts: tuple[int, list[int]] = (-1, [])  # instructions of the body decoded last, so far

    def shape(self, code: Code, definition: int) -> str:
        """See `columns.Bodies`: one or two instructions are all that can 'only return'."""
        at, n = int(self.first[definition]), int(code.def_size[definition])
        if at < 0 or n > 2:
            return ""
        units = [int(u) for u in self.units[at : at + 3]]
        if n == 1:
            return "void" if units and units[0] & 0xFF == opcodes.RETURN_VOID else ""
        if n < 2 or len(units) < 2:
            return ""
        head, low = units[0], units[0] & 0xFF
        if low == opcodes.CONST_4:
            register, value, back = head >> 8 & 0xF, head >> 12, units[1]
        elif low == opcodes.CONST_16 and len(units) == 3:
            register, value, back = head >> 8, units[1], units[2]
        else:
            return ""
        if back & 0xFF != opcodes.RETURN or back >> 8 != register or value not in (0, 1):
            return ""
        return "true" if value else "false"

    def constants(self, code: Code, event: int) -> tuple[int | None, ...]:
        """See `columns.Bodies`. Looks back over at most 12 instructions, straight line only."""
        pos, op = int(code.event_pos[event]), int(code.event_op[event])
        if (op not in range(0x6E, 0x73) and op not in range(0x74, 0x79)) or pos + 3 > len(self.units):
            return ()
        first = int(self.first[code.event_def[event]])
        registers = self.registers(code, event)
        known: dict[int, int | None] = {}
        for p in reversed(self._before(first, pos)):
            unit = int(self.units[p])
            low = unit & 0xFF
            if low == opcodes.CONST_4:
                known.setdefault(unit >> 8 & 0xF, (unit >> 12) - 16 if unit >> 15 else unit >> 12)
            elif low == opcodes.CONST_16:
                value = int(self.units[p + 1])
                known.setdefault(unit >> 8, value - 0x10000 if value >> 15 else value)
            elif low == opcodes.CONST:
                known.setdefault(unit >> 8, int(self.units[p + 1]) | int(self.units[p + 2]) << 16)
            elif low == opcodes.CONST_HIGH:
                known.setdefault(unit >> 8, int(self.units[p + 1]) << 16)
            elif low in (0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1B, 0x1C, 0x22) or 0x52 <= low <= 0x66:
                known.setdefault(unit >> 8 if low < 0x52 or low > 0x5F else unit >> 8 & 0xF, None)
            elif 0x28 <= low <= 0x2C or 0x32 <= low <= 0x3D:
                break  # a branch: what came before need not hold here
        return tuple(known.get(r) for r in registers)

    def registers(self, code: Code, event: int) -> tuple[int, ...]:
        """See `columns.Bodies`; Dalvik formats 35c, 3rc, 45cc, 4rcc, 21c and 31c."""
        pos, op = int(code.event_pos[event]), int(code.event_op[event])
        word = int(self.units[pos])
        if op in (0x1A, 0x1B, 0x1C, 0x22) or 0x60 <= op <= 0x6D:
            return (word >> 8,)
        if pos + 3 > len(self.units):
            return ()
        args = int(self.units[pos + 2])
        if 0x6E <= op <= 0x72 or op in (0xFA, 0xFC):
            every = (args & 0xF, args >> 4 & 0xF, args >> 8 & 0xF, args >> 12, word >> 8 & 0xF)
            return every[: word >> 12]
        if 0x74 <= op <= 0x78 or op in (0xFB, 0xFD):
            return tuple(range(args, args + (word >> 8)))
        return ()

    def call_site(self, i: int) -> Lambda | None:
        """See `columns.Bodies`."""
        return self.sites.get(i)

    def _before(self, first: int, pos: int) -> list[int]:
        """Up to 12 instructions before the one at `pos`, in a body that begins at `first`. Events of
        a body are asked for in order, so a long one is walked once, not once per event."""
        if self._starts[0] != first:
            self._starts = first, [first]
        starts = self._starts[1]
        while starts[-1] < pos:
            p = starts[-1]
            unit = int(self.units[p])
            starts.append(p + (int(opcodes.WIDTH[unit]) or opcodes.payload_units(unit, self.units, p)))
        k = bisect_left(starts, pos)
        return starts[max(0, k - 12) : k]


def read(name: str, data: bytes) -> Code:
    """Read one DEX file into columns. Raises NotDex only where there is no DEX header."""
    if len(data) < HEADER or not is_dex(data[:8]):
        raise NotDex("no DEX header")
    r = _Reader(data)
    (endian,) = struct.unpack_from("<I", data, 0x28)
    if endian == 0x78563412:
        raise NotDex("byte-swapped DEX files do not run on Android")
    (header_size,) = struct.unpack_from("<I", data, 0x24)
    if header_size >= 0x78 and len(data) >= 0x78:
        container, header_offset = struct.unpack_from("<II", data, 0x70)
        if header_offset or container > struct.unpack_from("<I", data, 0x20)[0]:
            raise NotDex("DEX container (version 41) with several files")

    strings = r.table(0x38, 4, "string_ids")
    start, end = r.string_spans(r.u32(strings, 0))
    types = r.table(0x40, 4, "type_ids", INDICES)
    type_string = r.index(r.u32(types, 0), len(strings), "type_ids")
    protos = r.table(0x48, 12, "proto_ids", INDICES)
    fields = r.table(0x50, 8, "field_ids")
    methods = r.table(0x58, 8, "method_ids")
    classes = r.table(0x60, 32, "class_defs", INDICES)
    n_strings, n_types, n_methods = len(strings), len(types), len(methods)

    super_type = r.u32(classes, 4)
    supers = r.index(np.where(super_type == NONE, 0, super_type), max(n_types, 1), "superclasses")
    supers = np.where(super_type == NONE, -1, supers).astype(np.int32)
    interface_class, interface_type = r.interfaces(r.u32(classes, 6), n_types)
    found = classdata.read(data, r.bytes, r.u32(classes, 12), budget=max(1024, len(data) // 3))
    if found.bad:
        r.notes.append(f"class_data: {found.bad} classes could not be read to their end")
    def_method = r.index(found.method, n_methods, "encoded methods")
    units = r.units()
    code = _bodies(r, units, found.code)
    counts = Counts(
        n_strings, n_types, len(protos), len(fields), n_methods, len(classes), len(def_method),
        int(code.sizes.sum()),
    )  # fmt: skip
    kind = opcodes.KIND[code.op]
    counts.invokes = int((kind == INVOKE).sum() + (kind == CUSTOM).sum())
    counts.const_strings = int((kind == STRING).sum())
    counts.field_accesses = int((kind == FIELD).sum())
    counts.new_instances = int((kind == NEW).sum())
    return Code(
        name=name, data=data, string_start=start, string_end=end, type_string=type_string,
        proto_return=r.index(r.u32(protos, 2), n_types, "proto_ids"),
        proto_args=_Args(data, r.u32(protos, 4), n_types),
        field_class=r.index(r.u16(fields, 0), n_types, "field classes"),
        field_type=r.index(r.u16(fields, 1), n_types, "field types"),
        field_name=r.index(r.u32(fields, 2), n_strings, "field names"),
        method_class=r.index(r.u16(methods, 0), n_types, "method classes"),
        method_proto=r.index(r.u16(methods, 1), len(protos), "method prototypes"),
        method_name=r.index(r.u32(methods, 2), n_strings, "method names"),
        class_type=r.index(r.u32(classes, 0), n_types, "class_defs"),
        class_super=supers, class_flags=r.u32(classes, 2).astype(np.int32),
        interface_class=interface_class, interface_type=interface_type,
        def_method=def_method, def_class=found.cls.astype(np.int32),
        def_flags=found.flags.astype(np.int32), def_size=code.sizes.astype(np.int32),
        event_def=code.definition, event_op=code.op, event_kind=kind,
        event_operand=_operands(units, code.pos, code.op, kind, r, (n_methods, n_strings, len(fields), n_types)),
        event_pos=code.pos, bodies=DexBodies(units, code.first, Sites(data, (n_methods, n_types))), counts=counts,
        malformed=r.notes,
    )  # fmt: skip


class _Bodies:
    """Events of all bodies, in definition order."""

    def __init__(self, definition: I32, op: U8, pos: I32, sizes: I64, first: I64) -> None:
        self.definition, self.op, self.pos, self.sizes, self.first = definition, op, pos, sizes, first


def _bodies(r: _Reader, units: np.ndarray[tuple[int], np.dtype[np.uint16]], offsets: I64) -> _Bodies:
    """Sweep the code items at `offsets` (one per definition, 0 = none). A code item shared by
    several definitions is swept once and its events are given to each."""
    has = (offsets > 0) & (offsets <= len(r.data) - 16)
    odd = has & (offsets % 2 != 0)
    wrong = int(((offsets > 0) & ~has).sum() + odd.sum())
    has &= ~odd
    at, inverse = np.unique(offsets[has], return_inverse=True)
    head = at // 2
    size = units[head + 6].astype(np.int64) | units[head + 7].astype(np.int64) << 16
    start = head + 8
    end = start + size
    past = end > len(units)
    end, overlapping = disjoint(start, np.minimum(end, len(units)))
    found = events.find(units, start.astype(np.int32), end.astype(np.int32))
    if wrong or past.any() or overlapping or found.cut:
        r.notes.append(
            f"code: {wrong} bad offsets, {int(past.sum())} past the file, {overlapping} overlapping, "
            f"{found.cut} cut instructions"
        )
    pos, op, low = found.pos, found.op, found.low
    sizes = np.zeros(len(offsets), np.int64)
    sizes[has] = found.sizes[inverse]
    first = np.full(len(offsets), -1, np.int64)
    first[has] = start[inverse]
    definition = np.flatnonzero(has)
    n = (found.high - low)[inverse]
    total = int(n.sum())
    if total > 4 * len(units):  # sharing used as a bomb
        r.notes.append("code: shared bodies beyond the limit")
        total_by = np.cumsum(n)
        n = np.where(total_by <= 4 * len(units), n, 0)
        total = int(n.sum())
    pick = np.repeat(low[inverse] - (np.cumsum(n) - n), n) + np.arange(total)
    return _Bodies(np.repeat(definition, n).astype(np.int32), op[pick], pos[pick], sizes, first)


def _operands(
    units: np.ndarray[tuple[int], np.dtype[np.uint16]], pos: I32, op: U8, kind: U8, r: _Reader,
    limits: tuple[int, int, int, int],
) -> I32:  # fmt: skip
    """Table index of each event, -1 where the file states one that it does not have."""
    last = len(units) - 1
    operand = units[np.minimum(pos + 1, last)].astype(np.int64)
    jumbo = np.flatnonzero(op == opcodes.JUMBO)
    operand[jumbo] |= units[np.minimum(pos[jumbo] + 2, last)].astype(np.int64) << 16
    bound = np.zeros(7, np.int64)
    bound[[INVOKE, STRING, FIELD, NEW]] = limits
    bound[CLASS] = bound[NEW]
    bound[CUSTOM] = 1 << 16
    wrong = operand >= bound[kind]
    if wrong.any():
        r.notes.append(f"code: {int(wrong.sum())} operands out of range")
        operand[wrong] = -1
    return operand.astype(np.int32)
