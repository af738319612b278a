"""All code of a package as one program: classes, methods and events under common numbers.

Containers number their own types and methods; here every type, member name and prototype has
one number over all of them. What follows is arrays: G types, D definitions that can run (the
first definition of a class wins), R method references, E events in the order of definitions.
Everything else (dispatch, subtypes) is worked out lazily, for what is reached only.

Source of the rules: JVM Specification 5.4.3.3 and 5.4.6, Dalvik bytecode (invoke kinds).
"""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mingcha.extract.package.body.decode import decode
from mingcha.extract.package.body.form import Body
from mingcha.extract.package.columns import CLASS, FIELD, I32, I64, INVOKE, NEW, U8, Code, ascending, starts
from mingcha.extract.package.strings import distinct

# A key holds class, name and prototype in 63 bits; beyond these the world is cut and says so.
_CLASS, _NAME, _PROTO = 20, 22, 20
PROTO = _PROTO
BODIES = 6_000  # decoded in one package
ABSTRACT, NATIVE, STATIC, PRIVATE, INTERFACE = 0x400, 0x100, 0x8, 0x2, 0x200

_WRITES = np.zeros(256, bool)
_WRITES[[*range(0x59, 0x60), *range(0x67, 0x6E)]] = True
# Columns over all containers.
_KINDS: dict[str, type[np.generic]] = {
    "def_class": np.int32, "def_flags": np.int32, "def_sig": np.int64, "ref_class": np.int32, "ref_sig": np.int64,
    "kind": np.uint8, "op": np.uint8, "operand": np.int32, "event_def": np.int32,
}  # fmt: skip
Parts = dict[str, list[np.ndarray[Any, Any]]]


