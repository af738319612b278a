"""Documents to take away, and the rows of a page that lists them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from mingcha.server import blobs
from mingcha.server.desk.front import inside
from mingcha.server.documents.kinds import kinds
from mingcha.server.documents.models import Document
from mingcha.server.documents.services import documents_of, number
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.who import Who, visible

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def rows(case: Case, who: Who, lang: str) -> list[dict[str, Any]]:
    """The documents of a case that a role may read."""
    return [
        {"pk": d.pk, "title": kinds()[d.kind].say(lang), "number": number(d), "made": d.made, "sha256": d.sha256}
        for d in documents_of(case, who)
    ]  # fmt: skip


def _sent(document: Document) -> HttpResponse:
    try:
        data = blobs.get(document.sha256)
    except FileNotFoundError as e:
        raise Http404 from e
    name = content_disposition_header(True, f"{number(document)}.docx")
    return HttpResponse(data, content_type=DOCX, headers={"Content-Disposition": name or "attachment", "X-Content-Type-Options": "nosniff"})


@require_safe
@inside
def of_case(request: HttpRequest, who: Who, number: str, document: int) -> HttpResponse:
    """A document of a case."""
    case = visible(who).filter(number=number).first()
    found = documents_of(case, who).filter(pk=document).first() if case else None
    if found is None:
        raise Http404
    return _sent(found)


@require_safe
def of_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The document of a list that was issued: public, as the list is."""
    found = Document.objects.filter(batch__slug=slug, batch__state="issued").select_related("organisation").first()
    if found is None:
        raise Http404
    return _sent(found)
