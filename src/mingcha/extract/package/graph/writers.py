"""Who sets a flag to another value than it has at first start.

Fields: every write of the field in the package. Preferences: every method that loads the key and
hands it to a call that stores. A write of the initial value again changes nothing and is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.columns import FIELD, INVOKE, STRING
from mingcha.extract.package.dex.statics import stated
from mingcha.extract.package.graph import objectflags
from mingcha.extract.package.graph.objects import Objects
from mingcha.extract.package.graph.reach import Reach
from mingcha.extract.package.graph.values import Value, Values, field_flag
from mingcha.extract.package.graph.world import World
from mingcha.extract.package.strings import among

_EDITOR = "Landroid/content/SharedPreferences$Editor;"
_MMKV = "Lcom/tencent/mmkv/MMKV;"
_STORES = ("put", "set", "save", "write", "store", "encode", "update", "mark", "add", "commit", "apply", "edit")
STORED = ("pref", "mmkv")
NAMED = (*STORED, "file")  # flags that go by a text
FLAGS = 2_000  # flags of one package that are followed
SITES = 400  # places of one flag
NUMBERS, MODE = 500, 4  # fields that are numbers, and places that set one after it was made
_BOOLEANS, _NUMBERS = frozenset({"Z", "Ljava/lang/Boolean;"}), frozenset({"I"})
_FIRST = (b"<init>", b"<clinit>")


class Write(NamedTuple):
    """One place that sets a flag: its event, and the value where it is certain."""

    event: int
    value: Value | None


@dataclass(slots=True)
class Writers:
    """Writes by flag, worked out when first asked for."""

    world: World
    objects: Objects
    values: Values = field(init=False)
    fields: dict[str, list[int]] = field(default_factory=dict)  # flag -> events that write it
    numbers: set[str] = field(default_factory=set)  # those of `fields` that are numbers
    _known: dict[str, list[Write]] = field(default_factory=dict)
    _literals: dict[str, list[int]] = field(default_factory=dict)  # key -> definitions that load it
    _texts: dict[str, Value | None] = field(default_factory=dict)
    _initials: dict[str, Value | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = Values(self.world, self.objects, self.text, self.initial)

    def index_fields(self, reach: Reach) -> None:
        """Find the boolean fields that some code not reached from the start sets, and of the numbers those that
        start-up code reads and never sets: modes and states, not counters."""
        w = self.world
        for flag, events in self._field_writes(_BOOLEANS).items():
            late = [e for e in events if not reach.reached[w.event_def[e]]]
            if late and len(self.fields) < FLAGS:
                self.fields[flag] = events
        for flag, events in self._field_writes(_NUMBERS, reach).items():
            later = [d for d in w.event_def[events].tolist() if w.name_of(int(w.def_sig[d])) not in _FIRST]
            if 0 < len(later) <= MODE and not reach.reached[later].any() and len(self.fields) < FLAGS + NUMBERS:
                self.fields[flag] = events
                self.numbers.add(flag)

    def initial(self, flag: str) -> Value | None:
        """Value of a field flag before anybody writes it; None for a field that is none, or not certain."""
        if flag not in self._initials:
            if flag not in self.fields:
                return None
            self._initials[flag] = None  # while it is worked out, so that no cycle arises
            self._initials[flag] = self._initial(flag, self.fields[flag])
        return self._initials[flag]

    def text(self, flag: str) -> Value | None:
        """Value of a static text field that is written once, by its class's initialiser."""
        if flag not in self._texts:
            self._texts[flag] = None  # while it is worked out
            events = self._writes_of(flag)
            if len(events) == 1 and self.world.name_of(int(self.world.def_sig[self.world.event_def[events[0]]])) == b"<clinit>":
                self._texts[flag] = self._written(events[0])
            elif not events and isinstance(text := self._stated(flag), str):
                self._texts[flag] = Value(text)
        return self._texts[flag]

    def _writes_of(self, flag: str) -> list[int]:
        """Events that write one static field, all containers."""
        w = self.world
        cls, _, name = flag.partition(":")[2].partition("->")
        t = w.type_id.get(cls, -1)
        out: list[int] = []
        for n, f in w.fields(t, name):
            events, fields = w.writes(n)
            out += (events[fields == f][:SITES] + w.event_base[n]).tolist()
        return [e for e in out if w.def_class[w.event_def[e]] >= 0]

    def _field_writes(self, types: frozenset[str], reach: Reach | None = None) -> dict[str, list[int]]:
        """Events that write a field of some types, by flag; with `reach` only fields that reached code reads."""
        w = self.world
        out: dict[str, list[int]] = defaultdict(list)
        for n, code in enumerate(w.codes):
            wanted = [t for t, name in enumerate(code.types[:-1]) if name in types]
            mask = np.zeros(len(code.field_class) + 1, bool)
            mask[:-1] = np.isin(code.field_type, wanted)
            if reach is not None:
                mask &= _read(w, n, reach)
            events, fields = w.writes(n)
            hit = events[mask[fields]]
            runs = w.def_class[code.event_def[hit] + w.def_base[n]] >= 0
            hit = hit[runs]
            names: dict[tuple[int, bool], str | None] = {}
            static = (code.event_op[hit] >= 0x67).tolist()
            for e, ref, still in zip(hit.tolist(), code.event_operand[hit].tolist(), static, strict=True):
                if (ref, still) not in names:
                    names[ref, still] = field_flag(code, ref, still)
                flag = names[ref, still]
                if flag:
                    out[flag].append(e + w.event_base[n])
        return out

    def _initial(self, flag: str, events: list[int]) -> Value | None:
        """Value before anybody writes: of its class's initialiser or constructor, else 0 (false, null)."""
        w = self.world
        first = b"<clinit>" if flag.startswith("static:") else b"<init>"
        found: set[Value | None] = set()
        for e in events:
            if w.name_of(int(w.def_sig[w.event_def[e]])) == first:
                found.add(self._written(e))
        said = self._stated(flag) if flag.startswith("static:") else None
        if not found:
            return Value(said or 0)
        return found.pop() if len(found) == 1 else None

    def _stated(self, flag: str) -> int | str | None:
        """Value that the class itself states for a static field (DEX format, static_values)."""
        cls, _, name = flag.partition(":")[2].partition("->")
        place = self.world.class_at.get(self.world.type_id.get(cls, -1))
        return None if place is None else stated(self.world.codes[place[0]], place[1], name)

    def _written(self, event: int) -> Value | None:
        """Value that an event writes into a field, None where it is not certain."""
        w = self.world
        d = int(w.event_def[event])
        body = self.world.body(d)
        code, local = w.event_place(event)
        i = body.index(int(code.event_pos[local])) if body else -1
        if body is None or i < 0 or not body.insns[i].src:
            return None
        return self.values.value(d, body, i, body.insns[i].src[0])

    def of(self, flag: str) -> list[Write]:
        """The writes of a flag that may change it."""
        if flag not in self._known:
            kind, _, key = flag.partition(":")
            initial = self.values.seen.get(flag, 0) if kind in STORED else None
            if kind in STORED:
                writes = list(self._stored(key, self.values.stores.get(flag, set())))
            elif kind == "method":
                writes = []
            elif kind == "atomic":
                initial = self.values.seen.get(flag, 0)
                writes = [Write(e, None if v is None else Value(v)) for e, v in objectflags.writes(self.world, flag)]
            elif kind == "file":
                initial, writes = 0, list(self._made(key))
            else:
                writes = [Write(e, self._written(e)) for e in self.fields.get(flag, ())[:SITES]]
                value = self.initial(flag)
                initial = value.const if value else None
            self._known[flag] = [x for x in writes if x.value is None or x.value.const != initial]
        return self._known[flag]

    def forget(self) -> None:
        """Values may rest on flags that were opened."""
        self._known.clear()
        self._initials.clear()

    # ---- preferences ------------------------------------------------------------------------------

    def load(self, keys: Iterable[str]) -> None:
        """Find the methods that load some keys, all containers in one pass each."""
        wanted = {k for k in keys if k not in self._literals}
        raw = {k.encode("utf-8", "surrogatepass"): k for k in wanted}
        for k in wanted:
            self._literals[k] = []
        if not raw:
            return
        w = self.world
        for n, code in enumerate(w.codes):
            mask = among(code, set(raw))
            loads = np.flatnonzero((code.event_kind == STRING) & mask[np.where(code.event_kind == STRING, code.event_operand, -1)])
            for e in loads.tolist():
                d = int(code.event_def[e]) + w.def_base[n]
                known = self._literals[raw[code.raw(int(code.event_operand[e]))]]
                if w.def_class[d] >= 0 and d not in known and len(known) < SITES:
                    known.append(d)

    def _stored(self, key: str, stores: set[str | None]) -> Iterable[Write]:
        """Calls that store a value under a key, in one of the files that the flag is read from."""
        self.load([key])
        for d in self._literals[key]:
            body = self.world.body(d)
            if body is None:
                continue
            for i in [i for i, op in enumerate(body.ops) if op == "invoke"]:
                insn = body.insns[i]
                if insn.ref >= 0 and self._stores(body, insn):
                    store = self.values.store(d, body, i, insn.src[0]) if insn.src and not insn.static else None
                    if store is not None and None not in stores and stores and store not in stores:
                        continue  # another file
                    yield from self._one(d, body, i, insn, key)

    def _made(self, name: str) -> Iterable[Write]:
        """Calls that may make a file of this name: in methods that load the name."""
        self.load([name])
        for d in self._literals[name]:
            body = self.world.body(d)
            for i in [i for i, op in enumerate(body.ops) if op == "invoke"] if body else ():
                if body and objectflags.makes_file(body, body.insns[i]):
                    yield Write(self._event(d, body, i), None)

    def _stores(self, body: Body, insn: Insn) -> bool:
        code = body.code
        cls = code.type(int(code.method_class[insn.ref]))
        name = code.text(int(code.method_name[insn.ref]))
        if cls in (_EDITOR, _MMKV):
            return name.startswith(("put", "encode"))
        t = self.world.type_id.get(cls)
        if t is None:
            return False
        if t not in self.world.class_at:
            return _EDITOR in {self.world.types[a] for a in self.world.above(t)} and name.startswith("put")
        return name.lower().startswith(_STORES) or self._leads_to_store(body, insn, 2)

    def _leads_to_store(self, body: Body, insn: Insn, depth: int) -> bool:
        """Whether a method of the package, whatever its name, stores something."""
        w = self.world
        d = self.world.target(body.code, insn.ref, insn.virtual)
        todo, seen = [(d, depth)], {-1}
        while todo:
            d, left = todo.pop()
            if d in seen:
                continue
            seen.add(d)
            low, high = int(w.def_start[d]), int(w.def_start[d + 1])
            refs = w.operand[low:high][(w.kind[low:high] == INVOKE) & (w.operand[low:high] >= 0)]
            for ref in refs.tolist()[:200]:
                name = w.name_of(int(w.ref_sig[ref]))
                cls = int(w.ref_class[ref])
                if w.types[cls] in (_EDITOR, _MMKV) and name.startswith((b"put", b"encode")):
                    return True
                if left and cls in w.class_at:
                    todo.append((w.one(cls, int(w.ref_sig[ref])), left - 1))
        return False

    def _one(self, d: int, body: Body, i: int, insn: Insn, key: str, depth: int = 2) -> Iterable[Write]:
        """The write of one storing call, if its key is ours; through the callers where they give the value."""
        args = body.args(insn)
        consts = [self.values.value(d, body, i, r) for r in args]
        at = next((k for k, v in enumerate(consts) if v is not None and v.const == key), None)
        if at is None or at + 1 >= len(args):
            return
        event = self._event(d, body, i)
        value = consts[at + 1]
        given = self._parameter(body, i, args[at + 1]) if value is None else -1
        if value is None and given >= 0 and depth > 0:
            callers = list(self._callers(d, given))
            if callers:
                yield from callers
                return
        yield Write(event, value)

    def _parameter(self, body: Body, i: int, register: int) -> int:
        """Number of the parameter that a register holds unchanged, -1 for none."""
        from mingcha.extract.package.body.analysis import sources

        found = sources(body, i, register)
        while found and len(found) == 1 and found[0] >= 0 and body.insns[found[0]].op == "move":
            at = found[0]
            found = sources(body, at, body.insns[at].src[0])
        return -1 - found[0] if found and len(found) == 1 and found[0] < 0 else -1

    def _callers(self, d: int, parameter: int) -> Iterable[Write]:
        """Calls of a method, with the constant that each gives for a parameter."""
        w = self.world
        for event in w.callers(w.related(d), SITES):
            caller = int(w.event_def[event])
            body = self.world.body(caller)
            code, local = w.event_place(event)
            i = body.index(int(code.event_pos[local])) if body else -1
            if body is None or i < 0 or parameter >= len(body.insns[i].src):
                yield Write(event, None)
                continue
            yield Write(event, self.values.value(caller, body, i, body.insns[i].src[parameter]))

    def _event(self, d: int, body: Body, i: int) -> int:
        """The event of an instruction."""
        w = self.world
        low, high = int(w.def_start[d]), int(w.def_start[d + 1])
        code, first = w.event_place(low)
        found = np.searchsorted(code.event_pos[first : first + high - low], body.insns[i].pos)
        return low + int(found)


def _read(w: World, n: int, reach: Reach) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mask of the fields of container `n` that reached code reads; one longer so that index -1 reads False."""
    code = w.codes[n]
    reads = ((code.event_op == 0x52) | (code.event_op == 0x60)) & (code.event_operand >= 0)
    at = np.flatnonzero(reads & (code.event_kind == FIELD))
    at = at[reach.reached[code.event_def[at] + w.def_base[n]]]
    mask = np.zeros(len(code.field_class) + 1, bool)
    mask[code.event_operand[at]] = True
    return mask
