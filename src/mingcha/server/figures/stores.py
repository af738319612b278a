"""How stores answer for what they list: of the subjects with a problem, how many, and how fast they went."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import NamedTuple

from mingcha.server.figures.read import Span, by
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.registry.models import Listing


class Store(NamedTuple):
    """One line of the ranking."""

    name: str
    named: int
    ordered: int
    removed: int
    days: float | None
    """Median of calendar days from the order to the report; None where nothing was reported."""


def ranking(span: Span) -> list[Store]:
    """Stores by what was named among what they list, the most first."""
    named, ordered, removed = (dict(by(k, "store", span, 1000)) for k in ("named", "removal-ordered", "removed"))
    waited = _days(span)
    names = {*named, *ordered, *removed}
    found = [Store(n, named.get(n, 0), ordered.get(n, 0), removed.get(n, 0), median(waited[n]) if waited.get(n) else None) for n in names]
    return sorted(found, key=lambda s: (-s.named, -s.ordered, s.name))


def _days(span: Span) -> dict[str, list[int]]:
    reports = Event.objects.filter(act="confirm-removal", at__date__gte=span.since, at__date__lte=span.until).select_related("case", "organisation")
    out: dict[str, list[int]] = defaultdict(list)
    rows = [e for e in reports if e.case and (not span.province or e.case.province == span.province)]
    orders = {e.case_id: e for e in Event.objects.filter(act="order-removal", case__in={e.case_id for e in rows}).order_by("pk")}
    stores: dict[int, set[str]] = defaultdict(set)
    for subject, store in Listing.objects.filter(subject__in={e.case.subject_id for e in rows if e.case}).values_list("subject", "store"):
        stores[subject].add(store)
    for e in rows:
        order = orders.get(e.case_id)
        if order is None or e.case is None:
            continue
        own = e.organisation.name if e.organisation and e.organisation.kind == "store" else ""
        for store in [own] if own else stores[e.case.subject_id]:
            out[store].append((day(e.at) - day(order.at)).days)
    return out
