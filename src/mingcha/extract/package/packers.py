"""Packers (加固): named by two independent kinds of sign, or seen by hollow components.

Kinds of sign: a library name, another file, the stub application class, and components whose
class no DEX file defines ("hollow"). Community lists contradict each other and single names are
shared with ordinary SDKs, so one kind alone names nobody. When a package is packed, static
findings on its code are not conclusive: the limitation `packed` says so.
"""

from __future__ import annotations

import fnmatch
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from mingcha.catalogue.schema import Packer
from mingcha.extract.package.notes import Notes, clip

HOLLOW_SHARE = 0.6
HOLLOW_LEAST = 3
_UNNAMED = ("unnamed", "未识别的加固产品")


def hollow(classes: Collection[str], defined: Collection[str] | None) -> tuple[int, int]:
    """(classes that no code defines, all classes) of the manifest; (0, all) where code is unread."""
    if defined is None:
        return 0, len(classes)
    return sum(1 for c in classes if c not in defined), len(classes)


class _Names:
    """Names that shell patterns are looked up in. A pattern with one star at most, as nearly all are, is
    found by its beginning in the sorted names; to compile and try each on each name costs more than the
    rest of a small package."""

    def __init__(self, names: Iterable[str]) -> None:
        self.set = frozenset(names)
        self.sorted = sorted(self.set)
        self.turned = sorted(n[::-1] for n in self.set)

    def matches(self, patterns: Iterable[str]) -> set[str]:
        """The names that one of the patterns matches."""
        return {name for pattern in patterns for name in self._of(pattern)}

    def _of(self, pattern: str) -> Iterable[str]:
        if "?" in pattern or "[" in pattern or pattern.count("*") > 1:
            expression = re.compile(fnmatch.translate(pattern))
            return [n for n in self.sorted if expression.match(n)]
        before, star, after = pattern.partition("*")
        if not star:
            return [pattern] if pattern in self.set else []
        if before:
            return [n for n in _begin(self.sorted, before) if len(n) >= len(pattern) - 1 and n.endswith(after)]
        return [n[::-1] for n in _begin(self.turned, after[::-1])]


def _begin(names: list[str], head: str) -> list[str]:
    """Those of the sorted names that begin so."""
    low = bisect_left(names, head)
    high = low
    while high < len(names) and names[high].startswith(head):
        high += 1
    return names[low:high]


def detect(
    names: Collection[str], application: str | None, classes: Collection[str],
    defined: Collection[str] | None, *, packers: Sequence[Packer], exhibit: str, notes: Notes,
) -> list[dict[str, Any]]:  # fmt: skip
    """`packer` facts, and the limitation `packed` in `notes` where there is one.

    `names`: entry names of the package; `application`: its application class; `classes`: classes
    of its components (aliases resolved); `defined`: dotted names of all classes that its code
    defines, None where no code was read. Patterns of the catalogue are shell patterns: `libs`
    match file names, `files` match whole entry names or file names, `applications` match classes.
    """
    libraries = _Names(n.rsplit("/", 1)[-1] for n in names if n.endswith(".so"))
    files = _Names({n for n in names if not n.endswith(".so")} | {n.rsplit("/", 1)[-1] for n in names})
    applications = _Names([application] if application else [])
    missing, total = hollow(set(classes), defined)
    is_hollow = missing >= HOLLOW_LEAST and missing >= HOLLOW_SHARE * max(total, 1)
    sign = [f"hollow: {missing} of {total} component classes undefined"] if is_hollow else []
    facts: list[dict[str, Any]] = []

    def add(packer: str, name: str, signals: list[str]) -> None:
        facts.append({
            "kind": "packer", "exhibit": exhibit, "where": "", "id": packer, "name": name, "signals": signals,
        })  # fmt: skip
        notes.limitation("packed", f"{packer}: {'; '.join(signals)}")

    for packer in packers:
        found = [
            [f"{label}: {clip(hit)}" for hit in sorted(hits)[:5]]
            for label, hits in (
                ("library", libraries.matches(packer.libs)),
                ("file", files.matches(packer.files)),
                ("application", applications.matches(packer.applications)),
            )
            if hits
        ]
        if found and len(found) + is_hollow >= 2:
            add(packer.id, packer.name.zh, [*(s for hits in found for s in hits), *sign])
    if is_hollow and not facts:
        add(*_UNNAMED, sign)
    return facts
