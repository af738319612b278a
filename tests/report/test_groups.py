"""Findings are put where they belong: a lead is never a failure, a question never a pass."""

from __future__ import annotations

from mingcha.report.groups import by_severity, group, is_lead

from .fixture import APP, finding, findings, other

SEEN = [other("permission", "android.permission.CAMERA", APP)]
SHEET = {"question": {"zh": "问", "en": "q"}, "attach": {"zh": "附", "en": "a"}}


def test_every_finding_is_in_exactly_one_group() -> None:
    every = findings()
    groups = group(every)
    assert sorted(f.rule for found in groups for f in found) == sorted(f.rule for f in every)
    assert all(f.outcome == "failed" for f in groups.failed)
    assert all(f.outcome == "cantTell" for f in groups.leads)
    assert all(f.sheet for f in groups.sheets)
    assert all(f.outcome == "passed" for f in groups.passed)


def test_what_makes_a_lead() -> None:
    assert is_lead(finding("a", "C5-13", "cantTell", "甲", "a", confidence="suspected", evidence=SEEN))
    assert is_lead(
        finding("a", "C5-13", "cantTell", "甲", "a", confidence="suspected", reasons=("suspect", "absence"))
    )
    assert not is_lead(
        finding(
            "a",
            "C5-13",
            "cantTell",
            "甲",
            "a",
            confidence="needs-human",
            evidence=SEEN,
            reasons=("answer:unconfirmed",),
        )
    )
    assert not is_lead(
        finding("a", "C5-13", "cantTell", "甲", "a", confidence="suspected", reasons=("channel:traffic",))
    )
    assert not is_lead(finding("a", "C5-13", "failed", "甲", "a", evidence=SEEN))


def test_a_question_stays_a_question_until_something_is_seen() -> None:
    asked = finding("a", "C5-13", "cantTell", "甲", "a", confidence="needs-human", sheet=SHEET)
    seen = finding("b", "C5-13", "cantTell", "乙", "b", confidence="suspected", sheet=SHEET, evidence=SEEN)
    waits = finding("c", "C5-13", "cantTell", "丙", "c", confidence="suspected")
    groups = group([waits, seen, asked])
    assert groups.sheets == [asked]
    assert groups.leads == [seen]
    assert groups.undecided == [waits]


def test_the_gravest_come_first() -> None:
    ordered = [f.severity for f in by_severity(group(findings()).failed)]
    assert ordered == sorted(ordered, key=("critical", "serious", "moderate", "minor").index)
    assert ordered[0] == "critical"
