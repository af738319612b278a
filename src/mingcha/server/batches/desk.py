"""The batch desk: make a batch, put cases into it, see what fails, sign and issue it."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mingcha.server.batches import services
from mingcha.server.batches.models import ACTS, Batch
from mingcha.server.desk.front import inside, show
from mingcha.server.desk.lists import searched
from mingcha.server.desk.words import language
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who

PAGE = 100


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 18 else 0


@require_http_methods(["GET", "POST"])
@inside
def batches(request: HttpRequest, who: Who) -> HttpResponse:
    """All batches of this office, and a form for a new one."""
    if not services.batches_of(who).exists() and not services.may("make-batch", who) and who.kind not in ("ministry", "administration", "auditor"):
        raise Http404
    if request.method == "POST":
        corrects = services.batches_of(who).filter(pk=_number(request.POST.get("corrects", ""))).first()
        made = services.make(
            who, request.POST.get("kind", ""), corrects=corrects, reason=request.POST.get("reason", "")[:2000], key=request.POST.get("key", "")[:80] or None
        )
        return redirect(f"/desk/batches/{made.pk}/")
    found = services.batches_of(who).select_related("organisation").annotate(cases=Count("items")).order_by("-pk")
    context = {
        "batches": found.defer("snapshot")[:PAGE], "kinds": list(ACTS), "may": services.may("make-batch", who), "key": secrets.token_urlsafe(12),
        "issued": found.filter(state="issued", organisation=who.organisation, kind__in=("naming", "removal")).defer("snapshot")[:PAGE],
    }  # fmt: skip
    return show(request, "batches", context, part="batches")


@require_http_methods(["GET", "POST"])
@inside
def batch(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """One batch."""
    found = services.batches_of(who).filter(pk=number).select_related("organisation", "corrects", "made_by").first()
    if found is None:
        raise Http404
    refused = _do(request, who, found) if request.method == "POST" else None
    if isinstance(refused, HttpResponse):
        return refused
    own = found.organisation_id == who.organisation.pk
    lang, wrong = language(request), services.failures(found, who) if found.state == "draft" else {}
    items = found.items.select_related("case__subject", "case__operator", "case__package").order_by("case_id")
    may = {name: found.state == "draft" and own and services.may(name, who) for name in ("fill-batch", "sign-batch", "issue-batch", "drop-batch")}
    context: dict[str, Any] = {
        "batch": found, "items": [(i.case, [Refused(c).text[lang] for c in wrong.get(i.case_id, ())]) for i in items],
        "candidates": _candidates(request, who, found) if may["fill-batch"] else (), "q": request.GET.get("q", ""),
        "fill": may["fill-batch"], "sign": may["sign-batch"], "issue": may["issue-batch"], "drop": may["drop-batch"],
        "signed": found.signatures.filter(version=found.version, **({"person__in": services.signers(found)} if found.state == "draft" else {})).select_related("person"), "needed": services.SIGNERS,
        "refused": [(c, [Refused(code).text[lang] for code in codes]) for c, codes in refused or ()], "key": secrets.token_urlsafe(12),
    }  # fmt: skip
    return show(request, "batch", context, part="batches")


def _candidates(request: HttpRequest, who: Who, found: Batch) -> list[Case]:
    cases = services.open_to(found.kind, who).exclude(in_batches__batch=found)
    if found.corrects_id:
        cases = cases.filter(in_batches__batch=found.corrects_id)
    return list(searched(cases, request.GET.get("q", "")).select_related("subject", "operator").order_by("due", "pk")[:PAGE])


def _do(request: HttpRequest, who: Who, found: Batch) -> HttpResponse | list[tuple[Case, list[str]]]:
    post = request.POST
    version, chosen = _number(post.get("version", "")), [_number(v) for v in post.getlist("case")]
    match post.get("do"):
        case "add":
            wrong = services.fill(found.pk, who, add=chosen, version=version)
            if wrong:
                found.refresh_from_db()
                return [(c, wrong[c.pk]) for c in Case.objects.filter(pk__in=wrong).select_related("subject")]
        case "remove":
            services.fill(found.pk, who, remove=chosen, version=version)
        case "sign":
            services.sign(found.pk, who, version=version)
        case "issue":
            services.issue(found.pk, who, version=version, key=post.get("key", "")[:80] or None)
        case "drop":
            services.drop(found.pk, who, version=version)
            return redirect("/desk/batches/")
    return redirect(f"/desk/batches/{found.pk}/")
