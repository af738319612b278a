"""A small catalogue for tests of the judge: real fact kinds, everything else made up."""

from __future__ import annotations

from typing import Any

import msgspec

from mingcha.catalogue import Catalogue, load
from mingcha.catalogue.schema import Rule
from mingcha.judge.engine import Decision, decide
from mingcha.judge.match import FactIndex, Matcher, Result
from mingcha.model import Subject

T = {"zh": "文字", "en": "text"}
APP = Subject(kind="app")
KINDS = dict(load().facts)
CHANNELS = ("package", "traffic", "behaviour", "policy", "screens", "listing", "register", "links")

LISTS: dict[str, Any] = {
    "items": [
        {"id": "location", "name": T, "sensitive": True},
        {"id": "precise-location", "parent": "location", "name": T, "sensitive": True},
        {"id": "device-info", "name": T},
        {"id": "imei", "parent": "device-info", "name": T},
    ],
    "capabilities": [{"id": "dynamic-code", "name": T, "doc": T}],
    "words": [
        {
            "id": "rivals",
            "name": T,
            "doc": T,
            "entries": [{"id": "a", "name": T, "words": ["com.rival"], "prefix": ["com.other."]}],
        }
    ],
    "limitations": [{"code": "packed", "name": T, "hint": T}, {"code": "no-manifest", "name": T, "hint": T}],
    "permissions": [
        {"name": "p.LOCATION", "title": T, "level": "dangerous", "items": ["location"]},
        {"name": "p.CAMERA", "title": T, "level": "dangerous"},
        {"name": "p.INTERNET", "title": T, "level": "normal"},
    ],
    "apis": [
        {
            "class": "android.A",
            "members": [
                {"name": "locate", "item": "location", "permission": "p.LOCATION | p.COARSE"},
                {"name": "shoot", "item": "imei", "permission": "p.CAMERA"},
                {"name": "free", "item": "imei"},
            ],
        }
    ],
    "laws": [
        {
            "id": "LAW",
            "name": T,
            "issuer": T,
            "kind": "law",
            "in_force": {"from": "2020-01-01"},
            "mark": "official",
            "articles": [
                {
                    "id": "1",
                    "text": {"zh": "旧", "en": "old"},
                    "mark": "press",
                    "in_force": {"to": "2022-01-01"},
                },
                {
                    "id": "1",
                    "text": {"zh": "新", "en": "new"},
                    "mark": "official",
                    "in_force": {"from": "2022-01-01"},
                },
                {"id": "2", "text": T, "mark": "official"},
            ],
        },
        {
            "id": "DRAFT",
            "name": T,
            "issuer": T,
            "kind": "draft",
            "in_force": {},
            "mark": "official",
            "articles": [{"id": "1", "text": T, "mark": "official"}],
        },
    ],
    "app_types": [
        {
            "n": 5,
            "id": "map",
            "name": T,
            "function": T,
            "necessary": ["location"],
            "permissions": ["p.LOCATION"],
            "mark": "official",
        }
    ],
}
KEYS = {"permissions": "name", "limitations": "code", "app_types": "n", "apis": "class"}


def catalogue(*rules: Rule) -> Catalogue:
    """The lists above with these rules."""
    lists = {name: {e[KEYS.get(name, "id")]: e for e in entries} for name, entries in LISTS.items()}
    lists["rules"] = {rule.id: msgspec.to_builtins(rule) for rule in rules}
    return msgspec.structs.replace(msgspec.convert(lists, Catalogue), facts=KINDS, digest="d")


CATALOGUE = catalogue()


def rule(**given: Any) -> Rule:
    """A rule that is complete but for what the test is about."""
    return msgspec.convert(
        {
            "id": "r",
            "version": 1,
            "status": "trial",
            "scenario": "C5-13",
            **dict.fromkeys(("title", "what", "why", "fix", "limits", "shows_not"), T),
            "basis": [{"law": "LAW", "article": "1"}],
            "in_force": {},
            "subjects": ["app"],
            "severity": "serious",
            "confidence": "proved",
            "needs": ["package"],
            "evidence": {"suspect": T, "confirm": T},
            "tests": [],
            **given,
        },
        Rule,
    )


def fact(kind: str, **fields: Any) -> dict[str, Any]:
    """A fact with its place."""
    return {"kind": kind, "exhibit": "e", "where": "w", **fields}


def match(
    node: dict[str, Any],
    *facts: dict[str, Any],
    observed: tuple[str, ...] = CHANNELS,
    limits: tuple[str, ...] = (),
) -> Result:
    """Evaluate one tree."""
    return Matcher(FactIndex(facts, CATALOGUE, observed), limits).run(node)


def outcome(
    given: Rule, *facts: dict[str, Any], observed: tuple[str, ...] = ("package",), subject: Subject = APP
) -> Decision:
    """Decide one rule."""
    return decide(given, FactIndex(facts, CATALOGUE, observed), subject)
