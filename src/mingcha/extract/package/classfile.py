"""Class files of a JAR or AAR → the same columns as DEX (JVM Specification, chapter 4).

Opcodes of events are given as their Dalvik counterparts, so that consumers see one language.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np

from mingcha.extract.package.columns import (
    CLASS,
    CUSTOM,
    FIELD,
    I32,
    INVOKE,
    NEW,
    STRING,
    Code,
    Counts,
    Lambda,
)

_DALVIK = {
    0xB6: 0x6E, 0xB7: 0x70, 0xB8: 0x71, 0xB9: 0x72, 0xBA: 0xFC,
    0xB2: 0x60, 0xB3: 0x67, 0xB4: 0x52, 0xB5: 0x59, 0xBB: 0x22, 0x12: 0x1A, 0x13: 0x1A,
}  # fmt: skip
_KIND = {0xB6: INVOKE, 0xB7: INVOKE, 0xB8: INVOKE, 0xB9: INVOKE, 0xBA: CUSTOM, 0xBB: NEW}
_KIND |= dict.fromkeys(range(0xB2, 0xB6), FIELD) | dict.fromkeys((0x12, 0x13), STRING)
_TABLESWITCH, _LOOKUPSWITCH, _WIDE, _IINC = 0xAA, 0xAB, 0xC4, 0x84


def _widths() -> bytes:
    w = bytearray([1] * 256)
    for op in (0x10, 0x12, *range(0x15, 0x1A), *range(0x36, 0x3B), 0xA9, 0xBC):
        w[op] = 2
    for op in (
        0x11,
        0x13,
        0x14,
        _IINC,
        *range(0x99, 0xA9),
        *range(0xB2, 0xB9),
        0xBB,
        0xBD,
        0xC0,
        0xC1,
        0xC6,
        0xC7,
    ):
        w[op] = 3
    for op in (0xC5,):
        w[op] = 4
    for op in (0xB9, 0xBA, 0xC8, 0xC9):
        w[op] = 5
    for op in (_TABLESWITCH, _LOOKUPSWITCH, _WIDE):
        w[op] = 0
    return bytes(w)


_W = _widths()
_POOL_SIZE = {
    3: 4,
    4: 4,
    5: 8,
    6: 8,
    7: 2,
    8: 2,
    9: 4,
    10: 4,
    11: 4,
    12: 4,
    15: 3,
    16: 2,
    17: 4,
    18: 4,
    19: 2,
    20: 2,
}


def _special(code: bytes, p: int) -> int:
    """Width of the instructions whose width depends on their operands."""
    op = code[p]
    if op == _WIDE:
        return 6 if p + 1 < len(code) and code[p + 1] == _IINC else 4
    at = (p + 4) & ~3
    if at + 12 > len(code):
        return len(code) - p
    if op == _TABLESWITCH:
        low, high = struct.unpack_from(">ii", code, at + 4)
        return at + 12 + 4 * max(0, int(high) - int(low) + 1) - p
    pairs = int.from_bytes(code[at + 4 : at + 8], "big", signed=True)
    return at + 8 + 8 * max(0, pairs) - p


def width(code: bytes, p: int) -> int:
    """Bytes of the instruction at `p`, never checked here against the end of the body."""
    return _W[code[p]] or _special(code, p)


class ClassBodies:
    """Answers about bodies, straight from their bytes; the files stay for whoever decodes one whole."""

    def __init__(self, sites: list[Lambda | None]) -> None:
        self.code: list[bytes] = []
        self.at: list[int] = []  # by definition: where its Code attribute begins in the file, 0 without
        self.files: list[bytes] = []  # by class row
        self.sites = sites
        self._opened: tuple[int, ConstantPool | None] = (-1, None)
        self._starts: tuple[int, list[int]] = (-1, [])  # instructions of the body decoded last, so far

    def shape(self, code: Code, definition: int) -> str:
        """See `columns.Bodies`."""
        return {b"\xb1": "void", b"\x04\xac": "true", b"\x03\xac": "false"}.get(self.code[definition], "")

    def constants(self, code: Code, event: int) -> tuple[int | None, ...]:
        """See `columns.Bodies`; only the last argument, pushed just before the call, is seen."""
        body, pos = self.code[int(code.event_def[event])], int(code.event_pos[event])
        d = int(code.event_def[event])
        if self._starts[0] != d:
            self._starts = d, [0]
        starts = self._starts[1]
        while starts[-1] < pos:
            p = starts[-1]
            starts.append(p + width(body, p))
        k = bisect_left(starts, pos)
        if not k:
            return ()
        last = starts[k - 1]
        op = body[last]
        if 0x02 <= op <= 0x08:
            return (op - 3,)
        if op == 0x10:
            return (struct.unpack_from(">b", body, last + 1)[0],)
        if op == 0x11:
            return (struct.unpack_from(">h", body, last + 1)[0],)
        return (None,)

    def registers(self, code: Code, event: int) -> tuple[int, ...]:
        """See `columns.Bodies`: a stack machine names none."""
        return ()

    def call_site(self, i: int) -> Lambda | None:
        """See `columns.Bodies`."""
        return self.sites[i] if 0 <= i < len(self.sites) else None

    def constant_pool(self, row: int) -> ConstantPool | None:
        """The constant pool of class `row`, kept for its next body; None where it cannot be read again."""
        if self._opened[0] != row:
            try:
                self._opened = row, ConstantPool(self.files[row])
            except (struct.error, IndexError, ValueError, KeyError):
                self._opened = row, None
        return self._opened[1]


class _Pool:
    """Interned tables shared by all classes of one container."""

    def __init__(self) -> None:
        self.strings: dict[bytes, int] = {}
        self.types: dict[int, int] = {}
        self.protos: dict[bytes, int] = {}
        self.proto_rows: list[tuple[int, tuple[int, ...]]] = []
        self.fields: dict[tuple[int, int, int], int] = {}
        self.methods: dict[tuple[int, int, int], int] = {}
        self.sites: list[Lambda | None] = []

    def string(self, raw: bytes) -> int:
        return self.strings.setdefault(raw, len(self.strings))

    def type(self, descriptor: bytes) -> int:
        return self.types.setdefault(self.string(descriptor), len(self.types))

    def cls(self, name: bytes) -> int:
        return self.type(name if name[:1] == b"[" else b"L" + name + b";")

    def proto(self, descriptor: bytes) -> int:
        got = self.protos.get(descriptor)
        if got is None:
            args, _, ret = descriptor[1:].partition(b")")
            got = self.protos[descriptor] = len(self.proto_rows)
            self.proto_rows.append((self.type(ret or b"V"), tuple(self.type(a) for a in split_arguments(args))))
        return got

    def field(self, cls: bytes, name: bytes, descriptor: bytes) -> int:
        return self.fields.setdefault(
            (self.cls(cls), self.type(descriptor), self.string(name)), len(self.fields)
        )

    def method(self, cls: bytes, name: bytes, descriptor: bytes) -> int:
        key = (self.cls(cls), self.proto(descriptor), self.string(name))
        return self.methods.setdefault(key, len(self.methods))


def split_arguments(args: bytes) -> list[bytes]:
    """Descriptors of an argument list; at most 255, as the format has it."""
    out: list[bytes] = []
    p = 0
    while p < len(args) and len(out) < 255:
        q = p
        while q < len(args) and args[q : q + 1] == b"[":
            q += 1
        end = args.find(b";", q) + 1 if args[q : q + 1] == b"L" else q + 1
        out.append(args[p : end or len(args)])
        p = end or len(args)
    return out


class ConstantPool:
    """One class file, its pool first; raises struct.error, IndexError or ValueError where it is malformed."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"\xca\xfe\xba\xbe":
            raise ValueError("no class file")
        self.data = data
        (count,) = struct.unpack_from(">H", data, 8)
        self.pool: list[tuple[int, int, int]] = [(0, 0, 0)]  # tag, position, length
        p = 10
        while len(self.pool) < count:
            tag = data[p]
            if tag == 1:
                (n,) = struct.unpack_from(">H", data, p + 1)
                self.pool.append((1, p + 3, n))
                p += 3 + n
            else:
                self.pool.append((tag, p + 1, 0))
                p += 1 + _POOL_SIZE[tag]
                if tag in (5, 6):
                    self.pool.append((0, 0, 0))
        self.at = p

    def utf8(self, i: int) -> bytes:
        tag, p, n = self.pool[i]
        if tag != 1:
            raise ValueError("not a text")
        return self.data[p : p + n]

    def name(self, i: int) -> bytes:
        """Text that a class or string entry points to."""
        return self.utf8(int.from_bytes(self.data[self.pool[i][1] : self.pool[i][1] + 2], "big"))

    def ref(self, i: int) -> tuple[bytes, bytes, bytes]:
        """(class, name, descriptor) of a field or method reference."""
        cls, pair = struct.unpack_from(">HH", self.data, self.pool[i][1])
        name, descriptor = struct.unpack_from(">HH", self.data, self.pool[pair][1])
        return self.name(cls), self.utf8(name), self.utf8(descriptor)

    def number(self, i: int, k: int = 0) -> int:
        """The k-th 16-bit index in pool entry `i`."""
        return int.from_bytes(self.data[self.pool[i][1] + 2 * k : self.pool[i][1] + 2 * k + 2], "big")

    def lambdas(self, dynamic: list[int], pool: _Pool) -> list[Lambda | None]:
        """What each invokedynamic makes. A class that lies about it keeps all else that it says."""
        out: list[Lambda | None] = [None] * len(dynamic)
        try:
            bootstraps = self.bootstraps() if dynamic else []
            for k, i in enumerate(dynamic):
                out[k] = self.lambda_of(i, bootstraps, pool)
        except (struct.error, IndexError, ValueError, KeyError):
            pass
        return out

    def bootstraps(self) -> list[tuple[int, ...]]:
        """(method handle, arguments) of each bootstrap method; call after the members were read."""
        for _ in range(self.u2()):
            attribute = self.utf8(self.u2())
            (size,) = struct.unpack_from(">I", self.data, self.at)
            self.at += 4
            if attribute != b"BootstrapMethods":
                self.at += size
                continue
            out = []
            for _ in range(self.u2()):
                handle, n = self.u2(), self.u2()
                out.append((handle, *(self.u2() for _ in range(n))))
            return out
        return []

    def lambda_of(self, i: int, bootstraps: list[tuple[int, ...]], pool: _Pool) -> Lambda | None:
        """What an invokedynamic entry makes (JVM Specification 4.7.23; LambdaMetafactory's arguments)."""
        which = self.number(i)
        if which >= len(bootstraps) or len(bootstraps[which]) < 3:
            return None
        factory, _, impl = bootstraps[which][:3]
        if self.ref(self.number_byte(factory))[0] != b"java/lang/invoke/LambdaMetafactory":
            return None
        kind = self.data[self.pool[impl][1]]
        pair = self.number(i, 1)
        made = self.utf8(self.number(pair, 1)).rpartition(b")")[2]
        return Lambda(
            pool.type(made), self.utf8(self.number(pair)), pool.method(*self.ref(self.number_byte(impl))), kind == 6
        )

    def number_byte(self, i: int) -> int:
        """The reference that a method handle entry names, behind its kind."""
        return int.from_bytes(self.data[self.pool[i][1] + 1 : self.pool[i][1] + 3], "big")

    def u2(self) -> int:
        (value,) = struct.unpack_from(">H", self.data, self.at)
        self.at += 2
        return int(value)

    def members(self) -> Iterable[tuple[int, bytes, bytes, bytes, int]]:
        """(flags, name, descriptor, code, begin of its attribute) of each field or method; b'' and 0 without."""
        for _ in range(self.u2()):
            flags, name, descriptor = self.u2(), self.utf8(self.u2()), self.utf8(self.u2())
            code, begin = b"", 0
            for _ in range(self.u2()):
                attribute = self.utf8(self.u2())
                (size,) = struct.unpack_from(">I", self.data, self.at)
                self.at += 4
                if attribute == b"Code":
                    (length,) = struct.unpack_from(">I", self.data, self.at + 4)
                    code, begin = self.data[self.at + 8 : self.at + 8 + min(length, size)], self.at
                self.at += size
                if self.at > len(self.data):
                    raise ValueError("attribute past the file")
            yield flags, name, descriptor, code, begin


