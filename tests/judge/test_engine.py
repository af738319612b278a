"""The order of steps by which a rule comes to its outcome, and the document around it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from mingcha.judge import checks, judge
from mingcha.judge.checks import CheckResult, check
from mingcha.model import Exhibit, Inspection, Subject

from .make import APP, T, catalogue, fact, outcome, rule

HIT = {"fact": "permission", "where": {"name": "bad"}}
LEAD = {"fact": "permission", "where": {"name": "odd"}}
BAD, ODD = fact("permission", name="bad"), fact("permission", name="odd")
PACKED = fact("limitation", code="packed")
SHEET = {"question": T, "attach": T}


def answer(result: str, by: str = "a", second: str | None = "b", to: str = "r") -> dict[str, Any]:
    return fact("answer", rule=to, outcome=result, by=by, confirmed_by=second)


def test_step_1_subject_and_applies() -> None:
    one = rule(match=HIT, applies={"fact": "package", "where": {"format": "apk"}})
    other = outcome(one, BAD, subject=Subject(kind="sdk"))
    assert (other.outcome, other.reasons, other.confidence) == ("inapplicable", ["subject"], "proved")
    assert outcome(one, BAD, fact("package", format="jar")).reasons == ["applies"]
    assert outcome(one, BAD, fact("package", format="apk")).outcome == "failed"


def test_step_1_applies_that_cannot_be_known() -> None:
    one = rule(match=HIT, applies={"fact": "listing"}, blocked_by=["packed"])
    unseen = outcome(one, BAD)
    assert (unseen.outcome, unseen.reasons, unseen.decided_by) == ("cantTell", ["applies"], ("listing",))
    hidden = outcome(rule(match=HIT, applies={"fact": "sdk"}, blocked_by=["packed"]), BAD, PACKED)
    assert (hidden.outcome, hidden.reasons) == ("cantTell", ["applies", "limitation:packed"])


def test_step_2_proof_needs_nothing_else() -> None:
    one = rule(
        match=HIT, needs=["package", "traffic"], blocked_by=["packed"], sheet=SHEET, confidence="suspected"
    )
    found = outcome(one, BAD, PACKED, answer("passed"))
    assert (found.outcome, found.confidence, found.facts) == ("failed", "suspected", [BAD])
    assert found.decided_by == ()


def test_step_2_failed_by_absence() -> None:
    one = rule(match={"none": [HIT]})
    assert outcome(one).reasons == ["absence"]
    assert outcome(one).outcome == "failed"
    unseen = outcome(one, observed=())
    assert (unseen.outcome, unseen.reasons) == ("cantTell", ["channel:package"])


@pytest.mark.parametrize(
    ("facts", "expected", "reason"),
    [
        ([answer("failed")], "failed", "answer:confirmed"),
        ([answer("passed")], "passed", "answer:confirmed"),
        ([answer("inapplicable")], "inapplicable", "answer:confirmed"),
        ([answer("cantTell")], "cantTell", "answer:confirmed"),
        ([answer("untested")], "cantTell", "answer:invalid"),
        ([answer("nonsense")], "cantTell", "answer:invalid"),
        ([answer("passed", second=None)], "cantTell", "answer:unconfirmed"),
        ([answer("passed", second=" A ")], "cantTell", "answer:unconfirmed"),
        ([answer("passed", by="")], "cantTell", "answer:unconfirmed"),
        ([answer("passed"), answer("passed", by="c")], "passed", "answer:confirmed"),
        ([answer("passed"), answer("failed", by="c")], "cantTell", "answer:conflict"),
        ([answer("passed"), answer("failed", second=None)], "passed", "answer:confirmed"),
        ([answer("passed", to="other")], "untested", "sheet"),
    ],
)
def test_step_3_answers(facts: list[dict[str, Any]], expected: str, reason: str) -> None:
    found = outcome(rule(sheet=SHEET, needs=["sheet"], confidence="needs-human"), *facts)
    assert (found.outcome, found.reasons) == (expected, [reason])
    assert (found.decided_by == ("sheet",)) is (expected in ("cantTell", "untested"))
    wanted = "proved" if expected == "inapplicable" else "needs-human"
    assert found.confidence == wanted


def test_step_3_an_answer_beats_a_lead_and_missing_channels() -> None:
    one = rule(match=HIT, suspect=LEAD, needs=["package", "traffic"])
    found = outcome(one, ODD, answer("passed"))
    assert (found.outcome, found.facts) == ("passed", [answer("passed")])


def test_step_4_only_people_can_say() -> None:
    found = outcome(rule(sheet=SHEET, needs=["sheet"]), observed=("package", "sheet"))
    assert (found.outcome, found.confidence, found.decided_by) == ("untested", "needs-human", ("sheet",))


def test_step_5_a_lead() -> None:
    one = rule(match={"fact": "transmit"}, suspect=LEAD, needs=["traffic"])
    found = outcome(one, ODD)
    assert (found.outcome, found.confidence, found.facts) == ("cantTell", "suspected", [ODD])
    assert (found.reasons, found.decided_by) == (["suspect"], ("traffic",))
    absent = outcome(rule(suspect={"none": [LEAD]}))
    assert (absent.outcome, absent.reasons) == ("cantTell", ["suspect", "absence"])


def test_step_6_channels() -> None:
    one = rule(match=HIT, needs=["traffic", "package", "policy"])
    found = outcome(one)
    assert found.reasons == ["channel:policy", "channel:traffic"]
    assert (found.decided_by, found.confidence) == (("policy", "traffic"), "suspected")
    person = outcome(rule(match=HIT, needs=["package", "sheet"], sheet=SHEET))
    assert (person.reasons, person.confidence) == (["channel:sheet"], "needs-human")


def test_step_7_limitations() -> None:
    one = rule(match=HIT, blocked_by=["packed", "no-code"])
    assert outcome(one, PACKED).reasons == ["limitation:packed"]
    assert outcome(one, fact("limitation", code="timeout")).outcome == "passed"


def test_step_7_silence_counts_only_where_something_was_recorded() -> None:
    one = rule(match=HIT, recorded={"fact": "component"})
    assert (outcome(one).outcome, outcome(one).reasons) == ("cantTell", ["unrecorded"])
    assert outcome(one, fact("component", name="a")).outcome == "passed"
    assert outcome(one, BAD).outcome == "failed"  # what was seen needs no such thing
    assert outcome(rule(suspect=LEAD, recorded={"fact": "listing"}), fact("package", format="apk")).outcome == "cantTell"


def test_step_8_passed_unless_a_person_must_look() -> None:
    assert outcome(rule(match=HIT)).outcome == "passed"
    assert outcome(rule(suspect=LEAD)).outcome == "passed"
    found = outcome(rule(match=HIT, sheet=SHEET))
    assert (found.outcome, found.reasons, found.confidence) == ("cantTell", ["sheet"], "needs-human")


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A check whose answer the test sets."""
    holder: dict[str, Any] = {}

    def answer_of(facts: Any, catalogue: Any, params: Any, subject: Any) -> CheckResult:
        holder["params"], holder["subject"] = params, subject
        if isinstance(holder["result"], Exception):
            raise holder["result"]
        result: CheckResult = holder["result"]
        return result

    monkeypatch.setitem(checks._CHECKS, "of-test", answer_of)
    return holder


