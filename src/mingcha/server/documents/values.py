"""What documents say: plain values from the case, its events, the catalogue and the result document.

Texts of rules are the catalogue's. Nothing is said that a person did not confirm or the result does not hold.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec

from mingcha import catalogue
from mingcha.errors import MingchaError
from mingcha.model import Citation
from mingcha.model import Inspection as Result
from mingcha.report import json_, wording
from mingcha.report.findings import article_word
from mingcha.report.words import Words
from mingcha.server import blobs
from mingcha.server.batches.models import Batch
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Case, CaseFinding, Event
from mingcha.server.registry.models import Inspection

EVIDENCE = 5
"""Pieces of evidence that a document shows of one finding."""
NONE = "—"


def chinese(value: date | None) -> str:
    """A day as documents write it."""
    return f"{value.year}年{value.month}月{value.day}日" if value else NONE


def result(inspection: Inspection | None) -> Result | None:
    """The result document of an inspection, None where it was not kept."""
    if inspection is None:
        return None
    try:
        return json_.load(blobs.get(inspection.digest))
    except (FileNotFoundError, MingchaError, msgspec.MsgspecError):
        return None


def told(case: Case, lang: str) -> dict[int, list[str]]:
    """What the evidence of a case's findings says, as sentences, by the finding in the case. Each finding is told by the result that it
    came from; where that was not kept, there are none."""
    rows = list(case.findings.select_related("finding__inspection").order_by("pk"))
    results = {i.pk: result(i) for i in {r.finding.inspection_id: r.finding.inspection for r in rows}.values()}
    out = {}
    for row in rows:
        found = results[row.finding.inspection_id]
        out[row.pk] = next((wording.of_finding(f, lang) for f in found.findings if f.rule == row.finding.rule), []) if found else []
    return out


def of_case(case: Case, event: Event, reason: str) -> dict[str, Any]:
    """Values of a document about one case."""
    subject, operator, package = case.subject, case.operator, case.package
    attached = case.inspections.select_related("inspection").order_by("-pk")
    last = attached.first()
    found = result(last.inspection) if last else None
    rows = list(case.findings.select_related("finding", "finding__inspection").order_by("pk"))
    standing = [r for r in rows if r.status in ("confirmed", "remains")]
    of = {r.rule: r for r in found.findings} if found else {}
    said, loaded = told(case, "zh"), catalogue.load()  # once: loading looks whether any file of it changed
    return {
        "case": case.number, "app": subject.name, "identifier": subject.identifier,
        "version": (package.version if package else "") or NONE, "sha256": package.sha256 if package else NONE,
        "developer": (operator.registered_name or operator.name) if operator else NONE,
        "credit_code": (operator.credit_code or NONE) if operator else NONE,
        "sources": "、".join(subject.listings.order_by("store").values_list("store", flat=True).distinct()) or NONE,
        "due": chinese(case.due), "served": chinese(day(case.served)) if case.served else NONE, "reason": reason or NONE,
        "problems": [_problem(n, r, of, said, loaded) for n, r in enumerate(standing, 1)],
        "findings": [_problem(n, r, of, said, loaded) for n, r in enumerate(rows, 1)],
        "fixed": [_problem(n, r, of, said, loaded) for n, r in enumerate([r for r in rows if r.status == "fixed"], 1)],
        "exhibits": [{"name": e.name, "kind": e.kind, "sha256": e.sha256, "size": str(e.size)} for e in found.exhibits] if found else [],
        "limits": sorted({f"{lim.code} {lim.detail}".strip() for e in found.exhibits for lim in e.limitations}) if found else [],
        "tool": f"mingcha {found.tool.version}" if found else NONE, "catalogue": found.tool.catalogue.digest[:16] if found else NONE,
        "judged_at": last.inspection.at if last else NONE, "inspected": chinese(day(last.inspection.taken)) if last else NONE,
        "conclusion": "通过" if event.act in ("retest-passed", "rectified-after-naming") else "未通过" if event.act == "retest-failed" else NONE,
    }  # fmt: skip


def _problem(n: int, row: CaseFinding, of: dict[str, Any], said: dict[int, list[str]], loaded: catalogue.Catalogue) -> dict[str, Any]:
    """One finding as a document says it."""
    finding = row.finding
    rule, scene = loaded.rules.get(finding.rule), loaded.scenarios.get(finding.scenario)
    aspect = loaded.aspects.get(finding.scenario[:1])
    seen = of.get(finding.rule)
    issues = [loaded.issue_types[c].name.zh for c in finding.issue_types if c in loaded.issue_types]
    return {
        "n": str(n), "rule": finding.rule, "title": rule.title.zh if rule else finding.rule, "aspect": aspect.name.zh if aspect else NONE,
        "scenario": f"{finding.scenario} {scene.name.zh}" if scene else finding.scenario, "issue": "；".join(issues) or (scene.name.zh if scene else NONE),
        "why": rule.why.zh if rule else NONE, "fix": rule.fix.zh if rule else NONE, "shows_not": rule.shows_not.zh if rule else NONE,
        "basis": "；".join(_cited(c) for c in loaded.cite(rule, finding.inspection.at) if c.failed == "not-satisfied") or NONE if rule else NONE,
        "evidence": [f"{e.where}：{e.text}" for e in seen.evidence[:EVIDENCE]] if seen else [],
        "told": said.get(row.pk, []),
        "status": {"proposed": "待核查", "confirmed": "成立", "refused": "不成立", "fixed": "已整改", "remains": "未整改"}[row.status],
    }  # fmt: skip


def _cited(c: Citation) -> str:
    """A clause as a document cites it. One that nobody compared with the official text says so."""
    words = Words("zh")
    text = f"《{c.name.get('zh', c.law)}》{article_word(c.article, words, c.law).replace(' ', '')}"
    return text if c.mark == "official" else f"{text}（{words.get('mark.name', c.mark)}，须核对原文）"


def of_batch(batch: Batch) -> dict[str, Any]:
    """Values of a document about a batch: the rows of its snapshot, one line for each source and problem."""
    told = json.loads(batch.snapshot)
    rows = []
    for row in told["rows"]:
        lines = [{"source": s, "issue": i["zh"]} for s in row["sources"] or ["未登记"] for i in row["issues"] or [{"zh": NONE}]]
        rows.append({**{k: str(row[k] or NONE) for k in ("n", "app", "developer", "version")}, "lines": lines})
    return {
        "year": str(batch.year), "batch": str(batch.number), "total": str(batch.total), "apps": rows, "count": str(len(rows)),
        "reason": told["reason"] or NONE, "snapshot": batch.digest, "checkpoint": told["checkpoint"] or NONE,
        "corrects": told["corrects"]["slug"] if told["corrects"] else NONE, "due": chinese(_due(batch)),
    }  # fmt: skip


def _due(batch: Batch) -> date | None:
    return batch.items.values_list("case__due", flat=True).first()