def read(name: str, files: Iterable[tuple[str, bytes]]) -> Code:
    """Read class files into one set of columns. A malformed class is noted and left out."""
    pool, notes = _Pool(), []
    bodies = ClassBodies(pool.sites)
    classes: list[tuple[int, int, int]] = []
    interfaces: list[tuple[int, int]] = []
    definitions: list[tuple[int, int, int, int]] = []
    events: list[tuple[int, int, int, int, int]] = []
    counts = Counts()
    for path, data in files:
        mark = len(definitions), len(events), len(interfaces), len(pool.sites)
        try:
            c = ConstantPool(data)
            flags, this, parent = c.u2(), c.u2(), c.u2()
            row = len(classes)
            this_name = c.name(this)
            interfaces += [(row, pool.cls(c.name(c.u2()))) for _ in range(c.u2())]
            dynamic: list[int] = []
            for _flags, field, descriptor, _, _ in c.members():
                pool.field(this_name, field, descriptor)
            for access, method, descriptor, code, begin in c.members():
                d = len(definitions)
                size = _sweep(c, code, d, pool, events, dynamic)
                definitions.append((pool.method(this_name, method, descriptor), row, access, size))
                bodies.code.append(code)
                bodies.at.append(begin)
                counts.instructions += size
            pool.sites += c.lambdas(dynamic, pool)
            classes.append((pool.cls(this_name), pool.cls(c.name(parent)) if parent else -1, flags))
            bodies.files.append(data)
        except (struct.error, IndexError, ValueError, KeyError) as e:
            notes.append(f"{path}: {e}")
            del definitions[mark[0] :], bodies.code[mark[0] :], bodies.at[mark[0] :], events[mark[1] :]
            del interfaces[mark[2] :], pool.sites[mark[3] :]
    return _columns(name, pool, bodies, notes, classes, interfaces, definitions, events, counts)


