"""Names that a result holds only as codes: scenarios, issue types, limitations, app types.

They come from the catalogue at hand. Where it cannot be read the codes stand alone: a saved
result must render all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

from mingcha import catalogue
from mingcha.catalogue import Catalogue
from mingcha.catalogue.loader import texts
from mingcha.errors import RuleError


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


@cache
def known() -> Catalogue:
    """The catalogue, or an empty one where it cannot be read."""
    try:
        return catalogue.load()
    except (RuleError, OSError):
        return Catalogue()


@cache
def packers() -> dict[str, dict[str, str]]:
    """Packer by id; `unnamed` is what has the signs of one and of none in particular."""
    found = {p.id: texts(p.name) for p in known().packers.values()}
    return {"unnamed": {"zh": "未识别的加固产品", "en": "packer not recognised"}, **found}


@cache
def packer_called() -> dict[str, dict[str, str]]:
    """The same by the Chinese name."""
    return {name["zh"]: name for name in packers().values()}


@cache
def sdk_names() -> dict[str, dict[str, str]]:
    """Names of all SDKs of the catalogue by id."""
    return {id_: texts(sdk.name) for id_, sdk in known().sdks.items()}


@cache
def item_names() -> dict[str, dict[str, str]]:
    """Names of all data items and capabilities by id."""
    return {id_: texts(e.name) for known_ in (known().capabilities, known().items) for id_, e in known_.items()}


@cache
def aspects() -> tuple[Aspect, ...]:
    """Aspects with their types and scenarios in the order of the catalogue."""
    return tuple(
        Aspect(a.code, texts(a.name), tuple(Type(t.n, texts(t.name), _scenarios(t.scenarios)) for t in a.types))
        for a in known().aspects.values()
    )


def _scenarios(rows: Iterable[Any]) -> tuple[Scenario, ...]:
    return tuple(Scenario(s.code, texts(s.name), s.status) for s in rows)


@cache
def scenarios() -> dict[str, Scenario]:
    """Scenario by code."""
    return {s.code: s for aspect in aspects() for kind in aspect.types for s in kind.scenarios}


def _named(entries: Mapping[Any, Any]) -> dict[Any, Named]:
    return {
        key: Named(texts(e.name), hint=texts(e.hint) if hasattr(e, "hint") else {}) for key, e in entries.items()
    }


@cache
def issue_types() -> dict[str, Named]:
    """Issue type of public lists by id."""
    return _named(known().issue_types)


@cache
def limitations() -> dict[str, Named]:
    """Limitation by code, with a hint how to see more."""
    return _named(known().limitations)


@cache
def word_lists() -> dict[str, dict[str, str]]:
    """Names of word lists by id, and of their entries by `list/entry`."""
    lists = known().words
    entries = {f"{id_}/{e.id}": texts(e.name) for id_, words in lists.items() for e in words.entries}
    return {id_: texts(words.name) for id_, words in lists.items()} | entries


@cache
def policy_elements() -> dict[str, dict[str, str]]:
    """Names of what a policy is expected to say, by id."""
    return {id_: texts(e.name) for id_, e in known().policy_elements.items()}


def record(rule: str) -> dict[str, str]:
    """What a rule has to have on record before it passes; empty where it names nothing or is not known."""
    found = known().rules.get(rule)
    return texts(found.evidence.record) if found and found.evidence.record else {}


@cache
def sdk_versions() -> dict[str, dict[str, str]]:
    """What is known against versions of SDKs, by id."""
    return {id_: texts(e.what) for id_, e in known().sdk_versions.items()}


@cache
def patterns() -> dict[str, Named]:
    """Way of coding by id."""
    return _named(known().patterns)


def law_kind(law: str) -> str:
    """Kind of an instrument (law, regulation, rule, notice, standard, ...); empty where unknown."""
    known_law = known().laws.get(law)
    return known_law.kind if known_law else ""


@cache
def app_types() -> dict[int, Named]:
    """App type by number (1 to 39)."""
    return _named(known().app_types)
