"""Rapid type analysis: what runs from some entries, and how each method is come to.

Level by level, so that the first way found to a method is a shortest one. A dispatched call
reaches the methods of those classes only of which reached code makes an object (Bacon and
Sweeney, "Fast static analysis of C++ virtual function calls", 1996). The framework's own calls
are known from the catalogue's triggers; what cannot be followed is counted as a blind spot.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from mingcha.extract.package.columns import CUSTOM, FIELD, I32, I64, INVOKE, NEW, U8
from mingcha.extract.package.graph.objects import Kind, Objects
from mingcha.extract.package.graph.triggers import Call, Triggers
from mingcha.extract.package.graph.world import NATIVE, PROTO, World, events_of
from mingcha.extract.package.strings import distinct

ROUNDS = 2_000  # a path longer than this is no evidence; a crafted chain ends here
PAIRS = 8_000_000  # pairs of receiver class and call that are looked up in all
_VIRTUAL = np.zeros(256, bool)
_VIRTUAL[[0x6E, 0x72, 0x74, 0x78, 0xFA, 0xFB]] = True
_STATIC = np.zeros(256, bool)
_STATIC[[0x71, 0x77]] = True
ENTRY, CALL, CLINIT, VIRTUAL, LAMBDA = "entry", "call", "class-init", "virtual", "lambda"


class Way(NamedTuple):
    """How a definition is come to: the event that leads there (-1 for an entry), the kind of step, the
    class of the object where one was needed (-1)."""

    event: int
    step: str
    witness: int


class Found(NamedTuple):
    """Candidates of one round, as parallel arrays."""

    definition: I64
    event: I64
    step: int  # number of the step's name, or -1 where `steps` tells
    witness: I64


@dataclass(slots=True)
class Reach:
    """One analysis. `start` may be called again with later entries; what is reached stays."""

    world: World
    triggers: Triggers
    objects: Objects
    blocked: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    """Events, ascending, that are taken never to run."""
    special: Special | None = None
    everything: bool = False
    """Class hierarchy analysis: as if every class were instantiated. An upper bound, never evidence."""
    reached: np.ndarray[tuple[int], np.dtype[np.bool_]] = field(init=False)
    event: I64 = field(init=False)  # [D]
    step: U8 = field(init=False)  # [D] -> steps
    witness: I32 = field(init=False)  # [D]
    entry: dict[int, str] = field(default_factory=dict)
    made: dict[int, int] = field(default_factory=dict)  # class -> event that makes the first object, -1 the system
    steps: list[str] = field(default_factory=lambda: [ENTRY, CALL, CLINIT, VIRTUAL, LAMBDA])
    cut: bool = False
    _seen: np.ndarray[tuple[int], np.dtype[np.bool_]] = field(init=False)  # [2R] references met: direct, dispatched
    _sites: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # class -> signatures, events
    _events: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _below: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # class -> made classes below
    _asked: set[tuple[int, int]] = field(default_factory=set)  # dispatched (class, signature)
    _inits: set[int] = field(default_factory=set)
    _lambdas: list[tuple[int, bytes, int]] = field(default_factory=list)  # interface, method, definition
    _of_event: dict[int, int] = field(default_factory=dict)  # event -> number of its lambda
    _found: list[Found] = field(default_factory=list)
    _new: list[tuple[int, int]] = field(default_factory=list)  # classes made in this round, with the event
    _calls: list[tuple[int, int, int, int]] = field(default_factory=list)  # dispatches: class, sig, event, step
    _via: dict[tuple[int, int], int] = field(default_factory=dict)  # step of a dispatch that is no plain call
    _waiting: dict[int, list[tuple[int, int, str]]] = field(default_factory=lambda: defaultdict(list))
    _pairs: int = 0
    _clinit: int = -1

    def __post_init__(self) -> None:
        w = self.world
        count = len(w.def_class)
        self.reached = np.zeros(count, bool)
        self.event = np.full(count, -1, np.int64)
        self.step = np.zeros(count, np.uint8)
        self.witness = np.full(count, -1, np.int32)
        self._seen = np.zeros(2 * len(w.ref_class) + 2, bool)
        name = w.name_id.get(b"<clinit>", -1)
        self._clinit = next((s for s in (w.defined(name) if name >= 0 else ()) if w.proto_text(s) == "()V"), -1)
        if self.everything:
            for cls in w.class_at:
                self.make(cls, -1)

    # ---- what callers and special rules say -------------------------------------------------------

    def enter(self, d: int, kind: str, event: int = -1, step: str = ENTRY, witness: int = -1) -> None:
        """A definition that runs, with the event that makes it so (none for an entry of the system)."""
        if d >= 0 and not self.reached[d] and d not in self.entry and event < 0:
            self.entry[d] = kind
        if d >= 0:
            self._found.append(_one(d, event, self.number(step), witness))

    def make(self, cls: int, event: int) -> None:
        """An object of a class exists from `event` on (-1: the system makes it)."""
        if cls not in self.made:
            self.made[cls] = event
            for sig, site, step in self._waiting.pop(cls, ()):
                self.exact(cls, sig, site, step)
            if cls in self.world.class_at or cls >= len(self.world.types):  # others run nothing of the package
                self._new.append((cls, event))

    def init(self, cls: int, event: int, kind: str = "") -> None:
        """The class is initialised, its superclasses before it; by the system, for an entry of that kind,
        where no event does it."""
        while cls >= 0 and cls not in self._inits:
            self._inits.add(cls)
            if self._clinit >= 0 and cls in self.world.class_at:
                d = self.world.one(cls, self._clinit)
                if d >= 0 and int(self.world.def_class[d]) == cls:
                    if event < 0:
                        self.entry.setdefault(d, kind)
                    self._found.append(_one(d, event, 2, -1))
            cls = int(self.world.parent[cls])

    def dispatch(self, cls: int, sig: int, event: int, step: str = VIRTUAL) -> None:
        """A call of `sig` on any object of `cls`."""
        self._calls.append((cls, sig, event, self.number(step)))

    def exact(self, cls: int, sig: int, event: int, step: str) -> None:
        """A call of `sig` on an object that is known to be a `cls`; it waits until there is one."""
        if cls not in self.made and not self.everything:
            self._waiting[cls].append((sig, event, step))
            return
        d = self._lambda(cls, sig) if cls >= len(self.world.types) else self.world.one(cls, sig)
        if d >= 0:
            self._found.append(_one(d, event, self.number(step), cls))

    def number(self, step: str) -> int:
        """Number of a step's name."""
        if step not in self.steps:
            self.steps.append(step)
        return self.steps.index(step)

    # ---- the rounds -------------------------------------------------------------------------------

    def run(self) -> None:
        """Go on from all that was entered until nothing new is reached."""
        for _ in range(ROUNDS):
            self._instantiate()
            fresh = self._commit()
            if not len(fresh):
                if not self._new and not self._calls and not self._found:
                    return
                continue
            self._expand(fresh)
        self.cut = True

    def _commit(self) -> I64:
        """Mark the round's candidates; the ones reached for the first time."""
        found, self._found = self._found, []
        if not found:
            return np.zeros(0, np.int64)
        d = np.concatenate([f.definition for f in found])
        steps = np.concatenate([np.full(len(f.definition), f.step, np.uint8) for f in found])
        events = np.concatenate([f.event for f in found])
        witness = np.concatenate([f.witness for f in found])
        new = np.flatnonzero(~self.reached[d])
        ids, first = np.unique(d[new], return_index=True)
        pick = new[first]
        self.reached[ids] = True
        self.event[ids], self.step[ids], self.witness[ids] = events[pick], steps[pick], witness[pick]
        return ids

    def unblock(self, events: I64) -> None:
        """Let some blocked events run after all; `run` goes on from there."""
        w = self.world
        self.blocked = self.blocked[~np.isin(self.blocked, events)]
        self._follow(events[self.reached[w.event_def[events]]])

    def _expand(self, fresh: I64) -> None:
        events = events_of(self.world, fresh)
        if len(self.blocked):
            at = np.minimum(np.searchsorted(self.blocked, events), len(self.blocked) - 1)
            events = events[self.blocked[at] != events]
        self._follow(events)

    def _follow(self, events: I64) -> None:
        """What some events lead to."""
        w = self.world
        kind, operand, op = w.kind[events], w.operand[events], w.op[events]
        calls = (kind == INVOKE) & (operand >= 0)
        self._invokes(events[calls], operand[calls], op[calls])
        new = (kind == NEW) & (operand >= 0)
        for cls, event in _first(operand[new], events[new]):
            self.make(cls, event)
            self.init(cls, event)
        static = (kind == FIELD) & (op >= 0x60) & (op <= 0x6D)
        for cls, event in _first(operand[static], events[static]):
            self.init(cls, event)
        for event in events[kind == CUSTOM].tolist():
            self._custom(event)
        if self.special:
            self.special.expand(self, events, kind, operand)

    def _invokes(self, events: I64, refs: I32, op: U8) -> None:
        w = self.world
        virtual = _VIRTUAL[op]
        key = 2 * refs.astype(np.int64) + virtual
        fresh = np.flatnonzero(~self._seen[key])
        if len(fresh):
            _, first = np.unique(key[fresh], return_index=True)
            pick = fresh[first]
            self._seen[key[pick]] = True
            straight = pick[~virtual[pick]]
            target = w.lookup(w.ref_class[refs[straight]].astype(np.int64), w.ref_sig[refs[straight]])
            hit = target >= 0
            self._found.append(
                Found(target[hit], events[straight[hit]], 1, np.full(int(hit.sum()), -1, np.int64))
            )
            for i in pick[_STATIC[op[pick]]].tolist():
                self.init(int(w.ref_class[refs[i]]), int(events[i]))
            sent = pick[virtual[pick]]
            sent = sent[w.virtual_name[w.ref_sig[refs[sent]] >> PROTO]]
            self._calls += zip(
                w.ref_class[refs[sent]].tolist(), w.ref_sig[refs[sent]].tolist(), events[sent].tolist(),
                [3] * len(sent), strict=True,
            )  # fmt: skip
        handed = np.flatnonzero(self.triggers.named[w.ref_sig[refs] >> PROTO])
        for event, ref in zip(events[handed].tolist(), refs[handed].tolist(), strict=True):
            sig = int(w.ref_sig[ref])
            for call in self.triggers.of(int(w.ref_class[ref]), sig, sig >> PROTO):
                self._trigger(event, call)

    def _trigger(self, event: int, call: Call) -> None:
        """The framework runs something of what it was given: of the very object where the instructions
        just before show it, else of any that exists."""
        cls = self._given(event, call)
        kinds: Iterable[Kind] = (Kind(call.type, False),) if cls is None else (Kind(cls, True),)
        if cls is None and call.on != "any":
            kinds = self.objects.of(event, call.on, call.type) or kinds
        above = self.world.above(call.type)
        for kind in kinds:
            # An object known only as something wider is at least what the call asks for.
            wide = not kind.exact and kind.cls in above
            for sig in call.signatures:
                if kind.exact:
                    self.exact(kind.cls, sig, event, call.via)
                else:
                    self.dispatch(call.type if wide else kind.cls, sig, event, call.via)

    def _given(self, event: int, call: Call) -> int | None:
        """Class of the object handed over, made right before the call; None where that is not plain.

        `new X; X.<init>; post(x)`: the constructor is the last call before, on a register that the call
        names. For an object given to the receiver's constructor one step further back."""
        w = self.world
        low = int(w.def_start[int(w.event_def[event])])
        code, local = w.event_place(event)
        mine = code.bodies.registers(code, local)
        at = event - 1
        if call.on == "constructor":
            while at >= low and w.kind[at] not in (INVOKE, CUSTOM):
                at -= 1
            if at < low or not self._constructs(at):
                return None
            code, local = w.event_place(at)
            made = code.bodies.registers(code, local)
            if mine and made and made[0] != mine[0]:
                return None
            mine, at = made[1:], at - 1
        elif call.on == "this":
            mine = mine[:1]
        else:
            mine = mine[1:] if w.op[event] not in (0x71, 0x77) else mine
        while at >= low and w.kind[at] not in (INVOKE, CUSTOM):
            at -= 1
        if at < low:
            return None
        if w.kind[at] == CUSTOM:
            number = self._custom(at)
            return number if number >= 0 and call.type in w.above(self._lambdas[number - len(w.types)][0]) else None
        if not self._constructs(at):
            return None
        cls = int(w.ref_class[w.operand[at]])
        code, local = w.event_place(at)
        registers = code.bodies.registers(code, local)
        if mine and registers and registers[0] not in mine:
            return None
        # A superclass's constructor is called the same way, on `this`; only a class made here counts.
        made_here = np.flatnonzero((w.kind[low:event] == NEW) & (w.operand[low:event] == cls))
        return cls if len(made_here) and call.type in w.above(cls) else None

    def _constructs(self, event: int) -> bool:
        w = self.world
        if w.kind[event] != INVOKE or w.op[event] not in (0x70, 0x76) or w.operand[event] < 0:
            return False
        return w.name_of(int(w.ref_sig[w.operand[event]])) == b"<init>"

    def _custom(self, event: int) -> int:
        """Number of the lambda that an event makes, as a class beyond all types; -1 for none."""
        found = self._of_event.get(event)
        if found is not None:
            return found
        w = self.world
        code, local = w.event_place(event)
        made = code.bodies.call_site(int(code.event_operand[local]))
        self._of_event[event] = number = -1 if made is None else len(w.types) + len(self._lambdas)
        if made is not None:
            n = bisect_right(w.event_base, event) - 1
            ref = w.ref_base[n] + made.target
            d = w.one(int(w.ref_class[ref]), int(w.ref_sig[ref]))
            interface = int(w.maps[n][made.interface])
            self._lambdas.append((interface, made.name, d))
            self.make(number, event)
        return number

    def _lambda(self, cls: int, sig: int) -> int:
        _, name, d = self._lambdas[cls - len(self.world.types)]
        return d if self.world.name_of(sig) == name else -1

    def _instantiate(self) -> None:
        """Dispatch the round's new calls on all objects, and all calls on its new objects."""
        w = self.world
        classes: list[int] = []
        sigs: list[int] = []
        events: list[int] = []
        steps: list[int] = []
        new, self._new = self._new, []
        for cls, _ in new:
            for above in w.above(cls if cls < len(w.types) else self._lambdas[cls - len(w.types)][0]):
                self._below[above].append(cls)
                known = self._sites.get(above)
                if known:
                    classes += [cls] * len(known)
                    sigs += known
                    events += self._events[above]
                    steps += [self._via.get((above, s), 3) for s in known] if self._via else [3] * len(known)
        calls, self._calls = self._calls, []
        root = w.type_id.get("Ljava/lang/Object;", -1)
        for cls, sig, event, step in calls:
            # Everything is an Object: what is called on one tells nothing.
            if (cls, sig) in self._asked or cls == root:
                continue
            self._asked.add((cls, sig))
            self._sites[cls].append(sig)
            self._events[cls].append(event)
            if step != 3:
                self._via[cls, sig] = step
            below = self._below.get(cls)
            if below:
                classes += below
                sigs += [sig] * len(below)
                events += [event] * len(below)
                steps += [step] * len(below)
        self._pairs += len(classes)
        if self._pairs > PAIRS:
            self.cut = True
            return
        if classes:
            self._look_up(np.array(classes, np.int64), np.array(sigs, np.int64), np.array(events, np.int64),
                          np.array(steps, np.uint8))  # fmt: skip

    def _look_up(self, cls: I64, sig: I64, event: I64, step: U8) -> None:
        w = self.world
        real = cls < len(w.types)
        target = w.lookup(cls[real], sig[real])
        hit = target >= 0
        for s in distinct(step[real]).tolist():
            mine = hit & (step[real] == s)
            self._found.append(Found(target[mine], event[real][mine], s, cls[real][mine]))
        for i in np.flatnonzero(~real).tolist():
            d = self._lambda(int(cls[i]), int(sig[i]))
            if d >= 0:
                self._found.append(_one(d, int(event[i]), 4, int(cls[i])))

    # ---- answers ----------------------------------------------------------------------------------

    def way(self, d: int) -> Way:
        """How a reached definition is come to."""
        return Way(int(self.event[d]), self.steps[int(self.step[d])], int(self.witness[d]))

    def path(self, d: int) -> list[tuple[int, Way]]:
        """(definition, how it is come to) from an entry to `d`."""
        out = [(d, self.way(d))]
        while out[-1][1].event >= 0 and len(out) <= ROUNDS:
            above = int(self.world.event_def[out[-1][1].event])
            out.append((above, self.way(above)))
        return out[::-1]

    def natives(self) -> I64:
        """Reached native methods."""
        return np.flatnonzero(self.reached & (self.world.def_flags & NATIVE != 0))


class Special:
    """Rules for calls whose meaning lies in constants (reflection, intents); see `special.py`."""

    def expand(self, reach: Reach, events: I64, kind: U8, operand: I32) -> None:
        """Look at the events of the definitions reached in this round."""
        raise TypeError("a rule without an answer")


def _one(d: int, event: int, step: int, witness: int) -> Found:
    return Found(np.array([d], np.int64), np.array([event], np.int64), step, np.array([witness], np.int64))


def _first(values: I32, events: I64) -> Iterable[tuple[int, int]]:
    """Each value once, with the first event that names it."""
    if not len(values):
        return ()
    ids, first = np.unique(values, return_index=True)
    keep: Sequence[int] = events[first].tolist()
    return zip(ids.tolist(), keep, strict=True)
