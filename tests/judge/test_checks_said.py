"""What is said of one receiver, in wide words or not at all, and what was refused, against what was done."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.catalogue import load
from mingcha.judge import checks
from mingcha.judge.checks import CheckResult
from mingcha.judge.match import FactIndex
from mingcha.model import Subject

from .make import CHANNELS, fact

CATALOGUE = load()
ITEMS = ["unchangeable-id", "resettable-id", "location", "installed-apps"]
JPUSH = {"kind": "sdk", "id": "jpush", "name": "极光推送"}
APP = {"kind": "app", "id": "com.example", "name": ""}


def run(name: str, *facts: dict[str, Any], observed: tuple[str, ...] = CHANNELS) -> CheckResult:
    return checks.find(name)(FactIndex(facts, CATALOGUE, observed), CATALOGUE, {"items": ITEMS}, Subject(kind="app"))


def said(*items: str, **more: Any) -> dict[str, Any]:
    return fact("statement", **{"actor": "first", "act": "collect", "items": list(items), "polarity": True, "quote": "我们收集"} | more)


def row(sdk: str, *items: str) -> dict[str, Any]:
    return fact("sdk-listing", name=sdk, sdk=sdk, items=list(items), quote=sdk)


def did(item: str, owner: dict[str, Any] = APP, **more: Any) -> dict[str, Any]:
    return fact("behaviour", **{"t": 9.0, "item": item, "owner": owner, "result": "ok", "state": "foreground"} | more)


def went(item: str, party: str = "third", **more: Any) -> dict[str, Any]:
    return fact("transmit", **{"t": 9.0, "item": item, "party": party, "by": "seed", "host": "stats.jpush.cn", "sdk": "jpush" if party == "third" else None} | more)


def found(result: CheckResult) -> tuple[bool | None, bool, int]:
    return result.failed, result.suspect, len(result.evidence)


CLEAR, OPEN = (False, False, 0), (None, False, 0)


@pytest.mark.parametrize("name", ["item-vague", "sdk-item-unlisted", "receiver-undisclosed", "denied-yet-shared"])
def test_without_a_policy_nothing_can_be_told(name: str) -> None:
    result = run(name, did("imei"), went("imei"), observed=("behaviour", "traffic"))
    assert (found(result), list(result.reasons)) == (OPEN, ["no-policy"])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([said("device-info"), did("imei")], (False, True, 2)),
        ([said("device-info"), did("imei"), did("oaid")], (False, True, 3)),  # the statement once
        ([said("device-info", "imei"), did("imei")], CLEAR),
        ([said("device-info"), row("jpush", "imei"), did("imei")], CLEAR),  # named somewhere
        ([said("device-info"), did("os-version")], CLEAR),
        ([said("phone-number"), did("imei")], CLEAR),
        ([said("device-info", polarity=False), did("imei")], CLEAR),
        ([said("device-info"), did("imei", result="denied")], CLEAR),
        ([said("device-info"), went("imei", by="shape")], CLEAR),
        ([said("device-info"), row("jpush", "android-id"), did("imei", JPUSH)], CLEAR),  # measured by its own row
        ([said("device-info"), did("imei", JPUSH)], (False, True, 2)),
    ],
)
def test_wide_words(facts: list[dict[str, Any]], expected: tuple[bool | None, bool, int]) -> None:
    assert found(run("item-vague", *facts)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([said("imei"), row("jpush", "android-id"), did("imei", JPUSH)], (False, True, 2)),
        ([said("imei"), row("jpush", "android-id"), went("imei")], (False, True, 2)),
        ([said("imei"), row("jpush", "device-id"), did("imei", JPUSH)], CLEAR),
        ([said("imei"), row("jpush"), did("imei", JPUSH)], CLEAR),  # nobody understood its data
        ([said("imei"), did("imei", JPUSH)], CLEAR),  # no row
        ([row("jpush", "android-id"), did("imei", JPUSH)], CLEAR),  # stated nowhere
        ([said("imei"), row("jpush", "android-id"), did("imei")], CLEAR),
        ([said("imei"), row("jpush", "android-id"), row("jpush-core", "imei"), did("imei", JPUSH)], None),
    ],
)
def test_rows_of_sdks(facts: list[dict[str, Any]], expected: tuple[bool | None, bool, int] | None) -> None:
    if expected is None:  # another product of the vendor lists it
        vendor = CATALOGUE.sdks["jpush"].vendor
        other = next(s.id for s in CATALOGUE.sdks.values() if s.vendor == vendor and s.id != "jpush")
        facts = [*facts[:2], row(other, "imei"), facts[-1]]
        expected = CLEAR
    assert found(run("sdk-item-unlisted", *facts)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([said("imei"), went("imei")], (False, True, 1)),
        ([row("jpush", "imei"), went("imei")], CLEAR),
        ([said("imei", quote="推送由深圳市和讯华谷信息技术有限公司提供"), went("imei")], CLEAR),
        ([said("imei", quote="数据发送至 jpush.cn"), went("imei", domain="jpush.cn")], CLEAR),
        ([said("imei", quote="推送由极光推送提供"), went("imei")], CLEAR),
        ([said("imei", quote="向深圳市某某有限公司提供"), went("imei")], (False, True, 1)),  # a company, but not this one
        ([said("imei", quote="北京某某有限公司"), went("imei", host="api.map.baidu.com", sdk="baidu-map")], (False, True, 1)),
        ([said("imei"), went("os-version")], CLEAR),
        ([said("imei"), went("imei", "first")], CLEAR),
        ([said("imei"), went("imei", "unknown")], OPEN),
        ([said("imei"), went("imei", "unknown"), went("imei")], (False, True, 1)),
    ],
)
def test_receivers(facts: list[dict[str, Any]], expected: tuple[bool | None, bool, int]) -> None:
    assert found(run("receiver-undisclosed", *facts)) == expected


NEVER = said(act="deny", denies="share", polarity=False)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([NEVER, went("imei")], (False, True, 2)),
        ([NEVER | {"condition": "未经您同意"}, went("imei")], CLEAR),
        ([NEVER | {"denies": "collect"}, went("imei")], CLEAR),
        ([NEVER | {"items": ["location"]}, went("imei")], CLEAR),
        ([NEVER | {"items": ["device-info"]}, went("imei")], (False, True, 2)),
        ([NEVER, said(act="share"), went("imei")], CLEAR),
        ([NEVER, row("umeng-common", "imei"), went("imei")], CLEAR),
        ([NEVER | {"actor": "third"}, went("imei")], CLEAR),
        ([NEVER, went("imei", "unknown")], OPEN),
        ([said("imei"), went("imei", "unknown")], CLEAR),  # nothing was denied
    ],
)
def test_denials_of_sharing(facts: list[dict[str, Any]], expected: tuple[bool | None, bool, int]) -> None:
    assert found(run("denied-yet-shared", *facts)) == expected


FINE, COARSE = "android.permission.ACCESS_FINE_LOCATION", "android.permission.ACCESS_COARSE_LOCATION"


def ask(t: float, answer: str, permission: str = FINE) -> dict[str, Any]:
    return fact("permission-ask", t=t, permission=permission, answer=answer)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([ask(5, "denied"), did("precise-location")], (False, True, 2)),
        ([ask(5, "denied-forever"), did("precise-location")], (False, True, 2)),
        ([ask(5, "denied"), did("precise-location", t=1.0, last=9.0)], (False, True, 2)),  # it went on
        ([ask(5, "denied"), did("precise-location", t=1.0, last=2.0)], CLEAR),  # before anybody asked
        ([ask(1, "granted"), ask(5, "denied"), did("precise-location")], CLEAR),
        ([ask(5, "dismissed"), did("precise-location")], CLEAR),
        ([ask(5, "denied"), did("precise-location", result="unknown")], CLEAR),
        ([ask(5, "denied", "android.permission.CAMERA"), did("precise-location")], CLEAR),
        ([ask(5, "denied"), did("wifi-ssid")], CLEAR),  # a permission without a dialog yields it too
        ([ask(5, "denied"), ask(6, "granted", COARSE), did("location")], CLEAR),
    ],
)
def test_what_was_refused(facts: list[dict[str, Any]], expected: tuple[bool | None, bool, int]) -> None:
    assert found(run("refused-yet-obtained", *facts)) == expected
