"""Library code that runs only where the app has asked for it (catalogue: conditions).

What the app asks for is kept in the library's own fields, which its constructors hand from object to object:
no flag that could be followed. So the call that asks is looked for instead, in all code outside the library.
"""

from __future__ import annotations

from collections.abc import Iterable

from mingcha.catalogue.schema import Asking, Condition
from mingcha.extract.package.apis import descriptor
from mingcha.extract.package.body.analysis import constant
from mingcha.extract.package.graph.world import World

CALLS = 200  # of one kind; with more of them one is taken to ask


def closed(world: World, conditions: Iterable[Condition]) -> dict[int, frozenset[str]]:
    """Events that never run in this package, with the call that would have to be made."""
    out: dict[int, frozenset[str]] = {}
    for c in conditions:
        cls = world.type_id.get(descriptor(c.cls), -1)
        if cls not in world.class_at or any(_asked(world, a, c.home) for a in c.asked_by):
            continue
        flag = f"method:{descriptor(c.asked_by[0].cls)}->{c.asked_by[0].name}"
        for event in world.callers(_references(world, cls, c.methods), CALLS):
            out[event] = frozenset([flag])
    return out


def _references(world: World, cls: int, names: Iterable[str]) -> list[int]:
    numbers = {world.name_id.get(n.encode(), -1) for n in names}
    return [r for t in sorted(world.below(cls)) for r in world.references(t) if world.name_number(r) in numbers]


def _asked(world: World, asking: Asking, home: str) -> bool:
    """Whether code outside the library makes the call with the number, or with one that is not plain."""
    cls = world.type_id.get(descriptor(asking.cls), -1)
    if cls < 0:
        return False
    inside = f"L{home.replace('.', '/')}/"
    events = world.callers(_references(world, cls, [asking.name]), CALLS)
    for event in events:
        d = int(world.event_def[event])
        owner = int(world.def_class[d])
        if owner < 0 or world.types[owner].startswith(inside):
            continue
        body = world.body(d)
        code, local = world.event_place(event)
        i = body.index(int(code.event_pos[local])) if body else -1
        args = body.args(body.insns[i]) if body and i >= 0 else ()
        given = constant(body, i, args[0]) if body and args else None
        if not isinstance(given, int) or given == asking.value:
            return True
    return len(events) > CALLS
