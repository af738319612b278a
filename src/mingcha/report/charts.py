"""Small drawings as SVG text: a stacked bar of counts and the path of a call.

Every drawing is an image with a title and a description for those who cannot see it, and the
page gives the same content as a table next to it. Colours are few and differ in lightness, so
that they survive a black-and-white printer. Widths of letters are estimated, never measured:
a renderer has no fonts.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from mingcha.report.text import shorten, visible


class Tone(NamedTuple):
    """Fill of an area, colour of text on it (contrast at least 4.5:1) and of its outline."""

    fill: str
    ink: str
    line: str


ACCENT = "#8f1d21"
INK = "#1d2125"
GREY = "#50575e"
SEVERITY = {
    "critical": Tone("#6d1216", "#ffffff", "#6d1216"),
    "serious": Tone("#a63a3d", "#ffffff", "#a63a3d"),
    "moderate": Tone("#dfacab", INK, "#b98281"),
    "minor": Tone("#f6e9e8", INK, "#b98281"),
}
GROUP = {
    "failed": Tone(ACCENT, "#ffffff", ACCENT),
    "leads": Tone("#47515b", "#ffffff", "#47515b"),
    "sheets": Tone("#97a1ab", INK, "#7c8791"),
    "undecided": Tone("#c6cdd3", INK, "#8d969f"),
    "passed": Tone("#e6eaed", INK, "#8d969f"),
    "inapplicable": Tone("#ffffff", INK, "#8d969f"),
}
SANS = "'Source Han Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
MONO = "'JetBrains Mono','DejaVu Sans Mono',Consolas,Menlo,'Noto Sans Mono CJK SC',monospace"


class Part(NamedTuple):
    """One share of a bar."""

    label: str
    value: int
    tone: Tone


def image(uid: str, title: str, desc: str, body: str, *, width: int, height: int) -> str:
    """A drawing with the title and description that a screen reader tells."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{uid}-t {uid}-d" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<title id="{uid}-t">{escape(title)}</title><desc id="{uid}-d">{escape(desc)}</desc>{body}</svg>'
    )


def swatch(tone: Tone) -> str:
    """The colour of a legend's row; decoration, since the row names it."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false" viewBox="0 0 12 12" '
        'width="12" height="12"><rect x=".5" y=".5" width="11" height="11" '
        f'fill="{tone.fill}" stroke="{tone.line}"/></svg>'
    )


def bar(uid: str, title: str, parts: Sequence[Part], width: int = 420, height: int = 30) -> str:
    """A stacked bar. Shares of nothing are left out; each other share is at least wide enough to see."""
    shown = [part for part in parts if part.value > 0]
    desc = "; ".join(f"{part.label}: {part.value}" for part in parts)
    least = 14
    total = sum(part.value for part in shown)
    room = width - least * len(shown)
    x = 0.0
    body = []
    for part in shown:
        w = least + room * part.value / total
        label = str(part.value)
        body.append(
            f'<rect x="{x + 0.5:.1f}" y=".5" width="{w - 2:.1f}" height="{height - 1}" '
            f'fill="{part.tone.fill}" stroke="{part.tone.line}"/>'
        )
        if w >= len(label) * 9 + 4:
            body.append(
                f'<text x="{x + w / 2 - 0.5:.1f}" y="{height / 2 + 5:.0f}" text-anchor="middle" '
                f'font-size="14" font-weight="600" font-family="{SANS}" fill="{part.tone.ink}">{label}</text>'
            )
        x += w
    if not shown:
        body.append(
            f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" fill="none" stroke="#8d969f" '
            'stroke-dasharray="3 3"/>'
        )
    return image(uid, title, desc, "".join(body), width=width, height=height)


class Stop(NamedTuple):
    """One station of a call path: what it is, its name and, smaller, where it belongs."""

    role: str
    name: str
    place: str = ""


_BOX, _GAP, _TALL = 214, 39, 58
_ROW = 30
_MOST = 12


def wide(text: str) -> int:
    """Width in half-width letters: a CJK letter takes two."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def fit(text: str, room: int) -> str:
    """Shorten to `room` half-width letters."""
    text = visible(text, 400)
    letters = room
    while wide(shorten(text, letters)) > room:
        letters -= 1
    return shorten(text, letters)


def _label(
    at: tuple[float, float],
    text: str,
    size: float,
    *,
    fill: str = INK,
    family: str = MONO,
    weight: str = "400",
) -> str:
    x, y = at
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-family="{family}" font-weight="{weight}" '
        f'fill="{fill}">{escape(text)}</text>'
    )


def call_path(uid: str, title: str, stops: Sequence[Stop]) -> str:
    """Who calls what: three stations side by side, longer paths as a ladder.

    At most twelve stations are drawn; of a longer path both ends. The description has all.
    """
    desc = " → ".join(visible(f"{stop.role}: {stop.place} {stop.name}".strip(), 400) for stop in stops[:60])
    if len(stops) <= 3:
        return _beside(uid, title, desc, stops)
    if len(stops) > _MOST:
        left_out = len(stops) - _MOST + 1
        stops = [*stops[: _MOST // 2], Stop("", f"… {left_out} …"), *stops[len(stops) - _MOST // 2 + 1 :]]
    return _ladder(uid, title, desc, stops)


def _beside(uid: str, title: str, desc: str, stops: Sequence[Stop]) -> str:
    body = []
    last = len(stops) - 1
    for n, stop in enumerate(stops):
        x = n * (_BOX + _GAP)
        line = ACCENT if n == last else "#8d969f"
        body.append(
            f'<rect x="{x + 0.75}" y=".75" width="{_BOX - 1.5}" height="{_TALL - 1.5}" rx="2" fill="#ffffff" '
            f'stroke="{line}" stroke-width="1.5"/>'
        )
        body.append(_label((x + 9, 16), stop.role, 10.5, fill=GREY, family=SANS))
        body.append(_label((x + 9, 33), fit(stop.name, 29), 11, weight="600"))
        body.append(_label((x + 9, 48), fit(stop.place, 33), 9.5, fill=GREY))
        if n < last:
            a, y = x + _BOX + 4, _TALL / 2
            body.append(
                f'<path d="M{a} {y}h{_GAP - 14}" stroke="{INK}" stroke-width="1.25"/>'
                f'<path d="M{a + _GAP - 14} {y - 4}l7 4l-7 4z" fill="{INK}"/>'
            )
    width = len(stops) * _BOX + last * _GAP
    return image(uid, title, desc, "".join(body), width=width, height=_TALL)


def _ladder(uid: str, title: str, desc: str, stops: Sequence[Stop]) -> str:
    body = []
    last = len(stops) - 1
    for n, stop in enumerate(stops):
        y = n * _ROW + 15
        if n < last:
            body.append(f'<path d="M9 {y + 6}v{_ROW - 14}" stroke="{INK}" stroke-width="1.25"/>')
            body.append(f'<path d="M5 {y + _ROW - 11}l4 6l4 -6z" fill="{INK}"/>')
        fill, line = (ACCENT, ACCENT) if n == last else ("#ffffff", INK)
        if stop.role:
            body.append(f'<circle cx="9" cy="{y}" r="4.5" fill="{fill}" stroke="{line}" stroke-width="1.5"/>')
        body.append(_label((24, y + 4), stop.role, 10.5, fill=GREY, family=SANS))
        name = f"{stop.place}.{stop.name}" if stop.place and n else f"{stop.name} {stop.place}".strip()
        body.append(_label((92, y + 4), fit(name, 92), 11, weight="600" if n in (0, last) else "400"))
    return image(uid, title, desc, "".join(body), width=720, height=len(stops) * _ROW)
