"""What is done on the page of a case: evidence, check sheets, a re-test beside the first inspection."""

from __future__ import annotations

from typing import Any, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from mingcha.report.change import HEADS, compare
from mingcha.server import blobs
from mingcha.server.desk.front import inside, show
from mingcha.server.desk.lists import rule_title
from mingcha.server.desk.words import language
from mingcha.server.documents.values import result
from mingcha.server.inspections import services
from mingcha.server.inspections.models import Evidence
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, visible


def _case(who: Who, number: str) -> Case:
    found = visible(who).filter(number=number).select_related("subject", "package").first()
    if found is None:
        raise Http404
    return found


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 18 else 0


@require_POST
@inside
def add(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """Add an evidence file."""
    case = _case(who, number)
    file = request.FILES.get("file")
    if file is None:
        raise Refused("empty-file")
    chosen = _number(request.POST.get("finding", ""))
    finding = case.findings.filter(pk=chosen).first() if chosen else None
    if chosen and finding is None:
        raise Refused("bad-data")
    services.add_evidence(case, who, file, finding=finding, key=request.POST.get("key", "")[:80] or None)
    return redirect(f"/desk/cases/{case.number}/#evidence")


@require_safe
@inside
def download(request: HttpRequest, who: Who, number: str, evidence: int) -> HttpResponse:
    """An evidence file, always as an attachment. Companies read their own; what others added is for those who decide."""
    case = _case(who, number)
    found = files_of(case, who).filter(pk=evidence).first()
    if found is None:
        raise Http404
    try:
        path = blobs.path(found.sha256)
    except FileNotFoundError as e:
        raise Http404 from e
    sent = FileResponse(path.open("rb"), as_attachment=True, filename=found.name, content_type=found.media, headers={"X-Content-Type-Options": "nosniff"})
    return cast("HttpResponse", sent)


def files_of(case: Case, who: Who) -> Any:
    """Evidence files of a case that a role may see."""
    found = Evidence.objects.filter(case=case).select_related("by", "organisation", "finding__finding").order_by("pk")
    return found.filter(organisation=who.organisation) if who.kind in ("company", "sdk-vendor", "store") else found


@require_POST
@inside
def answer(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """Answer a check sheet."""
    case = _case(who, number)
    finding = case.findings.filter(pk=_number(request.POST.get("finding", ""))).first()
    said = request.POST.get("answer", "")
    if finding is None or said not in ("breach", "fine"):
        raise Refused("bad-data")
    services.answer(finding, who, breach=said == "breach", note=request.POST.get("note", "")[:2000])
    return redirect(f"/desk/cases/{case.number}/#sheets")


@require_safe
@inside
def retest(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """The inspection that a notice rests on beside the last one of the same subject."""
    case, lang = _case(who, number), language(request)
    first = case.inspections.filter(retest=False).select_related("inspection__package").order_by("pk").first()
    last = case.inspections.filter(retest=True).select_related("inspection__package").order_by("-pk").first()
    if first is None or last is None:
        raise Http404
    groups: list[tuple[str, list[tuple[str, str, str]]]]
    old, new = result(first.inspection), result(last.inspection)
    if old and new:
        change = compare(old, new)
        groups = [(g, [(rule_title(line.rule, lang), line.before, line.after) for line in getattr(change, g)]) for g in HEADS]
    else:  # results that were not kept: by what was registered of them
        was, now = (dict(i.inspection.findings.values_list("rule", "outcome")) for i in (first, last))
        both = {
            "appeared": [r for r in now if r not in was], "remaining": [r for r in now if r in was and now[r] == "failed"],
            "undecided": [r for r in was if r not in last.inspection.cleared and now.get(r) != "failed"],
            "fixed": [r for r in was if r in last.inspection.cleared and r not in now],
        }  # fmt: skip
        groups = [(g, [(rule_title(r, lang), was.get(r, ""), now.get(r, "")) for r in both[g]]) for g in HEADS]
    return show(request, "retest", {"case": case, "first": first.inspection, "last": last.inspection, "groups": groups}, part="inspections")
