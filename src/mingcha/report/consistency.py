"""The page that an officer lays before a company: what is said, can be done, was done and was sent, of each data item
and receiver. The inventory is free-form, so nothing of it is trusted to be there, nor to be short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mingcha.report import charts, tables
from mingcha.report.text import member, pick
from mingcha.report.words import Words

VERDICTS = ("contradicted", "omitted", "vague", "not-read", "over-declared", "disclosed")
TONES = {
    "contradicted": charts.SEVERITY["critical"], "omitted": charts.SEVERITY["serious"],
    "vague": charts.SEVERITY["moderate"], "not-read": charts.GROUP["sheets"],
    "over-declared": charts.GROUP["undecided"], "disclosed": charts.GROUP["passed"],
}  # fmt: skip
SIGNS = {"contradicted": "✕", "omitted": "▲", "vague": "◆", "not-read": "?", "over-declared": "□", "disclosed": "○"}
"""Told apart by shape as well as by shade; the word stands beside."""
OPEN, EVIDENCE = 25, 12  # rows that stand open, and passages and places told of one row
_STATES = ("pre-consent", "refused", "after-cancel", "background", "silent", "foreground")


class Place(NamedTuple):
    """One piece of evidence: the column it stands for, its text, and where it lies."""

    column: str
    text: str
    where: str
    exhibit: str


class Row(NamedTuple):
    """One data item at one receiver, a cell for each column."""

    item: str
    sensitive: bool
    receiver: str
    declared: str
    permission: str
    code: str
    called: list[str]
    sent: list[str]
    listed: str
    verdict: str
    word: str
    sign: str
    ground: str
    seen: bool
    places: list[Place]


class Section(NamedTuple):
    """All that the template shows."""

    chart: str
    totals: list[tuple[str, str, int, str]]
    rows: list[Row]
    folded: list[Row]
    more: int
    observed: list[str]
    missing: list[str]


def section(inventory: Any, w: Words) -> Section | None:
    """The section's content; None where the result has none."""
    data = inventory.get("consistency") if isinstance(inventory, Mapping) else None
    if not isinstance(data, Mapping):
        return None
    names = tables.sdk_names(inventory, w.lang)
    rows = [_row(e, w, names) for e in tables.dicts(data.get("rows")) if e.get("verdict") in VERDICTS]
    counts = _map(data.get("counts"))
    figures = [(v, w(f"consistency_verdict.{v}"), tables.number(counts.get(v))) for v in VERDICTS]
    seen = [c for c in tables.strings(data.get("observed")) if c in _CHANNELS]
    return Section(
        chart=charts.bar("chart-consistency", w("consistency.chart"), [charts.Part(word, n, TONES[v]) for v, word, n in figures if n]),
        totals=[(SIGNS[v], word, n, w(f"consistency_means.{v}")) for v, word, n in figures],
        rows=rows[:OPEN],
        folded=rows[OPEN:],
        more=tables.number(data.get("more")),
        observed=[w.get("channel.name", c) for c in _CHANNELS if c in seen],
        missing=[w.get("channel.name", c) for c in _CHANNELS if c not in seen],
    )


