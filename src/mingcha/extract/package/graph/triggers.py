"""Calls that hand code to the framework: which references make it run what.

The table comes from the catalogue (lists/callbacks/); names are looked up first, so that a
reference that is no trigger costs one array access.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from mingcha.extract.package.apis import descriptor
from mingcha.extract.package.columns import CUSTOM
from mingcha.extract.package.graph.world import World

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Call(NamedTuple):
    """A method that the framework will run: of `type`, one of the signatures; how the object is given."""

    type: int
    signatures: tuple[int, ...]
    on: str
    via: str


class Trigger(NamedTuple):
    """One entry of the list, by name of the class that declares it."""

    cls: str
    args: str | None
    calls: tuple[tuple[str, str, str | None], ...]
    on: str
    via: str


@dataclass(slots=True)
class Table:
    """The list by member name; built once per process."""

    by_name: dict[bytes, list[Trigger]] = field(default_factory=dict)

    @classmethod
    def build(cls, callbacks: Iterable[Any]) -> Table:
        """From the catalogue's entries."""
        table = cls()
        for entry in callbacks:
            for t in entry.triggers:
                calls = tuple((descriptor(c.cls), c.name, c.args) for c in t.calls)
                found = Trigger(descriptor(entry.cls), t.args, calls, t.on, t.via)
                table.by_name.setdefault(t.name.encode(), []).append(found)
        return table


class Triggers:
    """The table bound to one world."""

    def __init__(self, table: Table, world: World) -> None:
        self.world = world
        self.named: Mask = np.zeros(len(world.names) + 1, bool)
        self._by_name: dict[int, list[Trigger]] = {}
        for name, found in table.by_name.items():
            n = world.name_id.get(name)
            if n is not None:
                self.named[n] = True
                self._by_name[n] = found
        self._lambdas = bool((world.kind == CUSTOM).any())
        self._known: dict[tuple[int, int], tuple[Call, ...]] = {}
        self._signatures: dict[tuple[str, str | None], tuple[int, ...]] = {}

    def of(self, cls: int, sig: int, name: int) -> tuple[Call, ...]:
        """What a reference to `sig` of `cls` makes the framework run; empty for no trigger."""
        found = self._known.get((cls, sig))
        if found is None:
            found = self._known[cls, sig] = tuple(self._of(cls, sig, name))
        return found

    def _of(self, cls: int, sig: int, name: int) -> Iterable[Call]:
        world = self.world
        above: Mapping[str, int] | None = None
        for t in self._by_name.get(name, ()):
            if above is None:
                above = {world.types[a]: a for a in world.above(cls)}
            # Streams run nothing before somebody subscribes: where their own code is there, it is followed.
            if t.cls not in above or (t.via == "rx" and above[t.cls] in world.class_at) or (t.args is not None and not _fits(world.proto_text(sig), t.args)):
                continue
            for target, method, args in t.calls:
                # Nothing of the package can be meant where it names no such type at all.
                type_ = cls if t.on == "this" else world.type_id.get(target)
                signatures = self._named(method, args)
                if type_ is not None and signatures:
                    yield Call(type_, signatures, t.on, t.via)

    def _named(self, method: str, args: str | None) -> tuple[int, ...]:
        key = method, args
        if key not in self._signatures:
            n = self.world.name_id.get(method.encode(), -1)
            known = self.world.virtual_name[n] if 0 <= n < len(self.world.virtual_name) else False
            found = self.world.defined(n) if known else ()
            fit = [s for s in found if args is None or _fits(self.world.proto_text(s), args)]
            # A lambda defines no method of that name; it is told by the name alone.
            self._signatures[key] = (*fit, *((self.world.bare(method.encode()),) if self._lambdas else ()))
        return self._signatures[key]


def _fits(proto: str, args: str) -> bool:
    return proto.startswith(args if args.startswith("(") else f"({args})")
