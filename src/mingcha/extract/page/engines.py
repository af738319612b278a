"""What axe-core found, as facts. Its rules are explained in the catalogue (lists/web-checks), never in its own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mingcha.extract.page.load import Record
from mingcha.extract.page.measure import numbers

_PLACES = 20  # of one check and page that become facts; `total` counts all

# Group of each rule by its criterion, for a rule of an axe version that the catalogue does not know yet.
_GROUPS = {"1.1": "names", "1.2": "media", "1.3": "structure", "1.4": "contrast", "2.1": "keyboard", "2.2": "time", "2.4": "structure", "2.5": "keyboard", "3.1": "language", "3.2": "forms", "3.3": "forms", "4.1": "names"}


def axe(record: Record, known: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """Facts `engine-run` and `web-check` of a page on which axe ran. `known`: checks that the catalogue explains, whose
    group and level hold."""
    found = record.part("axe")
    if not isinstance(found, dict):
        return
    others = record.part("second")
    second = [o for o in others if isinstance(o, dict)] if isinstance(others, list) else None
    about = {r["id"]: r for r in found.get("rules", []) if isinstance(r, dict) and "id" in r}
    base = {"page": record.id, "profile": record.profile, "mode": record.mode, "engine": "axe"}
    yield {"kind": "engine-run", "where": record.id, **base, "version": str(found.get("version", ""))[:20], "passed": [str(p) for p in found.get("passes", [])][:200]}
    for result, key in (("failed", "violations"), ("unsure", "incomplete")):
        for entry in found.get(key, [])[:200]:
            rule = about.get(entry["id"], {})
            tags = [str(t) for t in rule.get("tags", [])]
            said = (known or {}).get(entry["id"])
            wcag = [f"{t[4]}.{t[5]}.{t[6:]}" for t in tags if t.startswith("wcag") and t[4:].isdigit() and len(t) > 6]
            for node in entry.get("nodes", [])[:_PLACES]:
                yield {
                    "kind": "web-check", "where": f"{record.id}#{node.get('target', '')}", **base, "check": str(entry["id"])[:60], "group": said.group if said else group(wcag), "level": said.level if said else level(tags), "result": result,
                    "wcag": wcag, "act": [str(a) for a in rule.get("act", [])], "target": str(node.get("target", ""))[:300], "html": str(node.get("html", ""))[:300], "text": str(node.get("why", ""))[:300],
                    "total": int(entry.get("total") or 1), "box": numbers(node.get("box")),
                    "agreed": None if second is None else _agreed(second, wcag, node.get("box")),
                }  # fmt: skip


def _agreed(second: list[dict[str, Any]], wcag: list[str], box: Any) -> bool:
    """Whether the second engine finds a fault of the same criterion at the same element."""
    return any(isinstance(o.get("wcag"), list) and set(o["wcag"]) & set(wcag) and box is not None and o.get("box") == box for o in second)


def level(tags: list[str]) -> str:
    """`wcag` where a rule tests a success criterion and its makers stand by it, else `advice`."""
    sure = any(t.startswith("wcag") and t[4:].isdigit() for t in tags) and not {"experimental", "deprecated"} & set(tags) and not any(t.endswith("aaa") for t in tags)
    return "wcag" if sure else "advice"


def group(wcag: list[str]) -> str:
    """Group of a check by its first criterion."""
    if "1.4.4" in wcag or "1.4.10" in wcag or "1.4.12" in wcag or "1.3.4" in wcag:
        return "zoom"
    return next((_GROUPS[w.rpartition(".")[0]] for w in wcag if w.rpartition(".")[0] in _GROUPS), "structure")
