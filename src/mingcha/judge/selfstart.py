"""Ways of starting without the user, as a table for the report: by direction, cause, where it is set up and owner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mingcha.judge.evidence import owner
from mingcha.model import Fact

Row = dict[str, Any]
ROWS = 200  # rows kept; real packages have a few dozen
SHOWN = 5  # components, methods, events and targets of one row
_DIRECTIONS = ("wakes", "self", "woken")


def table(facts: Iterable[Fact]) -> list[Row]:
    """Rows with `count`, `reached` (of code: how many lie on a start-up path) and the shortest `interval`
    in seconds; waking others comes first, being woken last."""
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        who = owner(fact.get("owner"))
        key = (str(fact.get("direction")), str(fact.get("cause")), str(fact.get("by")), who.kind, who.id)
        groups.setdefault(key, []).append(fact)
    return sorted((_row(found) for found in groups.values()), key=_rank)[:ROWS]


def _rank(row: Row) -> tuple[Any, ...]:
    known = row["direction"] in _DIRECTIONS
    direction = _DIRECTIONS.index(row["direction"]) if known else len(_DIRECTIONS)
    return direction, -row["count"], row["cause"], row["by"], row["owner"]["kind"], row["owner"]["id"]


def _row(found: list[Fact]) -> Row:
    who = owner(found[0].get("owner"))
    places = dict.fromkeys(str(f.get("component") or f.get("method") or "") for f in found)
    intervals = [f["interval"] for f in found if isinstance(f.get("interval"), int | float)]
    return {
        "direction": str(found[0].get("direction")),
        "cause": str(found[0].get("cause")),
        "by": str(found[0].get("by")),
        "owner": {"kind": who.kind, "id": who.id, "name": who.name},
        "count": len(found),
        "places": _some(places),
        "places_more": max(0, len(places) - SHOWN),
        "actions": _some(f.get("action") for f in found),
        "targets": _some(f.get("target") for f in found),
        "interval": min(intervals, default=None),
        "reached": sum(f.get("reached") is True for f in found),
    }


def _some(values: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(str(v) for v in values if v))[:SHOWN]
