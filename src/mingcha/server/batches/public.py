"""Public lists: as pages, as JSON and as workbooks, all of them from the frozen snapshot."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mingcha.server.batches.models import Batch
from mingcha.server.batches.sheets import workbook as sheet
from mingcha.server.desk.front import show
from mingcha.server.desk.words import language, say
from mingcha.server.ledger.clocks import day

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Anybody may look, and a list never changes.
OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


def title(told: dict[str, Any], lang: str) -> str:
    """What a list is called."""
    return say("lists-title", lang).format(**told) + " · " + say(f"batch-kind-{told['kind']}", lang)


def _issued() -> Any:
    return Batch.objects.filter(state="issued").select_related("organisation", "corrects").order_by("-issued", "-pk")


def _one(slug: str) -> tuple[Batch, dict[str, Any]]:
    found = _issued().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found, json.loads(found.snapshot)


def newest(lang: str, most: int = 5) -> list[tuple[Batch, str]]:
    """The lists that were issued last, with their titles."""
    return [(b, _named(b, lang)) for b in _issued().defer("snapshot")[:most]]


def _named(batch: Batch, lang: str) -> str:
    return title({"year": batch.year, "number": batch.number, "total": batch.total, "kind": batch.kind}, lang)


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """All lists, the newest first."""
    text = request.GET.get("page", "1")
    page = max(1, int(text)) if text.isdigit() and len(text) < 7 else 1
    lang = language(request)
    found = [(b, _named(b, lang)) for b in _issued().defer("snapshot")[(page - 1) * PAGE : page * PAGE + 1]]
    return show(request, "lists", {"lists": found[:PAGE], "next": page + 1 if len(found) > PAGE else 0}, part="batches")


@require_safe
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """One list, by its six columns."""
    batch, told = _one(slug)
    lang = language(request)
    rows = [{**row, "lines": lines(row, lang)} for row in told["rows"]]
    corrections = [(b, _named(b, lang)) for b in batch.corrections.filter(state="issued").defer("snapshot").order_by("pk")]
    corrects = batch.corrects
    context = {
        "batch": batch, "told": told, "title": title(told, lang), "rows": rows, "day": day(batch.issued) if batch.issued else None,
        "corrections": corrections, "corrects": (corrects, _named(corrects, lang)) if corrects else None,
    }  # fmt: skip
    return show(request, "list", context, part="batches")


def lines(row: dict[str, Any], lang: str) -> list[dict[str, Any]]:
    """The lines of an app: every problem for every source. A cell that goes over several lines stands in the first."""
    issues = row["issues"] or [{"zh": "—", "en": "—"}]
    sources = row["sources"] or [say("lists-source-unknown", lang)]
    return [
        {"first": i == 0 and k == 0, "span": len(sources) * len(issues), "source": source if k == 0 else "", "source_span": len(issues), "issue": issue[lang]}
        for i, source in enumerate(sources) for k, issue in enumerate(issues)
    ]  # fmt: skip


@require_safe
def snapshot(request: HttpRequest, slug: str) -> HttpResponse:
    """The frozen text itself, byte for byte what its digest is of."""
    batch, _ = _one(slug)
    return HttpResponse(batch.snapshot.encode(), content_type="application/json; charset=utf-8", headers=OPEN | {"ETag": f'"{batch.digest}"'})


@require_safe
def workbook(request: HttpRequest, slug: str) -> HttpResponse:
    """The list as a workbook."""
    _, told = _one(slug)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.xlsx"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(sheet(told, language(request)), content_type=XLSX, headers=headers)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest lists as a JSON feed (jsonfeed.org, version 1.1)."""
    base, lang = request.build_absolute_uri("/"), language(request)
    items = [
        {
            "id": b.slug, "url": f"{base}lists/{b.slug}/", "title": _named(b, lang), "date_published": b.issued.isoformat() if b.issued else "",
            "content_text": b.organisation.name, "attachments": [{"url": f"{base}lists/{b.slug}.json", "mime_type": "application/json"}],
            "_mingcha": {"kind": b.kind, "sha256": b.digest},
        }
        for b in _issued().defer("snapshot")[:PAGE]
    ]  # fmt: skip
    told = {
        "version": "https://jsonfeed.org/version/1.1", "title": say("lists", lang), "home_page_url": f"{base}lists/",
        "feed_url": f"{base}lists/feed.json", "language": "zh-CN" if lang == "zh" else "en", "items": items,
    }  # fmt: skip
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/feed+json; charset=utf-8", headers=OPEN)
