"""AndroidManifest.xml → facts, with the platform's defaults (PackageParser, ParsedPackageUtils).

`read` takes the element tree of any form (binary, protobuf, text) and the resource table where
there is one. `owner` and `defined` of the facts are placeholders: who owns a class and whether
code defines it is known only when the code has been read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.arsc import Resources
from mingcha.extract.package.components import read_component
from mingcha.extract.package.notes import Notes, clip
from mingcha.extract.package.values import Reader
from mingcha.extract.package.xmltree import Element, Ref

_PROTECTION = ("normal", "dangerous", "signature", "signatureOrSystem", "internal")
_COMPONENTS = ("activity", "activity-alias", "service", "receiver", "provider")
_PERMISSIONS = ("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")


@dataclass
class Manifest:
    """What one manifest says. `package` holds the manifest's part of the `package` fact."""

    package: dict[str, Any] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    split: str | None = None
    split_required: bool = False
    application: str | None = None
    network_config: Ref | str | None = None
    cleartext_flag: bool | None = None
    classes: dict[str, str] = field(default_factory=dict)
    """Component name → class that implements it (an alias points at its target)."""
    instrumentation: list[str] = field(default_factory=list)
    """Class names of instrumentations: entry points of test packages."""


def unknown_owner() -> dict[str, str]:
    """Placeholder for the assembler, one object per fact."""
    return {"kind": "unknown", "id": "", "name": ""}


def read(
    root: Element | None, resources: Resources | None, exhibit: str, notes: Notes, *,
    where: str = "AndroidManifest.xml", limits: Limits = DEFAULT,
) -> Manifest:  # fmt: skip
    """Facts of a manifest: permission, permission-definition, component, meta-data, query, feature.

    `where` names the document inside the exhibit; facts point at `<where>:/manifest/...[name]`.
    A missing or foreign root gives an empty Manifest and the limitation `no-manifest`.
    """
    out = Manifest()
    if root is None or root.tag != "manifest":
        tag = "nothing" if root is None else f"<{clip(root.tag, limits)}>"
        notes.limitation("no-manifest", f"{where}: {tag} where <manifest> is expected", where)
        return out
    values = Reader(resources)
    add = _adder(out, exhibit, notes, where, limits)
    _package(root, values, out, notes)
    _declarations(root, values, add, limits)
    app = root.first("application")
    if app is not None:
        _application(app, values, out, add, notes=notes, limits=limits)
    for element in root.all("instrumentation"):
        if name := values.text(element.get("name")):
            out.instrumentation.append(_class(name, out.package["id"]))
    return out


def _class(name: str, package: str | None) -> str:
    """Full class name: ".Main" and "Main" are relative to the package."""
    if name.startswith("."):
        return (package or "") + name
    return name if "." in name or not package else f"{package}.{name}"


class _adder:
    """Appends facts, bounded per kind."""

    def __init__(self, out: Manifest, exhibit: str, notes: Notes, where: str, limits: Limits) -> None:
        self._out, self._exhibit, self._notes, self._where, self._limits = out, exhibit, notes, where, limits
        self._counts: dict[str, int] = {}

    def __call__(self, kind: str, path: str, fields: dict[str, Any]) -> None:
        n = self._counts[kind] = self._counts.get(kind, 0) + 1
        if n > self._limits.facts_per_kind:
            self._notes.limitation("reader-limit", f"more than {self._limits.facts_per_kind} facts {kind}")
            return
        where = f"{self._where}:{path}"
        self._out.facts.append({"kind": kind, "exhibit": self._exhibit, "where": where, **fields})


def _package(root: Element, values: Reader, out: Manifest, notes: Notes) -> None:
    sdk: dict[str, int | None] = {"min": None, "target": None}
    for uses in root.all("uses-sdk"):  # of several, the platform lets the last one that says something win
        for key, attr in (("min", "minSdkVersion"), ("target", "targetSdkVersion")):
            if (raw := uses.get(attr)) is not None:
                sdk[key] = values.integer(raw)
                if sdk[key] is None:
                    notes.deviation("sdk-version", f"{attr}={clip(values.text(raw))}")
    package_id = root.attrs.get("package")
    code = values.integer(root.get("versionCode"))
    major = values.integer(root.get("versionCodeMajor"))
    if code is not None and major:
        code = (major & 0x7FFFFFFF) << 32 | code & 0xFFFFFFFF
    split = root.attrs.get("split") or root.attrs.get("configForSplit")
    out.split = clip(split) if isinstance(split, str) and split else None
    out.split_required = values.flag(root.get("isSplitRequired")) or bool(
        values.text(root.get("requiredSplitTypes"))
    )
    out.package = {
        "id": clip(package_id) if isinstance(package_id, str) and package_id else None,
        "name": None, "name_zh": None, "name_en": None,
        "version": values.shown(root.get("versionName")),
        "version_code": code,
        "min_sdk": sdk["min"], "target_sdk": sdk["target"],
        "debuggable": False, "cleartext": None, "cleartext_by": None,
        "allow_backup": True, "backup_rules": False,
        "test_only": False, "shared_user": values.shown(root.get("sharedUserId")),
        "application_class": None, "component_factory": None, "launchers": 0, "icon": False,
    }  # fmt: skip


