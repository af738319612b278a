"""Flags that keep code from running before the user acts.

At first start every flag has its initial value. Branches that hang on flags alone are decided by
it; the calls on the side that cannot run are closed, and the start-up reach is worked out again
without them. If that reach contains a write that gives a flag another value, the flag is no
guard and is dropped, until nothing changes: a flag that start-up code sets before the dialog guards
nothing. What is then closed is guarded by an act if only code behind user callbacks sets the flag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mingcha.extract.package.apis import descriptor
from mingcha.extract.package.columns import FIELD, I64, INVOKE, NEW, STRING
from mingcha.extract.package.graph import broadcasts, objectflags
from mingcha.extract.package.graph.reach import Reach
from mingcha.extract.package.graph.startup import Startup
from mingcha.extract.package.graph.values import GETTERS, Values, field_flag
from mingcha.extract.package.graph.world import PROTO, World, events_of
from mingcha.extract.package.graph.writers import NAMED, Writers
from mingcha.extract.package.strings import distinct

ROUNDS = 12  # times that flags are dropped and the reach is worked out again
READERS = 3_000  # methods whose branches are looked at
_CONSENT = re.compile(
    r"agree|consent|privacy|policy|protocol|permit|accept|yinsi|xieyi|tongyi|gdpr|隐私|同意|协议|授权", re.I
)
BACK, CALLERS = 60, 24  # methods, and callers of one, looked at to find the user's act behind a write
_LEAVE = re.compile(rb"(?i)^(is|can|allow|enable|get|should|need|has).*(can|use|allow|permit|read|collect|agree|consent|access|grant)|^(can|allow|permit)")
_TEXTS = 200  # constants of a class looked at for words of consent


@dataclass(frozen=True, slots=True)
class Guard:
    """Why an event does not run at first start."""

    flag: str
    by_act: bool
    kind: str
    """consent, act or broadcast"""
    read: int
    set_by: tuple[int, ...]

    def fields(self, world: World) -> dict[str, Any]:
        """The guard's part of a `startup-path` fact."""
        return {
            "guard": self.flag, "guard_kind": self.kind,
            "guard_read": world.method(self.read) if self.read >= 0 else None,
            "guard_set": sorted({world.method(d) for d in self.set_by})[:8],
        }  # fmt: skip


