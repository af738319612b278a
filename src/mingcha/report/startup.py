"""The section on what may run before consent: verdicts by item and owner, paths as drawings, guards.

The inventory is free-form, so nothing of it is trusted to be there, nor to be short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mingcha.report import charts, pathgraph, tables
from mingcha.report.text import member, pick
from mingcha.report.words import Words

VERDICTS = ("reachable", "needs-run", "guarded", "not-reachable")
TONES = {
    "reachable": charts.Tone(charts.ACCENT, "#ffffff", charts.ACCENT),
    "needs-run": charts.Tone("#dfacab", charts.INK, "#b98281"),
    "guarded": charts.Tone("#c6cdd3", charts.INK, "#7c8791"),
    "not-reachable": charts.Tone("#ffffff", charts.INK, "#7c8791"),
}
# Told apart by outline as well as by shade: triangle, diamond, square with a bar, ring.
_SHAPES = {
    "reachable": '<path d="M6 .8L11.6 11.2H.4z" fill="#8f1d21"/>',
    "needs-run": '<path d="M6 .6L11.4 6L6 11.4L.6 6z" fill="#dfacab" stroke="#8f1d21"/>',
    "guarded": '<rect x="1" y="1" width="10" height="10" fill="#c6cdd3" stroke="#50575e"/>'
    '<path d="M1 6h10" stroke="#50575e" stroke-width="2"/>',
    "not-reachable": '<circle cx="6" cy="6" r="4.8" fill="#ffffff" stroke="#50575e" stroke-width="1.4"/>',
}
SIGNS = {"reachable": "▲", "needs-run": "◆", "guarded": "■", "not-reachable": "○"}
"""The same shapes for a terminal."""
OPEN_ROWS, OPEN_PATHS = 15, 4  # rows and items with their paths that stand open; the rest folds
DRAWN = 2  # paths of one item and owner on the page; the result document has one more
ITEMS, GUARDS = 16, 60  # items whose paths are drawn, and guarded calls listed
_FRAMES = 60  # of one path, as facts have them


class Row(NamedTuple):
    """One data item in the code of one owner."""

    name: str
    sensitive: bool
    personal: bool
    owner: str
    verdict: str
    word: str
    counts: list[int]


class Frame(NamedTuple):
    """One step of a path in words, for the list under the drawing."""

    step: str
    owner: str
    method: str


class Call(NamedTuple):
    """One call with its path. `svg` is empty where there is no unbroken path."""

    svg: str
    frames: list[Frame]
    caller: str
    callee: str
    blind: list[str]
    unsure: str


class Paths(NamedTuple):
    """The open calls of one item and owner."""

    item: str
    owner: str
    verdict: str
    word: str
    calls: list[Call]
    more: int


class Guard(NamedTuple):
    """One guarded call."""

    item: str
    owner: str
    caller: str
    callee: str
    flag: str
    store: str
    kind: str
    read: str
    set: list[str]
    more: int


class Total(NamedTuple):
    """One verdict: its sign, how many calls, what it means."""

    sign: str
    word: str
    calls: int
    means: str


class Section(NamedTuple):
    """All that the template shows."""

    chart: str
    totals: list[Total]
    rows: list[Row]
    folded: list[Row]
    unreached: list[Row]
    device: list[Row]
    more: int
    paths: list[Paths]
    guards: list[Guard]
    reach: str
    blind: list[str]
    signs: dict[str, str]


def sign(verdict: str) -> str:
    """The shape of a verdict as a small drawing; decoration, since its word stands beside it."""
    shape = _SHAPES.get(verdict, _SHAPES["not-reachable"])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="sign-of" aria-hidden="true" focusable="false" '
        f'viewBox="0 0 12 12" width="12" height="12">{shape}</svg>'
    )


def section(inventory: Any, w: Words) -> Section | None:
    """The section's content; None where the result has none."""
    data = inventory.get("startup") if isinstance(inventory, Mapping) else None
    if not isinstance(data, Mapping):
        return None
    names = tables.sdk_names(inventory, w.lang)
    entries = [e for e in tables.dicts(data.get("rows")) if e.get("verdict") in VERDICTS]
    counts = _counts(data.get("counts"))
    rows = [_row(e, w, names) for e in entries]
    about = [r for r in rows if r.personal and r.verdict != "not-reachable"]
    parts = [charts.Part(w(f"start_verdict.{v}"), n, TONES[v]) for v, n in zip(VERDICTS, counts, strict=True)]
    # Parameters of the device, read by nearly every library, would bury what tells who somebody is.
    personal = [e for e in entries if e.get("personal") is True]
    open_ = [e for e in personal if e["verdict"] in ("reachable", "needs-run")][:ITEMS]
    reach, blind = _reach(data.get("reach"), w)
    return Section(
        chart=charts.bar("chart-startup", w("startup.chart"), parts),
        totals=[
            Total(sign(v), w(f"start_verdict.{v}"), n, w(f"start_means.{v}"))
            for v, n in zip(VERDICTS, counts, strict=True)
        ],
        rows=about[:OPEN_ROWS],
        folded=about[OPEN_ROWS:],
        unreached=[r for r in rows if r.personal and r.verdict == "not-reachable"],
        device=[r for r in rows if not r.personal],
        more=tables.number(data.get("more")),
        paths=[p for n, e in enumerate(open_) if (p := _paths(f"start-{n}", e, w, names)).calls],
        guards=[g for e in personal for g in _guards(e, w, names)][:GUARDS],
        reach=reach,
        blind=blind,
        signs={v: sign(v) for v in VERDICTS},
    )


