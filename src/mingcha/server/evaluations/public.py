"""What everybody sees: the valid badges, the exemplars, and one badge by its number. And what the desk tells of them."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingcha.server.desk.front import show
from mingcha.server.evaluations.badges import badges_of, current
from mingcha.server.evaluations.conditions import due, may, visible
from mingcha.server.evaluations.models import Badge
from mingcha.server.inbox.lists import page
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.who import Who

NUMBER = re.compile(r"WZA-\d{4}-\d{6,12}", re.ASCII)
EXEMPLARS = 50


@require_safe
def badges(request: HttpRequest) -> HttpResponse:
    """The valid badges, the newest first, and the exemplars before them."""
    if asked := "".join(request.GET.get("number", "").upper().split())[:24]:
        return redirect(f"/badges/{asked}/") if NUMBER.fullmatch(asked) else _unknown(request, asked)
    valid = current(day(timezone.now())).select_related("subject", "operator")
    rows, more = page(request, valid, newest=True, deadlines=False)
    after = request.GET.get("after", "")
    context = {"rows": rows, "more": more, "after": after, "exemplars": () if after else valid.filter(exemplar=True).order_by("-pk")[:EXEMPLARS], "number": ""}
    return show(request, "public", context, part="evaluations")


@require_safe
def badge(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a badge is valid."""
    number = number.upper()
    found = Badge.objects.filter(number=number).select_related("subject", "operator").first() if NUMBER.fullmatch(number) else None
    if found is None:
        return _unknown(request, number)
    state = "expired" if found.state == "valid" and found.until < day(timezone.now()) else found.state
    return show(request, "public_badge", {"badge": found, "state": state}, part="evaluations")


def _unknown(request: HttpRequest, number: str) -> HttpResponse:
    return show(request, "public_badge", {"badge": None, "number": number[:24]}, status=404, part="evaluations")


def waiting(who: Who) -> dict[str, Any]:
    """For the desk: evaluations for this person to verify, badges due, withdrawals and appeals that wait for an approver."""
    today, mine = day(timezone.now()), badges_of(who)
    out = {"due": due(mine, today).count(), "asked": 0, "appeals": 0, "verify": 0, "issue": 0}
    if may("withdraw-badge", who):
        out["asked"] = mine.filter(asked=True).count()
        out["appeals"] = mine.filter(appeal_state="open").exclude(withdrawn_by=who.person).count()
    if may("issue-badge", who):
        out["issue"] = visible(who).filter(state="verified", passed=True, badge=None).count()
    if may("verify-evaluation", who):
        numbers = visible(who).filter(state="submitted", total__isnull=False).values_list("pk", flat=True)[:1000]
        hand = set(Event.objects.filter(person=who.person, about__in=[f"evaluation:{n}" for n in numbers]).values_list("about", flat=True))
        out["verify"] = sum(f"evaluation:{n}" not in hand for n in numbers)
    return out