@dataclass(slots=True)
class Guards:
    """The closed events of a package. `first`: the reach as if there were no guards."""

    first: Reach
    startup: Startup
    ui: Mapping[str, Any]
    values: Values | None = None
    writers: Writers | None = None
    closed: dict[int, frozenset[str]] = field(default_factory=dict)
    user: UserCallbacks = field(init=False)
    _acts: dict[int, bool] = field(default_factory=dict)
    _known: dict[frozenset[str], Guard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.user = UserCallbacks(self.startup.world, self.ui)

    def on(self, events: Iterable[int]) -> Guard | None:
        """The guard of the first closed one of some events; of one that waits for a broadcast, a later one that only
        the user opens, since that holds when the broadcast has come."""
        found = [self._first(self.closed[e]) for e in events if e in self.closed]
        if not found:
            return None
        return next((g for g in found if g.by_act), found[0]) if found[0].kind == "broadcast" else found[0]

    def _first(self, flags: frozenset[str]) -> Guard:
        """The one of some flags that says most."""
        if flags not in self._known:
            found = [self._guard(f) for f in sorted(flags)]
            found.sort(key=lambda g: (not g.by_act, g.kind != "consent", g.flag.startswith("field")))
            self._known[flags] = found[0]
        return self._known[flags]

    def _guard(self, flag: str) -> Guard:
        if flag.startswith(broadcasts.FLAG):
            return Guard(flag, False, "broadcast", -1, ())
        assert self.writers is not None and self.values is not None
        w = self.startup.world
        by = tuple(dict.fromkeys(int(w.event_def[x.event]) for x in self.writers.of(flag)))
        set_by = tuple(d for d in by if self.by_act(d))
        if set_by and self._comes(flag):
            set_by = ()
        read = self.values.readers.get(flag, -1)
        consent = _CONSENT.search(flag.partition(":")[2]) or any(
            _CONSENT.search(t) for d in (*set_by, read) if d >= 0 for t in self._texts(d)
        )
        return Guard(flag, bool(set_by), "consent" if consent else "act", read, set_by or by)

    def _comes(self, flag: str) -> bool:
        """Whether a broadcast may set a flag before the user does."""
        late = self.startup.late
        return late is not self.startup.reach and self.writers is not None and _set_at_start(self.world, late, self.writers, flag, self.closed)

    def _texts(self, d: int) -> Iterable[str]:
        """Name of a method and the constants of its class."""
        w = self.world
        name = w.method(d)
        yield name.partition("(")[0]
        code, _ = w.place(d)
        base = w.event_base[w.container(code)]
        rows = w.rows(int(w.def_class[d]))
        low, high = int(w.def_start[rows.start]), int(w.def_start[rows.stop])
        for e in (np.flatnonzero(w.kind[low:high] == STRING)[:_TEXTS] + low).tolist():
            yield code.text(int(code.event_operand[e - base]))[:200]

    @property
    def world(self) -> World:
        """The program."""
        return self.startup.world

    def by_act(self, d: int) -> bool:
        """Whether a method runs because the user did something: it is a user callback, or called by one over
        some calls, or run by an object that one makes."""
        if d not in self._acts:
            self._acts[d] = self._by_act(d)
        return self._acts[d]

    def _by_act(self, d: int) -> bool:
        w = self.world
        seen, todo = {d}, [d]
        while todo and len(seen) <= BACK:
            at = todo.pop(0)
            if self.user.is_callback(at):
                return True
            events = w.callers(w.related(at), CALLERS)
            if not events and int(w.def_class[at]) in w.class_at:  # the framework calls it on an object
                events = w.makers(int(w.def_class[at]), CALLERS)
            for event in events[:CALLERS]:
                above = int(w.event_def[event])
                if above not in seen and w.def_class[above] >= 0:
                    seen.add(above)
                    todo.append(above)
        return False


def find(startup: Startup, ui: Mapping[str, Any], never: Mapping[int, frozenset[str]] | None = None) -> Guards:
    """Work out the guards of a package; `startup.reach` becomes the reach past them. `never`: events that are
    closed whatever the flags are."""
    out = Guards(startup.reach, startup, ui)
    writers = Writers(startup.world, startup.objects)
    values = writers.values
    writers.index_fields(out.first)
    readers = _readers(startup.world, out.first, set(writers.fields), writers.numbers, values)
    never = {e: why for e, why in (never or {}).items() if out.first.reached[startup.world.event_def[e]]}
    never |= broadcasts.waiting(startup.world, out.first)
    sent = broadcasts.Sent(startup.world)
    if not len(readers) and not never:
        return out
    shut = _Closed(startup.world, values, readers, never)
    opened: set[str] = set()
    closed = shut.events(opened)
    if not closed:
        return out
    reach, special = startup.analyse(np.array(sorted(closed), np.int64))
    for _ in range(ROUNDS):
        used = frozenset().union(*set(closed.values())) if closed else frozenset()
        writers.load(f.partition(":")[2] for f in used if f.startswith(NAMED))
        opened = {
            f for f in used
            if (sent.at_start(f, reach, closed) if f.startswith(broadcasts.FLAG)
                else _set_at_start(startup.world, reach, writers, f, closed))
        }  # fmt: skip
        if not opened:
            out.values, out.writers, out.closed = values, writers, closed
            startup.past(reach, special, [e for e, flags in closed.items() if not broadcasts.only(flags)])
            return out
        values.open |= opened
        values.again()
        writers.forget()
        before, closed = closed, shut.events(opened)
        reach.unblock(np.array(sorted(before.keys() - closed.keys()), np.int64))
        reach.run()
    return out  # flags that chase each other guard nothing


def _set_at_start(world: World, reach: Reach, writers: Writers, flag: str, closed: Mapping[int, frozenset[str]]) -> bool:
    return any(reach.reached[world.event_def[x.event]] and x.event not in closed for x in writers.of(flag))


@dataclass(slots=True)
class _Closed:
    """Events that do not run at first start, by method. A method is looked at again only when a flag that
    it waits for was dropped."""

    world: World
    values: Values
    readers: I64
    never: dict[int, frozenset[str]]
    _by: dict[int, tuple[frozenset[str], list[int]]] = field(default_factory=dict)

    def events(self, opened: set[str]) -> dict[int, frozenset[str]]:
        """Closed events with the flags that they wait for."""
        todo = [d for d, (flags, _) in self._by.items() if flags & opened] if self._by else self.readers.tolist()
        for d in todo:
            found = self._one(d)
            if found is None:
                self._by.pop(d, None)
            else:
                self._by[d] = found
        self.never = {e: flags for e, flags in self.never.items() if not flags & opened}
        return {e: flags for flags, events in self._by.values() for e in events} | self.never

    def _one(self, d: int) -> tuple[frozenset[str], list[int]] | None:
        body = self.world.body(d)
        low, high = int(self.world.def_start[d]), int(self.world.def_start[d + 1])
        if body is None or body.cut or low == high:
            return None
        live, flags = self.values.live(d, body)
        if not flags or len(live) == len(body.insns):
            return None
        code, first = self.world.event_place(low)
        places = code.event_pos[first : first + high - low].tolist()
        return flags, [low + k for k, pos in enumerate(places) if body.index(pos) not in live]


def _readers(world: World, reach: Reach, fields: set[str], numbers: set[str], values: Values) -> I64:
    """Reached methods that may branch on a flag: they read one, call a method that returns one or refuses
    by one, or are given one. Tells `values` which those methods are. `numbers`: those of `fields` that are."""
    w = world
    reached = np.flatnonzero(reach.reached)
    events = events_of(w, reached)
    kind = w.kind[events]
    calls = events[(kind == INVOKE) & (w.operand[events] >= 0)]
    names = np.zeros(len(w.names) + 1, bool)
    known = [w.name_id[g.encode()] for g in GETTERS if g.encode() in w.name_id]
    names[known] = True
    hit = calls[names[w.ref_sig[w.operand[calls]] >> PROTO]]
    found = set(w.event_def[hit].tolist())
    for cls, asks in objectflags.ASKS.items():
        named = [w.name_id[n.encode()] for n in asks if n.encode() in w.name_id]
        refs = [r for r in w.references(w.type_id.get(cls, -2)) if w.name_number(r) in named]
        found |= set(w.event_def[calls[np.isin(w.operand[calls], refs)]].tolist()) if refs else set()
    if fields:
        found |= _field_readers(w, events[kind == FIELD], fields)
    answers = _answers(w)
    passing = {d for d in found if _returns_flag(w, d)} | answers
    found |= _callers(w, calls, sorted(answers))
    values.refusing = {d for d in found if w.proto_text(int(w.def_sig[d])).endswith(")V") and _throws(w, d)}
    found |= _callers(w, calls, sorted(values.refusing))
    front = found | answers
    for _ in range(4):  # a flag passed on by so many methods
        asked = passing & front
        if not asked or len(found) > READERS:
            break
        front = _callers(w, calls, sorted(asked)) - found
        found |= front
        passing |= {d for d in front if _returns_flag(w, d)}
    values.passing = passing
    values.given = _given(w, sorted(found)[:READERS], "Z")
    if numbers:
        modes = _field_readers(w, events[kind == FIELD], numbers)
        asking = modes | _callers(w, calls, sorted(d for d in modes if _returns(w, d, "I")))
        asking |= _callers(w, calls, sorted(d for d in asking if _returns(w, d, "I")))
        values.given |= _given(w, sorted(asking), "I")
    found |= values.given
    return np.array(sorted(found)[:READERS], np.int64)


def _answers(w: World) -> set[int]:
    """Small methods whose name asks for leave and that return a constant: how an app answers an SDK's
    questions (a controller that says no)."""
    size = np.concatenate([c.def_size for c in w.codes])
    boolean = w.type_id.get("Z", -1)
    returns = np.array([int.from_bytes(p[:4], "little") == boolean for p in w.protos] + [False], bool)
    small = np.flatnonzero((size <= 2) & (size > 0) & (w.def_class >= 0))
    small = small[returns[np.minimum(w.def_sig[small] & (1 << PROTO) - 1, len(w.protos))]]
    out = set()
    for d in small.tolist():
        if _LEAVE.search(w.name_of(int(w.def_sig[d]))):
            code, local = w.place(d)
            if code.bodies.shape(code, local) in ("true", "false"):
                out.add(d)
    return out if len(out) <= READERS else set()


def _throws(w: World, d: int) -> bool:
    """Whether a method makes an exception, by the name of what it makes."""
    low, high = int(w.def_start[d]), int(w.def_start[d + 1])
    made = w.operand[low:high][w.kind[low:high] == NEW].tolist()
    return any(w.types[t].endswith(("Exception;", "Error;")) for t in made if t >= 0)


def _returns(w: World, d: int, kind: str) -> bool:
    return w.proto_text(int(w.def_sig[d])).rpartition(")")[2] == kind


def _given(w: World, readers: Sequence[int], kind: str) -> set[int]:
    """Methods with a parameter of a type (a boolean, a number) that a reader of flags calls, and few others do."""
    out: set[int] = set()
    defs = np.array(readers, np.int64)
    events = events_of(w, defs) if len(defs) else defs
    calls = events[(w.kind[events] == INVOKE) & (w.operand[events] >= 0)]
    wanted = w.type_id.get(kind, -2)
    for ref in distinct(w.operand[calls]).tolist():
        cls, sig = int(w.ref_class[ref]), int(w.ref_sig[ref])
        if cls in w.class_at and wanted in w.arguments(sig):
            d = w.one(cls, sig)
            if d >= 0:
                out.add(d)
    return out


def _field_readers(w: World, events: I64, fields: set[str]) -> set[int]:
    out: set[int] = set()
    bounds = np.searchsorted(events, [*w.event_base, len(w.kind)])
    for n, code in enumerate(w.codes):
        mine = events[bounds[n] : bounds[n + 1]] - w.event_base[n]
        if not len(mine):
            continue
        op = code.event_op[mine]
        reads = mine[((op >= 0x52) & (op <= 0x58)) | ((op >= 0x60) & (op <= 0x66))]
        ids, inverse = np.unique(code.event_operand[reads], return_inverse=True)
        static = np.array([field_flag(code, int(f), True) in fields for f in ids], bool)
        own = np.array([field_flag(code, int(f), False) in fields for f in ids], bool)
        if len(ids):
            hit = np.where(code.event_op[reads] >= 0x60, static[inverse], own[inverse])
            out |= set((code.event_def[reads[hit]] + w.def_base[n]).tolist())
    return out


def _returns_flag(w: World, d: int) -> bool:
    returns = w.proto_text(int(w.def_sig[d])).rpartition(")")[2]
    return returns in ("Z", "I", "Ljava/lang/Boolean;", "Ljava/lang/String;", "Ljava/lang/Integer;", "J")


def _callers(w: World, calls: I64, targets: Sequence[int]) -> set[int]:
    """Reached methods that call one of some methods, or one of that signature over an interface."""
    wanted = distinct(w.def_sig[np.array(targets, np.int64)])
    refs = w.operand[calls]
    hit = np.isin(w.ref_sig[refs], wanted)
    calls, refs = calls[hit], refs[hit]
    ids, inverse = np.unique(refs, return_inverse=True)
    target = w.lookup(w.ref_class[ids].astype(np.int64), w.ref_sig[ids])
    inside = np.array([int(c) in w.class_at for c in w.ref_class[ids]], bool)
    good = np.isin(target, np.array(targets, np.int64)) | ((target < 0) & inside)
    return set(w.event_def[calls[good[inverse]]].tolist()) if len(ids) else set()


class UserCallbacks:
    """Methods that run because the user does something: those of listener interfaces, and public methods of
    activities that take a View alone, which layouts name in android:onClick."""

    def __init__(self, world: World, ui: Mapping[str, Any]) -> None:
        self.world = world
        self._names: dict[bytes, list[int]] = {}
        for entry in ui.values():
            cls = world.type_id.get(descriptor(entry.cls))
            for name in entry.methods if cls is not None else ():
                self._names.setdefault(name.encode(), []).append(cls or 0)
        self._activity = world.type_id.get("Landroid/app/Activity;")

    def is_callback(self, d: int) -> bool:
        """Whether a definition is one of them."""
        w = self.world
        sig, above = int(w.def_sig[d]), w.above(int(w.def_class[d]))
        if any(cls in above for cls in self._names.get(w.name_of(sig), ())):
            return True
        layout = self._activity in above and int(w.def_flags[d]) & 1
        return bool(layout) and w.proto_text(sig) == "(Landroid/view/View;)V"
