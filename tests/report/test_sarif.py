"""The SARIF log keeps to what SARIF 2.1.0 and code hosts require, and is stable."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from mingcha.report import render
from mingcha.report.sarif import LEVEL

from .fixture import APP, PUSH, call, clean, finding, inspection, large, other


def run_of(value: Any, lang: str = "zh") -> dict[str, Any]:
    log = json.loads(render(value, "sarif", lang))
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    assert len(log["runs"]) == 1
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("make", [inspection, clean, large])
def test_essential_constraints(make: Any, lang: str) -> None:
    run = run_of(make(), lang)
    driver = run["tool"]["driver"]
    assert driver["name"] == "mingcha"
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", driver["semanticVersion"])
    assert re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", run["language"])
    assert re.fullmatch(r"[^ ]+/", run["automationDetails"]["id"])
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert 0 <= float(rule["properties"].get("security-severity", "0")) <= 10
        assert len(rule["properties"]["tags"]) <= 20
    for artifact in run["artifacts"]:
        assert re.fullmatch(r"[0-9a-f]{64}", artifact["hashes"]["sha-256"])
    assert len(run["results"]) <= 25_000
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["kind"] in ("fail", "review")
        # 3.27.10: with any kind but fail, the level is none or absent
        assert ("level" in result) == (result["kind"] == "fail")
        assert result.get("level", "none") in ("error", "warning", "note", "none")
        assert result["message"]["text"]
        assert not re.search(r"(?<!\{)\{(?!\{)\d", result["message"]["text"])
        assert len(result["locations"]) == 1
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?!/)(?![A-Za-z][A-Za-z0-9+.-]*:)[A-Za-z0-9._~%/-]+", uri)
        if "index" in place["artifactLocation"]:
            assert run["artifacts"][place["artifactLocation"]["index"]]["location"]["uri"] == uri
        assert place["region"]["startLine"] >= 1
        for logical in result["locations"][0].get("logicalLocations", []):
            assert logical["fullyQualifiedName"]
        assert re.fullmatch(r"[0-9a-f]{64}", result["partialFingerprints"]["ruleCallerCallee/v1"])
    prints = [(r["ruleId"], r["partialFingerprints"]["ruleCallerCallee/v1"]) for r in run["results"]]
    assert len(prints) == len(set(prints))


def test_failures_and_leads_are_results_and_nothing_else_is() -> None:
    value = inspection()
    run = run_of(value)
    by_kind = {k: {r["ruleId"] for r in run["results"] if r["kind"] == k} for k in ("fail", "review")}
    failed = {f.rule: f for f in value.findings if f.outcome == "failed"}
    assert by_kind["fail"] == set(failed)
    assert by_kind["review"] == {
        "app-list-query-all",
        "rival-package-names",
        "self-start-receiver",
        "location-by-ads",
    }
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        if result["kind"] == "fail":
            assert result["level"] == LEVEL[failed[result["ruleId"]].severity]
        else:
            assert rule["defaultConfiguration"]["level"] == "note"
            assert "security-severity" not in rule["properties"]
            assert result["message"]["text"].startswith("线索，非违规结论")


def test_a_place_in_code_is_a_logical_location() -> None:
    run = run_of(inspection())
    found = next(r for r in run["results"] if r["ruleId"] == "location-by-ads")
    logical = found["locations"][0]["logicalLocations"][0]
    assert logical["fullyQualifiedName"] == "com.bytedance.sdk.openadsdk.l.c.d"
    assert logical["kind"] == "function"
    assert logical["name"] == "d"
    assert logical["decoratedName"] == "Lcom/bytedance/sdk/openadsdk/l/c;->d()V"
    assert "android.location.LocationManager.getLastKnownLocation" in found["message"]["text"]


CALLER, CALLEE = "La/B;->c()V", "Landroid/x/Y;->z()V"


def fingerprints(**more: Any) -> list[str]:
    evidence = [call(CALLER, CALLEE, PUSH, "imei", **more)]
    run = run_of(inspection([finding("rule", "C5-13", "failed", "甲", "a", evidence=evidence)]))
    return [r["partialFingerprints"]["ruleCallerCallee/v1"] for r in run["results"]]


def test_fingerprints_outlive_a_new_build_but_tell_places_apart() -> None:
    assert fingerprints() == fingerprints(dex="classes9.dex")
    moved = [call("La/B;->d()V", CALLEE, PUSH, "imei")]
    run = run_of(inspection([finding("rule", "C5-13", "failed", "甲", "a", evidence=moved)]))
    assert run["results"][0]["partialFingerprints"]["ruleCallerCallee/v1"] not in fingerprints()


def test_the_same_place_twice_is_one_result() -> None:
    twice = [call(CALLER, CALLEE, PUSH, "imei"), call(CALLER, CALLEE, PUSH, "imei", dex="b.dex")]
    run = run_of(inspection([finding("rule", "C5-13", "failed", "甲", "a", evidence=twice)]))
    assert len(run["results"]) == 1


def test_a_failure_without_evidence_still_has_a_place() -> None:
    run = run_of(inspection([finding("rule", "C5-13", "failed", "甲", "a", reasons=("absence",))]))
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["index"] == 0
    bare = msgspec.structs.replace(inspection([finding("rule", "C5-13", "failed", "甲", "a")]), exhibits=())
    location = run_of(bare)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "com.lucky.bill"}


def test_package_text_cannot_act() -> None:
    hostile = "x [click](file:///etc/passwd) {0} \u202e\x1b[31m `code` ![i](u)"
    run = run_of(
        inspection(
            [finding("rule", "C5-13", "failed", hostile, hostile, evidence=[other("url", hostile, APP)])]
        )
    )
    text = run["results"][0]["message"]["text"]
    assert "\\[click\\]" in text
    assert "{{0}}" in text
    markdown = run["tool"]["driver"]["rules"][0]["help"]["markdown"]
    assert "\\[click\\]" in markdown
    assert "\\`code\\`" in markdown
    raw = render(inspection(), "sarif")
    assert isinstance(raw, bytes)
    shown = raw.decode()
    assert "\u202e" not in shown
    assert "\\u001b" not in shown


def test_limitations_and_broken_rules_are_notifications() -> None:
    run = run_of(inspection(), "en")
    invocation = run["invocations"][0]
    assert invocation["executionSuccessful"] is False
    texts = [n["message"]["text"] for n in invocation["toolExecutionNotifications"]]
    assert any("libjiagu.so" in text for text in texts)
    assert any(
        n.get("associatedRule", {}).get("id") == "broken-check"
        for n in invocation["toolExecutionNotifications"]
    )
    assert run_of(clean())["invocations"][0] == {
        "executionSuccessful": True,
        "toolExecutionNotifications": [],
    }
