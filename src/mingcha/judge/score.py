"""The score of a site or app for older users: findings × a scheme of the catalogue, survey and self-evaluation.

A scheme is data with a date (`catalogue/scoring`). What was not decided never counts as met: it is told as the untested
share, and where that is too large no score is given. Source: MIIT-67 annex 3 (40 + 40 + 20, pass line 60).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from mingcha.catalogue import Catalogue
from mingcha.catalogue.schema import Scheme
from mingcha.errors import Usage
from mingcha.model import CatalogueRef, Finding, Inspection, Struct, Subject

SCHEMA = "mingcha.score/1"


class Survey(Struct):
    """What users said. `mean`: 0 to 100; `sample`: valid answers; `asked`: people asked."""

    mean: float
    sample: int
    asked: int | None = None
    how: str = ""
    period: str = ""
    source: str = ""


class SelfEvaluation(Struct):
    """What the operator says of itself, 0 to 100."""

    points: float
    by: str = ""
    at: str = ""
    source: str = ""


class ItemScore(Struct):
    """One criterion. `outcome`: passed, partly, failed, open (nothing decided), inapplicable. `decided`: share of its
    applicable rules that were decided, 0 to 1. `points`: of `weight`, by the decided rules alone; None where none is."""

    id: str
    name: Mapping[str, str]
    criterion: str
    weight: float
    outcome: Literal["passed", "partly", "failed", "open", "inapplicable"]
    points: float | None
    decided: float
    rules: Mapping[str, str]


class Part(Struct):
    """One of the three parts. `points`: of `weight`; None where it is missing, `why` says the reason."""

    id: Literal["survey", "technical", "self"]
    name: Mapping[str, str]
    weight: float
    points: float | None
    why: str = ""


class Veto(Struct):
    """One veto: `failed` is None where it was not decided."""

    id: str
    name: Mapping[str, str]
    failed: bool | None


class Observed(Struct):
    """What is looked for and gives no points. `found`: every rule passed."""

    id: str
    name: Mapping[str, str]
    found: bool


class Score(Struct):
    """The score document, schema `mingcha.score/1`. `total` and `passed` are None where a part is missing; `technical` is
    0 to 100; `untested`: share of the weight of applicable criteria that was not decided; `low`, `high`: technical score
    if all that is open failed, or passed."""

    schema: str
    scheme: Mapping[str, Any]
    subject: Subject
    catalogue: CatalogueRef
    exhibits: tuple[str, ...]
    parts: tuple[Part, ...]
    items: tuple[ItemScore, ...]
    vetoes: tuple[Veto, ...]
    technical: float | None
    low: float
    high: float
    untested: float
    total: float | None
    passed: bool | None
    why: tuple[str, ...]
    observed: tuple[Observed, ...] = ()
    survey: Survey | None = None
    self_evaluation: SelfEvaluation | None = None


def scheme_for(catalogue: Catalogue, subject: str, at: str, wanted: str | None = None) -> Scheme:
    """The scheme of a kind of subject in force on a day. Usage where there is none."""
    from mingcha.catalogue.loader import in_force

    fit = [s for s in catalogue.schemes.values() if (s.id == wanted if wanted else subject in s.subjects) and in_force(s.in_force, at)]
    if not fit:
        raise Usage(f"没有适用的评分方案：{wanted or subject}", f"no scheme of scoring fits: {wanted or subject}", {"zh": "用 --scheme 指定，可用：" + "、".join(catalogue.schemes), "en": "name one with --scheme: " + ", ".join(catalogue.schemes)}, code="no-scheme")  # fmt: skip
    return max(fit, key=lambda s: (s.in_force.start or "", s.version))


def score(inspection: Inspection, scheme: Scheme, survey: Survey | None = None, own: SelfEvaluation | None = None) -> Score:
    """The score of an inspection by a scheme."""
    findings = {f.rule: f for f in inspection.findings}
    items = tuple(_item(i, findings) for i in scheme.items)
    counted = [i for i in items if i.outcome != "inapplicable"]
    weight = sum(i.weight for i in counted)
    decided = sum(i.weight * i.decided for i in counted)
    gained = sum((i.points or 0) * i.decided for i in counted)
    untested = 1 - decided / weight if weight else 1.0
    technical = round(100 * gained / decided, 2) if decided and untested <= scheme.most_untested + 1e-9 else None
    vetoes = tuple(Veto(id=v.id, name=_texts(v.name), failed=_vetoed(v.rules, findings)) for v in scheme.vetoes)
    parts = (_survey(scheme, survey), _technical(scheme, technical, decided), _own(scheme, own))
    missing = [p for p in parts if p.points is None]
    total = round(sum(p.points or 0 for p in parts), 2) if not missing else None
    why = [f"{p.id}:{p.why}" for p in missing] + [f"veto:{v.id}" for v in vetoes if v.failed]
    passed: bool | None = None
    if any(v.failed for v in vetoes):
        passed = False
    elif total is not None:
        undecided = [v.id for v in vetoes if v.failed is None]
        why += [f"veto-open:{v}" for v in undecided]
        passed = None if undecided and total >= scheme.pass_line else total >= scheme.pass_line
    return Score(
        schema=SCHEMA, scheme={"id": scheme.id, "version": scheme.version, "name": _texts(scheme.name), "pass_line": scheme.pass_line, "mark": scheme.mark, "weights": scheme.weights,
                               "most_untested": scheme.most_untested, "valid_years": scheme.valid_years},
        subject=inspection.subject, catalogue=inspection.tool.catalogue, exhibits=tuple(e.sha256 for e in inspection.exhibits), parts=parts, items=items, vetoes=vetoes, technical=technical,
        low=round(100 * gained / weight, 2) if weight else 0.0, high=round(100 * (gained + weight - decided) / weight, 2) if weight else 100.0, untested=round(untested, 4), total=total, passed=passed,
        why=tuple(why), observed=tuple(Observed(id=o.id, name=_texts(o.name), found=all(r in findings and findings[r].outcome == "passed" for r in o.rules)) for o in scheme.observed), survey=survey, self_evaluation=own,
    )  # fmt: skip


def _item(item: Any, findings: Mapping[str, Finding]) -> ItemScore:
    """A criterion by its rules, each of equal weight in it."""
    outcomes = {r: findings[r].outcome if r in findings else "untested" for r in item.rules}
    applicable = [o for o in outcomes.values() if o != "inapplicable"]
    good, bad = applicable.count("passed"), applicable.count("failed")
    outcome: Literal["passed", "partly", "failed", "open", "inapplicable"]
    if not applicable:
        outcome = "inapplicable"
    elif good + bad == 0:
        outcome = "open"
    elif bad == 0:
        outcome = "passed"
    else:
        outcome = "partly" if good else "failed"
    points = round(item.weight * good / (good + bad), 3) if good + bad else None
    return ItemScore(id=item.id, name=_texts(item.name), criterion=item.criterion, weight=item.weight, outcome=outcome, points=points, decided=(good + bad) / len(applicable) if applicable else 0.0, rules=outcomes)


def _vetoed(rules: Sequence[str], findings: Mapping[str, Finding]) -> bool | None:
    outcomes = [findings[r].outcome if r in findings else "untested" for r in rules]
    if "failed" in outcomes:
        return True
    return False if all(o in ("passed", "inapplicable") for o in outcomes) else None


def _survey(scheme: Scheme, survey: Survey | None) -> Part:
    points, why = None, "missing"
    if survey is not None:
        points, why = (round(scheme.survey.weight * survey.mean / 100, 2), "") if survey.sample >= scheme.survey.least_sample else (None, "sample-too-small")
    return Part(id="survey", name=_texts(scheme.survey.name), weight=scheme.survey.weight, points=points, why=why)


def _technical(scheme: Scheme, technical: float | None, decided: float) -> Part:
    points = round(scheme.technical.weight * technical / 100, 2) if technical is not None else None
    return Part(id="technical", name=_texts(scheme.technical.name), weight=scheme.technical.weight, points=points, why="" if points is not None else "too-much-untested" if decided else "nothing-tested")


def _own(scheme: Scheme, own: SelfEvaluation | None) -> Part:
    return Part(id="self", name=_texts(scheme.self_evaluation.name), weight=scheme.self_evaluation.weight, points=round(scheme.self_evaluation.weight * own.points / 100, 2) if own else None, why="" if own else "missing")


def _texts(text: Any) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def encode(found: Score) -> bytes:
    """The document as JSON, indented, with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
