"""Names that a result holds only as codes: scenarios, issue types, limitations, app types.

Read straight from the catalogue's small lists, not through its loader: a saved result must
render in a few milliseconds and also where the catalogue has become unreadable, in which
case the codes stand alone. Only the fields shown are decoded, so that a list may grow.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parent.parent / "catalogue"


class Named(msgspec.Struct, frozen=True):
    """An entry of a list by its key, with the name in both languages."""

    name: dict[str, str]
    id: str = ""
    code: str = ""
    n: int = 0
    hint: dict[str, str] = {}


class Scenario(msgspec.Struct, frozen=True):
    """One of the 22 scenarios. `status` says whose wording the name is."""

    code: str
    name: dict[str, str]
    status: str = "ours"


class Type(msgspec.Struct, frozen=True):
    """One of the 8 types."""

    n: int
    name: dict[str, str]
    scenarios: tuple[Scenario, ...]


class Aspect(msgspec.Struct, frozen=True):
    """One of the 4 aspects."""

    code: str
    name: dict[str, str]
    types: tuple[Type, ...]


def _read(path: str) -> Any:
    import yaml

    try:
        return yaml.load((ROOT / path).read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError):
        return []


@cache
def aspects() -> tuple[Aspect, ...]:
    """Aspects with their types and scenarios in the order of the catalogue."""
    try:
        return msgspec.convert(_read("aspects.yml"), tuple[Aspect, ...])
    except msgspec.ValidationError:
        return ()


@cache
def scenarios() -> dict[str, Scenario]:
    """Scenario by code."""
    return {s.code: s for aspect in aspects() for kind in aspect.types for s in kind.scenarios}


@cache
def _list(path: str) -> tuple[Named, ...]:
    try:
        return msgspec.convert(_read(path), tuple[Named, ...])
    except msgspec.ValidationError:
        return ()


@cache
def issue_types() -> dict[str, Named]:
    """Issue type of public lists by id."""
    return {entry.id: entry for entry in _list("issue_types.yml")}


@cache
def limitations() -> dict[str, Named]:
    """Limitation by code, with a hint how to see more."""
    return {entry.code: entry for entry in _list("lists/limitations.yml")}


@cache
def patterns() -> dict[str, Named]:
    """Way of coding by id."""
    return {entry.id: entry for entry in _list("lists/patterns.yml")}


@cache
def app_types() -> dict[int, Named]:
    """App type by number (1 to 39)."""
    return {entry.n: entry for entry in _list("lists/app_types.yml")}
