"""Pages of evaluations for those at work."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.server import blobs
from mingcha.server.desk.front import inside, show
from mingcha.server.desk.lists import rule_title
from mingcha.server.desk.words import language
from mingcha.server.evaluations import badges as badge_services
from mingcha.server.evaluations import document, services
from mingcha.server.evaluations.conditions import DUE, REASONED, allowed, badge_of, due, may, visible
from mingcha.server.evaluations.models import BADGES, STATES, Badge, Evaluation, SpotCheck
from mingcha.server.inbox.lists import page
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, told
from mingcha.server.registry.models import KINDS

INSIDE = ("ministry", "administration", "auditor", "evaluator", "company", "sdk-vendor")
SHOWN = ("due", "asked", "appealed", "exemplar")
"""Narrower lists: due for re-evaluation, a withdrawal is asked for, an appeal is open, exemplars."""


def _inside(who: Who) -> None:
    if who.kind not in INSIDE:
        raise Http404


@require_safe
@inside
def evaluations(request: HttpRequest, who: Who) -> HttpResponse:
    """Evaluations that the role sees, the newest first."""
    _inside(who)
    found, ask = visible(who), {k: request.GET.get(k, "") for k in ("q", "kind", "state", "show")}
    if ask["kind"] in KINDS:
        found = found.filter(subject__kind=ask["kind"])
    if ask["state"] in STATES:
        found = found.filter(state=ask["state"])
    if ask["show"] in SHOWN:
        found = found.filter(badge__in=_narrowed(Badge.objects.all(), ask["show"]))
    if wanted := ask["q"].strip()[:100]:
        found = found.filter(Q(subject__name__icontains=wanted) | Q(subject__identifier__icontains=wanted) | Q(badge__number__iexact=wanted))
    rows, more = page(request, found.select_related("subject", "organisation", "badge"), newest=True, deadlines=False)
    kinds = visible(who).values_list("subject__kind", flat=True).distinct().order_by("subject__kind")
    return show(request, "evaluations", _listed(request, who, rows=rows, more=more, ask=ask, kinds=kinds, states=STATES), part="evaluations")


def _narrowed(found: Any, name: str) -> Any:
    match name:
        case "due":
            return due(found, day(timezone.now()))
        case "asked":
            return found.filter(asked=True)
        case "appealed":
            return found.filter(appeal_state="open")
    return found.filter(exemplar=True)


def _listed(request: HttpRequest, who: Who, **more: Any) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("after", None)
    today = day(timezone.now())
    return {
        "shown": SHOWN, "first": query.urlencode(), "after": request.GET.get("after", ""), "may": may("enter-evaluation", who), "today": today,
        "soon": today + DUE, **more,
    }  # fmt: skip


@require_safe
@inside
def badges(request: HttpRequest, who: Who) -> HttpResponse:
    """Badges that the role sees."""
    _inside(who)
    found, ask = badge_services.badges_of(who), {k: request.GET.get(k, "") for k in ("state", "show")}
    if ask["state"] in BADGES:
        found = found.filter(state=ask["state"])
    if ask["show"] in SHOWN:
        found = _narrowed(found, ask["show"])
    rows, more = page(request, found.select_related("subject", "operator"), newest=True, deadlines=False)
    return show(request, "badges", _listed(request, who, rows=rows, more=more, ask=ask, states=BADGES), part="evaluations")


@require_http_methods(["GET", "POST"])
@inside
def new(request: HttpRequest, who: Who) -> HttpResponse:
    """The form for a score document."""
    if not may("enter-evaluation", who):
        raise Http404
    if request.method == "POST":
        made = services.enter(who, _bytes(request), credit_code=request.POST.get("credit_code", "")[:18], key=request.POST.get("key", "")[:80] or None)
        return redirect(f"/desk/evaluations/{made.pk}/")
    return show(request, "new", {"key": secrets.token_urlsafe(12), "most": document.BYTES}, part="evaluations")


def _bytes(request: HttpRequest, needed: bool = True) -> bytes:
    file = request.FILES.get("score")
    if not isinstance(file, UploadedFile):
        if needed:
            raise Refused("empty-file")
        return b""
    if (file.size or 0) > document.BYTES:
        raise Refused("file-too-large")
    return bytes(file.read())


def _one(who: Who, number: int) -> Evaluation:
    found = visible(who).filter(pk=number).select_related("subject__operator", "organisation", "entered_by", "decided_by").first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@inside
def one(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """One evaluation with its score, its badge, and what may be done."""
    found = _one(who, number)
    if request.method == "POST":
        _do(request, who, found.pk)
        return redirect(f"/desk/evaluations/{found.pk}/")
    badge, lang, today = badge_of(found), language(request), day(timezone.now())
    history = Q(about=f"evaluation:{found.pk}") | (Q(about=f"badge:{badge.pk}") if badge else Q(pk__in=()))
    acts = [(name, table().others[name].text.say(lang), name in REASONED) for name in allowed(found, who, today)]
    context = {
        "e": found, "badge": badge, "score": _score(found, lang), "acts": acts, "key": secrets.token_urlsafe(12), "today": today,
        "checks": badge.checks.select_related("organisation", "by").order_by("-pk") if badge else (), "due": bool(badge) and due(Badge.objects.filter(evaluation=found), today).exists(),
        "events": told(Event.objects.filter(history), who), "people": who.kind not in ("company", "sdk-vendor"),
    }  # fmt: skip
    return show(request, "evaluation", context, part="evaluations")


class Row(NamedTuple):
    """A criterion as it is shown."""

    id: str
    name: str
    outcome: str
    points: float | None
    weight: float
    decided: float
    rules: list[tuple[str, str]]


def _score(found: Evaluation, lang: str) -> dict[str, Any] | None:
    """The document in the page's language; None where its file is gone or is not what it was."""
    try:
        score = document.kept(blobs.get(found.digest))
    except FileNotFoundError:
        return None
    rows = [Row(i.id, i.name[lang], i.outcome, i.points, i.weight, i.decided, [(rule_title(r, lang), o) for r, o in i.rules.items()]) for i in score.items]
    return {
        "doc": score, "name": score.scheme["name"][lang], "pass_line": score.scheme["pass_line"], "most_untested": score.scheme["most_untested"], "rows": rows,
        "parts": [(p.name[lang], p.points, p.weight, p.why) for p in score.parts],
        "vetoes": [(v.id, v.name[lang], "failed" if v.failed else "open" if v.failed is None else "passed") for v in score.vetoes],
        "observed": [(o.name[lang], o.found) for o in score.observed],
    }  # fmt: skip


