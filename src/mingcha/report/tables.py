"""Rows of the inventory tables. The inventory is free-form, so nothing of it is trusted to be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mingcha.report import details, names
from mingcha.report.text import pick
from mingcha.report.words import Words


def dicts(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list; nothing if it is no list."""
    return (
        [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, (list, tuple)) else []
    )


def strings(value: Any) -> list[str]:
    """The entries of a list as strings: of mappings the name or id."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, (list, tuple)):
        return []
    return [
        pick(entry.get("name"), "zh") or str(entry.get("id") or "")
        if isinstance(entry, Mapping)
        else str(entry)
        for entry in value
    ]


def number(value: Any) -> int:
    """A count; 0 if it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def sdk_names(inventory: Any, lang: str) -> dict[str, str]:
    """SDK id (or Chinese name) → its name in `lang`: facts name owners in Chinese only."""
    rows = dicts(inventory.get("sdks")) if isinstance(inventory, Mapping) else []
    # An address may belong to an SDK that is not in the package; the catalogue has its name.
    found = {key: pick(name, lang) for key, name in names.sdk_names().items()}
    return found | {
        str(row[key]): _local(row, "name", lang) for row in rows for key in ("name", "id") if row.get(key)
    }


class Sdk(NamedTuple):
    """One SDK."""

    name: str
    id: str
    vendor: str
    purpose: str
    version: str
    state: str
    classes: int
    sure: str
    by: str
    personal: bool | None
    items: list[tuple[str, bool, int]]
    permissions: list[str]


class PermissionRow(NamedTuple):
    """One permission against its use."""

    name: str
    title: str
    level: str
    rank: int
    dangerous: bool
    max_sdk: str
    used: str
    used_word: str
    needed: str
    needed_word: str
    users: list[str]


class ItemRow(NamedTuple):
    """One data item that code can reach."""

    name: str
    sensitive: bool
    owners: list[str]
    callers: int
    apis: list[str]


class HostRow(NamedTuple):
    """Hosts of one owner: the SDK vendor whose domain it is, else whose code names it."""

    owner: str
    cleartext: list[str]
    others: list[str]


class Deviation(NamedTuple):
    """Deviations of one kind."""

    code: str
    name: str
    times: int
    details: list[str]


class ComponentRow(NamedTuple):
    """Components of one type."""

    type: str
    total: int
    exported: int


def _owner(value: Any, w: Words, known: Mapping[str, str]) -> str:
    """An owner given as mapping or as plain text."""
    if isinstance(value, Mapping):
        kind = str(value.get("kind") or "unknown")
        name = known.get(str(value.get("id"))) or str(value.get("name") or value.get("id") or "")
        word = w.get("owner", kind)
        if kind == "sdk":
            return sdk_word(name, w)
        return f"{word} {name}".strip() if kind == "unknown" else word
    text = str(value or "")
    return w.get("owner", known.get(text, text)) if text else ""


def sdk_word(name: str, w: Words) -> str:
    """The name of an SDK, told to be one; many names say so themselves."""
    word = w("owner.sdk")
    return name if word in name.split() else f"{word} {name}".strip()


def owners(value: Any, w: Words, known: Mapping[str, str]) -> list[str]:
    """Owners in words, each once. `known`: names of SDKs by id."""
    if not isinstance(value, (list, tuple)):
        return []
    return list(dict.fromkeys(text for entry in value if (text := _owner(entry, w, known))))


def _local(entry: Mapping[str, Any], key: str, lang: str) -> str:
    """`name` or `name_en` of an SDK row."""
    texts = {"zh": str(entry.get(key) or ""), "en": str(entry.get(f"{key}_en") or "")}
    value = entry.get(key)
    return pick(value if isinstance(value, Mapping) else texts, lang)


def sdk_words(inventory: Any, lang: str) -> dict[str, str]:
    """Names and makers of SDKs as judge writes them, and what the page calls them."""
    rows = dicts(inventory.get("sdks")) if isinstance(inventory, Mapping) else []
    return {_local(row, key, "zh"): _local(row, key, lang) for row in rows for key in ("vendor", "name")}


def sdks(inventory: Mapping[str, Any], w: Words) -> list[Sdk]:
    """SDKs: those that process personal information first, the larger first."""
    result = []
    for entry in dicts(inventory.get("sdks")):
        items = [
            (pick(item.get("name"), w.lang) or str(item.get("id") or ""), item.get("sensitive") is True,
             number(item.get("callers")))
            for item in dicts(entry.get("items"))
        ]  # fmt: skip
        items.sort(key=lambda item: (not item[1], -item[2], item[0]))
        result.append(
            Sdk(
                name=_local(entry, "name", w.lang) or str(entry.get("id") or ""),
                id=str(entry.get("id") or ""),
                vendor=_local(entry, "vendor", w.lang),
                purpose=w.get("purpose", str(entry.get("purpose") or "")),
                version=str(entry.get("version") or w("sdk.versions").join(strings(entry.get("versions")))),
                state=w.get("sdk_state", str(entry.get("state") or "")),
                classes=number(entry.get("classes")),
                sure=w.get("sure", str(entry.get("confidence") or "")),
                by=w.join([w.get("by", sign) for sign in strings(entry.get("by"))]),
                personal=_maybe(entry.get("personal", True)),
                items=items,
                permissions=[short_permission(name) for name in strings(entry.get("permissions"))],
            )
        )
    return sorted(result, key=lambda s: (s.personal is False, -len(s.items), -s.classes, s.id))


