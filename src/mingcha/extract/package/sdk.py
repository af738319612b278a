"""Which third-party SDKs a package holds, by several kinds of sign.

Classes under a catalogued prefix are the strongest sign; declared components, native
libraries and configuration keys also count, because packed apps show nothing else. A host
name in a string is no sign of an SDK by itself: it only adds to others.
"""

from __future__ import annotations

import fnmatch
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from mingcha.extract.package.versions import Stated

Fact = dict[str, Any]


def libraries(names: Iterable[str], sdks: Iterable[Any]) -> dict[str, str]:
    """library file name -> SDK id, for the names at hand. Exact names win over patterns."""
    wanted = set(names)
    found: dict[str, str] = {}
    for sdk in sdks:
        for pattern in sdk.libs:
            if pattern in wanted:
                found[pattern] = sdk.id
            elif "*" in pattern:
                expression = re.compile(fnmatch.translate(pattern))
                for name in wanted:
                    if expression.match(name):
                        found.setdefault(name, sdk.id)
    return found


def find(
    sdks: Mapping[str, Any], exhibit: str, classes: Counter[str], components: Iterable[Fact], meta: Iterable[Fact],
    libs: Mapping[str, str], hosts: Iterable[str], versions: Mapping[str, Stated] | None = None,
    prints: Mapping[str, tuple[tuple[str, ...], int, float]] | None = None,
) -> list[Fact]:  # fmt: skip
    """`sdk` facts. `classes`: defined classes by SDK id; `libs`: library -> SDK id; `hosts`: SDK
    ids whose domains occur; `versions`: what they state of themselves; `prints`: SDKs told by fingerprint with
    the version, or versions, where that can be told, the number of classes, and the share of what was learnt. What an SDK states itself goes before what it looks like."""
    signs: dict[str, set[str]] = defaultdict(set)
    files: dict[str, list[str]] = defaultdict(list)
    parts: Counter[str] = Counter()
    for sdk in classes:
        signs[sdk].add("package")
    for component in components:
        if component["owner"]["kind"] == "sdk":
            parts[component["owner"]["id"]] += 1
            signs[component["owner"]["id"]].add("component")
    keys = {k: s.id for s in sdks.values() for k in s.meta}
    for entry in meta:
        if entry["name"] in keys:
            signs[keys[entry["name"]]].add("meta-data")
    for name, sdk in sorted(libs.items()):
        signs[sdk].add("library")
        files[sdk].append(name)
    versions, prints = versions or {}, {k: v for k, v in (prints or {}).items() if k in sdks}
    for sdk in prints:
        signs[sdk].add("fingerprint")
    for sdk in set(hosts):
        if sdk in signs:
            signs[sdk].add("domain")
    out = []
    for sdk, by in sorted(signs.items()):
        entry, said = sdks[sdk], versions.get(sdk)
        told, seen, share = prints.get(sdk, ((), 0, None))
        version = said.version if said else told[0] if len(told) == 1 else None
        version_by = said.by if said else "fingerprint" if version else None
        out.append(
            {
                "kind": "sdk", "exhibit": exhibit, "where": "", "id": sdk, "name": entry.name.zh, "name_en": entry.name.en,
                "vendor": entry.vendor.zh, "vendor_en": entry.vendor.en, "purpose": entry.purpose, "version": version,
                "version_by": version_by, "versions": [] if version else list(told), "likeness": None if share is None else round(share, 3),
                "classes": classes[sdk] or seen, "components": parts[sdk], "libs": files[sdk],
                "confidence": "high" if classes[sdk] > 1 or len(by) > 1 or "fingerprint" in by else "low", "by": sorted(by),
                "personal": None if entry.personal == "unknown" else entry.personal,
            }
        )  # fmt: skip
    return out
