"""Match trees: every condition, every node, and the third value."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mingcha.catalogue import Catalogue
from mingcha.judge.match import compiled, value_of

from .make import CATALOGUE, fact, match

P = "permission"


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        ("a", ["a"], ["b", None, "aa"]),
        (1, [1], [True, 2, None]),
        (True, [True], [1, False, None]),
        (None, [None], ["", False, 0]),
        (["a", None], ["a", None], ["b"]),
        ({"in": ["a", "b"]}, ["a", "b", ["x", "b"]], ["c", [], None]),
        ({"not": "a"}, ["b", None, ["b"]], ["a", ["b", "a"]]),
        ({"not": ["a", None]}, ["b"], ["a", None]),
        ({"not": {"prefix": "x."}}, ["a", None], ["x.y"]),
        ({"contains": "b"}, ["abc", ["a", "b"]], ["ac", ["abc"], None, 5]),
        ({"contains": ["x", "b"]}, ["abc", ["b"]], ["ac", ["ab"]]),
        ({"prefix": "com."}, ["com.a", ["x", "com."]], ["xcom.", None, 3]),
        ({"prefix": ["a", "b"]}, ["ax", "bx"], ["cx"]),
        ({"suffix": ".so"}, ["x.so"], ["x.so.1"]),
        ({"like": "com.*.Push?"}, ["com.a.b.PushX"], ["com.a.Push", "COM.a.PushX"]),
        ({"like": ["a*", "*z"]}, ["ab", "yz"], ["yy"]),
        ({"lt": 5}, [4, 4.9], [5, None, True, "4"]),
        ({"le": 5}, [5], [5.1]),
        ({"gt": 5}, [6], [5]),
        ({"ge": 5, "lt": 7}, [5, 6], [4, 7]),
        ({"present": True}, ["a", 0, False, ["a"]], [None, "", [], ()]),
        ({"present": False}, [None, "", []], ["a", False]),
        ({"is_a": "location"}, ["location", "precise-location", ["imei", "location"]], ["imei", None]),
        ({"is_a": ["dynamic-code", "device-info"]}, ["dynamic-code", "imei"], ["location"]),
        ({"in_list": "rivals"}, ["com.rival", "com.other.x"], ["com.rival.x", "com.other", None]),
        ({"in_list": "nowhere"}, [], ["com.rival"]),
        # on the same element of a list
        ({"prefix": "a", "suffix": "z"}, ["abz", ["abz"]], [["ab", "yz"]]),
        ({"present": True, "not": "b"}, ["a"], ["b", None]),
    ],
)
def test_condition(condition: Any, holds: list[Any], fails: list[Any]) -> None:
    test = compiled(condition, CATALOGUE)
    assert [v for v in holds if not test(v)] == []
    assert [v for v in fails if test(v)] == []


def test_dotted_fields() -> None:
    one = fact("api-call", owner={"kind": "sdk", "id": "umeng"})
    assert value_of(one, "owner.id") == "umeng"
    assert value_of(one, "owner.name") is None
    assert value_of(fact("api-call", owner="nobody"), "owner.id") is None
    assert value_of(fact("api-call"), "owner.id") is None
    assert value_of(one, "absent") is None


def test_leaf_finds_in_order_and_counts() -> None:
    a, b, c = (fact(P, name=n) for n in ("y.1", "x", "y.2"))
    node = {"fact": P, "where": {"name": {"prefix": "y"}}}
    assert match(node, a, b, c).facts == [a, c]
    assert match({**node, "at_least": 2}, a, b, c).state is True
    assert match({**node, "at_least": 3}, a, b, c).state is False
    assert match({"fact": P}, a).facts == [a]
    assert match({"fact": P, "where": {"declared_max_sdk": None, "name": "x"}}, a, b).facts == [b]


def test_the_first_condition_may_ask_numbers_and_lists() -> None:
    old, new = fact("package", target_sdk=20), fact("package", target_sdk=30)
    assert match({"fact": "package", "where": {"target_sdk": {"ge": 28}}}, old, new).facts == [new]
    one = fact("component", actions=["a", "b"])
    assert match({"fact": "component", "where": {"actions": {"contains": "b"}}}, one).facts == [one]


def test_branches() -> None:
    yes, no = {"fact": P, "where": {"name": "a"}}, {"fact": P, "where": {"name": "b"}}
    a = fact(P, name="a")
    assert match({"all": [yes, yes]}, a).facts == [a]
    assert match({"all": [yes, no]}, a).state is False
    assert match({"all": [yes, no]}, a).facts == []
    assert match({"any": [no, yes]}, a).facts == [a]
    assert match({"any": [no, no]}, a).state is False
    assert match({"none": [no]}, a).state is True
    assert match({"none": [no]}, a).facts == []
    assert match({"none": [no, yes]}, a).state is False


def test_what_could_not_be_seen_is_unknown() -> None:
    said = {"fact": "statement"}
    seen = {"fact": P}
    only = {"observed": ("package",)}
    assert match(said, **only).state is None
    assert match({"none": [said]}, **only).state is None
    assert match({"all": [seen, said]}, fact(P), **only).state is None
    assert match({"all": [seen, said]}, **only).state is False
    assert match({"any": [seen, said]}, **only).state is None
    assert match({"any": [seen, said]}, fact(P), **only).state is True
    assert match({"none": [seen, said]}, fact(P), **only).state is False
    # limitations lie on no channel: none given means none met
    assert match({"fact": "limitation"}, observed=()).state is False


def test_a_limitation_blurs_only_what_it_hides() -> None:
    packed, blind = fact("limitation", code="packed"), fact("limitation", code="no-manifest")
    call, permission = {"none": [{"fact": "api-call"}]}, {"none": [{"fact": P}]}
    assert match(call, packed, limits=("packed",)).state is None
    assert match(call, packed).state is True  # the rule does not mind packing
    assert match(permission, packed, limits=("packed",)).state is True
    assert match(permission, packed, blind, limits=("packed", "no-manifest")).state is None


def call(item: str, who: str, **more: Any) -> dict[str, Any]:
    return fact("api-call", item=item, caller=who, owner={"kind": "sdk", "id": who}, **more)


def test_same_binds_facts_that_agree() -> None:
    node = {
        "all": [
            {"fact": "api-call", "where": {"item": "imei"}},
            {"fact": "api-call", "where": {"item": "location"}},
        ],
        "same": "owner.id",
    }
    a1, a2, b, c = call("imei", "a"), call("location", "a"), call("imei", "b"), call("location", "c")
    assert match(node, b, c).state is False
    found = match(node, b, a1, c, a2)
    assert found.state is True
    assert found.facts == [a1, a2]
    assert [child.bound for child in found.children] == ["a"]
    # several groups all give evidence
    assert len(match(node, a1, a2, b, call("location", "b")).facts) == 4
    # facts that lack the field agree in nothing
    assert match(node, fact("api-call", item="imei"), fact("api-call", item="location")).state is False


def test_same_with_none_means_none_of_that_value() -> None:
    node = {
        "all": [
            {"fact": "behaviour", "where": {"state": "pre-consent"}},
            {"none": [{"fact": "transmit", "where": {"clear": False}}]},
        ],
        "same": "item",
    }
    imei, place = (fact("behaviour", item=i, state="pre-consent", t=1.0) for i in ("imei", "location"))
    sent = fact("transmit", item="imei", clear=False)
    assert match(node, imei, place, sent).facts == [place]
    assert match(node, imei, sent).state is False
    assert match(node, imei, observed=("behaviour",)).state is None


def test_same_is_unknown_when_a_partner_could_be_unseen() -> None:
    node = {"all": [{"fact": "behaviour"}, {"fact": "transmit"}], "same": "item"}
    assert match(node, fact("behaviour", item="imei"), observed=("behaviour",)).state is None
    assert match(node, observed=("behaviour",)).state is False
    assert match(node, observed=()).state is None


def test_nested_same_keeps_the_outer_binding() -> None:
    inner = {
        "all": [
            {"fact": "behaviour", "where": {"state": "refused"}},
            {"fact": "behaviour", "where": {"state": "background"}},
        ],
        "same": "item",
    }
    node = {"all": [inner], "same": "owner.id"}

    def seen(item: str, state: str, who: str) -> dict[str, Any]:
        return fact("behaviour", item=item, state=state, owner={"kind": "sdk", "id": who})

    apart = [seen("imei", "refused", "a"), seen("imei", "background", "b")]
    assert match(node, *apart).state is False
    together = [seen("imei", "refused", "a"), seen("imei", "background", "a")]
    assert match(node, *together, *apart[1:]).facts == together


def shown(event: str, t: Any) -> dict[str, Any]:
    return fact("screen-event", event=event, t=t)


def event(name: str) -> dict[str, Any]:
    return {"fact": "screen-event", "where": {"event": name}}


def test_before_and_after() -> None:
    early, consent, late = shown("jump", 1.0), shown("consent-dialog", 5.0), shown("jump", 9)
    before = {**event("jump"), "before": event("consent-dialog")}
    after = {**event("jump"), "after": event("consent-dialog")}
    assert match(before, early, consent, late).facts == [early, consent]
    assert match(after, late, consent, early).facts == [late, consent]
    assert match({**before, "within": 3}, early, consent).state is False
    assert match({**before, "within": 4}, early, consent).state is True
    assert match({**after, "within": 3}, late, consent).state is False
    # strictly: at the same moment is neither
    assert match(before, shown("jump", 5.0), consent).state is False
    assert match(after, shown("jump", 5.0), consent).state is False
    # the nearest partner is the evidence
    nearer = shown("consent-dialog", 2.0)
    assert match(before, early, consent, nearer).facts == [early, nearer]
    assert match({**before, "at_least": 2}, early, consent, late).state is False
    between = {**event("jump"), "after": event("a"), "before": event("b")}
    a, b = shown("a", 0.0), shown("b", 6.0)
    assert match(between, a, early, late, b).facts == [early, b, a]


def test_times_that_are_none_match_nothing() -> None:
    before = {**event("jump"), "before": event("b")}
    for t in (None, "5", float("nan"), float("inf")):
        assert match(before, shown("jump", t), shown("b", 9.0)).state is False
        assert match(before, shown("jump", 1.0), shown("b", t)).state is False


def test_before_something_unseen_is_unknown() -> None:
    node = {**event("jump"), "before": {"any": [{"fact": "transmit"}]}}
    assert match(node, shown("jump", 1.0), observed=("screens",)).state is None
    assert match(node, shown("jump", 1.0)).state is False


def test_window() -> None:
    node = {**event("ad"), "at_least": 3, "within": 60}
    times = [0.0, 50.0, 100.0, 105.0, 110.0, 500.0]
    events = [shown("ad", t) for t in times]
    assert match(node, *events).facts == events[1:5]
    assert match(node, *events[:3]).state is False
    assert match(node, *events[:2], shown("ad", None)).state is False
    assert match(node, *events[:2], observed=()).state is None


def test_evidence_is_given_once() -> None:
    a = fact(P, name="a")
    assert match({"all": [{"fact": P}, {"any": [{"fact": P, "where": {"name": "a"}}]}]}, a).facts == [a]


@pytest.mark.parametrize(
    ("value", "past"),
    [("2020-01-01", True), ("2021-06-01T10:00:00", False), ("2021-05-31T23:59:59", True), ("soon", None), (None, None), ("2999-12-31", False)],
)
def test_past_compares_with_the_day_judged(value: str | None, past: bool | None) -> None:
    at = msgspec.structs.replace(Catalogue(), at="2021-06-01")
    assert compiled({"past": True}, at)(value) is (past is True)
    assert compiled({"past": False}, at)(value) is (past is False)
