"""Own checks of a page's tree: what engines miss. One module for each group; a check is a function that yields `Found`.

They are general: each follows the success criterion or the ACT rule it names, and says `unsure` where only a person can tell.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from mingcha.extract.page.load import Record
from mingcha.extract.page.measure import extent, numbers
from mingcha.extract.page.snapshot import Node, Snapshot

_PLACES = 20


class Found(NamedTuple):
    """One fault: where, in what words, and whether it is `failed` or only `unsure`."""

    node: Node | None
    text: str = ""
    result: str = "failed"


Check = Callable[[Record, Snapshot], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class About:
    """What a check tests. `level`: wcag, or advice where no criterion of level A or AA is broken."""

    id: str
    group: str
    wcag: tuple[str, ...]
    act: tuple[str, ...]
    level: str
    run: Check


CHECKS: dict[str, About] = {}


def check(name: str, group: str, wcag: tuple[str, ...] = (), act: tuple[str, ...] = (), level: str = "wcag") -> Callable[[Check], Check]:
    """Register a check; its words stand in lists/web-checks/own.yml."""

    def register(function: Check) -> Check:
        if name in CHECKS:
            raise ValueError(f"two checks named {name}")
        CHECKS[name] = About(name, group, wcag, act, level, function)
        return function

    return register


@cache
def load() -> dict[str, About]:
    """All checks by id."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        import_module(f"{__name__}.{module}")
    return CHECKS


def run(record: Record) -> Iterator[dict[str, Any]]:
    """Facts `engine-run` and `web-check` of the own checks on a page."""
    snapshot = record.snapshot()
    if snapshot is None:
        return
    base = {"page": record.id, "profile": record.profile, "mode": record.mode, "engine": "mingcha"}
    clean = []
    for about in load().values():
        found = list(about.run(record, snapshot))
        if not found:
            clean.append(about.id)
        for one in found[:_PLACES]:
            path = one.node.path() if one.node is not None else ""
            yield {
                "kind": "web-check", "where": f"{record.id}#{path}" if path else record.id, **base, "check": about.id, "group": about.group, "level": about.level, "result": one.result, "wcag": list(about.wcag), "act": list(about.act),
                "target": path, "html": one.node.html() if one.node is not None else "", "text": one.text[:300], "total": len(found), "box": numbers(extent(one.node)) if one.node is not None else [], "agreed": None,
            }  # fmt: skip
    yield {"kind": "engine-run", "where": record.id, **base, "version": "1", "passed": clean}
