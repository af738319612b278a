"""Sensitive calls → `startup-path` facts.

A call is looked at where it stands: its method may be reached, and the call itself still lie
behind a guard. Order of the questions: reached past all guards; reached but for a guard; not
reached, and then whether anything unreadable could lead there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mingcha.extract.package.graph.guards import Guards
from mingcha.extract.package.graph.reach import Reach, Way
from mingcha.extract.package.graph.startup import Startup, orphans, shown, sites
from mingcha.extract.package.owners import Owners

Fact = dict[str, Any]
# Blind spots through which code that nothing refers to may come to run.
_LEADS_ANYWHERE = ("native", "dynamic-code", "hotfix")
_ALWAYS = ("packed", "hotfix")


def facts(
    startup: Startup, guards: Guards, calls: Iterable[Mapping[str, Any]], owners: Owners, exhibit: str
) -> Iterator[Fact]:
    """One fact for each api-call fact given, in their order; of a library for those that its opening methods
    lead to, as `needs-run`, since the host decides when."""
    w = startup.world
    blind = startup.blind()
    cut_off: set[int] | None = None  # worked out when first asked for
    known: dict[str, int] = {}
    for call in calls:
        d = known.get(call["caller"], -2)
        if d == -2:
            d = known[call["caller"]] = w.find(call["caller"])
        if startup.opened and (d < 0 or not startup.reach.reached[d]):
            continue  # of a library: what its opening methods do not lead to says nothing
        where = sites(w, d, call["callee"]) if d >= 0 else []
        out: Fact = {
            "kind": "startup-path", "exhibit": exhibit, "where": call["where"], "caller": call["caller"],
            "callee": call["callee"], "api": call["api"], "item": call["item"], "group": call["group"],
            "via": call.get("via", ""), "constant": call.get("constant"), "permission": call.get("permission"),
            "owner": call["owner"], "entry": "", "entry_kind": "", "process": None, "path": [], "steps": [],
            "owners": [], "verdict": "not-reachable", "guard": None, "guard_kind": None, "guard_read": None,
            "guard_set": [], "blind": blind, "dex": call["dex"],
        }  # fmt: skip
        if d < 0:
            out["verdict"] = "needs-run"
            out["blind"] = sorted({*blind, "unread-code"})
        elif startup.reach.reached[d] and (open_ := _open(guards, where)) is not None:
            _path(out, startup, startup.reach, owners, d, open_, call["callee"])
            out["verdict"] = "needs-run" if startup.opened else "reachable"
        elif guards.first.reached[d]:
            way = guards.first.path(d)
            _path(out, startup, guards.first, owners, d, where[0] if where else -1, call["callee"])
            made = (guards.first.made.get(how.witness, -1) for _, how in way)
            guard = guards.on([e for (_, how), m in zip(way, made, strict=True) for e in (how.event, m)] + where)
            open_end = guard and not guard.flag.startswith("method:")  # somebody unseen may set such a flag
            out["verdict"] = "guarded" if guard and guard.by_act else "needs-run" if open_end else "not-reachable"
            if guard:
                out |= guard.fields(w)
                if guard.kind == "broadcast":
                    out["blind"] = sorted({*blind, "broadcast"})
            if out["verdict"] == "not-reachable":  # behind a condition that never holds
                out |= {"entry": "", "entry_kind": "", "path": [], "steps": [], "owners": []}
        elif any(b in blind for b in _ALWAYS):
            out["verdict"] = "needs-run"
        else:
            loads = any(b in blind for b in _LEADS_ANYWHERE) or ("reflection" in blind and startup.may_load(d))
            if loads or ("layout-views" in blind and startup.is_view(d)):
                if cut_off is None:
                    cut_off = orphans(w, startup.roots())
                if int(w.def_class[d]) in cut_off:
                    out["verdict"] = "needs-run"
            if "native" in blind and startup.from_native(d):
                out["verdict"] = "needs-run"
        yield out


def _open(guards: Guards, where: Sequence[int]) -> int | None:
    """The first of the call's events that no guard closes; None where all are closed. A call that is
    known only by a constant beside it has no event of its own."""
    if not where:
        return -1
    return next((e for e in where if e not in guards.closed), None)


def _path(out: Fact, startup: Startup, reach: Reach, owners: Owners, d: int, event: int, callee: str) -> None:
    way: list[tuple[int, Way]] = reach.path(d)
    elements = list(shown(startup.world, owners, way, callee))
    entry = way[0][0]
    kind = reach.entry.get(entry, "")
    out |= {
        "entry": startup.world.method(entry), "entry_kind": kind, "process": startup.process(entry, kind),
        "path": [p for p, _, _ in elements], "steps": [s for _, s, _ in elements],
        "owners": [o for _, _, o in elements],
    }  # fmt: skip
