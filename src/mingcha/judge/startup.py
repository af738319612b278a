"""What may run before the user agrees, as a table for the report: start-up paths by data item and owner.

It states what was seen and judges nothing. Bounded: a package may hold a hundred thousand calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.catalogue.loader import texts
from mingcha.judge.evidence import owner
from mingcha.model import Fact, Owner

Row = dict[str, Any]
VERDICTS = ("reachable", "needs-run", "guarded", "not-reachable")
"""Worst first."""
ROWS = 300  # pairs of item and owner; the rest is counted
PATHS = 3  # calls told one by one of each verdict of a row
ROOM = 2_000_000  # characters of all calls told; a real package needs a tenth of it
_TOLD = ("reachable", "needs-run", "guarded")
_SETTERS = 3  # methods that set a guard
# Items that tell who somebody is, where or what they do. The rest describes a device and comes second.
PERSONAL = (
    "basic-info", "identity-info", "biometric", "health", "property", "communication", "contacts-info", "location",
    "unchangeable-id", "resettable-id", "installed-apps", "running-apps", "software-usage", "usage-stats",
    "browsing-history", "search-history", "clipboard", "account-id", "device-accounts", "photos", "videos",
    "audio-recording", "camera-image", "calendar", "sensor-listen", "wifi-list", "wifi-ssid", "wifi-bssid",
    "cell-info", "bluetooth-devices",
)  # fmt: skip
_FIELDS = (
    "caller", "callee", "api", "verdict", "entry", "entry_kind", "process", "path", "steps", "owners", "guard",
    "guard_kind", "guard_read", "blind", "exhibit", "where",
)  # fmt: skip


def table(paths: Sequence[Fact], reach: Sequence[Fact], catalogue: Catalogue) -> Row:
    """`reach` (figures), `rows` (item × owner, the worst first), `more` (rows left out), `counts` (calls by
    verdict). Empty where code was not followed."""
    if not paths and not reach:
        return {}
    groups: dict[tuple[str, str, str], list[Fact]] = {}
    for fact in paths:
        who = owner(fact.get("owner"))
        groups.setdefault((str(fact.get("item")), who.kind, who.id), []).append(fact)
    rows = sorted((_row(found, catalogue) for found in groups.values()), key=_rank)
    room = ROOM
    for row in rows[:ROWS]:
        room -= sum(len(text) for call in row["calls"] for text in (*call["path"], *call["guard_set"]))
        if room < 0:
            row["calls"] = []
    figures = {k: v for k, v in reach[0].items() if k not in ("kind", "exhibit", "where")} if reach else {}
    return {"reach": figures, "counts": _counts(paths), "rows": rows[:ROWS], "more": max(0, len(rows) - ROWS)}


def _counts(paths: Iterable[Fact]) -> dict[str, int]:
    counted = Counter(str(fact.get("verdict")) for fact in paths)
    return {verdict: counted[verdict] for verdict in VERDICTS}


def _rank(row: Row) -> tuple[Any, ...]:
    counts = row["counts"]
    worst = VERDICTS.index(row["verdict"])
    return (
        worst,
        not row["personal"],
        not row["sensitive"],
        -counts[row["verdict"]],
        row["item"],
        row["owner"]["id"],
    )


def _row(found: list[Fact], catalogue: Catalogue) -> Row:
    first = found[0]
    item, who = str(first.get("item")), owner(first.get("owner"))
    known = catalogue.items.get(item) or catalogue.capabilities.get(item)
    counts = _counts(found)
    told: list[Row] = []
    for verdict in _TOLD:
        told += _told([f for f in found if f.get("verdict") == verdict])
    return {
        "item": item,
        "name": texts(known.name) if known else {"zh": item, "en": item},
        "sensitive": item in catalogue.items and catalogue.items[item].sensitive,
        "personal": any(catalogue.is_a(item, root) for root in PERSONAL) and not _library(who, catalogue),
        "owner": {"kind": who.kind, "id": who.id, "name": who.name},
        "verdict": next((v for v in VERDICTS if counts[v]), VERDICTS[-1]),
        "counts": counts,
        "calls": told,
    }


def _library(who: Owner, catalogue: Catalogue) -> bool:
    """Code that the catalogue knows to process no personal information, such as a support library: it
    does what its caller asks."""
    return who.kind == "sdk" and who.id in catalogue.sdks and catalogue.sdks[who.id].personal is False


def _told(found: list[Fact]) -> list[Row]:
    """The calls to show, one of each method, the shortest paths first. Methods of classes not shown yet go
    before others, since paths to one class look alike."""
    ordered = sorted(
        found, key=lambda f: (len(f.get("path") or ()), str(f.get("caller")), str(f.get("callee")))
    )
    methods: dict[tuple[str, str], Fact] = {}
    for fact in ordered:
        methods.setdefault((str(fact.get("caller")), str(fact.get("guard"))), fact)
    classes: set[str] = set()
    first: list[Fact] = []
    rest: list[Fact] = []
    for fact in methods.values():
        cls = str(fact.get("caller")).partition("->")[0]
        (rest if cls in classes else first).append(fact)
        classes.add(cls)
    return [_call(fact) for fact in (first + rest)[:PATHS]]


def _call(fact: Mapping[str, Any]) -> Row:
    setters = list(fact.get("guard_set") or ())
    lists = {name: list(fact.get(name) or ()) for name in ("path", "steps", "owners", "blind")}
    return {name: fact.get(name) for name in _FIELDS} | lists | {
        "guard_set": setters[:_SETTERS], "guard_set_more": max(0, len(setters) - _SETTERS),
    }  # fmt: skip