def _sweep(
    c: ConstantPool, code: bytes, d: int, pool: _Pool, events: list[tuple[int, int, int, int, int]], dynamic: list[int]
) -> int:
    """Append the events of one body, return its number of instructions. Each invokedynamic becomes a
    call site of its own, whose pool index goes to `dynamic`."""
    p = n = 0
    end = len(code)
    while p < end:
        op = code[p]
        n += 1
        kind = _KIND.get(op)
        if kind:
            index = code[p + 1] if op == 0x12 else int.from_bytes(code[p + 1 : p + 3], "big")
            if kind == STRING:
                tag = c.pool[index][0]
                if tag == 7:
                    kind, operand = CLASS, pool.cls(c.name(index))
                elif tag == 8:
                    operand = pool.string(c.name(index))
                else:
                    kind = 0
            elif kind == NEW:
                operand = pool.cls(c.name(index))
            elif kind == CUSTOM:
                operand = len(pool.sites) + len(dynamic)
                dynamic.append(index)
            else:
                operand = (pool.field if kind == FIELD else pool.method)(*c.ref(index))
            if kind:
                events.append((d, 0x1C if kind == CLASS else _DALVIK[op], kind, operand, p))
        p += _W[op] or _special(code, p)
    return n


def _columns(
    name: str, pool: _Pool, bodies: ClassBodies, notes: list[str], classes: list[tuple[int, int, int]],
    interfaces: list[tuple[int, int]], definitions: list[tuple[int, int, int, int]],
    events: list[tuple[int, int, int, int, int]], counts: Counts,
) -> Code:  # fmt: skip
    def columns(rows: Sequence[tuple[int, ...]], width: int) -> I32:
        return np.array(rows, np.int32).reshape(-1, width).T if rows else np.zeros((width, 0), np.int32)

    texts = list(pool.strings)
    data = b"\0".join(texts) + b"\0"
    lengths = np.array([len(t) for t in texts], np.int64)
    end = (np.cumsum(lengths + 1) - 1).astype(np.int32)
    cls, fields = columns(classes, 3), columns(list(pool.fields), 3)
    methods, defs = columns(list(pool.methods), 3), columns(definitions, 4)
    event, iface = columns(events, 5), columns(interfaces, 2)
    kind = event[2].astype(np.uint8)
    counts.strings, counts.types, counts.protos = len(texts), len(pool.types), len(pool.proto_rows)
    counts.fields, counts.methods = fields.shape[1], methods.shape[1]
    counts.classes, counts.definitions = len(classes), len(definitions)
    counts.invokes = int(((kind == INVOKE) | (kind == CUSTOM)).sum())
    counts.const_strings, counts.field_accesses = int((kind == STRING).sum()), int((kind == FIELD).sum())
    counts.new_instances = int((kind == NEW).sum())
    return Code(
        name=name, data=data, string_start=(end - lengths).astype(np.int32), string_end=end,
        type_string=np.array(list(pool.types), np.int32),
        proto_return=np.array([r for r, _ in pool.proto_rows], np.int32),
        proto_args=[a for _, a in pool.proto_rows],
        field_class=fields[0], field_type=fields[1], field_name=fields[2],
        method_class=methods[0], method_proto=methods[1], method_name=methods[2],
        class_type=cls[0], class_super=cls[1], class_flags=cls[2],
        interface_class=iface[0], interface_type=iface[1],
        def_method=defs[0], def_class=defs[1], def_flags=defs[2], def_size=defs[3],
        event_def=event[0], event_op=event[1].astype(np.uint8), event_kind=kind,
        event_operand=event[3], event_pos=event[4], bodies=bodies, counts=counts, malformed=notes,
    )  # fmt: skip
