"""Figures as they are shown: sums of daily counts, with their share and its denominator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count as Counted
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from mingcha.server.figures.kinds import figures
from mingcha.server.figures.models import Count, Mark, Met


class Span(NamedTuple):
    """A period, both days in it, and a province (empty: the whole country)."""

    since: date
    until: date
    province: str = ""


class Value(NamedTuple):
    """A figure: how many, and of how many where it is a share. None: nothing was ever counted in the period."""

    key: str
    n: int
    of: int | None

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None without a denominator, or with one of nothing."""
        return self.n / self.of if self.of else None


def _rows(key: str, span: Span, dimension: str = "") -> QuerySet[Count]:
    rows = Count.objects.filter(figure=key, dimension=dimension, day__gte=span.since, day__lte=span.until)
    return rows.filter(province=span.province) if span.province else rows


def number(key: str, span: Span) -> int:
    """One figure over a period."""
    if figures()[key].once == "subject":
        met = Met.objects.filter(figure=key, day__gte=span.since, day__lte=span.until)
        met = met.filter(province=span.province) if span.province else met
        return met.aggregate(n=Counted("subject", distinct=True))["n"] or 0
    return _rows(key, span).aggregate(n=Sum("n"))["n"] or 0


def values(span: Span, keys: Iterable[str] | None = None, public: bool = False) -> list[Value]:
    """Figures over a period, with what they are shares of."""
    wanted = [k for k in keys or figures() if not public or figures()[k].public]
    needed = {k for key in wanted for k in (key, figures()[key].of) if k}
    found = {k: number(k, span) for k in needed}
    return [Value(k, found[k], found[of] if (of := figures()[k].of) else None) for k in wanted]


def by(key: str, dimension: str, span: Span, most: int = 50) -> list[tuple[str, int]]:
    """(value, how many) of a dimension, the most first. One event may stand under several values."""
    rows = _rows(key, span, dimension).values("value").annotate(total=Sum("n")).order_by("-total", "value")
    return [(r["value"], r["total"]) for r in rows[:most]]


def months(key: str, span: Span) -> list[tuple[date, int]]:
    """(first day of the month, how many), every month of the period, also those without any."""
    rows: Any = _rows(key, span).annotate(month=TruncMonth("day")).values("month").annotate(total=Sum("n")).order_by("month")
    found = {r["month"]: r["total"] for r in rows}
    out, at = [], span.since.replace(day=1)
    while at <= span.until:
        out.append((at, found.get(at, 0)))
        at = (at.replace(day=28) + (date(2000, 1, 8) - date(2000, 1, 1))).replace(day=1)
    return out


def counted() -> int:
    """Entries of the log that the figures rest on."""
    mark = Mark.objects.filter(pk=1).first()
    return mark.index if mark else 0
