"""Flags that keep code from running before the user acts (under construction)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mingcha.extract.package.graph.reach import Reach
from mingcha.extract.package.graph.world import World


@dataclass(slots=True)
class Guard:
    flag: str
    by_act: bool

    def fields(self, world: World) -> dict[str, Any]:
        return {"guard": self.flag}


@dataclass(slots=True)
class Guards:
    first: Reach
    closed: dict[int, Guard] = field(default_factory=dict)

    def on(self, events: list[int]) -> Guard | None:
        return next((self.closed[e] for e in events if e in self.closed), None)


def find(startup: Any, ui: Any) -> Guards:
    return Guards(startup.reach)