@dataclass(slots=True)
class World:
    """The merged program. Build it with `World.of`; containers in Android's order."""

    codes: Sequence[Code]
    types: list[str] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    protos: list[bytes] = field(default_factory=list)  # type numbers as int32: return, then arguments
    type_id: dict[str, int] = field(default_factory=dict)
    name_id: dict[bytes, int] = field(default_factory=dict)
    proto_id: dict[bytes, int] = field(default_factory=dict)
    cut: bool = False
    """Something did not fit; what is not reached may still run."""
    maps: list[I32] = field(default_factory=list)  # per container: own type -> type, last one for -1
    parent: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # [G] superclass or -1
    interfaces: dict[int, tuple[int, ...]] = field(default_factory=dict)
    is_interface: set[int] = field(default_factory=set)
    class_at: dict[int, tuple[int, int]] = field(default_factory=dict)  # type -> (container, class row)
    def_base: list[int] = field(default_factory=list)
    def_class: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # [D], -1 = never runs
    def_sig: I64 = field(default_factory=lambda: np.zeros(0, np.int64))  # [D] name and prototype
    def_flags: I32 = field(default_factory=lambda: np.zeros(0, np.int32))
    def_start: I64 = field(default_factory=lambda: np.zeros(1, np.int64))  # [D+1] -> event
    ref_base: list[int] = field(default_factory=list)
    ref_class: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # [R]
    ref_sig: I64 = field(default_factory=lambda: np.zeros(0, np.int64))  # [R]
    event_base: list[int] = field(default_factory=list)
    kind: U8 = field(default_factory=lambda: np.zeros(0, np.uint8))  # [E]
    op: U8 = field(default_factory=lambda: np.zeros(0, np.uint8))
    operand: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # reference, type, or own index
    event_def: I32 = field(default_factory=lambda: np.zeros(0, np.int32))  # [E] -> definition
    virtual_name: np.ndarray[tuple[int], np.dtype[np.bool_]] = field(
        default_factory=lambda: np.zeros(0, bool)
    )  # names that some definition could be dispatched to
    _keys: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    _by_key: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    _defaults: set[int] = field(default_factory=set)  # signatures with a body in an interface
    _above: dict[int, frozenset[int]] = field(default_factory=dict)
    _rows: dict[int, tuple[int, int]] = field(default_factory=dict)
    _sigs: I64 | None = None
    _calls: dict[int, tuple[I32, array[int]]] = field(default_factory=dict)
    _related: dict[int, list[int]] = field(default_factory=dict)
    _children: dict[int, list[int]] | None = None
    _below: dict[int, frozenset[int]] = field(default_factory=dict)
    _fields: dict[int, tuple[I32, I32]] = field(default_factory=dict)
    _refs: tuple[I64, I64] | None = None
    _writes: dict[int, tuple[I32, I32]] = field(default_factory=dict)
    _bodies: dict[int, Body | None] = field(default_factory=dict)
    _targets: dict[tuple[int, int, bool], int] = field(default_factory=dict)
    _tables: dict[int, dict[int, int]] = field(default_factory=dict)
    _by_sig: tuple[I64, I64] | None = None
    _texts: dict[int, str] = field(default_factory=dict)
    _numbers: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = {id(code): n for n, code in enumerate(self.codes)}  # held by `codes`, so ids stay theirs

    @classmethod
    def of(cls, codes: Sequence[Code], framework: Mapping[str, tuple[str | None, Iterable[str]]]) -> World:
        """The program of some containers over the shipped hierarchy of framework classes (descriptor ->
        superclass, interfaces)."""
        world = cls(codes)
        parents: dict[int, int] = {}
        parts: Parts = {}
        for n, code in enumerate(codes):
            world._add(n, code, parents, parts)
        world._framework(framework, parents)

        def joined(name: str, dtype: type[np.generic]) -> np.ndarray[Any, Any]:
            return np.concatenate(parts.pop(name)).astype(dtype, copy=False) if name in parts else np.zeros(0, dtype)

        for name, dtype in _KINDS.items():
            setattr(world, name, joined(name, dtype))
        for code, base in zip(codes, world.event_base, strict=True):  # one copy is enough
            end = base + len(code.event_kind)
            code.event_kind, code.event_op = world.kind[base:end], world.op[base:end]
        world.parent = np.full(len(world.types), -1, np.int32)
        if parents:
            world.parent[list(parents)] = list(parents.values())
        world._index()
        return world

    def _add(self, n: int, code: Code, parents: dict[int, int], parts: Parts) -> None:
        """Number one container's tables and append its columns."""
        own = self._types(code.types)  # the last one stands for -1
        code.share(self.types, own)
        self.maps.append(own)
        self.def_base.append(sum(map(len, parts.get("def_class", ()))))
        self.ref_base.append(sum(map(len, parts.get("ref_class", ()))))
        self.event_base.append(sum(map(len, parts.get("kind", ()))))
        runs = self._classes(n, code, own, parents)
        sig = self._signatures(code, own)
        classes = own[code.method_class]
        method = code.def_method
        keep = runs[code.def_class] & (method >= 0)
        shift = self.def_base[-1]
        kind = code.event_kind
        operand = code.event_operand.copy()
        calls = (kind == INVOKE) & (operand >= 0)
        operand[calls] += self.ref_base[-1]
        typed = (kind == NEW) | (kind == CLASS)
        operand[typed] = own[operand[typed]]
        fields = np.flatnonzero((kind == FIELD) & (operand >= 0))
        # Of a field only its class matters here: touching a static one initialises the class.
        operand[fields] = own[code.field_class[operand[fields]]]
        for name, column in (
            ("def_class", np.where(keep, np.append(classes, -1)[method], -1)), ("def_flags", code.def_flags),
            ("def_sig", sig[method]), ("ref_class", classes), ("ref_sig", sig[:-1]), ("kind", kind),
            ("op", code.event_op), ("operand", operand), ("event_def", code.event_def + shift),
        ):  # fmt: skip
            parts.setdefault(name, []).append(column.astype(_KINDS[name], copy=False))

    def _types(self, descriptors: Sequence[str]) -> I32:
        """Numbers of some types, given now where they have none."""
        known = self.type_id
        own = np.array([known.setdefault(t, len(known)) for t in descriptors], np.int32)
        if len(known) > len(self.types):
            self.types += itertools.islice(known, len(self.types), 1 << _CLASS)
            if len(known) >> _CLASS:
                self.cut = True
                for t in list(known)[1 << _CLASS :]:
                    known[t] = 0
                own[own >> _CLASS > 0] = 0
        return own

    def _type(self, descriptor: str) -> int:
        return int(self._types((descriptor,))[0]) if descriptor not in self.type_id else self.type_id[descriptor]

    def _classes(
        self, n: int, code: Code, own: I32, parents: dict[int, int]
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Take in the class rows; mask of those that run, with a False at the end for index -1."""
        runs = np.zeros(len(code.class_type) + 1, bool)
        above: dict[int, list[int]] = {}
        for row, name in zip(code.interface_class.tolist(), own[code.interface_type].tolist(), strict=True):
            above.setdefault(row, []).append(name)
        rows = zip(own[code.class_type].tolist(), own[code.class_super].tolist(), code.class_super.tolist(),
                   code.class_flags.tolist(), strict=True)  # fmt: skip
        for row, (cls, parent, stated, flags) in enumerate(rows):
            if cls in self.class_at:
                continue
            self.class_at[cls] = n, row
            runs[row] = True
            if stated >= 0:
                parents[cls] = parent
            if row in above:
                self.interfaces[cls] = tuple(above[row])
            if flags & INTERFACE:
                self.is_interface.add(cls)
        return runs

    def _signatures(self, code: Code, own: I32) -> I64:
        """Signature of every method reference; one more at the end for index -1."""
        data, names = code.data, self.name_id
        used = np.zeros(len(code.string_start) + 1, bool)
        used[code.method_name] = True
        ids = np.flatnonzero(used[:-1])
        spans = zip(code.string_start[ids].tolist(), code.string_end[ids].tolist(), strict=True)
        numbers = np.zeros(len(used), np.int64)
        numbers[ids] = [names.setdefault(data[low:high], len(names)) for low, high in spans]
        if used[-1]:
            numbers[-1] = names.setdefault(b"", len(names))
        # A prototype that the file does not have reads as one without arguments that returns nothing.
        none = self.proto_id.setdefault(np.array([self._type("V")], np.int32).tobytes(), len(self.proto_id))
        protos = np.array([*self._prototypes(code, own), none], np.int64)
        name = numbers[code.method_name]
        if len(names) >> _NAME or len(self.proto_id) >> _PROTO:
            self.cut = True
            name &= (1 << _NAME) - 1
            protos &= (1 << _PROTO) - 1
        return np.append(name << _PROTO | protos[code.method_proto], -1)

    def _prototypes(self, code: Code, own: I32) -> list[int]:
        """Number of each prototype of a container."""
        ids, args = self.proto_id, code.proto_args
        if isinstance(args, list):
            count = np.array([len(a) for a in args], np.int64)
            flat = np.array([t for a in args for t in a], np.int32)
        else:
            count, flat = args.flat()
        # Each key is the return type and then the arguments, four bytes each, cut from one buffer.
        begin = np.cumsum(count) - count + np.arange(len(count))
        every = np.empty(len(flat) + len(count), np.int32)
        returns = np.zeros(len(every), bool)
        returns[begin] = True
        every[begin] = own[code.proto_return]
        every[~returns] = own[flat]
        buffer, at = every.tobytes(), [*(4 * begin).tolist(), 4 * len(every)]
        return [ids.setdefault(buffer[low:high], len(ids)) for low, high in itertools.pairwise(at)]

    def _framework(
        self, framework: Mapping[str, tuple[str | None, Iterable[str]]], parents: dict[int, int]
    ) -> None:
        """Superclasses and interfaces of the framework types that the package mentions, and of theirs."""
        todo = sorted(self.type_id[t] for t in framework.keys() & self.type_id.keys())
        for at in todo:  # grows as parents are met for the first time
            known = framework.get(self.types[at])
            if known is not None and at not in self.class_at:
                parent, interfaces = known
                before = len(self.types)
                if parent:
                    parents[at] = self._type(parent)
                found = tuple(self._type(i) for i in interfaces)
                if found:
                    self.interfaces[at] = found
                todo += range(before, len(self.types))

    def _index(self) -> None:
        self.names = list(self.name_id)
        self.protos = list(self.proto_id)
        count = len(self.def_class)
        self.def_start = np.zeros(count + 1, np.int64)
        np.cumsum(np.bincount(self.event_def, minlength=count), out=self.def_start[1:])
        # What has no body cannot be run by a dispatch; a native one can.
        body = (self.def_class >= 0) & (self.def_flags & ABSTRACT == 0)
        able = np.flatnonzero(body)
        keys = self.def_class[able].astype(np.int64) << (_NAME + _PROTO) | self.def_sig[able]
        order = np.argsort(keys, kind="stable")
        self._keys, self._by_key = keys[order], able[order]
        self.virtual_name = np.zeros(len(self.names) + 1, bool)
        virtual = able[self.def_flags[able] & (STATIC | PRIVATE) == 0]
        self.virtual_name[self.def_sig[virtual] >> _PROTO] = True
        if self.is_interface:
            inside = np.isin(self.def_class[virtual], list(self.is_interface))
            self._defaults = set(self.def_sig[virtual[inside]].tolist())
        # Definitions of a class stand together in a container.
        if count:
            edge = np.flatnonzero(np.diff(self.def_class)) + 1
            begin = np.concatenate(([0], edge))
            end = np.concatenate((edge, [count]))
            for cls, low, high in zip(self.def_class[begin].tolist(), begin.tolist(), end.tolist(), strict=True):
                self._rows.setdefault(cls, (low, high))

    def defined(self, name: int) -> list[int]:
        """Signatures of this name that some definition which can run has."""
        if self._sigs is None:
            self._sigs = distinct(self.def_sig[self._by_key])
        low, high = self._sigs.searchsorted((name << _PROTO, (name + 1) << _PROTO))
        found: list[int] = self._sigs[low:high].tolist()
        return found

    def proto_text(self, sig: int) -> str:
        """`(args)ret` of a signature."""
        returns, *args = np.frombuffer(self.protos[sig & (1 << _PROTO) - 1], np.int32).tolist()
        return f"({''.join(self.types[a] for a in args)}){self.types[returns]}"

    def with_signature(self, sig: int) -> list[int]:
        """Definitions that can run and have this signature."""
        if self._by_sig is None:
            able = self._by_key[np.argsort(self.def_sig[self._by_key], kind="stable")]
            self._by_sig = self.def_sig[able], able
        sigs, able = self._by_sig
        low, high = sigs.searchsorted((sig, sig + 1))
        found: list[int] = able[low:high].tolist()
        return found

    def members(self, cls: int, name: bytes, args: str) -> list[int]:
        """Definitions that a call of `name` on an object of `cls` runs, whose argument list begins with
        `args` (with its opening bracket; one that is closed is the whole list)."""
        n = self.name_id.get(name)
        if n is None:
            return []
        if name == b"<init>":  # never inherited, and the one name that thousands of signatures share
            found = [d for d in self.rows(cls) if int(self.def_sig[d]) >> _PROTO == n]
        else:
            found = [self.one(cls, s) for s in self.defined(n)]
        return [d for d in found if d >= 0 and self.proto_text(int(self.def_sig[d])).startswith(args)]

    def bare(self, name: bytes) -> int:
        """A signature that is a name and nothing more; no definition has it."""
        n = self.name_id.setdefault(name, len(self.names))
        if n == len(self.names):
            self.names.append(name)
        return n << _PROTO | (1 << _PROTO) - 1

    def name_of(self, sig: int) -> bytes:
        """Member name of a signature."""
        return self.names[sig >> _PROTO]

    def arguments(self, sig: int) -> list[int]:
        """Argument types of a signature."""
        return [int(t) for t in np.frombuffer(self.protos[sig & (1 << _PROTO) - 1], np.int32)[1:]]

    def lookup(self, cls: I64, sig: I64) -> I64:
        """Definition that `sig` on an object of class `cls` runs, -1 where that is not in the package.

        Up the superclasses; then default methods of interfaces."""
        out = np.full(len(cls), -1, np.int64)
        if not len(self._keys):
            return out
        open_ = np.arange(len(cls))
        at = cls.astype(np.int64)
        for _ in range(64):  # a hierarchy is never this deep; guards against cycles
            key = at << (_NAME + _PROTO) | sig[open_]
            pos = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
            hit = self._keys[pos] == key
            out[open_[hit]] = self._by_key[pos[hit]]
            at = self.parent[at].astype(np.int64)
            stay = ~hit & (at >= 0)
            open_, at = open_[stay], at[stay]
            if not len(open_):
                break
        if self._defaults:
            for i in np.flatnonzero(out < 0).tolist():
                if int(sig[i]) in self._defaults:
                    out[i] = self._default(int(cls[i]), int(sig[i]))
        return out

    def one(self, cls: int, sig: int) -> int:
        """`lookup` for one pair, class by class: for a single one that is quicker than as arrays."""
        at = cls
        for _ in range(64):
            found = self._table(at).get(sig)
            if found is not None:
                return found
            at = int(self.parent[at])
            if at < 0:
                break
        return self._default(cls, sig) if sig in self._defaults else -1

    def _table(self, cls: int) -> dict[int, int]:
        """Signature -> definition of what a class defines itself and can run; the first one wins."""
        table = self._tables.get(cls)
        if table is None:
            low, high = self._rows.get(cls, (0, 0))
            sigs, flags = self.def_sig[low:high].tolist(), self.def_flags[low:high].tolist()
            table = self._tables[cls] = {}
            for k, (sig, flag) in enumerate(zip(sigs, flags, strict=True)):
                if not flag & ABSTRACT:
                    table.setdefault(sig, low + k)
        return table

    def _default(self, cls: int, sig: int) -> int:
        for above in sorted(self.above(cls)):
            if above in self.is_interface:
                key = above << (_NAME + _PROTO) | sig
                pos = int(np.searchsorted(self._keys, key))
                if pos < len(self._keys) and int(self._keys[pos]) == key:
                    return int(self._by_key[pos])
        return -1

    def above(self, cls: int) -> frozenset[int]:
        """The class with all its superclasses and interfaces."""
        found = self._above.get(cls)
        if found is None:
            seen: set[int] = set()
            todo = [cls]
            while todo:
                t = todo.pop()
                if t in seen:
                    continue
                seen.add(t)
                parent = int(self.parent[t])
                if parent >= 0:
                    todo.append(parent)
                todo += self.interfaces.get(t, ())
            found = self._above[cls] = frozenset(seen)
        return found

    def rows(self, cls: int) -> range:
        """Definitions of a class of the package."""
        return range(*self._rows.get(cls, (0, 0)))

    def span(self, cls: int) -> tuple[int, int]:
        """First definition of a class and one past its last; an empty span for others."""
        return self._rows.get(cls, (0, 0))

    def place(self, d: int) -> tuple[Code, int]:
        """Container of a definition and its number there."""
        n = bisect_right(self.def_base, d) - 1
        return self.codes[n], d - self.def_base[n]

    def body(self, d: int) -> Body | None:
        """A definition's body; None without one, and beyond the budget of bodies."""
        if d not in self._bodies:
            code, local = self.place(d)
            self._bodies[d] = None if self.spent() else decode(code, local)
        return self._bodies[d]

    def spent(self) -> bool:
        """Whether the budget of bodies is."""
        return len(self._bodies) >= BODIES

    def decoded(self, d: int) -> bool:
        """Whether a definition's body was asked for before."""
        return d in self._bodies

    def target(self, code: Code, method: int, virtual: bool) -> int:
        """The one definition of the package that a call can run, -1 where there are more or none."""
        if method < 0:
            return -1
        ref = self.ref_base[self.container(code)] + method
        key = int(self.ref_class[ref]), int(self.ref_sig[ref]), virtual
        found = self._targets.get(key)
        if found is None:
            found = self._targets[key] = self._target(*key)
        return found

    def _target(self, cls: int, sig: int, virtual: bool) -> int:
        own = self.one(cls, sig)
        if not virtual:
            return own
        others = self.with_signature(sig)
        if not others or others == [own]:
            return own
        below = self.below(cls)
        for o in others:
            if o != own and int(self.def_class[o]) in below:
                if own >= 0:
                    return -1
                own = o
        return own

    def callers(self, refs: Sequence[int], most: int) -> list[int]:
        """Events that call one of some references, in order; at most `most` and one more."""
        found: list[int] = []
        for r in refs:
            # A reference is its container's own, and so are the events that name it.
            n = bisect_right(self.ref_base, r) - 1
            events, begin = self._calls.get(n) or self._call_index(n)
            low, high = begin[r - self.ref_base[n]], begin[r - self.ref_base[n] + 1]
            if low < high:
                found += events[low : min(high, low + most + 1)].tolist()
        return sorted(found)[: most + 1]

    def _call_index(self, n: int) -> tuple[I32, array[int]]:
        """Calls of a container ordered by what they call, and where those of each reference begin."""
        high = self.event_base[n + 1] if n + 1 < len(self.event_base) else len(self.kind)
        events = (np.flatnonzero(self.kind[self.event_base[n] : high] == INVOKE) + self.event_base[n]).astype(np.int32)
        called = self.operand[events] - self.ref_base[n]
        events, called = events[called >= 0], called[called >= 0]
        order = ascending(called)
        last = self.ref_base[n + 1] if n + 1 < len(self.ref_base) else len(self.ref_class)
        begin = starts(called, last - self.ref_base[n])
        self._calls[n] = events[order], begin
        return self._calls[n]

    def related(self, d: int) -> list[int]:
        """References that may mean a definition: its signature, of a class above or below its own."""
        found = self._related.get(d)
        if found is None:
            if self._refs is None:
                order = np.argsort(self.ref_sig, kind="stable")
                self._refs = self.ref_sig[order], order
            sigs, order = self._refs
            home, sig = int(self.def_class[d]), int(self.def_sig[d])
            low, high = sigs.searchsorted((sig, sig + 1))
            refs = order[low:high]
            if self.name_of(sig) == b"<init>":  # never inherited, and named by nearly every class
                found = refs[self.ref_class[refs] == home].tolist()
            else:
                kin = self.above(home) | self.below(home)
                found = [r for r, cls in zip(refs.tolist(), self.ref_class[refs].tolist(), strict=True) if cls in kin]
            self._related[d] = found
        return found

    def below(self, cls: int) -> frozenset[int]:
        """The class with all that extend or implement it."""
        found = self._below.get(cls)
        if found is not None:
            return found
        if self._children is None:
            children: dict[int, list[int]] = {}
            for t, parent in enumerate(self.parent.tolist()):
                if parent >= 0:
                    children.setdefault(parent, []).append(t)
            for t, parents in self.interfaces.items():
                for parent in parents:
                    children.setdefault(parent, []).append(t)
            self._children = children
        out, todo = {cls}, [cls]
        while todo:
            for t in self._children.get(todo.pop(), ()):
                if t not in out:
                    out.add(t)
                    todo.append(t)
        found = self._below[cls] = frozenset(out)
        return found

    def references(self, cls: int) -> list[int]:
        """Method references that name a class."""
        return [int(r) for r in np.flatnonzero(self.ref_class == cls)]

    def name_number(self, ref: int) -> int:
        """Number of the member name of a reference."""
        return int(self.ref_sig[ref]) >> _PROTO

    def makers(self, cls: int, most: int) -> list[int]:
        """Events that make an object of a class; at most `most` and one more."""
        return [int(e) for e in np.flatnonzero((self.kind == NEW) & (self.operand == cls))[: most + 1]]

    def fields(self, cls: int, name: str) -> list[tuple[int, int]]:
        """(container, its field) of every reference to a field by its class and name."""
        out = []
        for n, code in enumerate(self.codes):
            if n not in self._fields:
                owners = self.maps[n][code.field_class]
                order = ascending(owners).astype(np.int32)
                self._fields[n] = owners[order], order
            owners, order = self._fields[n]
            low, high = owners.searchsorted((cls, cls + 1))
            out += [(n, f) for f in order[low:high].tolist() if code.label(int(code.field_name[f])) == name]
        return out

    def writes(self, n: int) -> tuple[I32, I32]:
        """(events, fields) of container `n` that write a field; both as it numbers them."""
        if n not in self._writes:
            code = self.codes[n]
            hit = np.flatnonzero((code.event_kind == FIELD) & _WRITES[code.event_op]).astype(np.int32)
            self._writes[n] = hit, code.event_operand[hit]
        return self._writes[n]

    def container(self, code: Code) -> int:
        """Number of a container."""
        return self._numbers[id(code)]

    def event_place(self, e: int) -> tuple[Code, int]:
        """Container of an event and its number there."""
        n = bisect_right(self.event_base, e) - 1
        return self.codes[n], e - self.event_base[n]

    def method(self, d: int) -> str:
        """`Lpkg/Cls;->name(args)ret` of a definition."""
        found = self._texts.get(d)
        if found is None:
            code, local = self.place(d)
            found = self._texts[d] = code.definition(local)
        return found

    def find(self, method: str) -> int:
        """The definition with this descriptor, -1 where none runs."""
        cls, _, member = method.partition("->")
        t = self.type_id.get(cls)
        name = member.partition("(")[0].encode("utf-8", "surrogatepass")
        if t is None:
            return -1
        number = self.name_id.get(name, -1)
        for d in self.rows(t):
            # A name that is shown shortened is compared by its text alone.
            if (number < 0 or int(self.def_sig[d]) >> _PROTO == number) and self.method(d) == method:
                return d
        return -1


def events_of(world: World, defs: I64) -> I64:
    """All events of some definitions, as one array of event numbers in order."""
    return ranges(world.def_start[defs], world.def_start[defs + 1])


def ranges(low: I64, high: I64) -> I64:
    """All numbers of the ranges [low, high), one range after another."""
    n = high - low
    return np.repeat(low - (np.cumsum(n) - n), n) + np.arange(int(n.sum()))
