"""Kinds that an exhibit of their channel may lack: a walk for measuring holds no screen events, so nothing about them passes."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha import catalogue
from mingcha.judge.engine import decide
from mingcha.judge.match import FactIndex

from .make import APP

WALK: dict[str, Any] = {"kind": "ui-screen", "mode": "elder", "main": True}
NONE: dict[str, Any] = {"kind": "limitation", "code": "no-screen-events", "detail": ""}
EVENT: dict[str, Any] = {"kind": "screen-event", "event": "consent-dialog", "t": 1.0}


@pytest.mark.parametrize("rule", ["consent-preticked", "exit-on-refusal", "popup-close-missing"])
def test_a_walk_without_events_says_nothing_of_them(rule: str) -> None:
    loaded = catalogue.load()
    decision = decide(loaded.rules[rule], FactIndex([WALK, NONE], loaded, {"screens"}), APP)
    assert (decision.outcome, decision.reasons[-1]) == ("cantTell", "limitation:no-screen-events")


def test_beside_a_record_of_events_it_stands_in_nobodys_way() -> None:
    loaded = catalogue.load()
    index = FactIndex([WALK, NONE, EVENT], loaded, {"screens"})
    assert not index.unseen("screen-event")
    assert "limitation:no-screen-events" not in decide(loaded.rules["exit-on-refusal"], index, APP).reasons


def test_other_kinds_and_rules_are_not_concerned() -> None:
    loaded = catalogue.load()
    index = FactIndex([WALK, NONE], loaded, {"screens"})
    assert not index.unseen("ui-ad")
    assert index.unseen("screen-event")
    assert decide(loaded.rules["elder-app-ads"], index, APP).outcome == "passed"