@pytest.mark.parametrize(
    ("result", "expected", "reasons"),
    [
        (CheckResult(failed=True, evidence=[BAD, BAD], reasons=["rate"]), "failed", ["check:rate"]),
        (CheckResult(suspect=True, evidence=[ODD], reasons=["rate"]), "cantTell", ["suspect", "check:rate"]),
        (CheckResult(failed=None, reasons=["blind"]), "cantTell", ["check:blind"]),
        (CheckResult(failed=None), "cantTell", ["check"]),
        (CheckResult(), "passed", []),
    ],
)
def test_named_check(named: dict[str, Any], result: CheckResult, expected: str, reasons: list[str]) -> None:
    named["result"] = result
    found = outcome(rule(check="of-test", params={"n": 3}))
    assert (found.outcome, found.reasons) == (expected, reasons)
    assert named["params"] == {"n": 3}
    assert named["subject"] is APP
    assert len(found.facts) == len({id(f) for f in result.evidence})


def test_what_raises_cannot_tell(named: dict[str, Any]) -> None:
    named["result"] = ValueError("no such thing")
    found = outcome(rule(check="of-test"))
    assert (found.outcome, found.reasons) == ("cantTell", ["error"])
    assert found.error == "ValueError: no such thing"
    missing = outcome(rule(check="nowhere"))
    assert missing.error == "KeyError: 'nowhere'"


