"""Statistics for those at work, the press page for everybody."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe
from xlsxwriter import Workbook

from mingcha import catalogue
from mingcha.server.desk.front import inside, show
from mingcha.server.desk.words import language, say
from mingcha.server.documents import render
from mingcha.server.documents.pages import DOCX
from mingcha.server.documents.values import chinese
from mingcha.server.figures import drawing, read, stores
from mingcha.server.figures import hotlines as calls
from mingcha.server.figures.kinds import DIMENSIONS, figures
from mingcha.server.figures.models import DialTest
from mingcha.server.figures.read import Span
from mingcha.server.ledger import apptypes
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.provinces import name as province_name

YEAR = timedelta(days=365)
INSIDE = ("ministry", "administration", "auditor")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _span(request: HttpRequest, province: str) -> tuple[Span, bool]:
    """The period that is asked for, and whether it could not be read."""
    today = day(timezone.now())
    since, until = _date(request.GET.get("since", "")), _date(request.GET.get("until", ""))
    asked = bool(request.GET.get("since") or request.GET.get("until"))
    if since and until and date(2000, 1, 1) <= since <= until <= today + YEAR and (until - since).days < 4000:
        return Span(since, until, province), False
    return Span(today - YEAR + timedelta(days=1), today, province), asked


def label(dimension: str, value: str, lang: str) -> str:
    """Name of a value of a dimension."""
    loaded = catalogue.load()
    known: Any = None
    match dimension:
        case "province":
            return province_name(value, lang) or value
        case "aspect":
            known = loaded.aspects.get(value)
        case "type":
            known = next((t for a in loaded.aspects.values() for t in a.types if f"{a.code}{t.n}" == value), None)
        case "scenario":
            known = loaded.scenarios.get(value)
        case "issue":
            known = loaded.issue_types.get(value)
        case "app-type":
            return apptypes.label(int(value), lang) or say("app-type-none", lang)
        case "kind":
            try:
                return say(f"lead-kind-{value}", lang)
            except KeyError:
                return value
    return f"{value} {getattr(known.name, lang)}" if known else value


@require_safe
@inside
def statistics(request: HttpRequest, who: Who) -> HttpResponse:
    """All figures of a period; one of them by month and by a dimension."""
    if who.kind not in INSIDE:
        raise Http404
    lang = language(request)
    span, wrong = _span(request, who.organisation.province if who.kind == "administration" else "")
    key = request.GET.get("figure", "") if request.GET.get("figure", "") in figures() else "ordered"
    asked = request.GET.get("by", "scenario")
    dimension = asked if asked in DIMENSIONS else "scenario"
    split = [(label(dimension, v, lang), n) for v, n in read.by(key, dimension, span)] if dimension else []
    monthly = [(f"{m:%Y-%m}", n) for m, n in read.months(key, span)] if figures()[key].once == "event" else []
    title = figures()[key].text.say(lang)
    query = request.GET.copy()
    query["since"], query["until"] = span.since.isoformat(), span.until.isoformat()
    context = {
        "span": span, "wrong": wrong, "values": [(figures()[v.key], v, figures()[of].text if (of := figures()[v.key].of) else None) for v in read.values(span)],
        "keys": [(k, f.text.say(lang)) for k, f in figures().items()], "key": key, "dimension": dimension, "dimensions": DIMENSIONS, "title": title,
        "split": split, "monthly": monthly, "counted": read.counted(), "stores": stores.ranking(span)[:30], "query": query.urlencode(),
        "columns": mark_safe(drawing.columns("by-month", title, monthly)) if any(n for _, n in monthly) else "",
        "bars": mark_safe(drawing.bars("by-value", title, split[:20])) if split else "",
    }  # fmt: skip
    return show(request, "statistics", context, part="figures")


def _table(span: Span, lang: str) -> list[list[str]]:
    rows = [[say(f"statistics-{k}", lang) for k in ("figure", "n", "of", "share", "what")]]
    for v in read.values(span):
        f = figures()[v.key]
        share = "" if v.share is None else f"{v.share:.4f}"
        rows.append([f.text.say(lang), str(v.n), "" if v.of is None else str(v.of), share, f.what.say(lang)])
    return rows


@require_safe
@inside
def export(request: HttpRequest, who: Who, form: str) -> HttpResponse:
    """The figures of a period as a workbook, CSV or JSON."""
    if who.kind not in INSIDE:
        raise Http404
    lang = language(request)
    span, _ = _span(request, who.organisation.province if who.kind == "administration" else "")
    name = f"figures-{span.since}-{span.until}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    match form:
        case "json":
            told = {
                "since": span.since.isoformat(), "until": span.until.isoformat(), "province": span.province, "events": read.counted(),
                "figures": [{"key": v.key, "n": v.n, "of": v.of, "what": {"zh": figures()[v.key].what.zh, "en": figures()[v.key].what.en}} for v in read.values(span)],
            }  # fmt: skip
            return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/json", headers=headers)
        case "csv":
            out = io.StringIO()
            csv.writer(out).writerows(_table(span, lang))
            return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
        case "xlsx":
            data = io.BytesIO()
            book = Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
            sheet = book.add_worksheet()
            for i, row in enumerate(_table(span, lang)):
                for k, cell in enumerate(row):
                    sheet.write_number(i, k, float(cell)) if i and k in (1, 2, 3) and cell else sheet.write_string(i, k, cell)
            sheet.set_column(0, 0, 24)
            sheet.set_column(4, 4, 80)
            book.close()
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            return HttpResponse(data.getvalue(), content_type=kind, headers=headers)
    raise Http404


@require_safe
def press(request: HttpRequest) -> HttpResponse:
    """The sentence of the press, with figures that anybody may see."""
    lang = language(request)
    span, wrong = _span(request, "")
    found = read.values(span, public=True)
    numbers: dict[str, str] = {v.key: f"{v.n:,}" for v in found}
    context = {
        "sentence": say("press-sentence", lang).format(since=span.since, until=span.until, **numbers),
        "catalogue": _covered(lang),
        "values": [(figures()[v.key], v, figures()[of].text if (of := figures()[v.key].of) else None) for v in found], "span": span, "wrong": wrong,
        "counted": read.counted(),
    }  # fmt: skip
    return show(request, "press", context, part="figures")


@require_safe
@inside
def bulletin(request: HttpRequest, who: Who) -> HttpResponse:
    """The statistics bulletin of a period as a document, in Chinese, from its template."""
    if who.kind not in INSIDE:
        raise Http404
    span, _ = _span(request, who.organisation.province if who.kind == "administration" else "")
    found = read.values(span, public=True)
    numbers: dict[str, str] = {v.key: f"{v.n:,}" for v in found}
    rows = [
        {
            "text": figures()[v.key].text.zh, "n": f"{v.n:,}", "what": figures()[v.key].what.zh,
            "share": "—" if v.share is None else f"{v.share:.1%}（{figures()[figures()[v.key].of or ''].text.zh} {v.of:,}）",
        }
        for v in found
    ]  # fmt: skip
    today = day(timezone.now())
    told = {
        "issuer": who.organisation.name, "number": f"{span.since} 至 {span.until}", "date": chinese(today), "figures": rows, "counted": f"{read.counted():,}",
        "sentence": say("press-sentence", "zh").format(since=chinese(span.since), until=chinese(span.until), **numbers), "covered": _covered("zh"),
    }  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="bulletin-{span.since}-{span.until}.docx"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(render.render("bulletin", told), content_type=DOCX, headers=headers)


def _covered(lang: str) -> str:
    loaded = catalogue.load()
    return say("press-catalogue", lang).format(
        aspects=len(loaded.aspects), types=sum(len(a.types) for a in loaded.aspects.values()), scenarios=len(loaded.scenarios)
    )


@require_http_methods(["GET", "POST"])
@inside
def hotlines(request: HttpRequest, who: Who) -> HttpResponse:
    """Hotlines of a month, and the import of test calls."""
    if who.kind not in INSIDE:
        raise Http404
    lang, done = language(request), None
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or (file.size or 0) > calls.BYTES:
            raise Refused("file-too-large" if file else "empty-file")
        done = calls.take(who, file.read())
    asked = _date(request.GET.get("month", "") + "-01")
    last = DialTest.objects.order_by("-month").values_list("month", flat=True).first()
    month = asked or last or day(timezone.now()).replace(day=1)
    context = {
        "lines": calls.month(month, who.organisation.province if who.kind == "administration" else ""), "month": f"{month:%Y-%m}",
        "may": table().others["import-dial-tests"].allows(who.kind, who.role), "done": done,
        "wrong": [(n, zh if lang == "zh" else en) for n, zh, en in done.wrong[:200]] if done else (),
    }  # fmt: skip
    return show(request, "hotlines", context, part="figures")