def _do(request: HttpRequest, who: Who, number: int) -> None:
    post = request.POST
    name, reason = post.get("do", ""), post.get("reason", "")
    match name:
        case "submit-evaluation":
            services.submit(number, who)
        case "verify-evaluation" | "reject-evaluation":
            services.decide(number, who, verified=name == "verify-evaluation", reason=reason)
        case "issue-badge":
            badge_services.issue(number, who)
        case "withdraw-badge":
            badge_services.withdraw(number, who, reason)
        case "appeal-badge":
            badge_services.appeal(number, who, reason)
        case "restore-badge" | "uphold-withdrawal":
            badge_services.answer(number, who, restore=name == "restore-badge", reason=reason)
        case "name-exemplar" | "end-exemplar":
            badge_services.exemplar(number, who, named=name == "name-exemplar", reason=reason)
        case "spot-check":
            if post.get("outcome") not in ("passed", "failed"):
                raise Refused("bad-data")
            badge_services.check(number, who, passed=post["outcome"] == "passed", note=reason, raw=_bytes(request, needed=False), key=post.get("key", "")[:80] or None)
        case _:
            raise Refused("bad-data")


def _file(digest: str, name: str) -> HttpResponse:
    try:
        data = blobs.get(digest)
    except FileNotFoundError as e:
        raise Http404 from e
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="application/json", headers=headers)


@require_safe
@inside
def score_file(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """The score document, byte for byte."""
    found = _one(who, number)
    return _file(found.digest, f"score-{found.pk}.json")


@require_safe
@inside
def check_file(request: HttpRequest, who: Who, number: int, check: int) -> HttpResponse:
    """The score document of a spot check."""
    found = SpotCheck.objects.filter(pk=check, badge__evaluation=_one(who, number)).first()
    if found is None or not found.digest:
        raise Http404
    return _file(found.digest, f"check-{found.pk}.json")
