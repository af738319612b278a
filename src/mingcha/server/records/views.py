"""Pages of the registry: subjects, operators, SDKs with their hosts, and actions over them."""

from __future__ import annotations

import secrets

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from mingcha.server.desk.front import inside, show
from mingcha.server.desk.menu import AUTHORITIES
from mingcha.server.desk.words import language
from mingcha.server.inbox.lists import number, page
from mingcha.server.ledger import apptypes
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, leads_of, may, told, visible
from mingcha.server.provinces import PROVINCES
from mingcha.server.records import services
from mingcha.server.records.models import Action
from mingcha.server.registry.models import KINDS, Operator, Part, Subject
from mingcha.server.search import names

SEES = (*AUTHORITIES, "laboratory")
SOME = 50


def _sees(who: Who) -> None:
    if who.kind not in SEES:
        raise Http404


@require_GET
@inside
def subjects(request: HttpRequest, who: Who) -> HttpResponse:
    """Subjects by name or identifier."""
    _sees(who)
    ask = request.GET
    rows = names.subjects(ask.get("q", "")).select_related("operator")
    rows = rows.filter(kind=ask["kind"]) if ask.get("kind") in KINDS else rows
    found, more = page(request, rows, newest=True, deadlines=False)
    context = {"rows": found, "more": more, "after": ask.get("after", ""), "q": ask.get("q", ""), "kinds": KINDS, "chosen": ask.get("kind", "")}
    return show(request, "records/subjects", context)


@require_http_methods(["GET", "POST"])
@inside
def subject(request: HttpRequest, who: Who, pk: int) -> HttpResponse:
    """One subject over its versions, stores, parts, cases and leads."""
    _sees(who)
    found = Subject.objects.filter(pk=pk).select_related("operator").first()
    if found is None:
        raise Http404
    if request.method == "POST":
        chosen = request.POST.get("app_type", "")
        if chosen and not number(chosen):
            raise Refused("bad-data")
        apptypes.choose(who, pk, number(chosen) or None)
        return redirect(request.path)
    lang = language(request)
    packages = list(found.packages.order_by("-version_code", "-pk")[:SOME])
    context = {
        "subject": found, "packages": packages, "listings": found.listings.order_by("-seen", "store")[:SOME],
        "parts": Part.objects.filter(package=packages[0]).order_by("sdk") if packages else (), "newest": packages[0] if packages else None,
        "cases": visible(who).filter(subject=found).select_related("subject", "operator").order_by("-pk")[:SOME],
        "leads": leads_of(who).filter(subject=found).order_by("-pk")[:SOME], "today": day(timezone.now()),
        "inspections": found.inspections.select_related("package").annotate(n=Count("findings")).order_by("-pk")[:SOME],
        "typed": found.kind in apptypes.OF, "type": apptypes.label(found.app_type, lang), "events": told(Event.objects.filter(about=f"subject:{pk}"), who),
        "types": apptypes.choices(lang) if apptypes.may(who) else (),
    }  # fmt: skip
    return show(request, "records/subject", context)


@require_http_methods(["GET", "POST"])
@inside
def operator(request: HttpRequest, who: Who, pk: int) -> HttpResponse:
    """One operator: the register, its subjects, its cases."""
    _sees(who)
    found = Operator.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        post = request.POST
        services.register(who, pk, post.get("name", ""), post.get("code", ""), post.get("province", ""))
        return redirect(request.path)
    lang = language(request)
    context = {
        "operator": found, "subjects": found.subjects.order_by("-pk")[:SOME], "today": day(timezone.now()),
        "cases": visible(who).filter(operator=found).select_related("subject", "operator").order_by("-pk")[:SOME],
        "officer": may("compare-operator", who),
        "provinces": [(c, n[0 if lang == "zh" else 1]) for c, n in PROVINCES.items()],
        "events": told(Event.objects.filter(about=f"operator:{pk}"), who),
    }  # fmt: skip
    return show(request, "records/operator", context)


@require_GET
@inside
def sdks(request: HttpRequest, who: Who) -> HttpResponse:
    """SDKs that packages contain, by their id."""
    _sees(who)
    q, after = request.GET.get("q", "").strip()[:100], request.GET.get("after", "")[:100]
    rows = Part.objects.filter(sdk__gt=after)
    rows = rows.filter(sdk__icontains=q) if q else rows
    found = list(rows.values("sdk").annotate(packages=Count("pk"), versions=Count("version", distinct=True)).order_by("sdk")[: SOME + 1])
    query = request.GET.copy()
    if len(found) > SOME:
        query["after"] = found[SOME - 1]["sdk"]
    context = {"rows": found[:SOME], "q": q, "after": after, "more": query.urlencode() if len(found) > SOME else ""}
    return show(request, "records/sdks", context)


@require_http_methods(["GET", "POST"])
@inside
def sdk(request: HttpRequest, who: Who, name: str) -> HttpResponse:
    """One SDK: its versions, the apps that contain them, and one action over the chosen ones."""
    _sees(who)
    if not Part.objects.filter(sdk=name).exists():
        raise Http404
    if request.method == "POST":
        post = request.POST
        action = services.act_on_hosts(
            who, name, post.getlist("version"), [number(i) for i in post.getlist("subject")], post.get("reason", "")[:2000],
            key=post.get("key", "")[:80],
        )  # fmt: skip
        return redirect(f"/desk/registry/actions/{action.pk}/")
    chosen = [v for v in request.GET.getlist("version") if "\0" not in v][:200]
    found = services.hosts(name, chosen)
    count = found.count()
    rows = list(found.select_related("operator").order_by("pk")[: services.MOST])
    parts = Part.objects.filter(sdk=name, package__subject__in=rows).values_list("package__subject", "version", "package__version").order_by("-package")
    by: dict[int, list[tuple[str, str]]] = {}
    for pk, version, of in parts:
        by.setdefault(pk, []).append((version, of))
    versions = Part.objects.filter(sdk=name).values("version").annotate(n=Count("package__subject", distinct=True)).order_by("-n", "version")[:200]
    context = {
        "sdk": name, "versions": versions, "chosen": chosen, "count": count, "most": services.MOST, "may": services.may_open(who),
        "rows": [(s, by.get(s.pk, [])[:3]) for s in rows], "key": f"sdk-{secrets.token_urlsafe(12)}",
        "actions": services.actions(who).filter(sdk=name).select_related("organisation").order_by("-pk")[:20],
    }  # fmt: skip
    return show(request, "records/sdk", context)


@require_GET
@inside
def action(request: HttpRequest, who: Who, pk: int) -> HttpResponse:
    """One action and how far its cases are."""
    _sees(who)
    found = services.actions(who).filter(pk=pk).select_related("organisation").first()
    if not isinstance(found, Action):
        raise Http404
    cases = visible(who).filter(sdk_actions__action=found).select_related("subject", "operator").order_by("pk")
    counts = dict(visible(who).filter(sdk_actions__action=found).values_list("state").annotate(n=Count("pk", distinct=True)))
    final = sum(n for s, n in counts.items() if table().states[s].final)
    context = {
        "action": found, "cases": cases[: services.MOST], "counts": [(s, counts[s]) for s in table().states if s in counts], "final": final,
        "all": sum(counts.values()), "today": day(timezone.now()), "events": told(Event.objects.filter(about=f"sdk-action:{pk}"), who),
    }  # fmt: skip
    return show(request, "records/action", context)
