"""YAML files → `Catalogue`, gathering every problem instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mingcha.catalogue import files, tree
from mingcha.catalogue.loader import Catalogue, FactKind
from mingcha.catalogue.problem import Problem
from mingcha.catalogue.schema import (
    ApiClass,
    AppType,
    Aspect,
    Callback,
    Capability,
    Condition,
    FrameworkClass,
    IssueType,
    Item,
    Law,
    LimitationKind,
    Packer,
    Pattern,
    Permission,
    PolicyElement,
    Rule,
    Scenario,
    Scheme,
    Sdk,
    SdkVersion,
    Sink,
    UiCallback,
    WebCheck,
    WordList,
)

T = TypeVar("T")

# member of Catalogue: glob, type, attribute that is its key
LISTS: dict[str, tuple[str, Any, str]] = {
    "aspects": ("aspects.yml", Aspect, "code"),
    "issue_types": ("issue_types.yml", IssueType, "id"),
    "laws": ("laws/*.yml", Law, "id"),
    "items": ("lists/items/*.yml", Item, "id"),
    "app_types": ("lists/app_types.yml", AppType, "n"),
    "apis": ("lists/apis/*.yml", ApiClass, "cls"),
    "framework": ("lists/framework/*.yml", FrameworkClass, "cls"),
    "callbacks": ("lists/callbacks/*.yml", Callback, "cls"),
    "ui_callbacks": ("lists/ui-callbacks.yml", UiCallback, "cls"),
    "conditions": ("lists/conditions.yml", Condition, "cls"),
    "sinks": ("lists/sinks.yml", Sink, "cls"),
    "capabilities": ("lists/capabilities.yml", Capability, "id"),
    "permissions": ("lists/permissions.yml", Permission, "name"),
    "sdks": ("lists/sdks/*.yml", Sdk, "id"),
    "sdk_versions": ("lists/sdk-versions.yml", SdkVersion, "id"),
    "words": ("lists/words/*.yml", WordList, "id"),
    "packers": ("lists/packers.yml", Packer, "id"),
    "policy_elements": ("lists/policy-elements.yml", PolicyElement, "id"),
    "limitations": ("lists/limitations.yml", LimitationKind, "code"),
    "schemes": ("scoring/*.yml", Scheme, "id"),
    "web_checks": ("lists/web-checks/*.yml", WebCheck, "id"),
    "patterns": ("lists/patterns.yml", Pattern, "id"),
    "rules": ("rules/*/*.yml", Rule, "id"),
}


@dataclass
class Built:
    """A catalogue as far as it could be read, where each entry came from, and what is wrong."""

    catalogue: Catalogue
    problems: list[Problem] = field(default_factory=list)
    origin: dict[tuple[str, Any], str] = field(default_factory=dict)


def build(root: Path) -> Built:
    """Read everything under `root`. Missing folders are empty lists."""
    built = Built(Catalogue())
    kinds = _facts(root, built)
    members: dict[str, Any] = {name: {} for name in LISTS}
    for name, (glob, struct, key) in LISTS.items():
        for path in sorted(root.glob(glob)):
            take = _collect(name, key, members, built)
            _read_file(path.relative_to(root).as_posix(), path, struct, built, take)
    scenarios: dict[str, Scenario] = {}
    for aspect in members["aspects"].values():
        scenarios.update((s.code, s) for t in aspect.types for s in t.scenarios)
    built.catalogue = Catalogue(facts=kinds, scenarios=scenarios, **members)
    built.problems += _cycles(built)
    for rule in built.catalogue.rules.values():
        built.problems += tree.check_rule(rule, kinds, built.origin["rules", rule.id])
    return built


def _collect(name: str, key: str, members: dict[str, Any], built: Built) -> Callable[[Any, str], None]:
    def take(entry: Any, file: str) -> None:
        entry_id = getattr(entry, key)
        if entry_id in members[name]:
            other = built.origin[name, entry_id]
            built.problems.append(
                Problem(file, str(entry_id), f"编号重复，已见于 {other}", f"duplicate id, also in {other}")
            )
            return
        members[name][entry_id] = entry
        built.origin[name, entry_id] = file

    return take


def _facts(root: Path, built: Built) -> dict[str, FactKind]:
    kinds: dict[str, FactKind] = {}
    if not (root / "facts.yml").is_file():
        built.problems.append(Problem("facts.yml", "", "缺少该文件", "the file is missing"))
        return kinds
    for path in (root / "facts.yml", *sorted(root.glob("facts-*.yml"))):
        data = _parse(path.name, path, built)
        for name, entry in data.items() if isinstance(data, dict) else ():
            kind = _convert(entry, FactKind, path.name, name, built)
            if kind is not None and kinds.setdefault(name, kind) is not kind:
                built.problems.append(Problem(path.name, name, "重复", "is there twice"))
    return kinds


def _read_file(file: str, path: Path, struct: Any, built: Built, take: Callable[[Any, str], None]) -> None:
    """One file: a rule is one mapping, a law one mapping or a list, everything else a list."""
    data = _parse(file, path, built)
    if data is None:
        return
    single = struct in (Rule, Scheme) or (struct is Law and isinstance(data, dict))
    entries = [data] if single else data
    if not isinstance(entries, list):
        built.problems.append(Problem(file, "", "应为列表", "must be a list"))
        return
    for number, entry in enumerate(entries):
        label = f"[{number}]"
        if isinstance(entry, dict):
            name = next((entry[k] for k in ("id", "code", "class", "name", "n") if k in entry), "")
            label = str(name) if isinstance(name, str | int) else label
        converted = _convert(entry, struct, file, label, built)
        if converted is not None:
            take(converted, file)


def _parse(file: str, path: Path, built: Built) -> Any:
    try:
        return files.parse(path.read_text("utf-8"))
    except (files.YamlError, UnicodeDecodeError, OSError) as error:
        zh, en = f"不是可接受的 YAML：{error}", f"not acceptable YAML: {error}"
        built.problems.append(Problem(file, "", zh, en))
        return None


def _convert(entry: Any, struct: type[T], file: str, label: str, built: Built) -> T | None:
    try:
        return msgspec.convert(entry, struct)
    except msgspec.ValidationError as error:
        built.problems.append(Problem(file, label, f"格式不符：{error}", f"wrong form: {error}"))
        return None


def _cycles(built: Built) -> Iterator[Problem]:
    """Items whose parents lead back to themselves, or to nothing."""
    items = built.catalogue.items
    for item in items.values():
        file = built.origin["items", item.id]
        if item.parent is not None and item.parent not in items:
            yield Problem(file, item.id, f"上级不存在：{item.parent}", f"unknown parent {item.parent}")
        node, seen = item, {item.id}
        while node.parent in items:
            node = items[node.parent]
            if node.id in seen:
                yield Problem(file, item.id, "上级关系成环", "its parents form a cycle")
                break
            seen.add(node.id)
