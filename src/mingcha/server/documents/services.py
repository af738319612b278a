"""Documents are made by acts, in their transaction: an act without its document does not exist."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from mingcha.server import blobs
from mingcha.server.batches.models import Batch
from mingcha.server.documents import render, values
from mingcha.server.documents.kinds import kinds
from mingcha.server.documents.models import Counter, Document
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Case, Event
from mingcha.server.ledger.who import Who


def number(document: Document) -> str:
    """文号 as documents carry it."""
    return f"{document.organisation.name}〔{document.year}〕{kinds()[document.kind].zh}第{document.number}号"


def for_case(kind: str, case: Case, event: Event, who: Who, reason: str = "") -> Document:
    """The document of an act on a case."""
    return _make(kind, event, who, values.of_case(case, event, reason), case=case)


def for_batch(kind: str, batch: Batch, event: Event, who: Who) -> Document:
    """The document of an issued batch."""
    return _make(kind, event, who, values.of_batch(batch), batch=batch)


def _make(kind: str, event: Event, who: Who, said: dict[str, Any], case: Case | None = None, batch: Batch | None = None) -> Document:
    at = day(event.at)
    with transaction.atomic():
        Counter.objects.get_or_create(organisation=who.organisation, kind=kind, year=at.year)
        counter = Counter.objects.select_for_update().get(organisation=who.organisation, kind=kind, year=at.year)
        counter.last += 1
        counter.save(update_fields=["last"])
        made = Document(
            kind=kind, organisation=who.organisation, year=at.year, number=counter.last, case=case, batch=batch, event=event, made=event.at
        )
        source = render.template(kind)
        data = render.render(kind, {**said, "number": number(made), "issuer": who.organisation.name, "date": values.chinese(at)}, source)
        made.sha256, made.size, made.template = blobs.put(data), len(data), hashlib.sha256(source).hexdigest()
        made.save()
    return made


def documents_of(case: Case, who: Who) -> QuerySet[Document]:
    """The documents of a case, and of the batches that it is in, that a role may read."""
    found = Document.objects.filter(Q(case=case) | Q(batch__items__case=case, batch__state="issued")).select_related("organisation")
    if who.kind in ("company", "sdk-vendor"):
        found = found.filter(kind__in=[k for k, v in kinds().items() if v.served])
    if who.kind == "store":
        found = found.filter(kind__in=[k for k, v in kinds().items() if v.stores])
    return found.order_by("-pk").distinct()
