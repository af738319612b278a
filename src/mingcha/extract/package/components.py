"""One component element of a manifest, with the platform's rules on export and enabling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingcha.extract.limits import Limits
from mingcha.extract.package.notes import Notes, clip
from mingcha.extract.package.values import Reader
from mingcha.extract.package.xmltree import Element

# android.content.pm.ServiceInfo.FOREGROUND_SERVICE_TYPE_*
SERVICE_TYPES: Mapping[int, str] = {
    0x1: "dataSync", 0x2: "mediaPlayback", 0x4: "phoneCall", 0x8: "location", 0x10: "connectedDevice",
    0x20: "mediaProjection", 0x40: "camera", 0x80: "microphone", 0x100: "health", 0x200: "remoteMessaging",
    0x400: "systemExempted", 0x800: "shortService", 0x1000: "fileManagement", 0x2000: "mediaProcessing",
    0x40000000: "specialUse",
}  # fmt: skip
_LAUNCHER = ("android.intent.action.MAIN", "android.intent.category.LAUNCHER")
_MOST = 1_000  # values of one list


def read_component(
    element: Element, app: Element, values: Reader, *, package: Mapping[str, Any], own: Mapping[str, str],
    notes: Notes, limits: Limits,
) -> dict[str, Any]:  # fmt: skip
    """Fields of a `component` fact except name, owner and defined.

    `package`: manifest fields read so far (id, target_sdk, min_sdk); `own`: permissions that the
    package defines, with their protection.
    """
    target = package["target_sdk"] or package["min_sdk"] or 1
    found = _filters(element, values, limits)
    explicit = values.optional_flag(element.get("exported"))
    if explicit is not None:
        exported, by = explicit, "explicit"
    else:
        # Providers: exported by default for targets below 17; the rest: if they have a filter.
        # From target 31 on such a package is refused by Android 12, older systems still export.
        has_filter = element.first("intent-filter") is not None
        exported, by = (target < 17 if element.tag == "provider" else has_filter), "default"
        if has_filter and target >= 31 and element.tag != "provider":
            notes.deviation("missing-exported", clip(values.text(element.get("name")) or "", limits))
    permission = _permission(element, app, values)
    grant = (
        values.flag(element.get("grantUriPermissions")) or element.first("grant-uri-permission") is not None
    )
    provider, activity = element.tag == "provider", element.tag in ("activity", "activity-alias")
    return {
        "type": element.tag,
        "name": "",
        "exported": exported,
        "exported_by": by,
        "enabled": values.flag(app.get("enabled"), True) and values.flag(element.get("enabled"), True),
        "process": _process(element, app, values, package["id"]),
        "permission": permission,
        "permission_protection": None if permission is None else own.get(permission, _origin(permission)),
        **found,
        "authorities": _split(values.text(element.get("authorities"))) if provider else [],
        "grant_uri": grant if provider else None,
        "meta": [
            clip(values.text(m.get("name")) or "", limits) for m in list(element.all("meta-data"))[:_MOST]
        ],
        "service_types": values.flags(element.get("foregroundServiceType"), SERVICE_TYPES)
        if element.tag == "service" else [],
        "exclude_from_recents": values.flag(element.get("excludeFromRecents")) if activity else None,
    }  # fmt: skip


def _filters(element: Element, values: Reader, limits: Limits) -> dict[str, Any]:
    lists: dict[str, dict[str, None]] = {"actions": {}, "categories": {}, "schemes": {}, "hosts": {}}
    launcher = False

    def names(tags: list[Element], attr: str) -> list[str]:
        return [clip(t, limits) for e in tags[:_MOST] if (t := values.text(e.get(attr)))]

    for block in element.all("intent-filter"):
        data = list(block.all("data"))
        actions, categories = names([*block.all("action")], "name"), names([*block.all("category")], "name")
        launcher = launcher or (_LAUNCHER[0] in actions and _LAUNCHER[1] in categories)
        parts = (actions, categories, names(data, "scheme"), names(data, "host"))
        for known, new in zip(lists.values(), parts, strict=True):
            known.update(dict.fromkeys(new))
    out: dict[str, Any] = {name: list(known)[:_MOST] for name, known in lists.items()}
    out["launcher"] = launcher and element.tag in ("activity", "activity-alias")
    return out


def _permission(element: Element, app: Element, values: Reader) -> str | None:
    """The permission a caller must hold; a provider is guarded only if reading and writing are."""
    own = values.text(element.get("permission"))
    if own is None and element.tag != "activity-alias":
        own = values.text(app.get("permission"))
    if element.tag == "provider":
        read = values.text(element.get("readPermission")) or own
        write = values.text(element.get("writePermission")) or own
        own = read if read and write else None
    return clip(own) if own else None


def _origin(permission: str) -> str:
    return "platform" if permission.startswith("android.permission.") else "unknown"


def _process(element: Element, app: Element, values: Reader, package: str | None) -> str | None:
    """Process name; None for the process that the application element names."""
    main = values.text(app.get("process")) or package or ""
    name = values.text(element.get("process"))
    if not name:
        return None
    if name.startswith(":"):
        name = (package or "") + name
    if main.startswith(":"):
        main = (package or "") + main
    return None if name == main else clip(name)


def _split(text: str | None) -> list[str]:
    """Authorities, separated by semicolons."""
    return [clip(part) for part in (text or "").split(";")[:_MOST] if part]
