"""What a batch publishes, as canonical JSON: written once, and all pages, workbooks and documents are made from it.

A row is one app as public lists have it: 序号, 应用名称, 应用开发者, 应用来源, 应用版本, 所涉问题 (the ministry's lists
since 2020). One app has one number; its problems are lines of their own.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings

from mingcha import catalogue
from mingcha.server.batches.models import Batch
from mingcha.server.ledger.events import canonical
from mingcha.server.ledger.models import Case, CaseFinding

SCHEMA = "mingcha.list/1"


def rows(batch: Batch) -> list[dict[str, Any]]:
    """The rows of a batch, by the numbers of its cases."""
    found = batch.items.select_related("case__subject", "case__operator", "case__package").order_by("case_id")
    return [{"n": n, **_row(item.case)} for n, item in enumerate(found, 1)]


def _row(case: Case) -> dict[str, Any]:
    version = case.package.version if case.package else ""
    sources = case.subject.listings.filter(version__in=("", version)).order_by("store").values_list("store", flat=True).distinct()
    operator = case.operator
    return {
        "case": case.number, "app": case.subject.name, "identifier": case.subject.identifier, "kind": case.subject.kind,
        "developer": (operator.registered_name or operator.name) if operator else "", "sources": list(sources), "version": version,
        "sha256": case.package.sha256 if case.package else "", "issues": issues(case),
    }  # fmt: skip


def issues(case: Case) -> list[dict[str, str]]:
    """Problems of a case in the wording of public lists, each once; a rule without an issue type is told by its scenario."""
    loaded = catalogue.load()
    found: dict[str, dict[str, str]] = {}
    standing = CaseFinding.objects.filter(case=case, status__in=("confirmed", "remains")).select_related("finding").order_by("pk")
    for row in standing:
        for code in row.finding.issue_types:
            known = loaded.issue_types.get(code)
            if known:
                found.setdefault(code, {"code": code, "zh": known.name.zh, "en": known.name.en})
        if not any(c in loaded.issue_types for c in row.finding.issue_types):
            scene = loaded.scenarios.get(row.finding.scenario)
            code = row.finding.scenario
            found.setdefault(code, {"code": code, "zh": scene.name.zh if scene else code, "en": scene.name.en if scene else code})
    return list(found.values())


def text(batch: Batch, published: list[dict[str, Any]]) -> str:
    """The snapshot. It holds the checkpoint of the ledger's log that was the newest when it was issued."""
    corrected = batch.corrects
    return canonical({
        "schema": SCHEMA, "kind": batch.kind, "issuer": batch.organisation.name, "province": batch.organisation.province,
        "year": batch.year, "number": batch.number, "total": batch.total, "slug": batch.slug,
        "issued": batch.issued.isoformat() if batch.issued else "", "reason": batch.reason if batch.kind == "correction" else "",
        "corrects": {"slug": corrected.slug, "sha256": corrected.digest} if corrected else None, "rows": published,
        "checkpoint": checkpoint(),
    })  # fmt: skip


def rows_digest(published: list[dict[str, Any]]) -> str:
    """SHA-256 of rows as they would be published."""
    return digest(canonical({"rows": published}))


def checkpoint() -> str:
    """The newest signed checkpoint; empty before the first."""
    path = settings.HOME / "log" / "checkpoint"
    found: str = path.read_text("utf-8") if path.is_file() else ""
    return found


def digest(snapshot: str) -> str:
    """SHA-256 of a snapshot."""
    return hashlib.sha256(snapshot.encode()).hexdigest()
