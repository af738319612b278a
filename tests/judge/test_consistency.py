"""What is said, can be done, was done and was sent, side by side."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha import catalogue
from mingcha.judge.consistency import VERDICTS, table

CAT = catalogue.load()
SDK = "jpush" if "jpush" in CAT.sdks else next(s.id for s in CAT.sdks.values() if s.personal)
APP, PUSH = {"kind": "app", "id": "a", "name": "示例"}, {"kind": "sdk", "id": SDK, "name": "推送"}
ALL = ("package", "policy", "behaviour", "traffic")
DOC = {"kind": "policy-document", "exhibit": "p", "document": "policy"}


def said(*items: str, **more: Any) -> dict[str, Any]:
    return {"kind": "statement", "exhibit": "p", "where": "1", "actor": "first", "act": "collect", "items": list(items),
            "polarity": True, "quote": "我们收集", "offset": 0} | more  # fmt: skip


def called(item: str = "imei", owner: dict[str, str] = APP, **more: Any) -> dict[str, Any]:
    return {"kind": "behaviour", "exhibit": "b", "where": "line 3", "t": 2.5, "api": "x", "item": item, "owner": owner,
            "state": "foreground", "result": "ok", "stack": []} | more  # fmt: skip


def sent(item: str = "imei", **more: Any) -> dict[str, Any]:
    return {"kind": "transmit", "exhibit": "t", "where": "7", "t": 3.0, "item": item, "form": "md5", "host": "api.example.cn",
            "party": "first", "vendor": None, "clear": False, "by": "seed"} | more  # fmt: skip


def path(item: str = "imei", owner: dict[str, str] = APP, **more: Any) -> dict[str, Any]:
    return {"kind": "startup-path", "exhibit": "k", "where": "classes.dex", "caller": "La;->b()V", "callee": "x", "item": item,
            "group": "item", "owner": owner, "verdict": "reachable"} | more  # fmt: skip


def rows(*facts: dict[str, Any], observed: tuple[str, ...] = ALL) -> dict[tuple[str, str], dict[str, Any]]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for f in (DOC, *facts):
        kinds.setdefault(f["kind"], []).append(f)
    found = table(kinds, CAT, observed)
    return {(r["item"], r["receiver"]["id"] or r["receiver"]["kind"]): r for r in found["rows"]}


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([said("imei")], "disclosed"),
        ([said("device-info", "unchangeable-id")], "vague"),
        ([], "omitted"),
        ([said("imei", polarity=False)], "contradicted"),
        ([said("imei", polarity=False, condition="未经您同意")], "omitted"),
        ([said("imei", polarity=False), said("imei")], "disclosed"),
        ([said("imei", sdk=SDK)], "omitted"),
        ([said("android-id")], "omitted"),
    ],
)  # fmt: skip
def test_a_call_of_the_app_against_the_text(statements: list[dict[str, Any]], verdict: str) -> None:
    assert rows(*statements, called())["imei", "app"]["verdict"] == verdict


def test_a_call_of_unknown_result_contradicts_nothing() -> None:
    got = rows(said("imei", polarity=False), called(result="unknown"))["imei", "app"]
    assert (got["verdict"], got["called"]["count"], got["called"]["sure"]) == ("vague", 1, 0)
    assert rows(said("imei", polarity=False), called(result="unknown"), sent())["imei", "app"]["verdict"] == "contradicted"


def test_an_sdk_is_told_by_its_own_row_and_by_no_statement_of_the_operator() -> None:
    listing = {"kind": "sdk-listing", "exhibit": "p", "where": "table 1", "name": "推送", "items": ["imei"], "sdk": SDK}
    call = called(owner=PUSH)
    assert rows(said("imei"), call)["imei", SDK]["verdict"] == "omitted"
    got = rows(listing, call)["imei", SDK]
    assert got["verdict"] == "disclosed" and got["declared"]["how"] == "listed"
    other = rows(listing | {"items": ["mac-address"]}, call)["imei", SDK]
    assert other["verdict"] == "omitted" and other["declared"]["listed"]


def test_what_a_limitation_hides_is_no_omission() -> None:
    cut = {"kind": "limitation", "exhibit": "p", "where": "", "code": "truncated", "detail": ""}
    assert rows(called(), cut)["imei", "app"]["verdict"] == "not-read"
    assert rows(called(), cut | {"exhibit": "k"})["imei", "app"]["verdict"] == "omitted"
    assert rows(called(), observed=("behaviour",))["imei", "app"]["verdict"] == "not-read"


def test_attempts_leads_and_mere_code_are_kept_apart() -> None:
    got = rows(said("imei"), called(), called(result="denied", count=3), sent(), sent(by="shape"), path())["imei", "app"]
    assert (got["called"]["count"], got["called"]["attempts"]) == (1, 3)
    assert (got["sent"]["count"], got["sent"]["leads"], got["sent"]["forms"]) == (1, 1, ["md5"])
    assert (got["code"]["verdict"], got["ground"]) == ("reachable", "run")
    assert rows(path())["imei", "app"]["ground"] == "code"
    denied = said("imei", polarity=False)
    assert rows(denied, path())["imei", "app"]["verdict"] == "vague"  # code alone contradicts nobody


def test_another_company_s_host_is_covered_by_no_statement_of_collecting() -> None:
    out = sent(party="third", host="track.example.com", vendor=None)
    assert rows(said("imei"), out)["imei", "track.example.com"]["verdict"] == "omitted"
    given = said("imei", act="share", receiver="合作方")
    assert rows(given, out)["imei", "track.example.com"]["verdict"] == "vague"
    assert rows(said("imei"), sent(party="unknown"))["imei", "api.example.cn"]["verdict"] == "disclosed"


def test_over_declared_needs_code_and_a_run() -> None:
    assert rows(said("imei"))["imei", "app"]["verdict"] == "over-declared"
    assert rows(said("imei"), observed=("policy", "package")) == {}


def test_what_people_type_and_what_only_a_child_shows_is_not_over_declared() -> None:
    assert rows(said("name"), said("phone-number")) == {}  # no interface needs to yield them
    assert rows(said("imei", actor="user")) == {}
    assert ("location", "app") not in rows(said("location"), path("precise-location"))
    package = {"kind": "package", "exhibit": "k", "where": ""}
    hidden = {"kind": "limitation", "exhibit": "k", "where": "", "code": "packed", "detail": ""}
    assert rows(said("imei"), package)["imei", "app"]["verdict"] == "over-declared"
    assert rows(said("imei"), package, hidden) == {}


def test_the_worst_comes_first_and_figures_count_all() -> None:
    kinds = {"policy-document": [DOC], "statement": [said("imei"), said("imsi", polarity=False)],
             "behaviour": [called(), called("imsi"), called("android-id")]}  # fmt: skip
    found = table(kinds, CAT, ALL)
    assert [r["verdict"] for r in found["rows"]] == ["contradicted", "omitted", "disclosed"]
    assert set(found["counts"]) == set(VERDICTS) and sum(found["counts"].values()) == 3


def test_a_package_alone_has_no_table() -> None:
    assert table({"startup-path": [path()]}, CAT, ("package",)) == {}


@pytest.mark.parametrize("junk", [{"items": None}, {"items": ["no-such-item"]}, {"item": 7}, {"t": "x", "count": "y"}, {"owner": None}])
def test_odd_facts_do_no_harm(junk: dict[str, Any]) -> None:
    rows(said("imei") | junk, called() | junk, sent() | junk, path() | junk)


@pytest.mark.parametrize(
    "statement",
    [said("imei", actor="sdk"), said("imei", actor="third"), said("imei", act="share", quote="我们接入示例SDK"), said("imei", act="share", receiver="合作方")],
)
def test_what_an_unknown_sdk_or_company_does_is_not_the_app_s(statement: dict[str, Any]) -> None:
    assert rows(statement, called())["imei", "app"]["verdict"] == "omitted"
    assert rows(said("imei", act="share"), called())["imei", "app"]["verdict"] == "disclosed"  # nobody else is spoken of


def test_a_definition_declares_nothing_by_name() -> None:
    assert rows(said("imei", by="definition"), called())["imei", "app"]["verdict"] == "vague"


def test_a_product_goes_by_the_name_of_a_near_relation_only() -> None:
    located = {"kind": "sdk", "id": "baidu-location", "name": "定位"}
    assert rows(said("imei", sdk="baidu-map"), called(owner=located))["imei", "baidu-location"]["verdict"] == "vague"
    assert rows(said("imei", sdk="baidu-location"), called(owner=located))["imei", "baidu-location"]["verdict"] == "disclosed"
    tencent = {"kind": "sdk", "id": "tencent-location", "name": "定位"}
    assert rows(said("imei", sdk="wechat-opensdk"), called(owner=tencent))["imei", "tencent-location"]["verdict"] == "omitted"


def test_a_framework_does_what_the_app_s_scripts_ask() -> None:
    framework = {"kind": "sdk", "id": "react-native", "name": "React Native"}
    assert set(rows(said("imei"), called(owner=framework))) == {("imei", "app")}


def test_passages_are_told_once() -> None:
    one = said("imei")
    assert len(rows(one, one | {"act": "use"}, said("imei", where="2"), called())["imei", "app"]["declared"]["passages"]) == 2


def test_what_is_not_shared_or_kept_may_be_obtained() -> None:
    for denies in ("share", "store", "use"):
        assert rows(said("imei", polarity=False, denies=denies), called())["imei", "app"]["verdict"] == "omitted"
    assert rows(said("imei", polarity=False, denies="collect"), called())["imei", "app"]["verdict"] == "contradicted"
