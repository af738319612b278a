"""Start-up paths as facts: for every sensitive call, whether it can run before the user acts.

The verdicts say no more than static reading can: `reachable` is a path with all its steps,
`not-reachable` is the absence of one in the code that was read, and wherever code that cannot be
followed (packed, loaded at run time, native, built names) may lie between, it is `needs-run`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mingcha.extract.package.columns import CLASS, FIELD, I64, INVOKE, NEW
from mingcha.extract.package.graph import entries
from mingcha.extract.package.graph.objects import Objects
from mingcha.extract.package.graph.reach import Reach, Way
from mingcha.extract.package.graph.special import Special
from mingcha.extract.package.graph.triggers import Table, Triggers
from mingcha.extract.package.graph.world import NATIVE, World, ranges
from mingcha.extract.package.owners import Owners

Fact = dict[str, Any]
_SUPPORT = ("Landroidx/", "Landroid/support/", "Lkotlin/", "Lkotlinx/", "Lcom/google/android/material/")
_BY_NAME = frozenset({
    "Landroid/view/View;", "Landroid/graphics/drawable/Drawable;", "Landroid/app/Fragment;",
    "Landroidx/fragment/app/Fragment;", "Landroid/support/v4/app/Fragment;", "Landroidx/lifecycle/LifecycleObserver;",
})  # fmt: skip
_UP = 6  # calls climbed to a method that nobody calls
STEPS = 60  # elements of a path that a fact shows; a longer one is shown by its ends


@dataclass(slots=True)
class Startup:
    """One application package: its world, what runs at start, and the questions asked of it."""

    world: World
    table: Table
    components: Mapping[int, str]
    started: Sequence[entries.Entry]
    services: Mapping[int, Iterable[int]]
    asked: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """What a text of the code asks for: authority of a provider, or `process:` and a component's class ->
    (class, lifecycle) that run then."""
    packed: bool = False
    stub: bool = False
    """The application class loads other code before its own (hot-fix or packer stub)."""
    opened: Sequence[int] = ()
    """Of a library: its methods that a host calls to start it. Nothing is then said of when they run."""
    _callers: dict[int, int] = field(default_factory=dict)  # definition -> one that calls it, -1 for none
    triggers: Triggers = field(init=False)
    objects: Objects = field(init=False)
    reach: Reach = field(init=False)
    special: Special = field(init=False)
    late: Reach = field(init=False)
    """As `reach`, but with all broadcasts come that registered receivers wait for: what may run without the user."""

    def __post_init__(self) -> None:
        self.triggers, self.objects = Triggers(self.table, self.world), Objects(self.world)
        self.reach, self.special = self.analyse()
        self.late = self.reach

    def blank(self) -> tuple[Reach, Special]:
        """An analysis without entries."""
        special = Special(self.world, self.components, entries.LIFECYCLES, self.services, self.asked)
        return Reach(self.world, self.triggers, self.objects, special=special), special

    def analyse(self, blocked: I64 | None = None) -> tuple[Reach, Special]:
        """Reach from the start of the app, with some events taken never to run."""
        reach, special = self.blank()
        if blocked is not None:
            reach.blocked = blocked
        for d in self.opened:
            reach.make(int(self.world.def_class[d]), -1)
            reach.init(int(self.world.def_class[d]), -1, "library")
            reach.enter(d, "library")
        asked = {e.process for e in self.started if e.process and e.kind not in ("provider", "initializer")}
        for phase in (0, 1):
            for entry in self.started:
                # A provider of another process runs when that process is started or the provider asked.
                if entry.phase == phase and (entry.kind not in ("provider", "initializer") or entry.process in (None, *asked)):
                    self.enter(reach, entry)
            reach.run()
        return reach, special

    def past(self, reach: Reach, special: Special, closed: Sequence[int]) -> None:
        """Take over the reach past all guards. `closed`: events that stay closed when broadcasts come; what cannot be
        followed behind those that `reach` has closed besides is a blind spot as well."""
        self.reach, self.special, self.late = reach, special, reach
        if len(closed) < len(reach.blocked):
            self.late, later = self.analyse(np.array(sorted(closed), np.int64))
            for kind, where in later.blind.items():
                special.blind[kind] |= where

    def enter(self, reach: Reach, entry: entries.Entry) -> None:
        """Let the system run a class's lifecycle."""
        w = self.world
        cls = w.type_id.get(entry.cls)
        if cls is None:
            return
        reach.make(cls, -1)
        reach.init(cls, -1, entry.kind)
        for name, args in entries.LIFECYCLES[entry.lifecycle]:
            for d in w.members(cls, name, args):
                reach.enter(d, entry.kind)

    def upper_bound(self) -> int:
        """Methods reached if every class were instantiated (class hierarchy analysis)."""
        special = Special(self.world, self.components, entries.LIFECYCLES, self.services, self.asked)
        reach = Reach(self.world, self.triggers, self.objects, special=special, everything=True)
        for entry in self.started:
            self.enter(reach, entry)
        reach.run()
        return int(reach.reached.sum())

    def blind(self) -> list[str]:
        """What of the code that runs at start could not be followed."""
        out = {kind for kind, where in self.special.blind.items() if where}
        if len(self.late.natives()):
            out.add("native")
        if self.packed:
            out.add("packed")
        if self.stub:
            out.add("hotfix")
        if self.world.cut:
            out.add("unread-code")
        if self.reach.cut or self.late.cut:
            out.add("limit")
        return sorted(out)

    def roots(self) -> list[int]:
        """Classes that the system may bring to life: all entries and components of the manifest."""
        known = (self.world.type_id.get(e.cls) for e in self.started)
        return [*(t for t in known if t is not None), *self.components]

    def is_view(self, d: int) -> bool:
        """Whether a method belongs to a view, which a layout may name and the system then makes."""
        view = self.world.type_id.get("Landroid/view/View;")
        return view is not None and view in self.world.above(int(self.world.def_class[d]))

    def may_load(self, d: int) -> bool:
        """Whether reflection that cannot be followed may bring the class of a method to life. Support
        libraries load by name only what screens and layouts are made of."""
        w = self.world
        for site in self.special.blind.get("reflection", ()):
            if not w.types[int(w.def_class[site])].startswith(_SUPPORT):
                return True
        above = {w.types[t] for t in w.above(int(w.def_class[d]))}
        return not above.isdisjoint(_BY_NAME)

    def from_native(self, d: int) -> bool:
        """Whether native code may be what calls a method: no code of the package does, and its class, or one
        that it is nested in, has native methods."""
        w = self.world
        for _ in range(_UP):
            if d not in self._callers:
                events = w.callers(w.related(d), 1)
                self._callers[d] = int(w.event_def[events[0]]) if events else -1
            if self._callers[d] < 0:
                break
            d = self._callers[d]
        else:
            return False
        name = w.types[int(w.def_class[d])]
        nest = {w.type_id.get(name.partition("$")[0].rstrip(";") + ";"), int(w.def_class[d])}
        return any(int(w.def_flags[m]) & NATIVE for cls in nest if cls is not None for m in w.rows(cls))

    def process(self, d: int, kind: str) -> str | None:
        """Process of an entry method; None for the main one."""
        cls = self.world.types[int(self.world.def_class[d])]
        return next((e.process for e in self.started if e.cls == cls and e.kind == kind), None)

    def fact(self, exhibit: str) -> Fact:
        """The `reach` fact."""
        bodies = int((self.world.def_class >= 0).sum())
        return {
            "kind": "reach", "exhibit": exhibit, "where": "", "entries": len(self.reach.entry), "definitions": bodies,
            "reached": int(self.reach.reached.sum()),
            "instantiated": sum(c in self.world.class_at or c >= len(self.world.types) for c in self.reach.made),
            "upper_bound": None, "blind": self.blind(),
        }  # fmt: skip


