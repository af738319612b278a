"""Pages of campaigns."""

from __future__ import annotations

import secrets
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from mingcha.server.campaigns import services
from mingcha.server.campaigns.services import Plan
from mingcha.server.desk.front import inside, show
from mingcha.server.desk.lists import scenarios
from mingcha.server.desk.words import language
from mingcha.server.figures.kinds import figures
from mingcha.server.ledger import apptypes
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import KINDS


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise Refused("bad-data") from e


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0


@require_http_methods(["GET", "POST"])
@inside
def campaigns(request: HttpRequest, who: Who) -> HttpResponse:
    """All campaigns that the role sees, and the form for a plan."""
    if who.kind not in ("ministry", "administration", "auditor"):
        raise Http404
    if request.method == "POST":
        post = request.POST
        plan = Plan(
            post.get("name", "")[:120], _date(post.get("since", "")), _date(post.get("supervision", "")), _date(post.get("disposal", "")),
            _date(post.get("until", "")),
            name_en=post.get("name_en", "")[:120], kinds=post.getlist("kinds"), province=post.get("province", "")[:2], store=post.get("store", "").strip()[:100],
            sdk=post.get("sdk", "").strip()[:100], scenarios=post.getlist("scenarios"), target_inspected=_number(post.get("target_inspected", "")),
            target_in_time=_number(post.get("target_in_time", "")), app_types=[_number(n) for n in post.getlist("app_types")],
        )  # fmt: skip
        made = services.make(who, plan, key=post.get("key", "")[:80] or None)
        return redirect(f"/desk/campaigns/{made.pk}/")
    lang, today = language(request), day(timezone.now())
    rows = [(c, c.name(lang), services.phase(c, today)) for c in services.campaigns_of(who).select_related("organisation").order_by("-pk")[:100]]
    context = {
        "rows": rows, "may": table().others["make-campaign"].allows(who.kind, who.role), "kinds": KINDS, "app_types": apptypes.choices(lang), "scenarios": scenarios(lang),
        "provinces": [(c, n[0 if lang == "zh" else 1]) for c, n in PROVINCES.items()] if not who.organisation.province else (), "key": secrets.token_urlsafe(12),
    }  # fmt: skip
    return show(request, "campaigns", context, part="campaigns")


@require_http_methods(["GET", "POST"])
@inside
def one(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """One campaign: its plan, its progress and its coverage."""
    found = services.campaigns_of(who).filter(pk=number).select_related("organisation").first()
    if found is None:
        raise Http404
    if request.method == "POST":
        match request.POST.get("do"):
            case "start":
                services.start(found.pk, who)
            case "end":
                services.end(found.pk, who)
            case _:
                raise Refused("bad-data")
        return redirect(f"/desk/campaigns/{found.pk}/")
    lang, own = language(request), found.organisation_id == who.organisation.pk
    progress = services.progress(found) if found.state in ("running", "ended") else None
    numbers = progress.numbers if progress else {}
    targets = {"inspected-apps": str(found.target_inspected) if found.target_inspected else "", "rectified-in-time": f"{found.target_in_time}%" if found.target_in_time else ""}
    rows = [
        (figures()[k].text.say(lang), n, figures()[k].what.say(lang), targets.get(k, ""), n / numbers["ordered"] if k == "rectified-in-time" and numbers["ordered"] else None)
        for k, n in numbers.items()
    ]  # fmt: skip
    context = {
        "campaign": found, "name": found.name(lang), "phase": services.phase(found, day(timezone.now())), "progress": progress, "rows": rows,
        "would": services.chosen(found).count() if found.state == "draft" else 0, "types": [apptypes.label(n, lang) for n in found.app_types], "scenes": [s for s in scenarios(lang) if s[0] in found.scenarios],
        "start": own and found.state == "draft" and table().others["start-campaign"].allows(who.kind, who.role),
        "end": own and found.state in ("draft", "running") and table().others["end-campaign"].allows(who.kind, who.role),
    }  # fmt: skip
    return show(request, "campaign", context, part="campaigns")
