"""What is in the subject, as tables for the report: SDKs, permissions against use, data items by
owner, hosts and the rest. It states what was seen and judges nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.catalogue.loader import texts
from mingcha.judge import consistency, selfstart, startup, timeline
from mingcha.judge.evidence import owner
from mingcha.model import Fact, Subject

# With one of these, a permission without a caller may still be used by code nobody could read.
CODE_UNSEEN = frozenset(
    """
    packed encrypted-entry unreadable-entry truncated bomb too-large too-many-entries malformed-dex
    unsupported-dex malformed-class timeout memory crash no-code missing-splits runtime-code script-code
    reader-limit
    """.split()  # noqa: SIM905 - words read better in lines than one by one
)
APIS_SHOWN = 20  # of one item; the number of callers stands beside them
SDK_FIELDS = (
    "id", "name", "name_en", "vendor", "vendor_en", "purpose", "version", "versions", "state", "classes", "libs",
    "confidence", "by", "personal",
)  # fmt: skip
Row = dict[str, Any]


def build(
    facts: Iterable[Fact], catalogue: Catalogue, subject: Subject, observed: Iterable[str] = ()
) -> dict[str, Any]:
    """Tables for the report as builtin values; keys are absent where nothing of the kind was seen."""
    kinds: dict[str, list[Fact]] = {}
    for fact in facts:
        kinds.setdefault(fact["kind"], []).append(fact)
    calls = kinds.get("api-call", [])
    tables: dict[str, Any] = {
        "package": _bare(kinds["package"][0]) if "package" in kinds else {},
        "sdks": _sdks(kinds, calls, catalogue, subject),
        "permissions": _permissions(kinds, calls, catalogue, subject),
        "items": _items(calls, catalogue),
        "startup": startup.table(kinds.get("startup-path", []), kinds.get("reach", []), catalogue),
        "consistency": consistency.table(kinds, catalogue, observed),
        "timeline": timeline.table(kinds, catalogue),
        "self_start": selfstart.table(kinds.get("self-start", [])),
        "components": _components(kinds.get("component", [])),
        "hosts": _hosts(kinds.get("url", [])),
        "signing": [_bare(fact) for fact in kinds.get("signing", [])],
        "packers": [_bare(fact) for fact in kinds.get("packer", [])],
        "deviations": [_bare(fact) for fact in kinds.get("deviation", [])],
        "native": [_bare(fact) for fact in kinds.get("native-lib", [])],
        "embedded": [_bare(fact) for fact in kinds.get("embedded", [])],
        "limitations": _limitations(kinds.get("limitation", []), catalogue),
    }
    return {name: table for name, table in tables.items() if table}


def _bare(fact: Fact) -> Row:
    return {name: value for name, value in fact.items() if name not in ("kind", "exhibit")}


def _owner_row(fact: Fact) -> Row:
    who = owner(fact.get("owner"))
    return {"kind": who.kind, "id": who.id, "name": who.name}


def _owners(calls: Iterable[Fact]) -> list[Row]:
    rows = {(r["kind"], r["id"]): r for r in map(_owner_row, calls)}
    return [rows[key] for key in sorted(rows)]


def _callers(calls: Iterable[Fact]) -> int:
    return len({call.get("caller") for call in calls})


def item_name(item: str, catalogue: Catalogue) -> Mapping[str, str]:
    """Both names of a data item or capability; the id where the catalogue has none."""
    known = catalogue.items.get(item) or catalogue.capabilities.get(item)
    return texts(known.name) if known else {"zh": item, "en": item}


def _sensitive(item: str, catalogue: Catalogue) -> bool:
    return item in catalogue.items and catalogue.items[item].sensitive


def _group(calls: Iterable[Fact], field: str) -> dict[str, list[Fact]]:
    groups: dict[str, list[Fact]] = {}
    for call in calls:
        if call.get(field):
            groups.setdefault(str(call[field]), []).append(call)
    return dict(sorted(groups.items()))


def _permission_names(call: Fact) -> Sequence[str]:
    """An API may be open to several permissions, written with a bar between them."""
    return _split(str(call.get("permission") or ""))


@lru_cache(maxsize=1024)
def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split("|") if name.strip())


def callers_by_permission(calls: Iterable[Fact]) -> dict[str, list[Fact]]:
    """API calls by each permission that they may need."""
    used: dict[str, list[Fact]] = {}
    for call in calls:
        for name in _permission_names(call):
            used.setdefault(name, []).append(call)
    return used


def mapped_permissions(catalogue: Catalogue) -> set[str]:
    """Permissions whose use can be seen at all: some API of the catalogue needs them."""
    members = (member for cls in catalogue.apis.values() for member in cls.members)
    return {name for member in members for name in _permission_names({"permission": member.permission})}


def _sdks(
    kinds: Mapping[str, Sequence[Fact]], calls: Sequence[Fact], catalogue: Catalogue, subject: Subject
) -> list[Row]:
    # An API is often open to any of several permissions: what the app never asked for is not in use.
    # A component leaves the asking to its host.
    asked = {str(fact.get("name")) for fact in kinds.get("permission", ())}
    by_sdk: dict[str, list[Fact]] = {}
    for call in calls:
        who = owner(call.get("owner"))
        if who.kind == "sdk":
            by_sdk.setdefault(who.id, []).append(call)
    rows = []
    for sdk in sorted(kinds.get("sdk", ()), key=lambda fact: str(fact.get("id"))):
        own = by_sdk.get(str(sdk.get("id")), [])
        rows.append(
            {name: sdk.get(name) for name in SDK_FIELDS}
            | {
                "items": [
                    {
                        "id": item,
                        "name": item_name(item, catalogue),
                        "sensitive": _sensitive(item, catalogue),
                        "callers": _callers(found),
                    }
                    for item, found in _group(own, "item").items()
                    if found[0].get("group") != "capability"
                ],
                "permissions": sorted(
                    {name for call in own for name in _permission_names(call) if name in asked or subject.kind == "sdk"}
                ),
            }
        )
    return rows


def _permissions(
    kinds: Mapping[str, Sequence[Fact]], calls: Sequence[Fact], catalogue: Catalogue, subject: Subject
) -> list[Row]:
    used = callers_by_permission(calls)
    mapped = mapped_permissions(catalogue)
    blind = any(fact.get("code") in CODE_UNSEEN for fact in kinds.get("limitation", ()))
    app_type = catalogue.app_types.get(subject.app_type or 0)
    needed = app_type.permissions if app_type else None
    rows: dict[str, Row] = {}
    for fact in kinds.get("permission", ()):
        name = str(fact.get("name"))
        known = catalogue.permissions.get(name)
        unknown = blind or name not in mapped
        rows.setdefault(
            name,
            {
                "name": name,
                "title": texts(known.title) if known else {"zh": name, "en": name},
                "level": known.level if known else None,
                "declared_max_sdk": fact.get("declared_max_sdk"),
                "items": list(known.items) if known else [],
                "used_by": _owners(used.get(name, ())),
                "used": "yes" if name in used else "unknown" if unknown else "no",
                "needed": name in needed
                if needed is not None and known and known.level == "dangerous"
                else None,
            },
        )
    return [rows[name] for name in sorted(rows)]


def _items(calls: Sequence[Fact], catalogue: Catalogue) -> list[Row]:
    return [
        {
            "id": item,
            "name": item_name(item, catalogue),
            "sensitive": _sensitive(item, catalogue),
            "owners": _owners(found),
            "callers": _callers(found),
            "apis": sorted({str(call.get("api")) for call in found})[:APIS_SHOWN],
        }
        for item, found in _group(calls, "item").items()
        if found[0].get("group") != "capability"
    ]


def _components(components: Sequence[Fact]) -> dict[str, dict[str, int]]:
    total = Counter(str(fact.get("type")) for fact in components)
    exported = Counter(str(fact.get("type")) for fact in components if fact.get("exported"))
    return {name: {"total": total[name], "exported": exported[name]} for name in sorted(total)}


def _hosts(urls: Sequence[Fact]) -> list[Row]:
    rows: dict[str, Row] = {}
    for url in urls:
        host = str(url.get("host"))
        first = {"owner": _owner_row(url), "vendor": url.get("vendor")}
        row = rows.setdefault(host, {"host": host, "cleartext": False, **first, "count": 0})
        row["cleartext"] = row["cleartext"] or bool(url.get("cleartext"))
        row["count"] += 1
    return [rows[host] for host in sorted(rows)]


def _limitations(limitations: Sequence[Fact], catalogue: Catalogue) -> list[Row]:
    rows = {(str(f.get("code")), str(f.get("detail") or "")): f for f in limitations}
    told = []
    for code, detail in sorted(rows):
        known = catalogue.limitations.get(code)
        name = texts(known.name) if known else {"zh": code, "en": code}
        hint = texts(known.hint) if known else {}
        told.append({"code": code, "detail": detail, "name": name, "hint": hint})
    return told