def sites(world: World, d: int, callee: str) -> list[int]:
    """Events of a definition that refer to `callee` (a method or a field descriptor)."""
    code, local = world.place(d)
    low, high = code.body(local)
    wanted = INVOKE if "(" in callee else FIELD
    named = code.references(callee)
    mine = np.flatnonzero(code.event_kind[low:high] == wanted) + low
    operand = code.event_operand[mine].tolist()
    shift = world.event_base[world.container(code)]
    return [e + shift for e, own in zip(mine.tolist(), operand, strict=True) if own in named]


def orphans(world: World, roots: Iterable[int]) -> set[int]:
    """Classes of the package that no other code refers to, even over others, from the classes the system
    or the manifest names: only reflection, native code or code from elsewhere can bring them to life."""
    seen = np.zeros(len(world.types) + 1, bool)  # one more for -1
    front = np.array(sorted(set(roots)), np.int64)
    seen[front] = True
    while len(front):
        found = np.zeros(len(seen), bool)
        spans = np.array([world.span(cls) for cls in front.tolist()], np.int64).reshape(-1, 2)
        events = ranges(world.def_start[spans[:, 0]], world.def_start[spans[:, 1]])
        kind, operand = world.kind[events], world.operand[events]
        found[world.ref_class[operand[(kind == INVOKE) & (operand >= 0)]]] = True
        found[operand[(kind == FIELD) | (kind == NEW) | (kind == CLASS)]] = True
        for cls in front.tolist():
            if cls in world.interfaces:
                found[list(world.interfaces[cls])] = True
        found[world.parent[front]] = True
        front = np.flatnonzero(found[:-1] & ~seen[:-1])
        seen[front] = True
    return {c for c in world.class_at if not seen[c]}


def shown(world: World, owners: Owners, way: Sequence[tuple[int, Way]], callee: str) -> Iterator[tuple[str, str, str]]:
    """(method, step, owner) of each element of a path, the sensitive call last."""
    middle = len(way) - STEPS
    for i, (d, how) in enumerate(way):
        if middle > 0 and STEPS // 2 <= i < STEPS // 2 + middle:
            continue
        name = world.method(d)
        owner = owners.defined(name.partition("->")[0])
        step = how.step
        if 0 <= how.witness < len(world.types) and step not in ("entry", "class-init"):
            step = f"{step}:{world.types[how.witness]}"
        yield name, step, f"{owner.kind}:{owner.id}"
    yield callee, "api", "system:android"