def _declarations(root: Element, values: Reader, add: _adder, limits: Limits) -> None:
    def name_of(element: Element) -> str:
        return clip(values.text(element.get("name")) or "", limits)

    seen: set[tuple[str, int | None, str | None]] = set()
    for element in root.all(*_PERMISSIONS):
        name = name_of(element)
        flags = values.flags(element.get("usesPermissionFlags"), {0x10000: "neverForLocation"})
        row = (name, values.integer(element.get("maxSdkVersion")), "|".join(flags) or None)
        if name and row not in seen:
            seen.add(row)
            fields = {"name": name, "declared_max_sdk": row[1], "flags": row[2]}
            add("permission", f"/manifest/{element.tag}[{name}]", fields)
    for element in root.all("permission"):
        if name := name_of(element):
            fields = {"name": name, "protection": protection(values, element)}
            add("permission-definition", f"/manifest/permission[{name}]", fields)
    for element in root.all("uses-feature"):
        if name := name_of(element):
            required = values.flag(element.get("required"), True)
            add("feature", f"/manifest/uses-feature[{name}]", {"name": name, "required": required})
    for queries in root.all("queries"):
        for element in queries.children:
            query: dict[str, str | None] = {"package": None, "action": None, "provider": None}
            if element.tag == "package":
                query["package"] = name_of(element) or None
            elif element.tag == "intent":
                query["action"] = next((name_of(a) for a in element.all("action")), None) or None
            elif element.tag == "provider":
                query["provider"] = values.shown(element.get("authorities"))
            if found := next((v for v in query.values() if v), None):
                add("query", f"/manifest/queries/{element.tag}[{found}]", dict(query))


def protection(values: Reader, element: Element) -> str:
    """Base protection level of a permission element; the platform's default is normal."""
    raw = element.get("protectionLevel")
    if raw is None:
        return "normal"
    if isinstance(raw, str) and not raw.strip().isdigit():
        base = raw.split("|", 1)[0].strip()
        return base if base in _PROTECTION else "unknown"
    level = values.integer(raw)
    return _PROTECTION[level & 0xF] if level is not None and (level & 0xF) < len(_PROTECTION) else "unknown"


def _application(
    app: Element, values: Reader, out: Manifest, add: _adder, *, notes: Notes, limits: Limits
) -> None:
    package = out.package
    pid = package["id"]
    name = values.text(app.get("name"))
    factory = values.text(app.get("appComponentFactory"))
    out.application = _class(name, pid) if name else None
    out.cleartext_flag = values.optional_flag(app.get("usesCleartextTraffic"))
    config = app.get("networkSecurityConfig")
    out.network_config = config if isinstance(config, Ref | str) else None
    backup = [app.get("fullBackupContent"), app.get("dataExtractionRules")]
    package.update({
        "name": values.shown(app.get("label")),
        "name_zh": values.shown(app.get("label"), "zh"),
        "name_en": values.shown(app.get("label"), "en"),
        "debuggable": values.flag(app.get("debuggable")),
        "allow_backup": values.flag(app.get("allowBackup"), True),
        "backup_rules": any(b not in (None, False, "false") for b in backup),
        "test_only": values.flag(app.get("testOnly")),
        "application_class": clip(out.application, limits) if out.application else None,
        "component_factory": clip(_class(factory, pid), limits) if factory else None,
        "icon": values.present(app.get("icon") or app.get("roundIcon")),
    })  # fmt: skip
    own = {d["name"]: d["protection"] for d in out.facts if d["kind"] == "permission-definition"}
    by_name: dict[str, dict[str, Any]] = {}
    # Aliases last: they take process and class from their target, wherever it stands.
    for element in sorted(app.all(*_COMPONENTS), key=lambda e: e.tag == "activity-alias"):
        raw = values.text(element.get("name"))
        if not raw:
            notes.deviation("component-name", f"<{element.tag}> without a name")
            continue
        full = _class(raw, pid)
        fields = read_component(element, app, values, package=package, own=own, notes=notes, limits=limits)
        fields["name"] = clip(full, limits)
        target = values.text(element.get("targetActivity"))
        out.classes[fields["name"]] = (
            _class(target, pid) if element.tag == "activity-alias" and target else full
        )
        if element.tag == "activity-alias" and (aim := by_name.get(out.classes[fields["name"]])):
            fields["process"] = aim["process"]
        by_name.setdefault(full, fields)
        fields |= {"owner": unknown_owner(), "defined": None}
        add("component", f"/manifest/application/{element.tag}[{fields['name']}]", fields)
        package["launchers"] += bool(fields["launcher"] and fields["enabled"])
    if not package["name"]:  # no label of its own: devices show that of the launcher activity
        _label_of_launcher(app.all("activity", "activity-alias"), by_name, values, package)
    for element in app.all("meta-data"):
        key = clip(values.text(element.get("name")) or "", limits)
        value = values.shown(
            element.get("value") if "android:value" in element.attrs else element.get("resource")
        )
        if key:
            fields = {"name": key, "value": value, "owner": unknown_owner()}
            add("meta-data", f"/manifest/application/meta-data[{key}]", fields)


def _label_of_launcher(
    elements: Iterable[Element], known: dict[str, dict[str, Any]], values: Reader, package: dict[str, Any]
) -> None:
    for element in elements:
        component = known.get(_class(values.text(element.get("name")) or "", package["id"]))
        label = element.get("label")
        if component and component["launcher"] and label is not None:
            package["name"] = values.shown(label)
            package["name_zh"], package["name_en"] = values.shown(label, "zh"), values.shown(label, "en")
            return
