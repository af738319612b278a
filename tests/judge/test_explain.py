"""Walking an outcome back to its nodes, and the tests that rules carry."""

from __future__ import annotations

import msgspec
import pytest

from mingcha.judge import explain, judge
from mingcha.judge.testing import run_test, run_tests

from .make import APP, catalogue, fact, rule

MATCH = {
    "all": [
        {"fact": "permission", "where": {"name": {"prefix": "p."}}, "at_least": 2},
        {"none": [{"fact": "transmit"}]},
        {
            "any": [
                {"fact": "screen-event", "before": {"fact": "screen-event"}, "within": 5},
                {"fact": "package"},
            ]
        },
    ]
}


def test_explain_names_nodes_and_facts() -> None:
    given = rule(
        match=MATCH,
        needs=["package", "traffic"],
        suspect={"all": [{"fact": "permission"}, {"fact": "permission"}], "same": "name"},
    )
    loaded = catalogue(given)
    facts = [fact("permission", name=f"p.{n}") for n in range(7)] + [fact("package", format="apk")]
    inspection = judge(facts, loaded, subject=APP, observed=["package"], at="2023-01-01")
    told = explain(inspection, "r", facts, loaded)
    assert (told["outcome"], told["reasons"], told["observed"]) == ("cantTell", ["suspect"], ["package"])
    assert (told["decided_by"], told["error"], told["version"]) == (["screens", "traffic"], None, 1)
    top = told["trees"]["match"]
    assert (top["node"], top["state"], top["total"]) == ("all", "unknown", 0)
    two, none, some = top["nodes"]
    assert two["node"] == "permission name: {'prefix': 'p.'} at_least=2"
    assert (two["state"], two["total"], len(two["facts"])) == ("matched", 7, 5)
    assert two["facts"][0] == "permission: p.0"
    assert (none["state"], none["nodes"][0]["state"]) == ("unknown", "unknown")
    assert some["nodes"][0]["node"] == "screen-event within=5 before"
    suspect = told["trees"]["suspect"]
    assert suspect["node"] == "all same name"
    assert suspect["nodes"][0]["node"] == "all [p.0]"
    assert "applies" not in told["trees"]
    msgspec.json.encode(told)


def test_explain_shows_what_did_not_match() -> None:
    given = rule(match={"fact": "permission", "where": {"name": "x"}}, applies={"fact": "package"})
    loaded = catalogue(given)
    inspection = judge([], loaded, subject=APP, observed=["package"], at="2023-01-01")
    told = explain(inspection, "r", [], loaded)
    assert told["trees"] == {
        "applies": {"node": "package", "state": "not-matched", "facts": [], "total": 0, "nodes": []}
    }
    with pytest.raises(KeyError):
        explain(inspection, "nowhere", [], loaded)


def test_rules_own_tests() -> None:
    hit = {"kind": "permission", "name": "x"}
    given = rule(
        match={"fact": "permission", "where": {"name": "x"}},
        needs=["package", "policy"],
        tests=[
            {"name": "met", "outcome": "failed", "facts": [hit]},
            {"name": "not met", "outcome": "passed", "facts": [hit]},
            {"name": "known miss", "outcome": "failed", "observed": ["policy"], "todo": True},
            {"name": "no miss any more", "outcome": "failed", "facts": [hit], "todo": True},
            {"name": "observed", "outcome": "passed", "facts": [{"kind": "package"}], "observed": ["policy"]},
            {"name": "limitations observe nothing", "outcome": "cantTell",
             "facts": [{"kind": "limitation", "code": "packed"}], "observed": ["policy"]},
        ],
    )  # fmt: skip
    results = run_tests(given, catalogue())
    assert [r.met for r in results] == [True, False, False, True, True, True]
    assert [r.holds for r in results] == [True, False, True, False, True, True]


def test_a_test_that_raises_does_not_hold() -> None:
    given = rule(check="nowhere", tests=[{"name": "x", "outcome": "cantTell"}])
    (only,) = run_tests(given, catalogue())
    assert (only.outcome, only.met) == ("cantTell", False)
    assert only.error is not None


def test_the_app_type_reaches_the_check() -> None:
    given = rule(
        check="permission-beyond-type",
        tests=[
            {
                "name": "t",
                "outcome": "cantTell",
                "app_type": 5,
                "facts": [{"kind": "permission", "name": "p.CAMERA"}],
            }
        ],
    )
    assert run_test(given, given.tests[0], catalogue()).reasons == ["suspect"]
