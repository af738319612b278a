"""Search by names: subjects, operators and leads whose name or identifier holds the text, whatever its length.

SQLite: FTS5 with one token for each character and a phrase query; triggers of the tables keep it up to date. PostgreSQL:
a GIN index over an array of characters and pairs, by a plain SQL function, and the text compared again. Both find the
same: NFKC, without case and blanks (`registry.models.folded`).
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from mingcha.server.ledger.models import Lead
from mingcha.server.registry.models import Operator, Subject, folded
from mingcha.server.search.models import LeadName

LONGEST = 100


class Source(NamedTuple):
    """A table whose rows are found: the name of its index, its column of keys, and what is searched as SQL over a row `{0}`."""

    table: str
    fts: str
    key: str
    text: str
    columns: tuple[str, ...]


# A line feed stands in no folded text: no match runs from one column into the next.
SOURCES = {
    "subject": Source("registry_subject", "search_subject", "id", "{0}.folded || {lf} || lower({0}.identifier)", ("folded", "identifier")),
    "operator": Source("registry_operator", "search_operator", "id", "{0}.folded", ("folded",)),
    "lead": Source("search_leadname", "search_lead", "lead_id", "{0}.folded", ("folded",)),
}


def _ids(kind: str, text: str) -> RawSQL | None:
    """SQL of the keys that match; None where there is nothing to look for."""
    wanted, source = folded(text[: LONGEST * 4])[:LONGEST], SOURCES[kind]
    if not wanted:
        return None
    if connection.vendor == "postgresql":
        searched = source.text.format(source.table, lf="chr(10)")
        pieces = [wanted[i : i + 2] for i in range(len(wanted) - 1)] or [wanted]
        sql = f"SELECT {source.key} FROM {source.table} WHERE mingcha_pieces({searched}) @> %s::text[] AND strpos({searched}, %s) > 0"
        return RawSQL(sql, (pieces, wanted))
    phrase = '"' + " ".join(f"u{ord(c):x}" for c in wanted) + '"'
    return RawSQL(f"SELECT rowid FROM {source.fts} WHERE {source.fts} MATCH %s", (phrase,))


def subjects(text: str) -> QuerySet[Subject]:
    """Subjects by name or identifier; all of them for an empty text."""
    ids = _ids("subject", text)
    return Subject.objects.all() if ids is None else Subject.objects.filter(pk__in=ids)


def operators(text: str) -> QuerySet[Operator]:
    """Operators by name."""
    ids = _ids("operator", text)
    return Operator.objects.all() if ids is None else Operator.objects.filter(pk__in=ids)


def leads(found: QuerySet[Lead], text: str) -> QuerySet[Lead]:
    """Of some leads those whose subject is called so."""
    ids = _ids("lead", text)
    return found if ids is None else found.filter(pk__in=ids)


def note(lead: Lead) -> None:
    """Enter the name of a new lead; `leads.receive` calls it in its transaction."""
    LeadName.objects.create(lead=lead, folded=folded(lead.subject_name)[:255])


def rebuild() -> None:
    """Make the indexes anew from the tables."""
    from mingcha.server.search.schema import fill

    for lead in Lead.objects.filter(named=None).iterator(1000):
        note(lead)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for source in SOURCES.values():
                cursor.execute(f"REINDEX INDEX {source.fts}")
            return
        for source in SOURCES.values():
            cursor.execute(f"INSERT INTO {source.fts}({source.fts}) VALUES ('delete-all')")
            cursor.execute(fill(source))
