"""Pages for those at work: the desk, leads, the ledger and a case."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.server.desk.front import inside, show, show_rows
from mingcha.server.desk.lists import rule_title, scenarios, searched
from mingcha.server.desk.words import language
from mingcha.server.documents import pages as documents
from mingcha.server.documents import values
from mingcha.server.evaluations import public as evaluations
from mingcha.server.figures import read
from mingcha.server.figures.kinds import figures
from mingcha.server.inbox.lists import page, views
from mingcha.server.inspections import beside
from mingcha.server.ledger import leads as lead_services
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Case, CaseFinding, Complainant, Lead
from mingcha.server.ledger.process import table
from mingcha.server.ledger.services import WAITING, act, allowed
from mingcha.server.ledger.who import Who, leads_of, may, told, visible
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import Operator, Subject, folded
from mingcha.server.search import names
from mingcha.server.texts import Words

SOON = timedelta(days=7)


@inside
def desk(request: HttpRequest, who: Who) -> HttpResponse:
    """What is to be done: what falls due, how many cases stand where, leads to triage."""
    cases = visible(who)
    counts = dict(cases.values_list("state").annotate(n=Count("pk", distinct=True)))
    today = day(timezone.now())
    soon = cases.filter(state__in=WAITING, due__lte=today + SOON).select_related("subject", "operator").order_by("due", "pk")[:20]
    context = {
        "counts": [(name, counts.get(name, 0)) for name in table().states if counts.get(name)], "soon": soon,
        "today": today, "leads": leads_of(who).filter(state__in=("received", "triaged")).count(),
        "memberships": who.person.memberships.filter(ended=False).select_related("organisation") if who.person else (),
        "verify": _to_verify(who), "figures": _figures(who, today), "evaluations": evaluations.waiting(who),
    }  # fmt: skip
    return show(request, "desk", context)


def _to_verify(who: Who) -> list[Case]:
    """Cases that wait for a second person who may be this one: the oldest first."""
    if who.person is None or not table().acts["verify"].allows(who.kind, who.role):
        return []
    others = CaseFinding.objects.filter(case__in=visible(who).filter(state="inspected"), status="proposed").exclude(proposed_by=who.person)
    return list(Case.objects.filter(pk__in=others.values("case")).select_related("subject", "operator").order_by("pk")[:20])


def _figures(who: Who, today: date) -> list[tuple[Words, int]]:
    """This year's figures of an authority."""
    if who.kind not in ("ministry", "administration", "auditor"):
        return []
    span = read.Span(today.replace(month=1, day=1), today, who.organisation.province if who.kind == "administration" else "")
    return [(figures()[v.key].text, v.n) for v in read.values(span, ("inspected", "ordered", "rectified", "named", "removed"))]


@inside
def ledger(request: HttpRequest, who: Who) -> HttpResponse:
    """Cases, the newest first, a page at a time from the last one's number on."""
    cases = searched(visible(who), request.GET.get("q", ""))
    chosen, place = request.GET.get("state", ""), request.GET.get("province", "")
    cases = cases.filter(state=chosen) if chosen in table().states else cases
    cases = cases.filter(province=place) if place in PROVINCES else cases
    saved = views(request, who, "cases")
    if saved["start"]:
        return redirect(f"{request.path}?{saved['start']}")
    rows, more = page(request, cases.select_related("subject", "operator"), newest=True)
    lang = language(request)
    context = {
        "cases": rows, "more": more, "after": request.GET.get("after", ""), "sort": request.GET.get("sort", ""), **saved,
        "states": [(n, s.say(lang)) for n, s in table().states.items()], "chosen": chosen, "place": place,
        "provinces": [(c, n[0 if lang == "zh" else 1]) for c, n in PROVINCES.items()],
        "q": request.GET.get("q", ""), "today": day(timezone.now()), "shown": len(rows),
    }  # fmt: skip
    return show_rows(request, "ledger", context)


def _case(who: Who, number: str) -> Case:
    found = visible(who).filter(number=number).select_related("subject", "operator", "package").first()
    if found is None:
        raise Http404
    return found


