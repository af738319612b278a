"""The SQL of the indexes, for the migration and for making them anew."""

from __future__ import annotations

from typing import Protocol


class Named(Protocol):
    """A table whose rows are found (`names.Source`)."""

    @property
    def table(self) -> str: ...
    @property
    def fts(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...


PIECES = """
CREATE FUNCTION mingcha_pieces(searched text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT array_agg(DISTINCT piece) FROM generate_series(1, length(searched)) AS at,
   LATERAL (VALUES (substr(searched, at, 1)), (substr(searched, at, 2))) AS pieces(piece) $$
"""


def _tokens(row: str, source: Named) -> str:
    """SQLite: the characters of a text, each as the token `u` + its number, so that every sign can be found."""
    text = source.text.format(row, lf="char(10)")
    return (
        "(WITH RECURSIVE c(i, rest, s) AS (SELECT 0, " + text + ", '' UNION ALL "
        "SELECT i + 1, substr(rest, 2), s || printf('u%x ', unicode(rest)) FROM c WHERE rest <> '') "
        "SELECT s FROM c ORDER BY i DESC LIMIT 1)"
    )


def sqlite(source: Named) -> list[str]:
    """Statements that make the index of one table and keep it up to date."""
    put = f"INSERT INTO {source.fts}(rowid, t) VALUES (NEW.{source.key}, {_tokens('NEW', source)});"
    take = f"INSERT INTO {source.fts}({source.fts}, rowid, t) VALUES ('delete', OLD.{source.key}, {_tokens('OLD', source)});"
    return [
        f"CREATE VIRTUAL TABLE {source.fts} USING fts5(t, content='', tokenize='ascii')",
        f"CREATE TRIGGER {source.fts}_put AFTER INSERT ON {source.table} BEGIN {put} END",
        f"CREATE TRIGGER {source.fts}_take AFTER DELETE ON {source.table} BEGIN {take} END",
        f"CREATE TRIGGER {source.fts}_change AFTER UPDATE OF {', '.join(source.columns)} ON {source.table} BEGIN {take} {put} END",
        fill(source),
    ]


def fill(source: Named) -> str:
    """SQLite: the statement that enters all rows into an empty index."""
    return f"INSERT INTO {source.fts}(rowid, t) SELECT {source.key}, {_tokens(source.table, source)} FROM {source.table}"


def postgresql(source: Named) -> list[str]:
    """Statements that make the index of one table."""
    text = source.text.format(source.table, lf="chr(10)").replace(f"{source.table}.", "")
    return [f"CREATE INDEX {source.fts} ON {source.table} USING gin (mingcha_pieces({text})) WITH (fastupdate = off)"]
