"""Lists that page by their key, sorted only where an index fits; and the views of them that a person saved."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from mingcha.server.inbox.models import View
from mingcha.server.ledger.who import Who

PAGE = 50
M = TypeVar("M", bound=Model)


def number(text: str) -> int:
    """A number of a row; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def page(request: HttpRequest, rows: QuerySet[M], newest: bool, deadlines: bool = True) -> tuple[list[M], str]:
    """A page of rows and the query of the next one. `sort=due`: by deadline, those without one left out; otherwise by
    number. A page goes on after the last row of the one before, so that deep pages cost what the first costs."""
    after, by_due = request.GET.get("after", ""), deadlines and request.GET.get("sort") == "due"
    if by_due:
        rows = rows.filter(due__isnull=False).order_by("due", "pk")
        text, _, last = after.partition(".")
        try:
            at = date.fromisoformat(text)
            rows = rows.filter(Q(due__gt=at) | Q(due=at, pk__gt=number(last)))
        except ValueError:
            pass
    else:
        last_pk = number(after)
        rows = rows.order_by("-pk" if newest else "pk")
        if last_pk:
            rows = rows.filter(pk__lt=last_pk) if newest else rows.filter(pk__gt=last_pk)
    found = list(rows[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    end: Any = found[PAGE - 1]
    query = request.GET.copy()
    query["after"] = f"{end.due.isoformat()}.{end.pk}" if by_due else str(end.pk)
    return found[:PAGE], query.urlencode()


def views(request: HttpRequest, who: Who, name: str) -> dict[str, Any]:
    """What a list shows of saved views: those of the person, the filters in force, and where to begin."""
    mine = list(View.objects.filter(person=who.person, page=name).order_by("name")) if who.person else []
    query = request.GET.copy()
    for passing in ("after", "lang", "done"):
        query.pop(passing, None)
    start = next((v.query for v in mine if v.default), "") if not request.GET else ""
    return {"views": mine, "query": query.urlencode()[:500], "start": start, "view_page": name, "first": query.urlencode()}
