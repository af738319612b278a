"""Properties that must hold for every rule and every set of facts."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.catalogue import tree
from mingcha.judge import judge

from .make import APP, KINDS, T, catalogue, fact, rule

NAMES = st.sampled_from(["a", "b", "c"])
FACTS = st.one_of(
    st.builds(lambda n: fact("permission", name=n), NAMES),
    st.builds(lambda i, s, t: fact("behaviour", item=i, state=s, t=t, owner={"kind": "sdk", "id": i}),
              NAMES, NAMES, st.floats(0, 9)),
    st.builds(lambda i, c, t: fact("transmit", item=i, clear=c, t=t), NAMES, st.booleans(), st.floats(0, 9)),
    st.builds(lambda c: fact("limitation", code=c), st.sampled_from(["packed", "no-manifest"])),
    st.builds(lambda o, b: fact("answer", rule="r", outcome=o, by="x", confirmed_by=b),
              st.sampled_from(["passed", "failed"]), st.sampled_from(["x", "y"])),
)  # fmt: skip
LEAVES = st.one_of(
    st.builds(lambda n: {"fact": "permission", "where": {"name": n}}, NAMES),
    st.builds(
        lambda n, k: {"fact": "behaviour", "where": {"item": {"not": n}}, "at_least": k},
        NAMES,
        st.integers(1, 3),
    ),
    st.builds(lambda n: {"fact": "behaviour", "where": {"state": n}, "before": {"fact": "transmit"}}, NAMES),
    st.builds(
        lambda b: {"fact": "transmit", "where": {"clear": b}, "at_least": 2, "within": 3}, st.booleans()
    ),
    st.just({"all": [{"fact": "behaviour"}, {"none": [{"fact": "transmit"}]}], "same": "item"}),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda b, c: {b: c}, st.sampled_from(["all", "any", "none"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=5,
)
CHANNELS = ("package", "behaviour", "traffic")
RULES = st.builds(
    lambda parts, sheet: rule(**parts, sheet=sheet, needs=list(CHANNELS), blocked_by=["packed"]),
    st.fixed_dictionaries({"match": TREES}, optional={"applies": TREES, "suspect": TREES}),
    st.sampled_from([None, {"question": T, "attach": T}]),
)
OBSERVED = st.sets(st.sampled_from(CHANNELS))
UNRELATED = st.sampled_from(
    [
        fact("listing", field="name", value="x"),
        fact("url", url="http://a", host="a", cleartext=True),
        fact("limitation", code="timeout"),
        fact("answer", rule="another", outcome="failed", by="x", confirmed_by="y"),
    ]
)


def outcomes(
    one: Any, facts: list[dict[str, Any]], observed: set[str]
) -> list[tuple[str, str, tuple[str, ...]]]:
    found = judge(facts, catalogue(one), subject=APP, observed=observed, at="2023-01-01")
    return [(f.outcome, f.confidence, f.reasons) for f in found.findings]


@settings(max_examples=150, deadline=None)
@given(RULES, st.lists(FACTS, max_size=12), OBSERVED, st.randoms(use_true_random=False))
def test_outcomes_do_not_depend_on_order(
    one: Any, facts: list[dict[str, Any]], observed: set[str], shuffle: random.Random
) -> None:
    shuffled = facts[:]
    shuffle.shuffle(shuffled)
    assert outcomes(one, facts, observed) == outcomes(one, shuffled, observed)


@settings(max_examples=60, deadline=None)
@given(RULES, st.lists(FACTS, max_size=12), OBSERVED)
def test_judging_twice_gives_the_same_bytes(
    one: Any, facts: list[dict[str, Any]], observed: set[str]
) -> None:
    documents = [
        msgspec.json.encode(judge(facts, catalogue(one), subject=APP, observed=observed, at="2023-01-01"))
        for _ in range(2)
    ]
    assert documents[0] == documents[1]


@settings(max_examples=100, deadline=None)
@given(RULES, st.lists(FACTS, max_size=12), OBSERVED, UNRELATED)
def test_an_unrelated_fact_changes_nothing(
    one: Any, facts: list[dict[str, Any]], observed: set[str], other: dict[str, Any]
) -> None:
    assert outcomes(one, facts, observed) == outcomes(one, [*facts, other], observed)


@settings(max_examples=150, deadline=None)
@given(RULES, st.lists(FACTS, max_size=12), OBSERVED)
def test_not_observed_is_never_passed_nor_failed_by_absence(
    one: Any, facts: list[dict[str, Any]], observed: set[str]
) -> None:
    assert not list(tree.check(one.match, KINDS, "match"))
    facts = [f for f in facts if f["kind"] != "answer"]
    (outcome, _, reasons), *_ = outcomes(one, facts, observed)
    if outcome == "passed":
        assert observed == set(CHANNELS)
        assert not any(f.get("code") == "packed" for f in facts)
        assert one.sheet is None
    if "absence" in reasons:
        asked = tree.channels(one.match if outcome == "failed" else one.suspect, KINDS, negated=True)
        # A fact shows that its channel was observed, whatever the caller says.
        assert asked & (observed | {KINDS[f["kind"]].channel for f in facts})
