"""Which objects a call can concern: where the register's value was made.

Handlers, runnables and listeners mostly stand in fields. Asking only for the declared type would
let one `handler.sendMessage` run every handler of a package; so the value is followed back through
fields (all writes of the package), parameters (all callers) and return values, a few steps deep. What
cannot be followed is bounded by its declared type.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from mingcha.extract.package.body.analysis import sources
from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.columns import Code
from mingcha.extract.package.graph.world import World

DEPTH = 4  # fields, calls and returns followed one after another
CHAIN = 60  # instructions followed one after another, moves included
PLACES = 24  # writes of a field or callers of a method; with more its type alone is known
_FRAMEWORK_NAMES = (b"on", b"run", b"call", b"handle", b"invoke", b"accept", b"apply", b"dispatch", b"do")
ASKED = 6_000  # questions of one package


class Kind(NamedTuple):
    """A class of objects: exactly `cls`, or anything that is a `cls`."""

    cls: int
    exact: bool


Kinds = frozenset[Kind]
_NOTHING: Kinds = frozenset()


@dataclass(slots=True)
class Objects:
    """Answers for one world; they hold for all of its analyses."""

    world: World
    _busy: set[tuple[int, int]] = field(default_factory=set)
    _known: dict[tuple[int, str], Kinds | None] = field(default_factory=dict)
    _fields: dict[tuple[int, str], Kinds | None] = field(default_factory=dict)
    _returned: dict[int, Kinds | None] = field(default_factory=dict)
    _given: dict[tuple[int, int], Kinds | None] = field(default_factory=dict)

    def of(self, event: int, on: str, type_: int) -> Kinds | None:
        """Objects of type `type_` that the call of an event concerns; `on` as in the catalogue's triggers.
        None where nothing more than the type is known."""
        key = event, on
        if key not in self._known:
            self._known[key] = self._of(event, on, type_) if len(self._known) < ASKED else None
        return self._known[key]

    def register(self, d: int, body: Body, i: int, register: int) -> Kinds | None:
        """Objects that a register of a body may hold before an instruction."""
        return self._register(d, body, i, register, DEPTH)

    def _of(self, event: int, on: str, type_: int) -> Kinds | None:
        w = self.world
        d = int(w.event_def[event])
        body = w.body(d)
        code, local = w.event_place(event)
        i = body.index(int(code.event_pos[local])) if body else -1
        if body is None or i < 0 or body.cut:
            return None
        insn = body.insns[i]
        if on in ("this", "sender"):
            return self._register(d, body, i, insn.src[0], DEPTH) if insn.src and not insn.static else None
        if on == "argument":
            return self._arguments(d, body, i, insn, type_)
        if on == "constructor" and insn.src:
            return self._constructed(d, body, i, insn.src[0], type_)
        return None

    def _arguments(self, d: int, body: Body, i: int, insn: Insn, type_: int) -> Kinds | None:
        """Of the argument whose declared type the callback's type fits."""
        w = self.world
        n = w.container(body.code)
        declared = self._parameters(body.code, insn.ref)
        for register, t in zip(body.args(insn), declared, strict=False):
            t = int(w.maps[n][t])
            if type_ in w.above(t) or t in w.above(type_):
                return self._register(d, body, i, register, DEPTH)
        return None

    def _parameters(self, code: Code, method: int) -> tuple[int, ...]:
        proto = int(code.method_proto[method]) if method >= 0 else -1
        return code.proto_args[proto] if 0 <= proto < len(code.proto_return) else ()

    def _constructed(self, d: int, body: Body, i: int, register: int, type_: int) -> Kinds | None:
        """What the receiver's constructor was given, where receiver and constructor stand in this method."""
        found = sources(body, i, register)
        if not found or len(found) != 1 or found[0] < 0 or body.insns[found[0]].op != "new":
            return None
        for at in range(found[0] + 1, i):
            insn = body.insns[at]
            if insn.op == "invoke" and not insn.virtual and not insn.static and insn.src[:1] == (body.insns[found[0]].dst,):
                return self._arguments(d, body, at, insn, type_)
        return None

    def _register(self, d: int, body: Body, i: int, register: int, depth: int) -> Kinds | None:
        found = sources(body, i, register)
        if not found:
            return None
        out: set[Kind] = set()
        for at in found:
            if (d, at) in self._busy:  # a loop brings nothing that does not come from outside it
                continue
            self._busy.add((d, at))
            try:
                one = self._source(d, body, at, depth) if len(self._busy) <= CHAIN else None
            finally:
                self._busy.discard((d, at))
            if one is None:
                return None
            out |= one
        return frozenset(out)

    def _source(self, d: int, body: Body, at: int, depth: int) -> Kinds | None:
        w = self.world
        if at < 0:
            return self._parameter(d, body, -1 - at, depth)
        insn = body.insns[at]
        own = w.maps[w.container(body.code)]
        match insn.op:
            case "new":
                return frozenset([Kind(int(own[insn.ref]), True)])
            case "const":
                return _NOTHING if insn.value == 0 else None
            case "move":
                return self._register(d, body, at, insn.src[0], depth)
            case "cast":
                found = self._register(d, body, at, insn.src[0], depth)
                return found if found and all(k.exact for k in found) else frozenset([Kind(int(own[insn.ref]), False)])
            case "get" | "sget":
                return self._field(body.code, insn.ref, depth)
            case "result" if at and body.insns[at - 1].op == "invoke":
                return self._result(d, body, at - 1, depth)
        return None

    def _parameter(self, d: int, body: Body, k: int, depth: int) -> Kinds | None:
        w = self.world
        static = bool(int(w.def_flags[d]) & 0x8)
        if k == 0 and not static:
            return frozenset([Kind(int(w.def_class[d]), False)])
        declared = w.arguments(int(w.def_sig[d]))
        k -= not static
        if not 0 <= k < len(declared):
            return None
        key = d, k
        if key not in self._given:
            self._given[key] = None  # while it is worked out
            self._given[key] = self._callers(d, k, depth - 1) if depth > 0 else None
        return self._given[key] or frozenset([Kind(declared[k], False)])

    def _callers(self, d: int, k: int, depth: int) -> Kinds | None:
        """What the callers of a method give for its k-th argument. Not for methods that the framework may
        call as well."""
        w = self.world
        flags, sig = int(w.def_flags[d]), int(w.def_sig[d])
        if not flags & 0x100_0A and w.name_of(sig).startswith(_FRAMEWORK_NAMES):  # not static, private, constructor
            return None
        events = w.callers(w.related(d), PLACES)
        if not events or len(events) > PLACES:
            return None
        out: set[Kind] = set()
        for event in events:
            caller = int(w.event_def[event])
            if w.def_class[caller] < 0:
                continue
            body = w.body(caller)
            code, local = w.event_place(event)
            i = body.index(int(code.event_pos[local])) if body else -1
            args = body.args(body.insns[i]) if body and i >= 0 else ()
            one = self._register(caller, body, i, args[k], depth) if body and k < len(args) else None
            if one is None:
                return None
            out |= one
        return frozenset(out)

    def _field(self, code: Code, ref: int, depth: int) -> Kinds | None:
        if ref < 0:
            return None
        w = self.world
        own = w.maps[w.container(code)]
        key = int(own[code.field_class[ref]]), code.label(int(code.field_name[ref]))
        if key not in self._fields:
            self._fields[key] = None  # while it is worked out: a field that holds what it holds
            self._fields[key] = self._written(*key, depth - 1) if depth > 0 else None
        return self._fields[key] or frozenset([Kind(int(own[code.field_type[ref]]), False)])

    def _written(self, cls: int, name: str, depth: int) -> Kinds | None:
        """What the package writes into a field."""
        w = self.world
        out: set[Kind] = set()
        places = 0
        for n, f in w.fields(cls, name):
            code = w.codes[n]
            events, fields = w.writes(n)
            for local in events[fields == f].tolist():
                d = int(code.event_def[local]) + w.def_base[n]
                if w.def_class[d] < 0:
                    continue
                places += 1
                body = w.body(d) if places <= PLACES else None
                i = body.index(int(code.event_pos[local])) if body else -1
                one = self._register(d, body, i, body.insns[i].src[0], depth) if body and i >= 0 else None
                if one is None:
                    return None
                out |= one
        # A field of the package that nobody writes is filled by somebody we do not see.
        return frozenset(out) if out else None

    def _message(self, d: int, body: Body, at: int, insn: Insn, depth: int) -> Kinds | None:
        """Of a message its handler stands for it: what it was obtained from or for (android.os.Message)."""
        code = body.code
        cls = code.type(int(code.method_class[insn.ref]))
        name = code.text(int(code.method_name[insn.ref]))
        if name == "obtainMessage" and insn.src:
            return self._register(d, body, at, insn.src[0], depth)
        if name == "obtain" and cls == "Landroid/os/Message;" and insn.src:
            return self._register(d, body, at, insn.src[0], depth)
        return None

    def _result(self, d0: int, body: Body, at: int, depth: int) -> Kinds | None:
        w, code, insn = self.world, body.code, body.insns[at]
        if insn.ref < 0:
            return None
        proto = int(code.method_proto[insn.ref])
        own = w.maps[w.container(code)]
        declared = frozenset([Kind(int(own[code.proto_return[proto]]), False)]) if proto >= 0 else None
        made = self._message(d0, body, at, insn, depth)
        if made is not None:
            return made
        d = w.target(code, insn.ref, insn.virtual)
        if d < 0 or depth <= 0:
            return declared
        if d not in self._returned:
            self._returned[d] = None
            self._returned[d] = self._returns(d, depth - 1)
        return self._returned[d] or declared

    def _returns(self, d: int, depth: int) -> Kinds | None:
        body = self.world.body(d)
        if body is None or body.cut:
            return None
        out: set[Kind] = set()
        for i in [i for i in body.turns if body.ops[i] == "return"]:
            insn = body.insns[i]
            if insn.src:
                one = self._register(d, body, i, insn.src[0], depth)
                if one is None:
                    return None
                out |= one
        return frozenset(out)
