"""Packers (加固): named by two independent kinds of sign, or seen by hollow components.

Kinds of sign: a library name, another file, the stub application class, and components whose
class no DEX file defines ("hollow"). Community lists contradict each other and single names are
shared with ordinary SDKs, so one kind alone names nobody. When a package is packed, static
findings on its code are not conclusive: the limitation `packed` says so.
"""

from __future__ import annotations

import fnmatch
import re
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


def _matcher(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """One expression for a list of shell patterns; None for an empty list."""
    return re.compile("|".join(fnmatch.translate(p) for p in patterns)) if patterns else None


def _matches(patterns: Sequence[str], names: Iterable[str]) -> list[str]:
    expression = _matcher(patterns)
    return [n for n in names if expression.match(n)] if expression else []


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
    libraries = {n.rsplit("/", 1)[-1] for n in names if n.endswith(".so")}
    files = {n for n in names if not n.endswith(".so")} | {n.rsplit("/", 1)[-1] for n in names}
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
                ("library", _matches(packer.libs, libraries)),
                ("file", _matches(packer.files, files)),
                ("application", _matches(packer.applications, [application] if application else [])),
            )
            if hits
        ]
        if found and len(found) + is_hollow >= 2:
            add(packer.id, packer.name.zh, [*(s for hits in found for s in hits), *sign])
    if is_hollow and not facts:
        add(*_UNNAMED, sign)
    return facts
