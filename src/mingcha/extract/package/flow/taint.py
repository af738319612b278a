"""One value inside one method, and into the methods it is given to.

A value is a register at an instruction. It goes forward along all branches until the register is written
again, and over to other registers as the instructions say. What was put into an object, field or parameter
is told to whoever asked (`Found`). No branch is ever excluded, so "may flow" is the strongest that follows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from mingcha.extract.package.body.analysis import constant, sources
from mingcha.extract.package.body.form import CONCAT, Body, Insn
from mingcha.extract.package.columns import FIELD
from mingcha.extract.package.flow.passes import BOX, DATA, HANDLE, PLAIN
from mingcha.extract.package.flow.sinks import Method, Methods
from mingcha.extract.package.graph.world import NATIVE, World
from mingcha.extract.package.owners import Owner, Owners

BODIES = 1_500  # decoded for this question, beyond those that start-up reach decoded
STEPS = 200  # uses of one value
WALKED = 5_000  # straight lines passed in search of the uses of one value
CALLERS = 12  # of one method; a helper with more is called by everybody, and the first ones stand for all
READERS = 12  # methods of a class that read one field
ORIGIN = 12  # moves and wrappers followed back from an object
_VIRTUAL = frozenset({0x6E, 0x72, 0x74, 0x78, 0xB6, 0xB9})  # of DEX files, of class files
Place = tuple[int, int, int]  # instruction, register, mode: what the register holds just before it


class Sunk(NamedTuple):
    """A call that takes the value."""

    callee: str
    kind: str
    receiver: Owner


@dataclass(slots=True)
class Found:
    """What becomes of a value in one method, methods that it was given to included. A path is the methods
    behind the one that was asked for."""

    sinks: dict[Sunk, tuple[int, ...]] = field(default_factory=dict)
    fields: dict[tuple[int, str], tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    """(class, name) -> mode, path."""
    returns: int = 0
    tests: set[tuple[int, int]] = field(default_factory=set)
    """(method, instruction) that compare it."""
    params: dict[int, int] = field(default_factory=dict)
    """Parameters into whose objects the value was put, with the mode that they then have."""


@dataclass(slots=True)
class Tracer:
    """Follows values through one program."""

    world: World
    methods: Methods
    owners: Owners
    compares: bool = False
    """Comparisons are asked for: methods that do nothing else matter too."""
    steps: int = STEPS
    walked: int = WALKED
    spent: int = 0
    cut: bool = False
    """A budget ended before what was asked: an absence means nothing."""
    _ran: dict[tuple[int, tuple[Place, ...], tuple[Place, ...], int], Found] = field(default_factory=dict)
    _callers: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _readers: dict[tuple[int, str], list[tuple[int, list[int]]]] = field(default_factory=dict)
    _lines: dict[int, tuple[list[int], dict[int, list[int]]]] = field(default_factory=dict)
    _busy: set[tuple[int, int]] = field(default_factory=set)

    def again(self) -> None:
        """Begin with another value."""
        self.steps, self.walked = STEPS, WALKED

    def body(self, d: int) -> Body | None:
        """A body, as long as the budget lasts."""
        if not self.world.decoded(d):
            if self.spent >= BODIES or self.world.spent():
                self.cut = True
                return None
            self.spent += 1
        return self.world.body(d)

    def run(self, d: int, places: Sequence[Place], puts: Sequence[Place], depth: int) -> Found:
        """Follow values that stand in registers (`places`) or were put into a register's object by an
        instruction (`puts`), over at most `depth` calls."""
        key = d, tuple(places), tuple(puts), depth
        known = self._ran.get(key)
        if known is not None:
            return known
        found = Found()
        body = self.body(d)
        if body is not None:
            one = _Run(self, d, body, depth, found)
            for i, register, mode in puts:
                one.put(i, register, mode)
            for place in places:
                one.add(*place)
            one.go()
        # Whoever runs out of steps has not seen all; the next one may.
        if self.steps > 0 and self.walked > 0:
            self._ran[key] = found
        else:
            self.cut = True
        return found

    def inside(self, d: int, k: int, mode: int, depth: int) -> Found:
        """Of the k-th parameter of a method."""
        if (d, k) in self._busy or not self._does(d):
            return Found()
        body = self.body(d)
        if body is None or k >= len(body.params) or not body.ops:
            return Found()
        self._busy.add((d, k))
        try:
            return self.run(d, [(0, body.params[k], mode)], (), depth)
        finally:
            self._busy.discard((d, k))

    def callers(self, d: int) -> list[tuple[int, int]]:
        """(method, instruction) of calls that can run this method and no other."""
        known = self._callers.get(d)
        if known is not None:
            return known
        w, out = self.world, []
        for event in w.callers(w.related(d), CALLERS)[:CALLERS]:
            caller = int(w.event_def[event])
            code, local = w.event_place(event)
            opcode = int(code.event_op[local])
            virtual = opcode in _VIRTUAL
            if int(w.def_class[caller]) < 0 or w.target(code, int(code.event_operand[local]), virtual) != d:
                continue
            body = self.body(caller)
            i = body.index(int(code.event_pos[local])) if body else -1
            if i >= 0:
                out.append((caller, i))
        self._callers[d] = out
        return out

    def readers(self, cls: int, name: str) -> list[tuple[int, list[int]]]:
        """Methods of a field's own class that read it, with the instructions that do."""
        known = self._readers.get((cls, name))
        if known is not None:
            return known
        w, out = self.world, self._readers.setdefault((cls, name), [])
        rows = w.rows(cls)
        low, high = (int(w.def_start[rows.start]), int(w.def_start[rows.stop])) if rows else (0, 0)
        if low >= high:
            return out
        code, first = w.event_place(low)
        n = w.container(code)
        fields = [f for m, f in w.fields(cls, name) if m == n]
        part = slice(first, first + high - low)
        by: dict[int, list[int]] = {}
        for k in np.flatnonzero((code.event_kind[part] == FIELD) & np.isin(code.event_operand[part], fields)).tolist():
            by.setdefault(int(code.event_def[first + k]) + w.def_base[n], []).append(int(code.event_pos[first + k]))
        for d in list(by)[:READERS]:
            body = self.body(d)
            at = [body.index(pos) for pos in by[d]] if body else []
            reads = [i for i in at if i >= 0 and body and body.insns[i].op in ("get", "sget")]
            if reads:
                out.append((d, reads))
        return out

    def calls(self, body: Body, callee: str) -> list[int]:
        """Instructions of a body that call a method, or read a field, by its descriptor."""
        code = body.code
        named = code.references(callee)
        ops = ("invoke",) if "(" in callee else ("get", "sget")
        return [i for i, op in enumerate(body.ops) if op in ops and body.insns[i].ref in named]

    def lines(self, d: int, body: Body) -> tuple[list[int], dict[int, list[int]]]:
        """Last instructions of the straight lines of a body, exceptions of which go the same way; for each
        register the instructions that read or write it."""
        known = self._lines.get(d)
        if known is not None:
            return known
        handlers, n = body.handlers, len(body.ops)
        ends = {*body.turns, n - 1, *(i for i in range(n - 1) if handlers[i] is not handlers[i + 1])} if n else set()
        touched: defaultdict[int, list[int]] = defaultdict(list)  # one that is named twice stands there twice
        for i, insn in enumerate(body.insns):
            for r in insn.src:
                touched[r].append(i)
            if insn.dst >= 0:
                touched[insn.dst].append(i)
        self._lines[d] = sorted(ends), touched
        return self._lines[d]

    def _does(self, d: int) -> bool:
        """Whether a method calls, writes or returns anything at all."""
        w = self.world
        low, high = int(w.def_start[d]), int(w.def_start[d + 1])
        return self.compares or high > low or not w.proto_text(int(w.def_sig[d])).endswith(")V")