def _maybe(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def short_permission(name: str) -> str:
    """Platform permissions without their common prefix."""
    return name.removeprefix("android.permission.")


_LEVELS = {"dangerous": 0, "special": 1, "signature": 2, "normal": 3}
_USED = {"no": 0, "unknown": 1, "yes": 2}


def permissions(inventory: Mapping[str, Any], w: Words) -> list[PermissionRow]:
    """Permissions, the dangerous first; among these the unused first."""
    result = []
    known = sdk_names(inventory, w.lang)
    for entry in dicts(inventory.get("permissions")):
        name, title = str(entry.get("name") or ""), pick(entry.get("title"), w.lang)
        level = str(entry.get("level") or "")
        used = entry.get("used")
        used = used if used in ("yes", "no") else "unknown"
        need = entry.get("needed")
        needed = "yes" if need is True else "no" if need is False else "unknown"
        max_sdk = entry.get("declared_max_sdk")
        result.append(
            PermissionRow(
                name=name,
                title="" if title == name else title,
                level=w.get("level", level),
                rank=_LEVELS.get(level, len(_LEVELS)),
                dangerous=level in ("dangerous", "special"),
                max_sdk=str(max_sdk) if isinstance(max_sdk, int) else "",
                used=used,
                used_word=w(f"used.{used}"),
                needed=needed,
                needed_word=w(f"needed.{needed}"),
                users=owners(entry.get("used_by"), w, known),
            )
        )
    return sorted(result, key=lambda row: (row.rank, _USED[row.used], row.name))


_CARRIERS = ("android.content.Intent", "android.content.ContentResolver", "android.net.Uri", "java.")
"""Interfaces that yield an item by what is asked of them: their names alone tell a reader nothing."""


def items(inventory: Mapping[str, Any], w: Words) -> list[ItemRow]:
    """Data items, the sensitive first."""
    known = sdk_names(inventory, w.lang)
    result = [
        ItemRow(
            name=pick(entry.get("name"), w.lang) or str(entry.get("id") or ""),
            sensitive=entry.get("sensitive") is True,
            owners=owners(entry.get("owners"), w, known),
            callers=number(entry.get("callers")),
            apis=sorted(strings(entry.get("apis")), key=lambda api: api.startswith(_CARRIERS)),
        )
        for entry in dicts(inventory.get("items"))
    ]
    return sorted(result, key=lambda row: (not row.sensitive, -row.callers, row.name))


def hosts(inventory: Mapping[str, Any], w: Words) -> list[HostRow]:
    """Hosts by owner, owners with cleartext URLs first."""
    known = sdk_names(inventory, w.lang)
    owners: dict[str, tuple[set[str], set[str]]] = {}
    for entry in dicts(inventory.get("hosts")):
        owner = (
            _owner(entry.get("vendor"), w, known)
            or _owner(entry.get("owner"), w, known)
            or w("owner.unknown")
        )
        row = owners.setdefault(owner.removeprefix(f"{w('owner.sdk')} "), (set(), set()))
        row[entry.get("cleartext") is not True].add(str(entry.get("host") or ""))
    rows = [HostRow(owner, sorted(clear), sorted(others)) for owner, (clear, others) in owners.items()]
    return sorted(rows, key=lambda row: (not row.cleartext, -len(row.cleartext) - len(row.others), row.owner))


def deviations(inventory: Mapping[str, Any], w: Words) -> list[Deviation]:
    """Deviations from the file format by kind: a packer's tool leaves the same one a thousand times."""
    found: dict[str, list[str]] = {}
    for entry in dicts(inventory.get("deviations")):
        found.setdefault(str(entry.get("code") or ""), []).append(
            details.shown(str(entry.get("detail") or ""), w.lang)
        )
    return [
        Deviation(code, w.get("deviation", code), len(told), list(dict.fromkeys(filter(None, told))))
        for code, told in sorted(found.items())
    ]


_COMPONENTS = ("activity", "activity-alias", "service", "receiver", "provider")


def components(inventory: Mapping[str, Any], w: Words) -> list[ComponentRow]:
    """Components by type, in the order of the platform's documentation."""
    value = inventory.get("components")
    counted = (
        {str(k): v for k, v in value.items() if isinstance(v, Mapping)} if isinstance(value, Mapping) else {}
    )
    order = [*_COMPONENTS, *sorted(set(counted) - set(_COMPONENTS))]
    return [
        ComponentRow(
            w.get("component", kind),
            number(counted[kind].get("total")),
            number(counted[kind].get("exported")),
        )
        for kind in order
        if kind in counted
    ]
