"""One container of code (a DEX file or the class files of a JAR) as columns.

Every reader of code yields `Code`: NumPy arrays of tables, definitions and events, and no
object per method or instruction. Indices point into the container's own tables; -1 stands
for an index that the file states but does not have. Consumers see DEX and JVM code alike.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]

# Kinds of event; the raw opcode is kept beside them for dispatch and direction.
INVOKE, STRING, FIELD, NEW = 1, 2, 3, 4
NAME, PROTO = 500, 2000  # characters shown of one name and of one argument list
CUSTOM = 5  # invoke-custom: the operand is a call-site id
CLASS = 6  # a class constant: the operand is a type


class Lambda(NamedTuple):
    """What a call site of a lambda makes: an object of an interface whose one method calls `target`."""

    interface: int  # type
    name: bytes  # of the interface's method
    target: int  # method
    static: bool


class Bodies(Protocol):
    """The few questions about a method body that pattern detectors ask."""

    def shape(self, code: Code, definition: int) -> str:
        """'void' if the body only returns, 'true'/'false' if it only returns 1/0, else ''."""

    def constants(self, code: Code, event: int) -> tuple[int | None, ...]:
        """Constant integers passed as the arguments of an invoke event (None = not constant)."""

    def registers(self, code: Code, event: int) -> tuple[int, ...]:
        """Registers that the instruction of an event names: the arguments of an invoke, the target of a
        constant or new object; empty where the format has none (class files) or the event is cut off."""

    def call_site(self, i: int) -> Lambda | None:
        """The lambda that call site `i` (operand of a CUSTOM event) makes, None for any other use."""


@dataclass(slots=True)
class Counts:
    """Totals that can be compared with other disassemblers, file by file."""

    strings: int = 0
    types: int = 0
    protos: int = 0
    fields: int = 0
    methods: int = 0
    classes: int = 0
    definitions: int = 0
    instructions: int = 0
    invokes: int = 0
    const_strings: int = 0
    field_accesses: int = 0
    new_instances: int = 0

    def add(self, other: Counts) -> None:
        """Add another container's counts to these."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Code:
    """Columns of one container. T types, M methods, F fields, C classes, D definitions, E events."""

    name: str
    data: bytes
    string_start: I32  # [S] first byte of the text
    string_end: I32  # [S] one past its last byte
    type_string: I32  # [T] -> string
    proto_return: I32  # [P] -> type
    proto_args: list[tuple[int, ...]] | ProtoArgs
    field_class: I32  # [F] -> type
    field_type: I32  # [F] -> type
    field_name: I32  # [F] -> string
    method_class: I32  # [M] -> type
    method_proto: I32  # [M] -> proto
    method_name: I32  # [M] -> string
    class_type: I32  # [C] -> type
    class_super: I32  # [C] -> type or -1
    class_flags: I32  # [C]
    interface_class: I32  # [I] -> class
    interface_type: I32  # [I] -> type
    def_method: I32  # [D] -> method
    def_class: I32  # [D] -> class
    def_flags: I32  # [D]
    def_size: I32  # [D] instructions in the body, 0 where there is none
    event_def: I32  # [E] -> definition; non-decreasing within one body
    event_op: U8  # [E] raw opcode
    event_kind: U8  # [E]
    event_operand: I32  # [E] -> method, string, field or type by kind
    event_pos: I32  # [E] offset of the instruction (code units or bytes)
    bodies: Bodies
    counts: Counts
    malformed: list[str] = field(default_factory=list)
    _text: dict[int, str] = field(default_factory=dict)
    _long: dict[int, str] = field(default_factory=dict)
    _types: list[str] | None = None
    _protos: dict[int, str] = field(default_factory=dict)
    _spans: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _bounds: array[int] | None = None
    _ids: dict[str, int] | None = None
    _twins: dict[str, list[int]] = field(default_factory=dict)  # a crafted file may name a type twice
    _narrow: bytes | None = None
    _references: dict[str, frozenset[int]] = field(default_factory=dict)

    @property
    def types(self) -> list[str]:
        """Descriptors of all types, and one more at the end: what index -1 (invalid) reads as."""
        if self._types is None:
            self._types = [*self.labels(self.type_string), "L?;"]
        return self._types

    def name_of(self, definition: int) -> str:
        """Method name of a definition; empty where the file names none."""
        m = int(self.def_method[definition])
        return self.label(int(self.method_name[m])) if m >= 0 else ""

    def body(self, definition: int) -> tuple[int, int]:
        """Range of the events of a definition."""
        if self._bounds is None:
            self._bounds = starts(self.event_def, len(self.def_method))
        return self._bounds[definition], self._bounds[definition + 1]

    def share(self, types: list[str], own: I32) -> None:
        """Name the types by texts that other containers use as well: `own[t]` is where type `t` stands in
        `types`."""
        self._types = [types[t] for t in own.tolist()]

    def forget(self) -> None:
        """Drop what was decoded for showing; it comes back when asked for. A large package has many."""
        self._text, self._long, self._protos, self._references = {}, {}, {}, {}
        self._bounds, self._ids = None, None

    def raw(self, i: int) -> bytes:
        """Bytes (MUTF-8) of string `i`; empty where the index is invalid."""
        if not 0 <= i < len(self.string_start):
            return b""
        text = bytes(self.data[self.string_start[i] : self.string_end[i]])
        return text[: text.index(0)] if 0 in text else text

    def text(self, i: int) -> str:
        """String `i` decoded; never raises."""
        got = self._text.get(i)
        if got is None:
            got = self._text[i] = decode(self.raw(i))
        return got

    def label(self, i: int) -> str:
        """String `i` as an identifier. The format sets no bound to one and every fact repeats it, so of
        a long one the head stands for all, with a digest that tells it from its like."""
        got = self._text.get(i)
        if got is not None and len(got) <= NAME:
            return got
        if not 0 <= i < len(self.string_start) or self.string_end[i] - self.string_start[i] <= NAME:
            return self.text(i)
        got = self._long.get(i)
        if got is None:
            raw = self.raw(i)
            end = ";" if raw.endswith(b";") else ""
            got = self._long[i] = f"{decode(raw[:NAME])}…{hashlib.sha256(raw).hexdigest()[:16]}{end}"
        return got

    def labels(self, ids: I32) -> list[str]:
        """`label` of many strings at once: nearly all are short and plain, and cut from one decoded piece."""
        known = ids[(ids >= 0) & (ids < len(self.string_start))]
        if not len(known):
            return [self.label(i) for i in ids.tolist()]
        low, high = int(self.string_start[known].min()), int(self.string_end[known].max())
        text = bytes(self.data[low:high]).decode("latin-1")
        plain = (ids >= 0) & (ids < len(self.string_start))
        start, end = (np.where(plain, edge[np.where(plain, ids, 0)] - low, 0) for edge in (self.string_start, self.string_end))
        plain &= end - start <= NAME
        end = np.where(plain, end, start)  # many ids may share one text without end
        out = [text[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]
        whole = "\n".join(out)
        if not whole.isascii() or "\0" in whole:
            plain &= np.array([t.isascii() and "\0" not in t for t in out], bool)
        for k in np.flatnonzero(~plain).tolist():
            out[k] = self.label(int(ids[k]))
        return out

    def type(self, i: int) -> str:
        """Descriptor of type `i`, such as `Lcom/a/B;`."""
        return self.types[i] if 0 <= i < len(self.type_string) else "L?;"

    def type_of(self, descriptor: str) -> int:
        """The type with this descriptor, -1 where nothing in the container names it."""
        if self._ids is None:
            self._ids, self._twins = {}, {}
            for i, t in enumerate(self.types[:-1]):
                if self._ids.setdefault(t, i) != i:
                    self._twins.setdefault(t, []).append(i)
        return self._ids.get(descriptor, -1)

    def proto(self, i: int) -> str:
        """Descriptor `(args)ret` of prototype `i`."""
        got = self._protos.get(i)
        if got is None:
            if not 0 <= i < len(self.proto_return):
                return "()?"
            args = "".join(self.type(t) for t in self.proto_args[i])
            if len(args) > PROTO:
                args = f"{args[:PROTO]}…"
            got = self._protos[i] = f"({args}){self.type(int(self.proto_return[i]))}"
        return got

    def spans(self, proto: int) -> tuple[int, ...]:
        """Registers that each argument of a prototype takes: two for long and double."""
        got = self._spans.get(proto)
        if got is None:
            args = self.proto_args[proto] if 0 <= proto < len(self.proto_return) else ()
            got = self._spans[proto] = tuple(2 if self.type(t) in ("J", "D") else 1 for t in args)
        return got

    @property
    def narrow(self) -> bytes:
        """By method: 1 where no argument is a long or double, so that each takes one register."""
        if self._narrow is None:
            if isinstance(self.proto_args, list):
                count = np.array([len(a) for a in self.proto_args], np.int64)
                flat = np.array([t for a in self.proto_args for t in a], np.int32)
            else:
                count, flat = self.proto_args.flat()
            wide = np.isin(flat, [t for t in map(self.type_of, "JD") if t >= 0])
            some = np.zeros(len(count) + 1, bool)
            some[np.repeat(np.arange(len(count)), count)[wide]] = True
            some[-1] = True  # an index that the file does not have says nothing
            self._narrow = (~some[self.method_proto]).tobytes()
        return self._narrow

    def method(self, i: int) -> str:
        """`Lpkg/Cls;->name(args)ret` of method id `i`."""
        if not 0 <= i < len(self.method_class):
            return "L?;->?()?"
        return (
            f"{self.type(int(self.method_class[i]))}->{self.label(int(self.method_name[i]))}"
            f"{self.proto(int(self.method_proto[i]))}"
        )

    def methods(self, ids: Sequence[int]) -> list[str]:
        """`method` of many ids at once."""
        at = np.array(ids, np.int64)
        if not len(at) or int(at.min()) < 0 or int(at.max()) >= len(self.method_class):
            return [self.method(i) for i in ids]
        types, names = self.types, self.labels(self.method_name[at])
        owners, protos = self.method_class[at].tolist(), map(self.proto, self.method_proto[at].tolist())
        return [f"{types[t]}->{n}{p}" for t, n, p in zip(owners, names, protos, strict=True)]

    def field_ref(self, i: int) -> str:
        """`Lpkg/Cls;->name:type` of field id `i`."""
        if not 0 <= i < len(self.field_class):
            return "L?;->?:?"
        return (
            f"{self.type(int(self.field_class[i]))}->{self.label(int(self.field_name[i]))}"
            f":{self.type(int(self.field_type[i]))}"
        )

    def references(self, descriptor: str) -> frozenset[int]:
        """Ids of the methods, or of the fields where it has no argument list, with this descriptor."""
        got = self._references.get(descriptor)
        if got is None:
            method = "(" in descriptor
            cls = descriptor.partition("->")[0]
            owners = [self.type_of(cls), *self._twins.get(cls, ())]
            ids = np.flatnonzero(np.isin(self.method_class if method else self.field_class, owners)).tolist()
            show = self.method if method else self.field_ref
            got = self._references[descriptor] = frozenset(i for i in ids if show(i) == descriptor)
        return got

    def definition(self, i: int) -> str:
        """The same as `method`, for definition `i`."""
        return self.method(int(self.def_method[i]))

    def class_name(self, c: int) -> str:
        """Descriptor of defined class `c`."""
        return self.type(int(self.class_type[c]))


class ProtoArgs(Protocol):
    """Argument types of prototype `i`, read on demand."""

    def __getitem__(self, i: int, /) -> tuple[int, ...]: ...

    def flat(self) -> tuple[I64, I32]: ...


def starts(owner: I32, count: int) -> array[int]:
    """Where the items of each of `count` owners begin in a list ordered by owner, and where the last one's end: `count` + 1
    plain numbers, which are no objects each as in a list of a million."""
    ends = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(owner, minlength=count), out=ends[1:])
    return array("i", ends.tobytes())


def ascending(numbers: I32) -> I64:
    """Stable order of numbers that are not negative. Two passes over 16 bits each are counted, not compared: a
    third of the time of one sort."""
    order = np.argsort((numbers & 0xFFFF).astype(np.uint16), kind="stable")
    return order[np.argsort((numbers[order] >> 16).astype(np.uint16), kind="stable")]


def decode(raw: bytes) -> str:
    """MUTF-8 to text: NUL is C0 80, supplementary characters are two 3-byte surrogates
    (DEX format, string_data_item). What is not MUTF-8 becomes U+FFFD; never raises."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        text = raw.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass_or_replace")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _surrogatepass_or_replace(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        part = error.object[error.start : error.start + 3]
        if len(part) == 3 and part[0] == 0xED and 0xA0 <= part[1] <= 0xBF and 0x80 <= part[2] <= 0xBF:
            return chr(0xD000 | (part[1] & 0x3F) << 6 | part[2] & 0x3F), error.start + 3
        return "\ufffd", error.start + 1
    raise error


def _register() -> None:
    import codecs

    codecs.register_error("surrogatepass_or_replace", _surrogatepass_or_replace)


_register()
