"""Pages of credit files and the public bad-record list."""

from __future__ import annotations

import json

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.server.credit import services
from mingcha.server.credit.models import Listed
from mingcha.server.desk.front import inside, show
from mingcha.server.desk.words import language
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.registry.models import Operator, folded

PAGE = 50


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 18 else 0


@require_safe
@inside
def operators(request: HttpRequest, who: Who) -> HttpResponse:
    """Search operators; a company is led to its own file."""
    if who.kind not in ("ministry", "administration", "auditor", "company", "sdk-vendor"):
        raise Http404
    found, wanted = services.operators_of(who), request.GET.get("q", "").strip()[:100]
    if who.kind in ("company", "sdk-vendor"):
        own = found.first()
        if own is None:
            raise Http404
        return redirect(f"/desk/credit/{own.pk}/")
    if wanted:
        found = found.filter(Q(folded__contains=folded(wanted)) | Q(credit_code=wanted.upper()))
    else:
        found = found.filter(cases__isnull=False)
    return show(request, "operators", {"operators": found.order_by("-pk").distinct()[:PAGE], "q": wanted}, part="credit")


def _operator(who: Who, number: int) -> Operator:
    found = services.operators_of(who).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@inside
def one(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """The file of an operator; appeals and listings from it."""
    operator, post = _operator(who, number), request.POST
    if request.method == "POST":
        reason, event = post.get("reason", "")[:2000], _number(post.get("event", ""))
        match post.get("do"):
            case "appeal":
                services.appeal(operator, event, who, reason)
            case "strike" | "uphold":
                services.decide(_number(post.get("appeal", "")), who, strike=post.get("do") == "strike", reason=reason)
            case "list":
                services.list_bad(operator, event, who, reason)
            case "unlist":
                services.unlist(_number(post.get("listed", "")), who, reason)
            case _:
                raise Refused("bad-data")
        return redirect(f"/desk/credit/{operator.pk}/")
    listed = {row.event_id: row for row in Listed.objects.filter(operator=operator, ended=None)}
    entries = [
        {"badge": services.said(e.event).get("number", "") if e.event.about.startswith("badge:") else "", "e": e, "rule": services.rules()[e.rule], "listed": listed.get(e.event.pk), "live": e.state == "counts" and services.rules()[e.rule].sign == "negative"}
        for e in services.file_of(operator, day(timezone.now()))
    ]  # fmt: skip
    may = {n.partition("-")[0]: table().others[n].allows(who.kind, who.role) for n in ("appeal-credit", "decide-credit", "list-credit", "unlist-credit")}
    return show(request, "file", {"operator": operator, "entries": entries, "may": may}, part="credit")


@require_safe
@inside
def exported(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """The file as JSON."""
    operator = _operator(who, number)
    told = {
        "operator": operator.name, "registered_name": operator.registered_name, "credit_code": operator.credit_code,
        "as_of": day(timezone.now()).isoformat(),
        "entries": [
            {
                "rule": e.rule, "sign": services.rules()[e.rule].sign, "date": day(e.event.at).isoformat(), "until": e.until.isoformat(), "state": e.state,
                "case": e.event.case.number if e.event.case else None,
                "badge": services.said(e.event).get("number") if e.event.about.startswith("badge:") else None, "event": str(e.event.uid), "mark": services.rules()[e.rule].mark,
            }
            for e in services.file_of(operator, day(timezone.now()))
        ],
    }  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="credit-{operator.pk}.json"'}
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/json", headers=headers)


@require_safe
def bad_records(request: HttpRequest) -> HttpResponse:
    """The public list."""
    rows = [(row, services.rules()) for row in services.bad_records(day(timezone.now()))]
    return show(request, "bad_records", {"rows": [row for row, _ in rows], "lang_": language(request)}, part="credit")