def test_two_checks_never_share_a_name() -> None:
    with pytest.raises(ValueError, match="two checks named sdk-undisclosed"):
        check(checks.names()[checks.names().index("sdk-undisclosed")])(lambda f, c, p, s: CheckResult())


def inspect(*facts: dict[str, Any], rules: list[Any], **given: Any) -> Inspection:
    settings = {"subject": APP, "observed": ("package",), "at": date(2023, 1, 1), **given}
    return judge(facts, catalogue(*rules), **settings)


def test_the_document() -> None:
    rules = [
        rule(id="b", match=HIT, basis=[{"law": "LAW", "article": "1"}, {"law": "DRAFT", "article": "1"}]),
        rule(id="a", match=LEAD, severity="minor"),
        rule(id="c", match=HIT, needs=["traffic"], subjects=["app"], sheet=SHEET),
        rule(id="d", match={"fact": "sdk"}, needs=["traffic", "policy"]),
        rule(id="e", match=LEAD, subjects=["website"]),
        rule(id="f", match=LEAD, status="draft"),
        rule(id="g", match=LEAD, status="retired"),
        rule(id="h", match=LEAD, in_force={"from": "2024-01-01"}),
    ]
    exhibit = Exhibit(kind="package", name="a.apk", sha256="e", size=1)
    found = inspect(BAD, rules=rules, exhibits=[exhibit], timing={"read": 0.5})
    assert [f.rule for f in found.findings] == ["a", "b", "c", "d", "e"]
    assert [f.outcome for f in found.findings] == ["passed", "failed", "failed", "cantTell", "inapplicable"]
    assert found.summary.outcomes == {
        "failed": 2, "cantTell": 1, "untested": 0, "passed": 1, "inapplicable": 1,
    }  # fmt: skip
    assert found.summary.failed_by_severity == {"critical": 0, "serious": 2, "moderate": 0, "minor": 0}
    assert found.summary.failed_by_scenario == {"C5-13": 2}
    assert found.summary.completeness == 0.75
    assert found.summary.missing == {"policy": 1, "traffic": 1}
    assert found.summary.observed == ("package",)
    assert (found.exhibits, found.timing) == ((exhibit,), {"read": 0.5})
    assert found.tool.catalogue.at == "2023-01-01"
    b = found.findings[1]
    assert [(c.law, c.text["en"], c.mark) for c in b.basis] == [("LAW", "new", "official")]
    assert (b.evidence_total, b.evidence[0].fact["name"]) == (1, "bad")
    assert found.findings[2].sheet == {"question": T, "attach": T}
    assert "f" in [f.rule for f in inspect(rules=rules, drafts=True).findings]
    assert "h" in [f.rule for f in inspect(rules=rules, at="2024-01-01").findings]
    assert msgspec.json.decode(msgspec.json.encode(found), type=Inspection).findings == found.findings


def test_old_cases_are_judged_by_old_editions() -> None:
    old = inspect(BAD, rules=[rule(match=HIT)], at=date(2021, 6, 1))
    assert old.findings[0].basis[0].text["en"] == "old"
    before = inspect(BAD, rules=[rule(match=HIT)], at=date(2019, 6, 1))
    assert before.findings[0].basis == ()


def test_nothing_applicable_is_nothing_complete() -> None:
    assert inspect(rules=[]).summary.completeness == 0.0
    assert inspect(rules=[rule(match=HIT, subjects=["website"])]).summary.completeness == 0.0


def test_evidence_is_capped_and_counted() -> None:
    many = [fact("permission", name="bad") for _ in range(80)]
    found = inspect(*many, rules=[rule(match=HIT)]).findings[0]
    assert (len(found.evidence), found.evidence_total) == (50, 80)
