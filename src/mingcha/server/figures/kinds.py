"""What is counted: the figures of `figures.yml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml

from mingcha.server.texts import Words

DIMENSIONS = ("", "aspect", "type", "scenario", "issue", "province", "store", "sdk", "kind", "app-type")
"""By what figures are told apart; the empty one is the whole."""
Condition = Literal["in-time", "lead-in-time"]


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"when": "if"}):
    """One figure."""

    text: Words
    what: Words
    events: tuple[str, ...]
    once: Literal["event", "subject"] = "event"
    when: Condition | None = None
    of: str | None = None
    public: bool = False


@cache
def figures() -> dict[str, Figure]:
    """All figures by key, in the order in which they are shown."""
    found = msgspec.convert(yaml.safe_load((files(__package__) / "figures.yml").read_text("utf-8")), dict[str, Figure])
    if wrong := [k for k, f in found.items() if f.of and f.of not in found]:
        raise ValueError(f"shares of nothing: {wrong}")
    return found


@cache
def by_event() -> dict[str, tuple[str, ...]]:
    """Act → the figures that count it."""
    acts = {a for f in figures().values() for a in f.events}
    return {a: tuple(k for k, f in figures().items() if a in f.events) for a in acts}
