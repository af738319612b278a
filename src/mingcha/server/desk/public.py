"""Pages without an account: home, complaint form, receipt, sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.server.batches.public import newest
from mingcha.server.desk.front import show, too_many, who_of
from mingcha.server.desk.lists import scenarios
from mingcha.server.desk.words import language, say
from mingcha.server.entry import oidc
from mingcha.server.entry.services import begin, lapsed
from mingcha.server.entry.views import where
from mingcha.server.evaluations.badges import current
from mingcha.server.inbox.services import FILES, attach, check
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.leads import COMPLAINTS as KINDS
from mingcha.server.ledger.leads import receive
from mingcha.server.ledger.models import Case, Lead
from mingcha.server.ledger.who import public
from mingcha.server.people.models import Membership, Person
from mingcha.server.provinces import PROVINCES

LIMITS = {"name": 200, "text": 5000, "scenario": 8, "province": 2, "sender": 64, "contact": 128}
NEEDED = ("name", "text")
COMPLAINTS, LOOKS = 10, 30  # of one address within an hour


def home(request: HttpRequest) -> HttpResponse:
    """What this is, the two things a visitor can do, and what was publicly named."""
    named = Case.objects.filter(state__in=("named", "removal-ordered", "removed", "relisted"))
    return show(request, "home", {"named": named.select_related("subject", "operator").order_by("-pk")[:20], "newest": newest(language(request)), "badges": current(day(timezone.now())).count()})


@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """The complaint form; after sending, the receipt, which is shown once."""
    lang = language(request)
    values = {name: request.POST.get(name, "").strip() for name in LIMITS}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        wrong = {n: say("field-long", lang) for n, most in LIMITS.items() if len(values[n]) > most}
        wrong |= {n: say("field-needed", lang) for n in NEEDED if not values[n]}
        files = [f for f in request.FILES.getlist("files") if f.size]
        if why := check([(f.size or 0, f.read(16)) for f in files[: FILES + 1]]):
            wrong["files"] = say(why, lang)
        for f in files:
            f.seek(0)
        values["scenario"] = values["scenario"] if values["scenario"] in dict(scenarios(lang)) else ""
        values["province"] = values["province"] if values["province"] in PROVINCES else ""
        kind = request.POST.get("kind", "") if request.POST.get("kind", "") in KINDS else "complaint"
        if not wrong and too_many(request, "complain", COMPLAINTS):
            return show(request, "refused", {"why": say("too-much", lang)}, status=429)
        if not wrong:
            with transaction.atomic():
                lead = receive(
                    public(), kind, values["name"], values["text"], scenario=values["scenario"],
                    province=values["province"], sender=(values["sender"], values["contact"]),
                )  # fmt: skip
                attach(lead, public(), [f.read() for f in files])
            return show(request, "receipt", {"lead": lead, "fresh": True})
    provinces = [(code, names[0 if lang == "zh" else 1]) for code, names in PROVINCES.items()]
    context: dict[str, Any] = {"values": values, "wrong": wrong, "scenarios": scenarios(lang), "provinces": provinces, "kinds": KINDS, "kind": request.POST.get("kind", "")}
    return show(request, "complain", context, status=422 if wrong else 200)


@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """What became of a complaint, for whoever has its receipt."""
    lang = language(request)
    if too_many(request, "receipt", LOOKS):
        return show(request, "refused", {"why": say("too-much", lang)}, status=429)
    number = "".join(request.POST.get("receipt", "").upper().split()).replace("-", "")
    lead = Lead.objects.filter(receipt=number).first() if len(number) == 12 else None
    if lead is None:
        return show(request, "refused", {"why": say("not-found-receipt", lang)}, status=404)
    rejected = lead.events.filter(act="lead-rejected").select_related("remark").first()
    reason = rejected.remark.text if rejected and hasattr(rejected, "remark") else ""
    return show(request, "receipt", {"lead": lead, "fresh": False, "reason": reason})


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """By name and password; after five failures the account waits (django-axes)."""
    lang, failed = language(request), ""
    after = request.POST.get("next") or request.GET.get("next") or "/desk/"
    if request.method == "POST":
        person = authenticate(request, username=request.POST.get("login", ""), password=request.POST.get("password", ""))
        if isinstance(person, Person) and not lapsed(person):
            begin(request, person)
            request.session["after"] = where(request, after)
            return redirect(where(request, after))
        failed = say("locked" if getattr(request, "axes_locked_out", False) else "sign-in-failed", lang)
    return show(request, "sign_in", {"failed": failed, "next": after, "provider": oidc.ready()}, status=403 if failed else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("/")


@require_POST
def act_as(request: HttpRequest) -> HttpResponse:
    """Choose another of one's own roles."""
    held = Membership.objects.filter(person_id=request.user.pk or 0, ended=False)
    chosen = request.POST.get("membership", "")
    if chosen.isdigit() and held.filter(pk=int(chosen)).exists():
        request.session["membership"] = int(chosen)
    return redirect("/desk/" if who_of(request) else "/")