@dataclass(slots=True)
class _Run:
    """One method being followed."""

    tracer: Tracer
    d: int
    body: Body
    depth: int
    found: Found
    n: int = field(init=False)
    _todo: list[Place] = field(default_factory=list)
    _seen: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.n = self.tracer.world.container(self.body.code)

    def add(self, i: int, register: int, mode: int) -> None:
        """The register holds it just before instruction `i`."""
        if 0 <= i < len(self.body.ops) and self._seen.get((i, register), 0) < mode:
            self._seen[i, register] = mode
            self._todo.append((i, register, mode))

    def go(self) -> None:
        """Follow everything that was added."""
        tracer, insns, succ, handlers = self.tracer, self.body.insns, self.body.succ, self.body.handlers
        ends, touched = tracer.lines(self.d, self.body)
        while self._todo and tracer.walked > 0 and tracer.steps > 0:
            i, register, mode = self._todo.pop()
            tracer.walked -= 1
            end = ends[bisect_left(ends, i)]
            for s in handlers[i]:
                self.add(s, register, mode)
            at = touched.get(register, ())
            last = -1
            for k in range(bisect_left(at, i), len(at)):
                i = at[k]
                if i > end:
                    break
                if i == last:
                    continue
                last = i
                insn = insns[i]
                if register in insn.src:
                    tracer.steps -= 1
                    self._use(i, insn, register, mode)
                if insn.dst == register:
                    end = -1
            if end >= 0:
                for s in succ[end]:
                    self.add(s, register, mode)

    def _after(self, i: int, register: int, mode: int) -> None:
        for s in self.body.succ[i]:
            self.add(s, register, mode)

    def _use(self, i: int, insn: Insn, register: int, mode: int) -> None:
        src = insn.src
        match insn.op:
            case "move" | "cast":
                self._after(i, insn.dst, mode)
            case "arith" if mode == DATA:
                self._after(i, insn.dst, mode)
            case "array" if insn.dst < 0:
                self._result(i, BOX if mode > HANDLE else HANDLE)
            case "aput" if src[0] == register and mode > HANDLE:
                self.put(i, src[1], BOX)
            case "aget" if src[0] == register:
                if mode == DATA or (mode == BOX and constant(self.body, i, src[1]) is None):
                    self._after(i, insn.dst, DATA)
            case "put" | "sput" if src[0] == register and insn.ref >= 0:
                self._field(insn.ref, mode, ())
            case "get" if mode == DATA and insn.ref >= 0:
                self._member(i, insn)
            case "cmp" | "if" if mode == DATA:
                self.found.tests.add((self.d, i))
            case "return":
                self.found.returns = max(self.found.returns, mode)
            case "invoke" if insn.ref >= 0:
                self._invoke(i, insn, register, mode)
            case "invoke" if insn.value is not None:
                self._site(i, insn, register, mode)

    def _member(self, i: int, insn: Insn) -> None:
        """A field of an object of the platform that is personal as a whole."""
        code = self.body.code
        cls, kind = code.type(int(code.field_class[insn.ref])), code.type(int(code.field_type[insn.ref]))
        known = self.tracer.world.type_id.get(cls, -1) in self.tracer.world.class_at
        if not known and kind[0] in "L[" and not self.tracer.methods.lists(code, insn.ref):
            self._after(i, insn.dst, DATA)

    def _field(self, ref: int, mode: int, path: tuple[int, ...]) -> None:
        code, w = self.body.code, self.tracer.world
        key = int(w.maps[self.n][code.field_class[ref]]), code.label(int(code.field_name[ref]))
        if key[0] in w.class_at and self.found.fields.get(key, (0, ()))[0] < mode:
            self.found.fields[key] = mode, path

    def _result(self, i: int, mode: int) -> None:
        """The value that the call at `i` gives back, if anybody takes it."""
        insns = self.body.insns
        if i + 1 < len(insns) and insns[i + 1].op == "result":
            self._after(i + 1, insns[i + 1].dst, mode)

    def put(self, i: int, register: int, mode: int) -> None:
        """Instruction `i` put the value into the object that the register holds: so do all who hold it."""
        self._after(i, register, mode)
        self._holders(i, i, register, mode, ORIGIN)

    def _holders(self, i: int, used: int, register: int, mode: int, left: int) -> None:
        """Others that hold, after instruction `i`, the object that the register holds at `used`."""
        body = self.body
        found = sources(body, used, register) if left > 0 else None
        for at in found or ():
            if at < 0:
                self.found.params[-1 - at] = max(self.found.params.get(-1 - at, 0), mode)
                continue
            insn, other, here = body.insns[at], -1, at
            if insn.op in ("get", "sget") and insn.ref >= 0:
                self._field(insn.ref, mode, ())
            elif insn.op in ("move", "cast"):
                other = insn.src[0]
            elif insn.op == "result" and at and body.insns[at - 1].op == "invoke" and body.insns[at - 1].ref >= 0:
                call, here = body.insns[at - 1], at - 1
                m = self.tracer.methods.of(self.n, body.code, call.ref)
                if set(m.effect) & set("wb") and call.src and not call.static:  # gives back what it was called on
                    other = call.src[0]
            if other >= 0:
                if other != register and sources(body, i, other) == sources(body, here, other):
                    self._after(i, other, mode)
                self._holders(i, here, other, mode, left - 1)

    def _invoke(self, i: int, insn: Insn, register: int, mode: int) -> None:
        m = self.tracer.methods.of(self.n, self.body.code, insn.ref)
        where = [k for k, r in enumerate(insn.src) if r == register]
        argument = insn.static or where[-1] > 0
        receiver = not insn.static and where[0] == 0
        if mode > HANDLE and argument and m.sink:
            kind = m.sink if m.sink != "stream" else self._stream(i, insn.src[0] if not insn.static else -1)
            if kind:
                self._sink(insn.ref, m, kind, ())
        if m.effect:
            self._pass(i, insn, m, mode, argument, receiver)
        elif m.system:
            if receiver and mode == DATA and m.name not in PLAIN and not m.listed and m.result not in "VZ":
                self._result(i, DATA)
        else:
            self._given(i, insn, m, mode, where, argument)

    def _pass(self, i: int, insn: Insn, m: Method, mode: int, argument: bool, receiver: bool) -> None:
        """A library call, by the letters of `passes`."""
        to = insn.src[0] if insn.src and not insn.static else -1
        for letter in m.effect:
            if letter == "r" and mode > HANDLE:
                self._result(i, DATA)
            elif letter == "k":
                self._result(i, mode)
            elif letter == "i" and receiver and mode > HANDLE:
                self._result(i, DATA)
            elif letter == "h" and mode == HANDLE:
                self._result(i, DATA)
                if argument and to >= 0:
                    self.put(i, to, DATA)
            elif letter in "wcb" and to >= 0 and mode > HANDLE:
                as_ = {"w": DATA, "b": BOX, "c": mode}[letter] if argument else mode
                if argument:
                    self.put(i, to, as_)
                if m.result not in ("V", "Z", "Ljava/lang/Object;"):  # a builder, which gives itself back
                    self._result(i, as_)
            elif letter == "p" and argument and to >= 0 and mode == HANDLE:
                self.put(i, to, HANDLE)
            elif letter == "o" and receiver and mode == DATA and len(insn.src) > 1:
                self.put(i, insn.src[1], DATA)

    def _given(self, i: int, insn: Insn, m: Method, mode: int, where: list[int], argument: bool) -> None:
        """An argument of a method of the package, or of a library that is not known."""
        w = self.tracer.world
        if mode > HANDLE and argument:
            self._handed(insn.ref, m)
        d = w.target(self.body.code, insn.ref, insn.virtual)
        if d < 0:
            return
        if int(w.def_flags[d]) & NATIVE:
            if mode > HANDLE and argument:
                self._sink(insn.ref, m, "native", ())
            return
        self._enter(i, insn, d, where, mode)

    def _site(self, i: int, insn: Insn, register: int, mode: int) -> None:
        """A call site: it puts texts together, or makes an object that keeps its arguments for the method that
        it stands for."""
        made = self.body.code.bodies.call_site(insn.value) if insn.value is not None else None
        if made is not None:
            d = self.tracer.world.target(self.body.code, made.target, False)
            if d >= 0:
                self._enter(i, insn, d, [k for k, r in enumerate(insn.src) if r == register], mode)
        elif insn.operator == CONCAT and mode > HANDLE:
            self._result(i, DATA)

    def _enter(self, i: int, insn: Insn, d: int, where: list[int], mode: int) -> None:
        """Into a method of the package by some of its parameters, and back with what it did."""
        if self.depth <= 0:
            return
        for k in where:
            inner = self.tracer.inside(d, k, mode, self.depth - 1)
            for sunk, path in inner.sinks.items():
                self.found.sinks.setdefault(sunk, (d, *path))
            for key, (as_, path) in inner.fields.items():
                if self.found.fields.get(key, (0, ()))[0] < as_:
                    self.found.fields[key] = as_, (d, *path)
            self.found.tests |= inner.tests
            if inner.returns and insn.ref >= 0:
                self._result(i, inner.returns)
            for other, as_ in inner.params.items():
                # An object of its own that got the value is asked by its fields, not as a whole.
                if other < len(insn.src) and (insn.static or other > 0):
                    self.put(i, insn.src[other], as_)

    def _handed(self, ref: int, m: Method) -> None:
        """Over to an SDK of another vendor than the one that calls."""
        tracer = self.tracer
        to = tracer.owners.of(m.cls)
        vendors = tracer.methods.sinks.vendors
        if to.kind != "sdk" or to.id not in vendors or tracer.world.type_id.get(m.cls, -1) not in tracer.world.class_at:
            return
        here = tracer.owners.defined(tracer.world.types[int(tracer.world.def_class[self.d])])
        if here.id != to.id and vendors.get(here.id) != vendors[to.id]:
            self._sink(ref, m, "sdk", ())

    def _sink(self, ref: int, m: Method, kind: str, path: tuple[int, ...]) -> None:
        owners, w = self.tracer.owners, self.tracer.world
        inside = w.type_id.get(m.cls, -1) in w.class_at
        receiver = owners.defined(m.cls) if inside else owners.of(m.cls)
        self.found.sinks.setdefault(Sunk(self.body.code.method(ref), kind, receiver), path)

    def _stream(self, i: int, register: int, left: int = ORIGIN) -> str:
        """What the stream in a register was opened on, through whatever wraps it; empty where not known."""
        found = sources(self.body, i, register) if register >= 0 and left > 0 else None
        kinds = {self._opened(at, i, left) for at in found or ()}
        return kinds.pop() if len(kinds) == 1 else ""

    def _opened(self, at: int, used: int, left: int) -> str:
        body, code = self.body, self.body.code
        if at < 0:
            return ""
        insn = body.insns[at]
        if insn.op in ("move", "cast"):
            return self._stream(at, insn.src[0], left - 1)
        if insn.op == "sget" and insn.ref >= 0:
            return self.tracer.methods.holds(code, insn.ref)
        if insn.op == "result" and at and body.insns[at - 1].op == "invoke" and body.insns[at - 1].ref >= 0:
            call = body.insns[at - 1]
            m = self.tracer.methods.of(self.n, code, call.ref)
            again = m.name == "append" and call.src and not call.static
            return m.opens or (self._stream(at - 1, call.src[0], left - 1) if again else "")
        if insn.op == "new":
            for k in range(at + 1, min(used, len(body.insns))):
                call = body.insns[k]
                if call.op == "invoke" and call.ref >= 0 and not call.virtual and call.src[:1] == (insn.dst,):
                    m = self.tracer.methods.of(self.n, code, call.ref)
                    if m.name == "<init>":
                        return m.opens or (self._stream(k, call.src[1], left - 1) if len(call.src) > 1 else "")
        return ""
