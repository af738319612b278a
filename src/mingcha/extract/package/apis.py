"""Which methods refer to which sensitive framework API.

The table of the catalogue is matched against the method and field references of a code
container: first by type (few types of a package are sensitive), then by name, then, where an
entry asks for it, by a string constant in the same method. A reference to an inherited
member is followed up the class hierarchy of all containers and the shipped framework
hierarchy until a listed class is met, unless a class of the package defines the member.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from mingcha.extract.package.columns import FIELD, INVOKE, STRING, Code
from mingcha.extract.package.strings import Mask, among, distinct
from mingcha.extract.package.uses import Uses

CALLS, PER_API = 100_000, 5_000  # pairs of caller and callee kept of one package, and of one entry
# So common that a list of them says nothing; the pattern `log-personal` looks at the ones that matter.
QUIET = frozenset({"log-write"})


def descriptor(dotted: str) -> str:
    """`a.b.C$D` -> `La/b/C$D;`."""
    return f"L{dotted.replace('.', '/')};"


@dataclass(slots=True)
class Table:
    """The catalogue's APIs by class descriptor and member name; built once per process."""

    methods: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    fields: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    inherited: dict[str, set[str]] = field(default_factory=dict)  # member name -> classes
    constants: set[bytes] = field(default_factory=set)  # whole texts that some entry asks for
    prefixes: set[bytes] = field(default_factory=set)
    supers: dict[str, str] = field(default_factory=dict)  # framework class -> superclass

    @classmethod
    def build(cls, apis: Iterable[Any], hierarchy: Mapping[str, str]) -> Table:
        """From the ApiClass entries and the framework hierarchy (dotted names)."""
        table = cls(supers={descriptor(k): descriptor(v) for k, v in hierarchy.items()})
        for group in apis:
            name = descriptor(group.cls)
            for member in group.members:
                if member.capability in QUIET:
                    continue
                side = table.fields if member.field else table.methods
                side.setdefault(name, {}).setdefault(member.field or member.name, []).append(
                    (group.cls, member)
                )
                if group.subclasses and member.name and member.name != "<init>":
                    table.inherited.setdefault(member.name, set()).add(name)
                for constant in member.constant:
                    prefix = _prefix(constant)
                    (table.constants if prefix is None else table.prefixes).add((prefix or constant).encode())
        return table


@dataclass(slots=True)
class Call:
    """One (caller, callee) pair before ownership is known."""

    definition: int
    caller: str
    callee: str
    api: str
    member: Any
    constant: str | None
    dex: str
    count: int


