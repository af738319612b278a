"""Pages of administration."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mingcha.server.desk.front import inside, show
from mingcha.server.desk.words import language
from mingcha.server.entry import oidc
from mingcha.server.entry.services import about, device
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.who import Who, told
from mingcha.server.people.models import Membership
from mingcha.server.provinces import PROVINCES
from mingcha.server.staff import services

PAGE = 50


def number(text: str) -> int:
    """A number of a row; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _admin(who: Who) -> None:
    if not services.acts(who):
        raise Http404


@require_http_methods(["GET", "POST"])
@inside
def persons(request: HttpRequest, who: Who) -> HttpResponse:
    """The persons; a new one, whose first password is shown once."""
    _admin(who)
    post = request.POST
    if request.method == "POST":
        chosen, _, role = post.get("place", "").partition(":")
        made, given = services.add_person(who, post.get("login", ""), post.get("name", ""), number(chosen), role)
        return show(request, "staff/given", {"person": made, "given": given})
    q, after = request.GET.get("q", "").strip()[:64], number(request.GET.get("after", ""))
    found = services.persons(who).filter(pk__gt=after).order_by("pk").prefetch_related("memberships__organisation")
    if q:
        found = found.filter(Q(login__icontains=q) | Q(name__icontains=q) | Q(memberships__organisation__name__icontains=q)).distinct()
    rows = list(found[: PAGE + 1])
    query = request.GET.copy()
    if len(rows) > PAGE:
        query["after"] = str(rows[PAGE - 1].pk)
    mine = {o.pk for o in services.organisations(who)}
    people = [(p, [m for m in p.memberships.all() if not m.ended and m.organisation_id in mine]) for p in rows[:PAGE]]
    context = {
        "people": people, "q": q, "after": after, "more": query.urlencode() if len(rows) > PAGE else "",
        "places": _places(who), "may": services.acts(who),
    }  # fmt: skip
    return show(request, "staff/persons", context)


def _places(who: Who) -> list[tuple[str, str, str]]:
    """(value, organisation, role) that this administrator may give."""
    homes = services.organisations(who).order_by("kind", "name")[:500]
    return [(f"{o.pk}:{role}", o.name, role) for o in homes for role in services.ROLES_OF[o.kind]]


@require_http_methods(["GET", "POST"])
@inside
def person(request: HttpRequest, who: Who, pk: int) -> HttpResponse:
    """One person: roles, sign-in, and what was done."""
    _admin(who)
    found = services.persons(who).filter(pk=pk).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        given = _do(request, who, pk)
        return show(request, "staff/given", {"person": found, "given": given}) if given else redirect(f"/desk/admin/persons/{pk}/")
    held = Membership.objects.filter(person=found, organisation__in=services.organisations(who)).select_related("organisation").order_by("pk")
    context = {
        "person": found, "held": held, "places": _places(who), "may": services.acts(who), "device": device(found), "provider": oidc.ready(),
        "link": getattr(found, "link", None), "self": who.person is not None and found.pk == who.person.pk,
        "events": told(Event.objects.filter(about=about(found)), who),
    }  # fmt: skip
    return show(request, "staff/person", context)


def _do(request: HttpRequest, who: Who, pk: int) -> str:
    post = request.POST
    match post.get("do"):
        case "give":
            chosen, _, role = post.get("place", "").partition(":")
            services.give_role(who, pk, number(chosen), role)
        case "end":
            services.end_role(who, pk, number(post.get("membership", "")))
        case "password":
            return services.reset_password(who, pk)
        case "second-factor":
            services.reset_second_factor(who, pk)
        case "lock":
            services.lock(who, pk, post.get("reason", "")[:2000])
        case "unlock":
            services.unlock(who, pk)
        case "link":
            services.link(who, pk, post.get("subject", ""))
    return ""


@require_http_methods(["GET", "POST"])
@inside
def organisations(request: HttpRequest, who: Who) -> HttpResponse:
    """Organisations, for an administrator of the ministry."""
    if "add-organisation" not in services.acts(who):
        raise Http404
    post = request.POST
    if request.method == "POST":
        services.add_organisation(who, post.get("kind", ""), post.get("name", ""), post.get("province", ""), post.get("credit_code", ""))
        return redirect("/desk/admin/organisations/")
    q, after, lang = request.GET.get("q", "").strip()[:64], number(request.GET.get("after", "")), language(request)
    found = services.organisations(who).filter(pk__gt=after).order_by("pk")
    rows = list((found.filter(Q(name__icontains=q) | Q(credit_code__iexact=q)) if q else found)[: PAGE + 1])
    query = request.GET.copy()
    if len(rows) > PAGE:
        query["after"] = str(rows[PAGE - 1].pk)
    context = {
        "rows": rows[:PAGE], "q": q, "after": after, "more": query.urlencode() if len(rows) > PAGE else "",
        "may": services.acts(who), "kinds": list(services.ROLES_OF), "provinces": [(c, n[0 if lang == "zh" else 1]) for c, n in PROVINCES.items()],
    }  # fmt: skip
    return show(request, "staff/organisations", context)
