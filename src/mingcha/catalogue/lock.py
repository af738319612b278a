"""lock.json: the meaning of every published rule, by version.

A finding names a rule and its version. That is worth something only if one version has one
meaning, so a changed meaning needs a new number. Texts, tests and status may be improved
freely; drafts are not locked; a rule is retired, never removed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from mingcha.catalogue.loader import ROOT, Catalogue, plain
from mingcha.catalogue.problem import Problem
from mingcha.catalogue.schema import Rule
from mingcha.errors import RuleError

FILE = "lock.json"
# `sheet` counts by its presence: what is asked is text, that a person is asked is meaning.
FREE = ("status", "tests", "title", "what", "why", "fix", "limits", "shows_not", "evidence")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Version and digest of the meaning of one rule."""

    version: int
    digest: str


Lock = dict[str, Entry]


def digest(rule: Rule) -> str:
    """SHA-256 of everything in a rule that can change an outcome or its basis."""
    meaning = {name: value for name, value in plain(rule).items() if name not in FREE}
    meaning["sheet"] = rule.sheet is not None
    if rule.recorded is None:  # a field that came later must not change the digest of rules without it
        del meaning["recorded"]
    return hashlib.sha256(msgspec.json.encode(meaning, order="sorted")).hexdigest()


def current(catalogue: Catalogue) -> Lock:
    """What lock.json should hold now."""
    rules = (rule for _, rule in sorted(catalogue.rules.items()) if rule.status != "draft")
    return {rule.id: Entry(rule.version, digest(rule)) for rule in rules}


def read(path: Path) -> Lock:
    """The lock as stored; empty when there is none. RuleError when it is damaged."""
    if not path.is_file():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=Lock)
    except msgspec.DecodeError as error:
        raise RuleError(f"{path.name} 有误：{error}", f"{path.name} is wrong: {error}") from None


def check(catalogue: Catalogue, path: Path | None = None) -> list[Problem]:
    """Where the catalogue departs from its lock, harmless additions included."""
    return [problem for problem, _ in _compare(catalogue, read(path or ROOT / FILE))]


def write(catalogue: Catalogue, path: Path | None = None) -> Path:
    """Bring the lock up to date. RuleError, and nothing written, when a meaning changed without a
    new version or a published rule is gone."""
    target = path or ROOT / FILE
    stored = read(target)
    fatal = [problem for problem, allowed in _compare(catalogue, stored) if not allowed]
    if fatal:
        raise RuleError(
            "；".join(p.line("zh") for p in fatal),
            "; ".join(p.line("en") for p in fatal),
            {
                "zh": "请提升 version，或恢复文件并改为 retired",
                "en": "raise version, or restore it as retired",
            },
        )
    data = msgspec.json.format(msgspec.json.encode(current(catalogue)), indent=2)
    target.write_bytes(data + b"\n")
    return target


def _compare(catalogue: Catalogue, stored: Lock) -> list[tuple[Problem, bool]]:
    """Differences, each with whether `write` may simply record it."""
    found = []
    now = current(catalogue)
    for rule, entry in sorted(now.items()):
        old = stored.get(rule)
        fault: tuple[str, str, bool] | None = None
        if old is None:
            fault = ("尚未锁定", "is not locked yet", True)
        elif entry.version < old.version:
            fault = ("版本号倒退", "its version went back", False)
        elif entry.version == old.version and entry.digest != old.digest:
            fault = ("含义已变而版本未变", "its meaning changed without a new version", False)
        elif entry != old:
            fault = ("新版本尚未锁定", "its new version is not locked yet", True)
        if fault is not None:
            found.append((Problem(FILE, rule, *fault[:2]), fault[2]))
    for rule in sorted(set(stored) - set(now)):
        removed = Problem(FILE, rule, "已发布的规则不得移除", "a published rule was removed or made a draft")
        found.append((removed, False))
    return found