def brief(inventory: Any, w: Words) -> tuple[list[Row], int]:
    """The rows worth a line in a terminal, and how many more there are."""
    found = section(inventory, w)
    if found is None:
        return [], 0
    rows = [r for r in found.rows if r.verdict in ("reachable", "needs-run")]
    others = sum(r.verdict in ("reachable", "needs-run") for r in (*found.folded, *found.device))
    return rows, others


def _counts(value: Any) -> list[int]:
    given = value if isinstance(value, Mapping) else {}
    return [tables.number(given.get(v)) for v in VERDICTS]


def _owner(value: Any, w: Words, names: Mapping[str, str]) -> str:
    return next(iter(tables.owners([value], w, names)), "") or w("owner.unknown")


def _item(entry: Mapping[str, Any], w: Words) -> str:
    return pick(entry.get("name"), w.lang) or str(entry.get("item") or "")


def _row(entry: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> Row:
    verdict = str(entry["verdict"])
    return Row(
        name=_item(entry, w),
        sensitive=entry.get("sensitive") is True,
        personal=entry.get("personal") is True,
        owner=_owner(entry.get("owner"), w, names),
        verdict=verdict,
        word=w(f"start_verdict.{verdict}"),
        counts=_counts(entry.get("counts")),
    )


def _reach(value: Any, w: Words) -> tuple[str, list[str]]:
    if not isinstance(value, Mapping):
        return "", []
    blind = [w.get("blind_spot", code) for code in tables.strings(value.get("blind"))]
    total, reached = tables.number(value.get("definitions")), tables.number(value.get("reached"))
    if not total:
        return "", blind
    text = w(
        "startup.reach", entries=w.number(tables.number(value.get("entries"))), definitions=w.number(total),
        reached=w.number(reached), share=w.percent(reached / total),
    )  # fmt: skip
    return text, blind


def _paths(uid: str, entry: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> Paths:
    item, owner = _item(entry, w), _owner(entry.get("owner"), w, names)
    counts = dict(zip(VERDICTS, _counts(entry.get("counts")), strict=True))
    calls = [c for c in tables.dicts(entry.get("calls")) if c.get("verdict") in ("reachable", "needs-run")]
    told = [_call(f"{uid}-{n}", item, call, w, names) for n, call in enumerate(calls[:DRAWN])]
    verdict = str(entry["verdict"])
    more = max(0, counts["reachable"] + counts["needs-run"] - len(told))
    return Paths(item, owner, verdict, w(f"start_verdict.{verdict}"), told, more)


def _call(uid: str, item: str, call: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> Call:
    hops = hops_of(call, w, names)
    title = w("startup.path_title", item=item)
    return Call(
        svg=pathgraph.draw(uid, title, hops, lambda n: w("startup.left_out", n=n)) if hops else "",
        frames=[Frame(h.step, h.owner, h.full) for h in hops] or [
            Frame(word, "", str(call.get(key) or ""))
            for word, key in ((w("path.caller"), "caller"), (w("step.api"), "callee"))
        ],
        caller=_short(call.get("caller")),
        callee=_short(call.get("callee")),
        blind=[w.get("blind_spot", code) for code in tables.strings(call.get("blind"))],
        unsure=_unsure(call, w) if call.get("verdict") == "needs-run" and hops and call.get("guard") else "",
    )


def _short(descriptor: Any) -> str:
    return ".".join(part for part in member(str(descriptor or "")) if part)


def hops_of(call: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> list[pathgraph.Hop]:
    """The elements of a path as the drawing wants them; also for a `startup-path` fact as it is."""
    path = tables.strings(call.get("path"))[: _FRAMES + 1]
    steps, owners = tables.strings(call.get("steps")), tables.strings(call.get("owners"))
    if len(path) < 2:
        return []
    return [
        _hop(
            full, steps[n] if n < len(steps) else "", owners[n] if n < len(owners) else "", n, call, w, names
        )
        for n, full in enumerate(path)
    ]


def _hop(
    full: str, step: str, owner: str, n: int, call: Mapping[str, Any], w: Words, names: Mapping[str, str]
) -> pathgraph.Hop:  # fmt: skip
    kind, _, id_ = owner.partition(":")
    label = _owner({"kind": kind or "unknown", "id": id_, "name": names.get(id_) or id_}, w, names)
    cls, name = member(full)
    package, _, simple = cls.rpartition(".")
    code, _, witness = step.partition(":")
    word = w.get("step", code)
    short = witness.rpartition("/")[2].removesuffix(";") if witness else ""
    if short == simple:  # the box names it already
        short = ""
    if n == 0:
        word = w.get("entry_kind", str(call.get("entry_kind") or "")) or word
        short = w("startup.process", name=call["process"]) if call.get("process") else ""
    return pathgraph.Hop(
        owner=label, kind=kind, step=word, by=short, name=f"{simple}.{name}" if simple else name, package=package,
        full=full,
    )  # fmt: skip


def _guards(entry: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> list[Guard]:
    return [
        _guard(entry, call, w, names)
        for call in tables.dicts(entry.get("calls"))
        if call.get("verdict") == "guarded" and call.get("guard")
    ]


def _unsure(call: Mapping[str, Any], w: Words) -> str:
    """Why a path needs a run: the flag that it passes, or the broadcast that it waits for."""
    store, _, action = str(call["guard"]).partition(":")
    if store == "broadcast":
        return w("startup.waits", action=w("startup.some_broadcast") if action == "*" else action)
    return w("startup.unsure", flag=_flag(call, w))


def _flag(call: Mapping[str, Any], w: Words) -> str:
    """The flag that a path passes, in words."""
    store, _, flag = str(call["guard"]).partition(":")
    name = _short(flag) if flag else store
    return f"{w.get('guard_store', store)} {name}" if flag else name


def _guard(entry: Mapping[str, Any], call: Mapping[str, Any], w: Words, names: Mapping[str, str]) -> Guard:
    store, _, flag = str(call["guard"]).partition(":")
    return Guard(
        item=_item(entry, w),
        owner=_owner(entry.get("owner"), w, names),
        caller=_short(call.get("caller")),
        callee=_short(call.get("callee")),
        flag=_short(flag) if flag else store,
        store=w.get("guard_store", store) if flag else "",
        kind=w.get("guard_kind", str(call.get("guard_kind") or "act")),
        read=_short(call.get("guard_read")),
        set=[_short(m) for m in tables.strings(call.get("guard_set"))],
        more=tables.number(call.get("guard_set_more")),
    )


def page(found: Section | None, markup: Any) -> dict[str, Any] | None:
    """The section with its drawings marked as markup of ours, for the template."""
    if found is None:
        return None
    paths: Sequence[Any] = [
        p._replace(calls=[c._replace(svg=markup(c.svg)) for c in p.calls]) for p in found.paths
    ]
    return found._asdict() | {
        "chart": markup(found.chart), "paths": paths,
        "totals": [t._replace(sign=markup(t.sign)) for t in found.totals],
        "signs": {v: markup(s) for v, s in found.signs.items()},
        "open_paths": OPEN_PATHS,
    }  # fmt: skip
