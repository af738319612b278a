"""Data items against the app type."""

from __future__ import annotations

from typing import Any

import msgspec

from mingcha.catalogue.schema import AppType
from mingcha.judge import checks
from mingcha.judge.checks import CheckResult
from mingcha.judge.match import FactIndex
from mingcha.model import Subject

from .make import CATALOGUE, CHANNELS, T, fact

READER = AppType(n=35, id="e-books", name=T, function=T, necessary=[], mark="official")
COARSE = AppType(n=6, id="near", name=T, function=T, necessary=["precise-location"], mark="official")
CATALOGUE_39 = msgspec.structs.replace(CATALOGUE, app_types={**CATALOGUE.app_types, 35: READER, 6: COARSE})


def run(
    *facts: dict[str, Any],
    app_type: int | None = 5,
    observed: tuple[str, ...] = CHANNELS,
    **params: Any,
) -> CheckResult:
    index = FactIndex(facts, CATALOGUE_39, observed)
    subject = Subject(kind="app", app_type=app_type)
    return checks.find("item-beyond-type")(index, CATALOGUE_39, params, subject)


IMEI = fact("transmit", item="imei")
PLACE = fact("behaviour", item="precise-location", result="ok")


def test_what_the_type_does_not_need_is_suspected() -> None:
    found = run(IMEI, PLACE)
    assert (found.failed, found.suspect, list(found.evidence)) == (False, True, [IMEI])


def test_a_need_for_the_whole_covers_its_parts_and_the_other_way_round() -> None:
    assert run(PLACE).suspect is False
    assert run(fact("behaviour", item="location"), app_type=6).suspect is False


def test_only_items_asked_for() -> None:
    assert run(IMEI, items=["location"]).suspect is False
    assert run(IMEI, items=["device-info"]).suspect is True
    assert run(IMEI, kinds=["behaviour"]).suspect is False


def test_types_without_any_need() -> None:
    assert list(run(PLACE, app_type=35, no_data=True).evidence) == [PLACE]
    assert run(IMEI, app_type=5, no_data=True) == CheckResult()


def test_what_failed_or_is_no_data_item_does_not_count() -> None:
    refused = fact("behaviour", item="imei", result="denied")
    assert run(refused, fact("behaviour", item="dynamic-code"), fact("transmit")).suspect is False


def test_cannot_tell() -> None:
    assert run(IMEI, app_type=None).reasons == ["app-type"]
    assert run(observed=("package",)).reasons == ["nothing-observed"]
    assert run(observed=("traffic",)).failed is False
