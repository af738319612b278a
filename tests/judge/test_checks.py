"""Named checks."""

from __future__ import annotations

from typing import Any

from mingcha.judge import checks
from mingcha.judge.checks import CheckResult
from mingcha.judge.match import FactIndex
from mingcha.model import Subject

from .make import CATALOGUE, CHANNELS, fact


def run(
    name: str,
    *facts: dict[str, Any],
    observed: tuple[str, ...] = CHANNELS,
    app_type: int | None = None,
    **params: Any,
) -> CheckResult:
    subject = Subject(kind="app", app_type=app_type)
    return checks.find(name)(FactIndex(facts, CATALOGUE, observed), CATALOGUE, params, subject)


LOCATION, CAMERA, INTERNET = (fact("permission", name=f"p.{n}") for n in ("LOCATION", "CAMERA", "INTERNET"))


def test_permission_unused() -> None:
    used = fact("api-call", permission="p.LOCATION | p.COARSE", caller="c")
    found = run("permission-unused", LOCATION, CAMERA, INTERNET, used)
    assert (found.failed, found.suspect, list(found.evidence)) == (False, True, [CAMERA])
    assert run("permission-unused", LOCATION, used).suspect is False
    # no API of the catalogue maps to it, so not seeing its use says nothing
    assert run("permission-unused", INTERNET, levels=["normal"]).suspect is False
    packed = fact("limitation", code="packed")
    assert run("permission-unused", CAMERA, packed).failed is None
    assert run("permission-unused", LOCATION, used, packed).failed is False


def test_permission_beyond_type() -> None:
    found = run("permission-beyond-type", LOCATION, CAMERA, INTERNET, app_type=5)
    assert (found.failed, found.suspect, list(found.evidence)) == (False, True, [CAMERA])
    assert run("permission-beyond-type", LOCATION, app_type=5).suspect is False
    assert run("permission-beyond-type", CAMERA).failed is None


def sdk(**given: Any) -> dict[str, Any]:
    return fact(
        "sdk",
        **{
            "id": "umeng",
            "name": "友盟统计",
            "vendor": "友盟",
            "personal": True,
            "confidence": "high",
            **given,
        },
    )


def test_sdk_undisclosed() -> None:
    assert run("sdk-undisclosed", sdk(), observed=("package",)).reasons == ["no-policy"]
    assert run("sdk-undisclosed", sdk()).suspect is True
    assert run("sdk-undisclosed", sdk(), prove=True).failed is True
    assert run("sdk-undisclosed", prove=True).failed is False
    for statement in (
        {"sdk": "umeng"},
        {"quote": "我们接入友盟统计SDK"},
        {"receiver": "友盟（北京）科技有限公司"},
    ):
        assert run("sdk-undisclosed", sdk(), fact("statement", **statement)).suspect is False
    assert run("sdk-undisclosed", sdk(), fact("statement", sdk="umeng", polarity=False)).suspect is True
    assert run("sdk-undisclosed", sdk(personal=False), sdk(confidence="low")).suspect is False


def test_item_undisclosed() -> None:
    sent = fact("transmit", item="precise-location")
    assert run("item-undisclosed", sent, observed=("traffic",)).failed is None
    assert list(run("item-undisclosed", sent).evidence) == [sent]
    assert run("item-undisclosed", sent, fact("statement", items=["location"])).suspect is False
    assert run("item-undisclosed", sent, fact("statement", items=["imei"])).suspect is True
    assert run("item-undisclosed", sent, prove=True).failed is True
    assert run("item-undisclosed", sent, kinds=["behaviour"]).suspect is False
    # capabilities and unknown words are no data items
    assert run("item-undisclosed", fact("transmit", item="dynamic-code"), fact("transmit")).suspect is False


def test_names_are_registered() -> None:
    assert checks.names() == sorted(checks.names())
    assert {"permission-unused", "permission-beyond-type", "sdk-undisclosed", "item-undisclosed"} <= set(
        checks.names()
    )
