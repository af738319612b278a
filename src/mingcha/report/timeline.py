"""The run as a drawing: a lane for each party, calls and sends as marks, the acts of the user as lines across.

What lies before consent gets room of its own, since it is short and matters most. A table beside gives the counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from mingcha.report import charts, tables
from mingcha.report.words import Words

WIDTH, LEFT, RIGHT, TOP, LANE = 720, 150, 16, 34, 26
BEFORE = 0.42  # share of the width for what lies before consent
STATES = ("pre-consent", "refused", "after-cancel", "background", "silent", "foreground")
_LOUD = ("pre-consent", "refused", "after-cancel")


class Lane(NamedTuple):
    """Calls of one party by state, then what was sent to it: before consent or after refusal, and otherwise."""

    name: str
    counts: list[int]


class Section(NamedTuple):
    """The drawing, and the same as figures."""

    chart: str
    states: list[str]
    lanes: list[Lane]
    more: int


def section(inventory: Any, w: Words) -> Section | None:
    """None where the result holds no run."""
    data = inventory.get("timeline") if isinstance(inventory, Mapping) else None
    lanes = tables.dicts(data.get("lanes")) if isinstance(data, Mapping) else []
    if not isinstance(data, Mapping) or not lanes:
        return None
    names = tables.sdk_names(inventory, w.lang)
    named = [(_name(lane.get("owner"), w, names), [m for m in tables.dicts(lane.get("marks")) if _number(m.get("t")) is not None]) for lane in lanes]
    events = [(t, str(e.get("event"))) for e in tables.dicts(data.get("events")) if (t := _number(e.get("t"))) is not None]
    counts = [Lane(name, _counts(marks)) for name, marks in named]
    heads = [*(w(f"state.{s}") for s in STATES), w("timeline.sent_before"), w("timeline.sent")]
    seen = [n for n, _ in enumerate(heads) if any(lane.counts[n] for lane in counts)]
    return Section(
        chart=_draw(named, events, _number(data.get("end")) or 1.0, w),
        states=[heads[n] for n in seen],
        lanes=[Lane(lane.name, [lane.counts[n] for n in seen]) for lane in counts],
        more=tables.number(data.get("more")),
    )


def _counts(marks: Sequence[Mapping[str, Any]]) -> list[int]:
    calls = [sum(_count(m) for m in marks if m.get("state") == s and m.get("sent") is not True) for s in STATES]
    sent = [m for m in marks if m.get("sent") is True]
    return [*calls, *(sum(_count(m) for m in sent if (m.get("state") in _LOUD) is loud) for loud in (True, False))]


def _name(who: Any, w: Words, names: Mapping[str, str]) -> str:
    if isinstance(who, Mapping) and who.get("kind") == "host":
        return str(who.get("name") or "") or w("owner.unknown")
    return next(iter(tables.owners([who], w, names)), "") or w("owner.unknown")


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9 else None


def _count(mark: Mapping[str, Any]) -> int:
    return max(1, tables.number(mark.get("count")))


class _Scale:
    """Seconds to pixels, in two parts where the user consented."""

    def __init__(self, end: float, consent: float | None) -> None:
        self.end, self.consent = max(end, 0.001), consent if consent and 0 < consent < end else None
        self.room = WIDTH - LEFT - RIGHT

    def x(self, t: float) -> float:
        t = min(max(t, 0.0), self.end)
        if self.consent is None:
            return LEFT + self.room * t / self.end
        if t <= self.consent:
            return LEFT + self.room * BEFORE * t / self.consent
        return LEFT + self.room * (BEFORE + (1 - BEFORE) * (t - self.consent) / (self.end - self.consent))


def _draw(lanes: Sequence[tuple[str, list[Mapping[str, Any]]]], events: Sequence[tuple[float, str]], end: float, w: Words) -> str:
    consent = next((t for t, e in events if e in ("consent-accepted", "consent-refused")), None)
    scale = _Scale(end, consent)
    height = TOP + LANE * len(lanes) + 22
    bottom = TOP + LANE * len(lanes)
    parts: list[str] = []
    if scale.consent is not None:
        parts.append(f'<rect x="{LEFT}" y="{TOP}" width="{scale.x(scale.consent) - LEFT:.1f}" height="{bottom - TOP}" fill="#f6e9e8"/>')
    taken = [float(LEFT)]
    for t, event in events:
        x = scale.x(t)
        loud = event.startswith("consent") or event == "cancel-account"
        parts.append(f'<path d="M{x:.1f} {TOP - 4}V{bottom}" stroke="{charts.ACCENT if loud else "#97a1ab"}" stroke-width="{1.6 if loud else 1}"/>')
        word = w.get("run_event", event)
        room = charts.wide(word) * 5.6 + 8
        if x >= taken[-1] and x + room < WIDTH:  # labels that would lie on one another are left to the lines
            parts.append(_text(x + 3, TOP - 9, word, 10.5, charts.ACCENT if loud else charts.GREY))
            taken.append(x + room)
    for n, (name, marks) in enumerate(lanes):
        y = TOP + LANE * n + LANE / 2
        parts.append(f'<path d="M{LEFT} {y + LANE / 2}H{WIDTH - RIGHT}" stroke="#d8dde1"/>')
        parts.append(_text(0, y + 4, charts.fit(name, 20), 12, charts.INK))
        for m in marks:
            parts.append(_mark(m, y, scale))
    ticks = [0.0, *([scale.consent] if scale.consent else []), end]
    for k, t in enumerate(ticks):
        anchor = "start" if not k else "end" if k == len(ticks) - 1 else "middle"
        parts.append(_text(scale.x(t), bottom + 15, w("timeline.seconds", t=f"{t:.0f}"), 10.5, charts.GREY, anchor))
    told: Counter[str] = Counter()
    for _, marks in lanes:
        for m in marks:
            told["sent" if m.get("sent") is True else str(m.get("state"))] += _count(m)
    texts = [f"{w.get('state', s)} {w.number(told[s])}" for s in STATES if told[s]]
    desc = w.join([*texts, *([f"{w('timeline.sent_all')} {w.number(told['sent'])}"] if told["sent"] else [])])
    return charts.image("chart-timeline", w("timeline.title"), desc, "".join(parts), width=WIDTH, height=height)


def _mark(m: Mapping[str, Any], y: float, scale: _Scale) -> str:
    t = _number(m.get("t")) or 0.0
    last = _number(m.get("last")) or t
    x, loud = scale.x(t), m.get("state") in _LOUD
    colour = charts.ACCENT if loud else "#47515b"
    if m.get("ok") is False:  # tried and refused
        return f'<path d="M{x - 3:.1f} {y - 3}l6 6m0 -6l-6 6" stroke="{colour}" stroke-width="1.4" fill="none"/>'
    hollow = m.get("state") in ("background", "silent")
    if m.get("sent") is True:
        dot = f'<path d="M{x:.1f} {y - 5}l5 5 -5 5 -5 -5z" fill="{"#ffffff" if m.get("state") in ("", "unknown") else colour}" stroke="{colour}" stroke-width="1.4"/>'
    else:
        dot = f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="{"#ffffff" if hollow else colour}" stroke="{colour}" stroke-width="1.6"/>'
    if _count(m) == 1:
        return dot
    x2 = max(scale.x(last), x + 6)
    edge = x2 > WIDTH - RIGHT - 32  # no room behind the bar: the number stands over its end
    number = _text(x2 if edge else x2 + 3, y - 5 if edge else y + 4, f"×{_count(m)}", 10, colour, "end" if edge else "start")
    return f'<path d="M{x:.1f} {y}H{x2:.1f}" stroke="{colour}" stroke-width="3"/>{dot}{number}'


def _text(x: float, y: float, text: str, size: float, colour: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{charts.SANS}" font-size="{size}" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def page(found: Section | None, markup: Any) -> dict[str, Any] | None:
    """The section with its drawing marked as markup of ours, for the template."""
    return None if found is None else found._asdict() | {"chart": markup(found.chart)}
