"""Pages of uploads and of inspections."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.errors import MingchaError
from mingcha.model import Inspection as Result
from mingcha.report import html, json_
from mingcha.server import blobs
from mingcha.server.desk.front import inside, show
from mingcha.server.desk.lists import rule_title
from mingcha.server.desk.words import language
from mingcha.server.inspections import services
from mingcha.server.inspections.models import ROLES, Job
from mingcha.server.inspections.services import Incoming
from mingcha.server.ledger.who import Who, visible
from mingcha.server.registry.models import Inspection

PAGE, SHOWN = 50, 8


@require_http_methods(["GET", "POST"])
@inside
def jobs(request: HttpRequest, who: Who) -> HttpResponse:
    """Uploads of this organisation, and the form for one."""
    may = services.may("upload", who)
    if request.method == "POST":
        files = [Incoming(role, f) for role in ROLES for f in request.FILES.getlist(role)]
        made = services.submit(who, files, key=request.POST.get("key", "")[:80] or None)
        return redirect(f"/desk/inspections/jobs/{made.pk}/")
    found = services.visible_jobs(who).select_related("inspection__subject", "organisation").prefetch_related("files").order_by("-pk")[:PAGE]
    context = {"jobs": found, "may": may, "roles": ROLES, "key": secrets.token_urlsafe(12)}
    return show(request, "jobs", context, part="inspections")


@require_http_methods(["GET", "POST"])
@inside
def job(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """One upload and how far it is."""
    found: Job | None = services.visible_jobs(who).filter(pk=number).select_related("inspection").first()
    if found is None:
        raise Http404
    if request.method == "POST":
        services.cancel(found, who)
        return redirect(f"/desk/inspections/jobs/{found.pk}/")
    lang, open_ = language(request), found.state in ("queued", "running")
    context = {
        "job": found, "files": found.files.order_by("pk"), "open": open_, "total": found.files.count(),
        "why": getattr(found, lang), "mine": open_ and services.may("upload", who) and found.organisation_id == who.organisation.pk,
    }  # fmt: skip
    page = show(request, "job", context, part="inspections")
    if open_:
        page["Refresh"] = "3"
    return page


def _one(who: Who, number: int) -> Inspection:
    found = services.visible_inspections(who).filter(pk=number).select_related("subject", "package").first()
    if found is None:
        raise Http404
    return found


def _result(inspection: Inspection) -> tuple[bytes, Result] | None:
    try:
        raw = blobs.get(inspection.digest)
        return raw, json_.load(raw)
    except (FileNotFoundError, MingchaError, msgspec.MsgspecError):
        return None


@require_http_methods(["GET", "POST"])
@inside
def inspection(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """One inspection: exhibits, findings with their evidence, what came back."""
    found, lang = _one(who, number), language(request)
    if request.method == "POST":
        lead = services.self_report(found, who, request.POST.get("plan", "")[:5000])
        return show(request, "reported", {"receipt": lead.receipt}, part="inspections")
    kept = _result(found)
    told = {f.rule: f for f in kept[1].findings} if kept else {}
    rows = [
        {"row": row, "title": rule_title(row.rule, lang), "evidence": told[row.rule].evidence[:SHOWN] if row.rule in told else (),
         "more": max(0, told[row.rule].evidence_total - SHOWN) if row.rule in told else 0}
        for row in found.findings.order_by("pk")
    ]  # fmt: skip
    visible_cases = visible(who)
    context: dict[str, Any] = {
        "inspection": found, "rows": rows, "result": kept[1] if kept else None,
        "cases": visible_cases.filter(inspections__inspection=found).distinct(),
        "back": found.reoffences.filter(case__in=visible_cases).select_related("case__subject") if found.reoffences.exists() else (),
        "titles": {r.rule: rule_title(r.rule, lang) for r in found.reoffences.all()}, "lang_": lang,
        "self": services.may("self-report", who) and bool(rows),
    }  # fmt: skip
    context["back"] = [(b, rule_title(b.rule, lang)) for b in context["back"]]
    return show(request, "inspection", context, part="inspections")


@require_safe
@inside
def document(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """The result document, byte for byte."""
    found = _one(who, number)
    kept = _result(found)
    if kept is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="inspection-{found.pk}.json"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(kept[0], content_type="application/json", headers=headers)


@require_safe
@inside
def report(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """The HTML report, as a file: it has a style of its own, which the office's pages do not allow."""
    found = _one(who, number)
    kept = _result(found)
    if kept is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="inspection-{found.pk}.html"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(html.render(kept[1], language(request)), content_type="text/html; charset=utf-8", headers=headers)
