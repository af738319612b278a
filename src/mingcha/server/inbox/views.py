"""Pages: the inbox of leads, many at once, files of leads with their preview, attachments, saved views."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingcha.server.desk.front import inside, show, show_rows
from mingcha.server.desk.lists import scenarios
from mingcha.server.desk.words import language, say
from mingcha.server.inbox import services
from mingcha.server.inbox.lists import number, page, views
from mingcha.server.inbox.models import Sheet
from mingcha.server.inbox.sheets import BYTES
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import LEAD_KINDS, LEAD_STATES, Lead
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, leads_of, may
from mingcha.server.provinces import PROVINCES
from mingcha.server.search import names

SHOWN = 200


def _provinces(lang: str) -> list[tuple[str, str]]:
    return [(code, texts[0 if lang == "zh" else 1]) for code, texts in PROVINCES.items()]


@require_GET
@inside
def leads(request: HttpRequest, who: Who) -> HttpResponse:
    """Leads that the role sees, by filters; rows can be chosen and triaged together."""
    return _leads(request, who)


def _leads(request: HttpRequest, who: Who, done: list[tuple[Lead | None, str]] | None = None) -> HttpResponse:
    saved = views(request, who, "leads")
    if saved["start"] and done is None:
        return redirect(f"{request.path}?{saved['start']}")
    lang, ask = language(request), request.GET
    rows = names.leads(leads_of(who), ask.get("q", ""))
    state = ask.get("state", "received")
    rows = rows.filter(state=state) if state in LEAD_STATES else rows
    rows = rows.filter(kind=ask["kind"]) if ask.get("kind") in LEAD_KINDS else rows
    rows = rows.filter(province=ask["province"]) if ask.get("province") in PROVINCES else rows
    rows = rows.filter(scenario=ask["scenario"]) if ask.get("scenario") in dict(scenarios(lang)) else rows
    found, more = page(request, rows.select_related("subject"), newest=False)
    context = {
        "leads": found, "more": more, "after": ask.get("after", ""), "states": LEAD_STATES, "kinds": LEAD_KINDS, "chosen": state,
        "ask": ask, "today": day(timezone.now()), "scenarios": scenarios(lang), "provinces": _provinces(lang), "done": done,
        "officer": may("triage-lead", who), "imports": may("import-leads", who), "shown": len(found), **saved,
    }  # fmt: skip
    return show_rows(request, "leads", context)


@require_POST
@inside
def triage(request: HttpRequest, who: Who) -> HttpResponse:
    """Triage the chosen leads; the list again, with what became of each."""
    post, lang = request.POST, language(request)
    told = services.triage_many(who, [number(i) for i in post.getlist("lead")], post.get("scenario", ""), post.get("province", ""))
    known = leads_of(who).in_bulk([pk for pk, _ in told])
    return _leads(request, who, [(known.get(pk), e.text[lang] if e else "") for pk, e in told])


@require_http_methods(["GET", "POST"])
@inside
def sheets(request: HttpRequest, who: Who) -> HttpResponse:
    """Send a file of leads, or go on with an earlier one."""
    if not may("import-leads", who):
        raise Refused("not-yours")
    if request.method == "POST":
        sent = request.FILES.get("file")
        if not isinstance(sent, UploadedFile) or not sent.size:
            raise Refused("no-rows")
        if sent.size > BYTES:
            raise Refused("file-too-large")
        sheet = services.send(who, sent.name or "", sent.read())
        return redirect(f"/desk/leads/import/{sheet.pk}/")
    mine = Sheet.objects.filter(person=who.person, organisation=who.organisation).order_by("-pk")[:20]
    return show(request, "inbox/sheets", {"sheets": mine})


@require_http_methods(["GET", "POST"])
@inside
def sheet(request: HttpRequest, who: Who, pk: int) -> HttpResponse:
    """Preview: what would be entered, and each fault by row and column; then enter it."""
    if request.method == "POST":
        services.enter(who, pk)
        return redirect(f"/desk/leads/import/{pk}/")
    lang = language(request)
    found, rows = services.waiting(who, pk)
    faults = [(r.number, say(f"inbox-f-{w.field}", lang), r.fields.get(w.field, "")[:80], say(w.why, lang)) for r in rows for w in r.wrong]
    good = [r for r in rows if not r.wrong]
    context = {"sheet": found, "faults": faults[:SHOWN], "all_faults": len(faults), "good": good[:20], "count": len(good), "there": services.entered(found)}
    return show(request, "inbox/sheet", context)


@require_POST
@inside
def attachment(request: HttpRequest, who: Who, number: int, pk: int) -> HttpResponse:
    """One attachment, to be saved and never to be shown in the page."""
    found, raw = services.attachment(number, pk, who)
    answer = HttpResponse(raw, content_type="application/octet-stream")
    ending = {"image/jpeg": "jpg", "video/quicktime": "mov"}.get(found.media, found.media.partition("/")[2])
    answer["Content-Disposition"] = f'attachment; filename="{found.digest[:16]}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@inside
def complainant(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """Name and contact of who sent a lead, shown once."""
    found = services.complainant(number, who)
    return show(request, "inbox/complainant", {"complainant": found, "lead": found.lead})


@require_POST
@inside
def save(request: HttpRequest, who: Who) -> HttpResponse:
    """Keep the filters of a list under a name, or forget them."""
    post = request.POST
    name = post.get("page", "")
    if "drop" in post:
        services.drop_view(who, number(post.get("drop", "")))
    else:
        services.save_view(who, name, post.get("name", ""), post.get("query", ""), "default" in post)
    where = "/desk/cases/" if name == "cases" else "/desk/leads/"
    return redirect(f"{where}?{post.get('query', '')[:500]}" if post.get("query") else f"{where}?state=")
