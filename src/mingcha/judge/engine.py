"""Facts × catalogue → findings. Pure and deterministic: no clock, no disk, no network.

The order of the steps in `decide` is the contract of docs/rule-format.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

import msgspec

from mingcha import __version__
from mingcha.catalogue import Catalogue, tree
from mingcha.catalogue.loader import texts
from mingcha.catalogue.schema import Rule
from mingcha.judge import checks, inventory
from mingcha.judge.evidence import asked_by, evidence
from mingcha.judge.match import ABSENT, FactIndex, Matcher, Result, distinct
from mingcha.model import (
    OUTCOMES,
    SCHEMA,
    SEVERITIES,
    Confidence,
    Exhibit,
    Fact,
    Finding,
    Inspection,
    Outcome,
    Subject,
    Summary,
    Tool,
)

SHEET = "sheet"
ANSWERS: Mapping[str, Outcome] = {o: o for o in get_args(Outcome) if o != "untested"}


@dataclass(slots=True)
class Decision:
    """The outcome of one rule and how it came about. `traces`: tree name → result of its nodes."""

    outcome: Outcome
    confidence: Confidence
    facts: Sequence[Fact] = ()
    reasons: list[str] = field(default_factory=list)
    decided_by: tuple[str, ...] = ()
    error: str | None = None
    traces: dict[str, Result] = field(default_factory=dict)


def decide(rule: Rule, index: FactIndex, subject: Subject) -> Decision:
    """The outcome of one rule. Never raises: what a match or check raises is told in `error`."""
    traces: dict[str, Result] = {}
    try:
        decision = _decide(rule, index, subject, traces)
    except Exception as error:  # one broken rule must not take the others with it
        decision = _open(rule, index, ["error"])
        decision.error = f"{type(error).__name__}: {error}"
    decision.traces = traces
    return decision


def _decide(rule: Rule, index: FactIndex, subject: Subject, traces: dict[str, Result]) -> Decision:
    if subject.kind not in rule.subjects:
        return Decision("inapplicable", "proved", reasons=["subject"])
    matcher = Matcher(index, rule.blocked_by)
    if rule.applies is not None:
        traces["applies"] = applies = matcher.run(rule.applies)
        if applies.state is False:
            return Decision("inapplicable", "proved", reasons=["applies"])
        if applies.state is None:
            asked = tree.channels(rule.applies, index.catalogue.facts) - index.observed
            return _open(rule, index, ["applies", *_limited(rule, index)], asked)

    if rule.match is not None:
        traces["match"] = match = matcher.run(rule.match)
        if match.state:
            return Decision("failed", rule.confidence, match.facts, [] if match.facts else ["absence"])
    tested = checks.CheckResult()
    if rule.check is not None:
        tested = checks.find(rule.check)(index, index.catalogue, rule.params, subject)
        if tested.failed:
            return Decision("failed", rule.confidence, distinct(tested.evidence), _texts(tested))

    answers = [fact for _, fact in index.by("answer", "rule").get(rule.id, ())]
    if answers:
        return _answered(rule, index, answers)
    if rule.sheet is not None and rule.match is None and rule.check is None and rule.suspect is None:
        decision = _open(rule, index, [SHEET])
        decision.outcome = "untested"
        return decision

    if rule.suspect is not None:
        traces["suspect"] = suspect = matcher.run(rule.suspect)
        if suspect.state:
            return _lead(rule, index, suspect.facts, [] if suspect.facts else ["absence"])
    if tested.suspect:
        return _lead(rule, index, distinct(tested.evidence), _texts(tested))

    missing = _missing(rule, index)
    if missing or tested.failed is None:
        return _open(rule, index, [*(f"channel:{c}" for c in missing), *_texts(tested)] or ["check"])
    limited = _limited(rule, index) + _unhooked(rule, index)
    if rule.recorded is not None:
        traces["recorded"] = recorded = matcher.run(rule.recorded)
        limited += [] if recorded.state else ["unrecorded"]
    if limited:
        return _open(rule, index, limited)
    if rule.sheet is not None:
        return _open(rule, index, [SHEET])
    return Decision("passed", rule.confidence)


def _texts(result: checks.CheckResult) -> list[str]:
    return [f"check:{reason}" for reason in result.reasons]


def _missing(rule: Rule, index: FactIndex) -> list[str]:
    """Channels of `needs` that were not observed. An answer to another rule observes nothing here."""
    return sorted(c for c in set(rule.needs) if c == SHEET or c not in index.observed)


def _limited(rule: Rule, index: FactIndex) -> list[str]:
    """Limitations that forbid the rule to pass: those it names, and one that says that what it asks was never recorded."""
    codes = set(index.limitations.intersection(rule.blocked_by))
    kinds = {leaf["fact"] for node in (rule.match, rule.suspect, rule.applies) if node for leaf in tree.leaves(node)}
    codes |= {code for kind, code in ABSENT.items() if kind in kinds and code in index.limitations and not index.of(kind)}
    return [f"limitation:{code}" for code in sorted(codes)]


def _unhooked(rule: Rule, index: FactIndex) -> list[str]:
    """Whether the run was recorded without watching what yields an item that the rule asks for: silence is then no
    absence. A log that says nothing of what it watched is a limitation of its own."""
    watched = {str(f.get("item")) for f in index.of("hook-coverage") if f.get("hooked")}
    if not watched or "behaviour" not in rule.needs:
        return []
    catalogue = index.catalogue
    known = {m.item or m.capability or "" for c in catalogue.apis.values() for m in c.members}

    def below(items: Iterable[str], root: str) -> bool:
        return any(i == root or catalogue.is_a(i, root) for i in items)

    asked: set[str] = set()
    for node in (rule.match, rule.suspect):
        for leaf in tree.leaves(node) if node else ():
            if leaf["fact"] == "behaviour":
                wanted = leaf.get("where", {}).get("item", ())
                wanted = wanted.get("is_a", ()) if isinstance(wanted, Mapping) else wanted
                asked.update([wanted] if isinstance(wanted, str) else wanted)
    return ["unhooked"] if any(below(known, a) and not below(watched, a) for a in asked) else []


def _deciders(rule: Rule, index: FactIndex, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Channels that could still decide: what is needed or asked for and was not observed, and a
    person where the rule has a sheet."""
    asked = {*more, *_missing(rule, index)}
    if rule.match is not None:
        asked |= tree.channels(rule.match, index.catalogue.facts) - index.observed
    if rule.sheet is not None:
        asked.add(SHEET)
    return tuple(sorted(asked))


