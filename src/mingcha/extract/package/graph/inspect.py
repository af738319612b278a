"""From what the reader knows of a package to its start-up facts; the one door into this folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mingcha.extract.package.apis import descriptor
from mingcha.extract.package.columns import Code
from mingcha.extract.package.flow.constants import patterns
from mingcha.extract.package.flow.flows import flows
from mingcha.extract.package.flow.sinks import Sinks
from mingcha.extract.package.graph import conditions, entries, guards, verdicts
from mingcha.extract.package.graph.reach import Reach
from mingcha.extract.package.graph.startup import Startup
from mingcha.extract.package.graph.triggers import Table
from mingcha.extract.package.graph.world import World
from mingcha.extract.package.owners import Owners

Fact = dict[str, Any]
Hierarchy = Mapping[str, tuple[str | None, tuple[str, ...]]]
# Application classes that replace code before any of it runs.
_HOTFIX = (
    "Lcom/tencent/tinker/loader/app/TinkerApplication;", "Lcom/taobao/sophix/SophixApplication;",
    "Lcom/meituan/robust/PatchExecutor;",
)  # fmt: skip


# Capabilities that yield personal information as items do; rules ask when they begin.
_COLLECTING = frozenset({"sensor-listen", "usage-stats"})


@dataclass(frozen=True, slots=True)
class Reference:
    """What the catalogue knows for this folder; built once per process."""

    triggers: Table
    framework: Hierarchy
    ui: Mapping[str, Any]
    sinks: Sinks
    conditions: Sequence[Any]

    @classmethod
    def build(cls, catalogue: Any) -> Reference:
        """From a loaded catalogue."""
        d = descriptor
        framework = {
            d(name): (d(f.parent) if f.parent else None, tuple(d(i) for i in f.interfaces))
            for name, f in catalogue.framework.items()
        }
        return cls(Table.build(catalogue.callbacks.values()), framework, catalogue.ui_callbacks, Sinks.build(catalogue), tuple(catalogue.conditions.values()))


@dataclass(slots=True)
class Inspected:
    """A package's code, followed from its start."""

    startup: Startup
    guards: guards.Guards
    sinks: Sinks
    unfollowed: set[str] = field(default_factory=set)
    """Calls whose values were not followed to their end; complete once `facts` is."""

    def facts(self, calls: Iterable[Mapping[str, Any]], owners: Owners, exhibit: str) -> Iterator[Fact]:
        """`reach`, then a `startup-path` for every call that collects, then where the values go and what
        constants make."""
        yield self.startup.fact(exhibit)
        facts = list(calls)
        calls = [c for c in facts if c["kind"] == "api-call"]
        items = (
            c for c in calls
            if c["group"] == "item" or c["item"] in _COLLECTING
        )  # fmt: skip
        yield from verdicts.facts(self.startup, self.guards, items, owners, exhibit)
        world, objects = self.startup.world, self.startup.objects
        yield from flows(world, calls, owners, self.sinks, exhibit, self.unfollowed)
        yield from patterns(world, objects, facts, owners, self.sinks, exhibit, self.unfollowed)

    def reached(self, method: str) -> bool | None:
        """Whether a method runs on a start-up path; None where static reading cannot know."""
        d = self.startup.world.find(method)
        if d >= 0 and self.startup.reach.reached[d]:
            return True
        return False if d >= 0 and not self.startup.late.reached[d] and self.conclusive() else None

    def cut(self) -> bool:
        """Whether a limit ended the following of code before its end."""
        return self.startup.world.cut or self.startup.reach.cut or self.startup.late.cut

    def conclusive(self) -> bool:
        """Whether all code that runs was there to be followed: not being reached then means something."""
        return not (self.startup.opened or self.startup.packed or self.startup.stub or self.cut())

    def classes(self) -> frozenset[str]:
        """Descriptors of the classes of which some method is reached."""
        return self._classes(self.startup.reach)

    def later(self) -> frozenset[str]:
        """Of those of which one is, or may be when a broadcast comes that a registered receiver waits for."""
        return self._classes(self.startup.late)

    def _classes(self, reach: Reach) -> frozenset[str]:
        w = self.startup.world
        found = set(w.def_class[reach.reached].tolist())
        return frozenset(w.types[c] for c in found if c >= 0)


def inspect(
    codes: Sequence[Code], package: Mapping[str, Any], components: Sequence[Fact], targets: Mapping[str, str],
    services: Mapping[str, Sequence[str]], reference: Reference, *, packed: bool = False,
    library: bool = False,
) -> Inspected | None:  # fmt: skip
    """Follow a package's code, guards and all; arguments as of `start`."""
    startup = start(codes, package, components, targets, services, reference, packed=packed, library=library)
    return Inspected(startup, guards.find(startup, reference.ui, conditions.closed(startup.world, reference.conditions)), reference.sinks) if startup else None


def start(
    codes: Sequence[Code], package: Mapping[str, Any], components: Sequence[Fact], targets: Mapping[str, str],
    services: Mapping[str, Sequence[str]], reference: Reference, *, packed: bool = False,
    library: bool = False,
) -> Startup | None:  # fmt: skip
    """What a package's code comes to from its start, as if no branch hung on a flag. None where nothing of it
    is started by the system, unless it is a library, which its host starts. `services`: META-INF/services, dotted
    names."""
    started = entries.read(package, components, targets)
    if not codes or not (started or library):
        return None
    world = World.of(codes, reference.framework)
    ids = world.type_id
    known = {ids[c]: kind for c, kind in entries.startable(components, targets).items() if c in ids}
    offered = {
        ids[descriptor(i)]: [ids[descriptor(c)] for c in found if descriptor(c) in ids]
        for i, found in services.items() if descriptor(i) in ids
    }  # fmt: skip
    application = ids.get(descriptor(str(package.get("application_class") or "")))
    above = {world.types[t] for t in world.above(application)} if application is not None else set()
    return Startup(
        world, reference.triggers, known, started, offered, _asked(ids, started, components, targets), packed,
        not above.isdisjoint(_HOTFIX), () if started else entries.library(world),
    )  # fmt: skip


def _asked(
    ids: Mapping[str, int], started: Sequence[entries.Entry], components: Sequence[Fact], targets: Mapping[str, str]
) -> dict[str, tuple[tuple[int, str], ...]]:
    """What runs when a provider of another process is asked, or such a process is started by a component."""
    of: dict[str, list[tuple[int, str]]] = {}
    for e in started:
        if e.process and e.kind in ("provider", "initializer") and e.cls in ids:
            of.setdefault(e.process, []).append((ids[e.cls], e.lifecycle))
    out: dict[str, tuple[tuple[int, str], ...]] = {}
    for c in components:
        found = tuple(of.get(c["process"] or "", ()))
        if found and c["type"] == "provider":
            out |= dict.fromkeys(c["authorities"], found)
        elif found:
            out[f"process:{descriptor(targets.get(c['name'], c['name']))}"] = found
    return out
