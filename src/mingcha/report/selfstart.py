"""Rows of the table on self-start and chain start. The inventory is free-form and not trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mingcha.report import tables
from mingcha.report.text import member
from mingcha.report.words import Words

_BROADCASTS = ("boot", "unlock", "connectivity", "power", "package", "time", "media", "other-broadcast")


class Row(NamedTuple):
    """One cause of one owner in one direction."""

    direction: str
    cause: str
    owner: str
    total: int
    detail: list[str]
    places: list[str]
    more: int


def rows(inventory: Mapping[str, Any], w: Words) -> list[Row]:
    """In the order of the result: waking others, starting by itself, being woken."""
    names = tables.sdk_names(inventory, w.lang)
    return [_row(entry, w, names) for entry in tables.dicts(inventory.get("self_start"))]


def _row(entry: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> Row:
    detail = [*tables.strings(entry.get("targets")), *tables.strings(entry.get("actions"))]
    interval, reached = entry.get("interval"), tables.number(entry.get("reached"))
    if isinstance(interval, int | float) and not isinstance(interval, bool):
        detail.append(w("selfstart.interval", n=f"{interval:g}"))
    if reached:
        detail.append(w("selfstart.reached", n=w.number(reached)))
    if entry.get("by") == "code" and entry.get("cause") in _BROADCASTS:
        detail.append(w("selfstart.registered"))
    owner = next(iter(tables.owners([entry.get("owner")], w, names)), "")
    return Row(
        direction=w.get("start_direction", str(entry.get("direction") or "")),
        cause=w.get("self_start", str(entry.get("cause") or "")),
        owner=owner or w("owner.unknown"),
        total=tables.number(entry.get("count")),
        detail=detail,
        places=[
            ".".join(part for part in member(place) if part) for place in tables.strings(entry.get("places"))
        ],
        more=tables.number(entry.get("places_more")),
    )
