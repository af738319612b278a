"""What the page of a case shows of evidence, check sheets and re-tests."""

from __future__ import annotations

from typing import Any

from mingcha import catalogue
from mingcha.server.desk.lists import rule_title
from mingcha.server.desk.words import say
from mingcha.server.inspections import services
from mingcha.server.inspections.models import Answer
from mingcha.server.inspections.work import files_of
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.process import table
from mingcha.server.ledger.who import Who


def of_case(case: Case, who: Who, lang: str) -> dict[str, Any]:
    """Context for the template of a case."""
    files = [(e, rule_title(e.finding.finding.rule, lang) if e.finding else say("evidence-whole", lang)) for e in files_of(case, who)]
    inside = who.kind in ("ministry", "administration", "laboratory", "auditor")
    back = case.reoffences.select_related("inspection__subject", "inspection__package").order_by("pk") if inside else ()
    open_ = not table().states[case.state].final
    return {
        "evidence": files, "may_add": open_ and services.may("add-evidence", who), "sheets": _sheets(case, lang) if inside else (),
        "may_answer": case.state in ("inspected", "verified") and services.may("answer-sheet", who),
        "back": [(b, rule_title(b.rule, lang)) for b in back], "retested": case.inspections.filter(retest=True).exists(),
    }  # fmt: skip


def _sheets(case: Case, lang: str) -> list[dict[str, Any]]:
    rules = catalogue.load().rules
    rows = case.findings.filter(finding__outcome="cantTell").select_related("finding").order_by("pk")
    answers = {a.finding_id: a for a in Answer.objects.filter(finding__case=case).select_related("by")}
    out = []
    for row in rows:
        rule = rules.get(row.finding.rule)
        text = (rule.sheet.question if rule.sheet else rule.evidence.confirm) if rule else None
        out.append({"pk": row.pk, "title": rule_title(row.finding.rule, lang), "question": getattr(text, lang) if text else "", "answer": answers.get(row.pk)})
    return out
