"""Scores: what counts, what never does, and what no points can mend."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue
from mingcha.errors import Usage
from mingcha.judge import judge
from mingcha.judge.score import Score, SelfEvaluation, Survey, encode, scheme_for, score
from mingcha.model import Inspection, Subject

AT = date(2026, 11, 27)
CATALOGUE = catalogue.load(None, AT)
SCHEME = scheme_for(CATALOGUE, "website", str(AT))
RULES = [r for i in SCHEME.items for r in i.rules]
_base = judge([], CATALOGUE, subject=Subject(kind="website", platform="web"), exhibits=(), observed=frozenset({"page"}), at=AT, timing={}, drafts=False)


def inspection(outcomes: dict[str, str]) -> Inspection:
    """An inspection whose rules came out so; all others as given under `*`."""
    findings = tuple(msgspec.structs.replace(f, outcome=outcomes.get(f.rule, outcomes.get("*", f.outcome))) for f in _base.findings)
    return msgspec.structs.replace(_base, findings=findings)


SURVEY, OWN = Survey(mean=80, sample=100), SelfEvaluation(points=90)


def scored(outcomes: dict[str, str], survey: Survey | None = SURVEY, own: SelfEvaluation | None = OWN) -> Score:
    return score(inspection(outcomes), SCHEME, survey, own)


def test_every_scheme_adds_up_and_names_rules_that_exist_for_its_subjects() -> None:
    for scheme in CATALOGUE.schemes.values():
        assert scheme.survey.weight + scheme.technical.weight + scheme.self_evaluation.weight == 100
        assert sum(i.weight for i in scheme.items) == 100
        named = [r for i in scheme.items for r in i.rules]
        assert len(named) == len(set(named))
        for rule in [*named, *(r for v in (*scheme.vetoes, *scheme.observed) for r in v.rules)]:
            assert set(scheme.subjects) & set(CATALOGUE.rules[rule].subjects), rule
        law, article = scheme.basis[0].law, scheme.basis[0].article
        assert CATALOGUE.article(law, article) is not None


def test_every_rule_of_the_elder_criteria_counts_in_a_scheme() -> None:
    counted = {r for s in CATALOGUE.schemes.values() for group in (s.items, s.vetoes, s.observed) for i in group for r in i.rules}
    assert {r for r in CATALOGUE.rules if r.startswith(("web-", "elder-app-"))} - counted == set()


def test_all_passed_is_full_marks_for_the_technical_part() -> None:
    found = scored({"*": "passed"})
    assert (found.technical, found.untested, found.total, found.passed) == (100.0, 0.0, 40 * 0.8 + 40 + 20 * 0.9, True)


def test_nothing_decided_is_no_score_and_never_a_pass() -> None:
    found = scored({"*": "cantTell"})
    assert (found.technical, found.total, found.passed) == (None, None, None)
    assert (found.low, found.high, found.untested) == (0.0, 100.0, 1.0)
    assert "technical:nothing-tested" in found.why


def test_too_much_undecided_is_no_score() -> None:
    half = dict.fromkeys(RULES[:len(RULES) // 3], "passed")
    found = scored({"*": "cantTell"} | half)
    assert found.untested > SCHEME.most_untested
    assert found.technical is None
    assert "technical:too-much-untested" in found.why


def test_a_veto_fails_whatever_the_points() -> None:
    found = scored({"*": "passed", "web-elder-ads": "failed"}, Survey(mean=100, sample=500), SelfEvaluation(points=100))
    assert found.total is not None
    assert found.total > 90
    assert found.passed is False
    assert "veto:V1" in found.why


def test_an_undecided_veto_lets_nobody_pass() -> None:
    found = scored({"*": "passed", "web-elder-ads": "cantTell"})
    assert found.passed is None
    assert "veto-open:V1" in found.why


def test_a_small_sample_is_no_survey() -> None:
    assert scored({"*": "passed"}, Survey(mean=99, sample=29)).total is None
    assert "survey:sample-too-small" in scored({"*": "passed"}, Survey(mean=99, sample=29)).why
    assert scored({"*": "passed"}, None, None).why == ("survey:missing", "self:missing")


def test_the_pass_line_is_reached_at_sixty() -> None:
    assert scored({"*": "passed"}, Survey(mean=0, sample=50), SelfEvaluation(points=100)).passed is True
    assert scored({"*": "passed"}, Survey(mean=0, sample=50), SelfEvaluation(points=99)).passed is False


def test_a_criterion_without_applicable_rules_is_left_out() -> None:
    found = scored({"*": "passed", "web-captcha": "inapplicable"})
    assert next(i for i in found.items if i.id == "W5").outcome == "inapplicable"
    assert found.technical == 100.0


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32))
def test_bounds_hold_and_deciding_more_never_leaves_them(seed: int) -> None:
    rng = random.Random(seed)
    outcomes = {r: rng.choice(["passed", "failed", "cantTell", "untested", "inapplicable"]) for r in RULES}
    found = scored(outcomes)
    assert 0 <= found.low <= found.high <= 100
    assert 0 <= found.untested <= 1
    if found.technical is not None:
        assert found.low - 0.01 <= found.technical <= found.high + 0.01
    decided: dict[str, Any] = {r: (o if o in ("passed", "failed", "inapplicable") else rng.choice(["passed", "failed"])) for r, o in outcomes.items()}
    after = scored(decided)
    assert found.low - 0.02 <= (after.technical if after.technical is not None else found.low) <= found.high + 0.02
    assert msgspec.json.decode(encode(found), type=Score).technical == found.technical


def test_a_scheme_is_one_in_force_on_the_day() -> None:
    assert scheme_for(CATALOGUE, "app", "2026-01-01").id == "miit-67-app"
    with pytest.raises(Usage):
        scheme_for(CATALOGUE, "website", "2020-01-01")
    with pytest.raises(Usage):
        scheme_for(CATALOGUE, "website", "2026-01-01", "none-such")