@inside
def case(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """One case: its findings, what happened, and what this role can do now."""
    found, lang = _case(who, number), language(request)
    rows = found.findings.select_related("finding").order_by("pk")
    acts = [
        {
            "name": name, "text": row.text.say(lang), "guards": row.guards,
            "asks": _asks(name, row.guards),
        }
        for name, row in allowed(found, who)
    ]  # fmt: skip
    said = values.told(found, lang)
    known = found.subject.inspections.order_by("-pk")[:20]
    context: dict[str, Any] = {
        "case": found, "doc": table().states[found.state].doc.say(lang), "acts": acts, "key": secrets.token_urlsafe(12),
        "findings": [(f, rule_title(f.finding.rule, lang)) for f in rows],
        "told": [(f, rule_title(f.finding.rule, lang), said.get(f.pk, []) if f.status != "refused" else []) for f in rows], "inspections": known,
        "packages": found.subject.packages.exclude(pk=found.package_id or 0).order_by("-pk")[:20],
        "others": visible(who).filter(subject=found.subject, state__in=("opened", "inspected", "verified")).exclude(pk=found.pk),
        "events": told(found.events.all(), who),
        "provinces": [(c, n[0 if lang == "zh" else 1]) for c, n in PROVINCES.items() if c != found.province],
        "documents": documents.rows(found, who, lang), "today": day(timezone.now()), "done": request.GET.get("done", "") if request.GET.get("done", "") in table().acts else "",
    }  # fmt: skip
    return show(request, "case", context | beside.of_case(found, who, lang))


def _asks(name: str, guards: tuple[str, ...]) -> set[str]:
    """Fields that the form of an act has."""
    asks = {"reason"} if "reason-given" in guards else set()
    if {"has-findings", "retest-attached"} & set(guards):
        asks.add("inspection")
    extra = {"verify": "decide", "split": "findings", "reply": "package", "transfer": "province", "merge": "into", "set-operator": "operator"}
    return asks | ({extra[name]} if name in extra else set())


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 18 else 0


@require_POST
@inside
def do(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """Do or sign the act that the form of a case names."""
    found, post = _case(who, number), request.POST
    name, version = post.get("act", ""), _number(post.get("version", ""))
    decided = [(k.removeprefix("decide-"), v) for k, v in post.items() if k.startswith("decide-")]
    data = {
        "reason": post.get("reason", "")[:2000], "province": post.get("province", "")[:2],
        "confirm": [_number(k) for k, v in decided if v == "confirm"],
        "refuse": [_number(k) for k, v in decided if v == "refuse"],
        "findings": [_number(v) for v in post.getlist("findings")],
        "operator": Operator.objects.filter(credit_code=post.get("credit_code", "").strip().upper()).values_list("pk", flat=True).first() or 0
        if post.get("credit_code") else 0,
        **{field: _number(post.get(field, "")) for field in ("inspection", "package", "into")},
    }  # fmt: skip
    act(found.pk, name, who, data, version=version, key=post.get("key", "")[:80] or None)
    return redirect(f"/desk/cases/{found.number}/?done={name}")


@require_http_methods(["GET", "POST"])
@inside
def lead(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """One lead: triage it, open a case from it, or do not take it on."""
    found = leads_of(who).filter(pk=number).first()
    if found is None:
        raise Http404
    lang = language(request)
    if request.method == "POST":
        return _lead(request, who, found)
    near = Subject.objects.filter(Q(pk__in=names.subjects(found.subject_name)) | Q(pk=found.subject_id or 0)).order_by("pk")[:20]
    context = {
        "lead": found, "subjects": near, "scenarios": scenarios(lang), "today": day(timezone.now()),
        "provinces": [(c, n[0 if lang == "zh" else 1]) for c, n in PROVINCES.items()],
        "events": told(found.events.all(), who), "attachments": found.attachments.order_by("pk"),
        "complainant": Complainant.objects.filter(lead=found).first(),
        "may": tuple(a for a in ("triage-lead", "open-lead", "reject-lead", "see-sender") if may(a, who)),
    }  # fmt: skip
    return show(request, "lead", context)


def _lead(request: HttpRequest, who: Who, found: Lead) -> HttpResponse:
    post = request.POST
    match post.get("do"):
        case "triage":
            subject = Subject.objects.filter(pk=_number(post.get("subject", ""))).first()
            identifier = post.get("identifier", "").strip()[:255]
            if subject is None and identifier:
                subject, _ = Subject.objects.get_or_create(
                    kind="app", platform="android", identifier=identifier,
                    defaults={"name": found.subject_name, "folded": folded(found.subject_name)},
                )  # fmt: skip
            lead_services.triage(
                found.pk, who, subject=subject, scenario=post.get("scenario", "")[:8], province=post.get("province", "")[:2]
            )
        case "open":
            opened = lead_services.open_from(found.pk, who)
            return redirect(f"/desk/cases/{opened.number}/")
        case "reject":
            lead_services.reject(found.pk, who, post.get("reason", "")[:2000])
    return redirect(f"/desk/leads/{found.pk}/")
