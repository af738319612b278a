"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite. For made-up data; nothing else writes so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

BATCH = 20_000


def first(model: type[Model]) -> int:
    """The lowest number from which on none is used."""
    highest: int | None = model._default_manager.aggregate(n=Max("pk"))["n"]
    return (highest or 0) + 1


def load(model: type[Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """Enter rows with their numbers; how many. `columns` are names of the model's columns. Constraints and triggers of
    the tables hold as ever; numbers that the database gives later go on behind them."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(c) for c in columns)
    count = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)
            return count
        places = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
        waiting = _plain(rows)
        while batch := list(islice(waiting, BATCH)):
            cursor.executemany(statement, batch)
            count += len(batch)
    return count


def _plain(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows as Django keeps them in SQLite."""
    for row in rows:
        yield tuple(_value(v) if isinstance(v, date | UUID) else v for v in row)


def _value(value: date | UUID) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value.isoformat()