@dataclass(slots=True)
class Matcher:
    """Collects calls over the containers of one package; `finish` follows inheritance."""

    table: Table
    calls: list[Call] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)
    """What there was more of than is kept."""
    _supers: dict[str, str] = field(default_factory=dict)
    _defined: set[tuple[str, str]] = field(default_factory=set)
    _pending: list[tuple[Code, int, int, int]] = field(default_factory=list)
    _total: int = 0
    _kept: Counter[int] = field(default_factory=Counter)  # by identity of the entry
    _named: Mask = field(default_factory=lambda: np.zeros(1, bool))
    _texts: dict[int, list[str]] = field(default_factory=dict)  # asked-for constants by definition
    _asked: Mask = field(default_factory=lambda: np.zeros(1, bool))

    def add(self, code: Code, skip: Mask | None = None, uses: Uses | None = None) -> None:
        """Match one container; `skip[d]` leaves out definitions of duplicate classes."""
        uses = uses or Uses(code)
        self._hierarchy(code, skip)
        # Entries that ask for a constant are the busiest members (Uri.parse, Intent.<init>): only
        # bodies that load one of the constants at all are looked at.
        loads, loaded = uses.of(STRING)
        self._asked = among(code, self.table.constants, tuple(self.table.prefixes), loaded)
        asked = self._asked[loaded]
        self._texts = {}
        for d, s in zip(code.event_def[loads[asked]].tolist(), loaded[asked].tolist(), strict=True):
            self._texts.setdefault(d, []).append(code.text(s))
        self._methods(uses, skip)
        self._fields(uses, skip)

    def _hierarchy(self, code: Code, skip: Mask | None) -> None:
        types = code.types
        both = (code.class_type >= 0) & (code.class_super >= 0)
        pairs = zip(
            map(types.__getitem__, code.class_type[both].tolist()),
            map(types.__getitem__, code.class_super[both].tolist()),
            strict=True,
        )
        if skip is None:  # no class that was there before
            self._supers.update(pairs)
        else:
            for cls, parent in pairs:
                self._supers.setdefault(cls, parent)
        self._named = among(code, {n.encode() for n in self.table.inherited}, only=code.method_name)
        # A class that never runs overrides nothing.
        runs = code.def_method >= 0 if skip is None else (code.def_method >= 0) & ~skip
        defined = code.def_method[runs]
        defined = defined[self._named[code.method_name[defined]]]
        for cls, name in zip(code.method_class[defined].tolist(), code.method_name[defined].tolist(), strict=True):
            self._defined.add((types[cls], code.text(name)))

    def _methods(self, uses: Uses, skip: Mask | None) -> None:
        code, types = uses.code, uses.code.types
        direct = uses.type_mask(self.table.methods)[code.method_class]
        targets: dict[int, list[tuple[str, Any]]] = {}
        climb: set[int] = set()
        some = np.flatnonzero(direct)
        for m, t, name in zip(
            some.tolist(), code.method_class[some].tolist(), code.labels(code.method_name[some]), strict=True
        ):
            found = self._entries(types[t], name, code, m)
            if found:
                targets[m] = found
            elif name in self.table.inherited and types[t] in self.table.supers:
                climb.add(m)
        climb.update(
            m
            for m in np.flatnonzero(~direct & self._named[code.method_name]).tolist()
            if self._may_climb(code, m)
        )
        kept: list[tuple[int, int, str, Any, int, str | None]] = []
        free = {m for m, found in targets.items() if any(not e.constant for _, e in found)}
        for d, m, count in uses.sites(INVOKE, free | climb, skip):
            for api, member in targets.get(m, ()):
                if not member.constant and self._room(api, member):
                    kept.append((d, m, api, member, count, None))
            if m in climb:
                if len(self._pending) >= CALLS:
                    self.cut.add(f"more than {CALLS} calls of members that may be inherited")
                    continue
                self._pending.append((code, d, m, count))
        bound = {m for m, found in targets.items() if any(e.constant for _, e in found)}
        silent = np.ones(len(code.def_method), bool)
        silent[list(self._texts)] = False
        for d, m, count in uses.sites(INVOKE, bound, silent if skip is None else skip | silent):
            for api, member in targets[m]:
                constant = _constant(self._texts[d], member.constant) if member.constant else None
                if constant is not None and self._room(api, member):
                    kept.append((d, m, api, member, count, constant))
        self._keep(code, kept)

    def _may_climb(self, code: Code, m: int) -> bool:
        """Whether the class of a reference could inherit a listed member. Known chains that end
        elsewhere are left out here; those that leave this container are settled at the end."""
        cls, homes = (
            code.types[code.method_class[m]],
            self.table.inherited[code.text(int(code.method_name[m]))],
        )
        for _ in range(64):
            if cls in homes:
                return True
            parent = self._supers.get(cls) or self.table.supers.get(cls)
            if parent is None:
                return not cls.startswith(("Ljava/", "Ljavax/", "Landroid/", "[", "Lkotlin/"))
            cls = parent
        return False

    def _fields(self, uses: Uses, skip: Mask | None) -> None:
        code, types = uses.code, uses.code.types
        some = np.flatnonzero(uses.type_mask(self.table.fields)[code.field_class])
        targets: dict[int, list[tuple[str, Any]]] = {}
        for f, t, name in zip(
            some.tolist(), code.field_class[some].tolist(), code.labels(code.field_name[some]), strict=True
        ):
            found = self.table.fields[types[t]].get(name)
            if found:
                targets[f] = found
        for d, f, count in uses.sites(FIELD, targets, skip):
            for api, member in targets[f]:
                constant = (
                    _constant(self._texts.get(d, []), member.constant) if member.constant else None
                )
                if (constant is not None or not member.constant) and self._room(api, member):
                    self.calls.append(
                        Call(
                            d, code.definition(d), code.field_ref(f), _short(api, member), member, constant,
                            code.name, count,
                        )
                    )  # fmt: skip

    def _entries(self, cls: str, name: str, code: Code, m: int) -> list[tuple[str, Any]]:
        found = self.table.methods.get(cls, {}).get(name)
        return _fitting(found, code.proto(int(code.method_proto[m]))) if found else []

    def _room(self, api: str, member: Any) -> bool:
        """Whether one more call of the entry is kept. A flood of one API must not crowd out others."""
        if self._total >= CALLS:
            self.cut.add(f"more than {CALLS} calls")
            return False
        self._kept[id(member)] += 1
        if self._kept[id(member)] > PER_API:
            self.cut.add(f"more than {PER_API} calls of {_short(api, member)}")
            return False
        self._total += 1
        return True

    def _keep(self, code: Code, kept: list[tuple[int, int, str, Any, int, str | None]]) -> None:
        """(definition, method, API, entry, count, constant) as calls; what they are named costs most."""
        defs, refs = distinct([d for d, *_ in kept]).tolist(), distinct([m for _, m, *_ in kept]).tolist()
        callers = dict(zip(defs, code.methods(code.def_method[defs].tolist()), strict=True))
        callees = dict(zip(refs, code.methods(refs), strict=True))
        for d, m, api, member, count, constant in kept:
            self.calls.append(
                Call(d, callers[d], callees[m], _short(api, member), member, constant, code.name, count)
            )

    def finish(self) -> list[Call]:
        """All calls, with inherited members resolved over the whole package."""
        for code, d, m, count in self._pending:
            name = code.text(int(code.method_name[m]))
            found = self._climb(code.type(int(code.method_class[m])), name, code, m)
            for api, member in found:
                if not member.constant and self._room(api, member):
                    self.calls.append(
                        Call(
                            d, code.definition(d), code.method(m), f"{api}.{name}", member, None, code.name, count
                        )
                    )
                    break
        self._pending.clear()
        return self.calls

    def _climb(self, cls: str, name: str, code: Code, m: int) -> list[tuple[str, Any]]:
        homes = self.table.inherited[name]
        for _ in range(64):  # a hierarchy is never this deep; guards against cycles
            if (cls, name) in self._defined:
                return []
            if cls in homes:
                return self._entries(cls, name, code, m)
            parent = self._supers.get(cls) or self.table.supers.get(cls)
            if parent is None:
                return []
            cls = parent
        return []


def _short(api: str, member: Any) -> str:
    return f"{api}#{member.field}" if member.field else f"{api}.{member.name}"


def _args(args: str) -> str:
    return args if args.startswith("(") else f"({args})"


def _fitting(found: list[tuple[str, Any]], proto: str) -> list[tuple[str, Any]]:
    return [e for e in found if e[1].args is None or proto.startswith(_args(e[1].args))]


def strings_of(code: Code, d: int, only: Mask | None = None) -> list[str]:
    """String constants of a definition's body, in order; with `only`, those of the masked strings."""
    low, high = code.body(d)
    found = code.event_operand[low:high][code.event_kind[low:high] == STRING]
    if only is not None:
        found = found[only[found]]
    return [code.text(s) for s in found.tolist()]


@cache
def _prefix(constant: str) -> str | None:
    """What a text must begin with, for entries written `x*` and for content URIs; None = whole text."""
    return constant[:-1] if constant.endswith("*") else constant if "://" in constant else None


def _constant(texts: list[str], wanted: list[str]) -> str | None:
    """The first wanted constant among the texts of a body."""
    for want in wanted:
        prefix = _prefix(want)
        for text in texts:
            if text == want or (prefix is not None and text.startswith(prefix)):
                return text[:200]
    return None