def _open(rule: Rule, index: FactIndex, reasons: list[str], more: Iterable[str] = ()) -> Decision:
    deciders = _deciders(rule, index, more)
    confidence: Confidence = "needs-human" if deciders == (SHEET,) else "suspected"
    return Decision("cantTell", confidence, reasons=reasons, decided_by=deciders)


def _lead(rule: Rule, index: FactIndex, facts: Sequence[Fact], reasons: list[str]) -> Decision:
    return Decision("cantTell", "suspected", facts, ["suspect", *reasons], _deciders(rule, index))


def _answered(rule: Rule, index: FactIndex, answers: list[Fact]) -> Decision:
    """What people answered. Only what two different people agree on decides."""
    confirmed = [a for a in answers if _two_people(a)]
    outcomes = {a.get("outcome") for a in confirmed}
    if len(outcomes) == 1:
        outcome = ANSWERS.get(str(outcomes.pop()))
        reason = "answer:confirmed" if outcome else "answer:invalid"
        if outcome is not None and outcome != "cantTell":
            confidence = "proved" if outcome == "inapplicable" else rule.confidence
            return Decision(outcome, confidence, confirmed, [reason])
    else:
        reason = "answer:conflict" if confirmed else "answer:unconfirmed"
    deciders = tuple(sorted({*_deciders(rule, index), SHEET}))
    return Decision("cantTell", "needs-human", confirmed or answers, [reason], deciders)


def _two_people(answer: Fact) -> bool:
    first, second = (str(answer.get(name) or "").strip().casefold() for name in ("by", "confirmed_by"))
    return bool(first and second) and first != second


def judge(
    facts: Iterable[Fact],
    catalogue: Catalogue,
    *,
    subject: Subject,
    exhibits: Iterable[Exhibit] = (),
    observed: Iterable[str] = (),
    at: date | str,
    timing: Mapping[str, float] | None = None,
    drafts: bool = False,
) -> Inspection:
    """Judge one subject by the rules in force on `at`.

    `observed`: channels of which an exhibit was read or partly read. `timing` (seconds by
    stage) is passed on. Findings come in the order of rule ids. Never raises on facts that
    keep to facts.yml.
    """
    known = list(facts)
    day = str(at)
    catalogue = msgspec.structs.replace(catalogue, at=day)
    index = FactIndex(known, catalogue, observed)
    findings = tuple(
        _finding(rule, decide(rule, index, subject), catalogue, day)
        for rule in catalogue.rules_at(day, drafts=drafts)
    )
    return Inspection(
        schema=SCHEMA,
        tool=Tool(name="mingcha", version=__version__, catalogue=catalogue.ref(day)),
        subject=subject,
        exhibits=tuple(exhibits),
        findings=findings,
        summary=summarise(findings, index.observed),
        timing=dict(timing or {}),
        inventory=inventory.build(known, catalogue, subject, index.observed),
    )


def _finding(rule: Rule, decision: Decision, catalogue: Catalogue, day: str) -> Finding:
    sheet = rule.sheet
    return Finding(
        rule=rule.id,
        version=rule.version,
        status=rule.status,
        scenario=rule.scenario,
        issue_types=tuple(rule.issue_types),
        outcome=decision.outcome,
        confidence=decision.confidence,
        severity=rule.severity,
        title=texts(rule.title),
        what=texts(rule.what),
        why=texts(rule.why),
        basis=catalogue.cite(rule, day),
        evidence=evidence(decision.facts, asked_by(rule)),
        evidence_total=len(decision.facts),
        remedy=texts(rule.fix),
        shows_not=texts(rule.shows_not),
        limits=texts(rule.limits),
        decided_by=decision.decided_by,
        reasons=tuple(decision.reasons),
        sheet={"question": texts(sheet.question), "attach": texts(sheet.attach)} if sheet else None,
        error=decision.error,
    )


def summarise(findings: Sequence[Finding], observed: Iterable[str]) -> Summary:
    """Counts over findings. Completeness = decided / applicable, 0 when nothing was applicable."""
    outcomes = Counter(f.outcome for f in findings)
    failed = [f for f in findings if f.outcome == "failed"]
    applicable = len(findings) - outcomes["inapplicable"]
    severities = Counter(f.severity for f in failed)
    missing = Counter(c for f in findings if f.outcome in ("cantTell", "untested") for c in f.decided_by)
    return Summary(
        outcomes={name: outcomes[name] for name in OUTCOMES},
        failed_by_severity={name: severities[name] for name in SEVERITIES},
        failed_by_scenario=dict(sorted(Counter(f.scenario for f in failed).items())),
        completeness=round((outcomes["failed"] + outcomes["passed"]) / applicable, 4) if applicable else 0.0,
        observed=tuple(sorted(observed)),
        missing=dict(sorted(missing.items())),
    )
