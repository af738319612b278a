"""Patterns that a number or bytes written in the code make: `code-pattern` facts out of bodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mingcha.extract.package.flow import material, shake, timers
from mingcha.extract.package.flow.flows import wanted
from mingcha.extract.package.flow.sinks import Methods, Sinks
from mingcha.extract.package.flow.taint import Tracer
from mingcha.extract.package.graph.objects import Objects
from mingcha.extract.package.graph.world import World
from mingcha.extract.package.owners import Owners

Fact = dict[str, Any]


def patterns(
    world: World, objects: Objects, facts: Iterable[Mapping[str, Any]], owners: Owners, sinks: Sinks, exhibit: str,
    cut: set[str] | None = None,
) -> Iterator[Fact]:  # fmt: skip
    """`shake-jump`, `timer-frequent`, and the keys and vectors that are not among `facts` already. A budget that
    ended first goes into `cut`."""
    tracer = Tracer(world, Methods(world, sinks), owners)
    personal: dict[int, str] = {}
    known: set[tuple[str, str]] = set()
    for f in facts:
        if f["kind"] == "code-pattern":
            known.add((f["pattern"], f["method"]))
        elif wanted(f, sinks):
            d = world.find(f["caller"])
            if d >= 0:
                personal.setdefault(d, f["api"])

    def fact(pattern: str, d: int, detail: str, value: float | None = None) -> Iterator[Fact]:
        method = world.method(d)
        if (pattern, method) not in known:
            known.add((pattern, method))
            code, _ = world.place(d)
            owner = owners.defined(method.partition("->")[0]).fact()
            yield {"kind": "code-pattern", "exhibit": exhibit, "where": f"{code.name}:{method}", "pattern": pattern,
                   "method": method, "detail": detail, "value": value, "owner": owner, "dex": code.name}  # fmt: skip

    for s in shake.find(tracer):
        yield from fact("shake-jump", s.d, s.detail, s.value)
    # Of several periods in one method the shortest is told.
    for t in sorted(timers.find(tracer, objects, personal), key=lambda t: t.value):
        yield from fact("timer-frequent", t.d, t.detail, t.value)
    for m in material.find(tracer):
        yield from fact(m.pattern, m.d, m.detail)
    if tracer.cut and cut is not None:
        cut.add("constants")