_CHANNELS = ("policy", "package", "behaviour", "traffic")


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _row(entry: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> Row:
    declared, code, called, sent = (_map(entry.get(k)) for k in ("declared", "code", "called", "sent"))
    verdict, ground = str(entry["verdict"]), str(entry.get("ground") or "")
    how = str(declared.get("how") or "none")
    return Row(
        item=pick(entry.get("name"), w.lang) or str(entry.get("item") or ""),
        sensitive=entry.get("sensitive") is True,
        receiver=_receiver(_map(entry.get("receiver")), w, names),
        declared=w.get("consistency_declared", how),
        permission=w.join([p.rpartition(".")[2] for p in tables.strings(entry.get("permission"))][:3]),
        code=w.get("consistency_code", str(code.get("verdict") or "none")) if code.get("callers") else "",
        called=_called(called, w),
        sent=_sent(sent, w),
        listed=w("consistency.listed_yes") if declared.get("listed") is True else "",
        verdict=verdict,
        word=w(f"consistency_verdict.{verdict}"),
        sign=SIGNS[verdict],
        ground=w.get("consistency_ground", ground) if verdict in ("omitted", "vague") else "",
        seen=ground == "run",
        places=_places(declared, code, called, sent, w),
    )


def _receiver(who: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> str:
    kind, id_ = str(who.get("kind") or ""), str(who.get("id") or "")
    if kind == "app":
        return w("consistency.first")
    if kind == "sdk":
        return names.get(id_) or str(who.get("name") or id_)
    if kind in ("host", "own-host", "named"):
        return str(who.get("name") or id_) or w("owner.unknown")
    return w("owner.unknown")


def _called(cell: Mapping[str, Any], w: Words) -> list[str]:
    states = _map(cell.get("states"))
    out = [f"{w.get('state', s)} {w.number(tables.number(states.get(s)))}" for s in _STATES if tables.number(states.get(s))]
    other = tables.number(cell.get("count")) - sum(tables.number(states.get(s)) for s in _STATES)
    if other > 0:
        out.append(w("consistency.times", n=w.number(other)))
    first = cell.get("first")
    if isinstance(first, int | float) and not isinstance(first, bool):
        out.append(w("consistency.first_at", t=f"{first:.1f}"))
    if tables.number(cell.get("attempts")):
        out.append(w("consistency.attempts", n=w.number(tables.number(cell.get("attempts")))))
    return out


def _sent(cell: Mapping[str, Any], w: Words) -> list[str]:
    out = []
    if tables.number(cell.get("count")):
        out.append(w("consistency.messages", n=w.number(tables.number(cell.get("count")))))
        states = _map(cell.get("states"))
        out += [f"{w.get('state', s)} {w.number(tables.number(states.get(s)))}" for s in _STATES if tables.number(states.get(s))]
        out.append(w("consistency.clear" if cell.get("clear") is True else "consistency.tls"))
        out += [w.join(found) for found in (tables.strings(cell.get("forms")), tables.strings(cell.get("hosts"))) if found]
    if tables.number(cell.get("leads")):
        out.append(w("consistency.leads", n=w.number(tables.number(cell.get("leads")))))
    return out


def _places(
    declared: Mapping[str, Any], code: Mapping[str, Any], called: Mapping[str, Any], sent: Mapping[str, Any], w: Words
) -> list[Place]:
    found: list[Place] = []
    for passage in tables.dicts(declared.get("passages")):
        quote, at = str(passage.get("quote") or ""), str(passage.get("section") or passage.get("where") or "")
        found.append(Place(w("consistency.declared"), f"“{quote}”", at, str(passage.get("exhibit") or "")))
    for column, cell in (("code", code), ("called", called), ("sent", sent)):
        for e in tables.dicts(cell.get("evidence")):
            text, where = str(e.get("text") or ""), str(e.get("where") or "")
            if column == "code":  # the place is the container and once more the method
                text, where = ".".join(part for part in member(text) if part), where.partition(":")[0]
            found.append(Place(w(f"consistency.{column}"), text, where, str(e.get("exhibit") or "")))
    return found[:EVIDENCE]


def page(found: Section | None, markup: Any) -> dict[str, Any] | None:
    """The section with its drawing marked as markup of ours, for the template."""
    return None if found is None else found._asdict() | {"chart": markup(found.chart)}


def brief(inventory: Any, w: Words) -> tuple[Sequence[Row], int]:
    """The rows worth a line in a terminal, and how many more there are."""
    found = section(inventory, w)
    rows = [r for r in (*found.rows, *found.folded) if r.verdict in ("contradicted", "omitted")] if found else []
    return rows[:10], max(0, len(rows) - 10)
