"""A start-up path as a drawing: one box per method from top to bottom, in lanes by owner.

The lane on the left tells whose code runs, so that one sees where an app hands over to an SDK; the
words between lane and box tell how each method is come to. Long paths show both ends; the page
lists all steps under the drawing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from mingcha.report import charts
from mingcha.report.charts import GREY, INK, MONO, SANS
from mingcha.report.text import visible

MOST, BESIDE = 14, 10  # boxes of one drawing; beside a finding, where the evidence follows
_WIDTH, _LANE, _BOX = 720, 132, 262  # whole width, right edge of the lane, left edge of the boxes
_PITCH, _TALL = 34, 25
_LABEL = 19  # half-width letters of a lane
_TINTS = ("#f2dcc0", "#d3e0ee", "#e3d8ea", "#d5e6d6")  # SDKs in the order they appear; light enough for ink
_OWN, _SYSTEM, _UNKNOWN = "#e6eaed", "#47515b", "#ffffff"


class Hop(NamedTuple):
    """One element of a path, in words. `by`: the class that makes an indirect call come here."""

    owner: str
    kind: str
    step: str
    by: str
    name: str
    package: str
    full: str


def draw(uid: str, title: str, hops: Sequence[Hop], left_out: Callable[[int], str], most: int = MOST) -> str:
    """The drawing, with a description that has every step. `left_out` words a gap of n steps; `most` boxes."""
    desc = " → ".join(visible(f"{h.step}: {h.package}.{h.name} ({h.owner})", 300) for h in hops[: MOST * 2])
    gap = len(hops) - most
    shown: list[Hop | None] = list(hops)
    if gap > 0:
        shown = [*hops[: most // 2], None, *hops[-(most - most // 2 - 1) :]]
    colours = _colours(hops)
    height = len(shown) * _PITCH - (_PITCH - _TALL) + 2
    body = [_lanes(shown, colours)]
    last = len(shown) - 1
    for n, hop in enumerate(shown):
        y = n * _PITCH + 1
        if n:
            body.append(
                f'<path d="M{_BOX + 14} {y - _PITCH + _TALL}v{_PITCH - _TALL - 4}" stroke="{INK}" stroke-width="1.25"/>'
                f'<path d="M{_BOX + 10} {y - 5}l4 5l4 -5z" fill="{INK}"/>'
            )
        body.append(_label(_BOX + 26, y, left_out(gap + 1)) if hop is None else _box(hop, y, n == last))
    return charts.image(uid, title, desc, "".join(body), width=_WIDTH, height=height)


def _colours(hops: Sequence[Hop]) -> dict[str, tuple[str, str]]:
    """Owner -> fill and ink of its lane."""
    out: dict[str, tuple[str, str]] = {}
    sdks = 0
    for hop in hops:
        if hop.owner in out:
            continue
        if hop.kind == "sdk":
            out[hop.owner] = _TINTS[sdks % len(_TINTS)], INK
            sdks += 1
        elif hop.kind == "system":
            out[hop.owner] = _SYSTEM, "#ffffff"
        else:
            out[hop.owner] = (_OWN if hop.kind == "app" else _UNKNOWN), INK
    return out


def _lanes(shown: Sequence[Hop | None], colours: dict[str, tuple[str, str]]) -> str:
    """One band for each run of steps of the same owner, labelled once."""
    body = []
    n = 0
    while n < len(shown):
        hop = shown[n]
        end = n + 1
        if hop is None:
            n = end
            continue
        while end < len(shown) and (other := shown[end]) is not None and other.owner == hop.owner:
            end += 1
        y = n * _PITCH + 1
        tall = (end - n - 1) * _PITCH + _TALL
        fill, ink = colours[hop.owner]
        dash = ' stroke-dasharray="3 2"' if hop.kind not in ("app", "sdk", "system") else ""
        lines = [hop.owner]
        if charts.wide(hop.owner) > _LABEL and end - n > 1 and " " in hop.owner:
            lines = hop.owner.split(" ", 1)  # the word for its kind, then the name
        texts = "".join(
            f'<text x="8" y="{y + 16 + 15 * k}" font-size="11" font-family="{SANS}" font-weight="600" '
            f'fill="{ink}">{escape(charts.fit(line, _LABEL))}</text>'
            for k, line in enumerate(lines)
        )
        body.append(
            f'<rect x=".75" y="{y}" width="{_LANE - 1.5}" height="{tall}" fill="{fill}" stroke="#7c8791"{dash}/>{texts}'
        )
        n = end
    return "".join(body)


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:g}" y="{y + 16:g}" font-size="10.5" font-family="{SANS}" fill="{GREY}">{escape(text)}</text>'


def _box(hop: Hop, y: int, last: bool) -> str:
    """Step in words, then the box with class and method; the full descriptor shows on hovering."""
    room = 64
    name = hop.name
    if charts.wide(name) > room:  # arguments go before letters of the method's name
        name = re.sub(r"\(.+\)$", "(…)", name)
    name = charts.fit(name, room)
    rest = room + 4 - charts.wide(name)
    place = charts.fit(hop.package, rest) if hop.package and rest > 8 else ""
    line = charts.ACCENT if last else "#7c8791"
    step = _label(_LANE + 8, y if not hop.by else y - 5, charts.fit(hop.step, 22))
    if hop.by:
        step += (
            f'<text x="{_LANE + 8}" y="{y + 23}" font-size="9" font-family="{MONO}" fill="{GREY}">'
            f"{escape(charts.fit(hop.by, 21))}</text>"
        )
    return (
        f"{step}<g><title>{escape(visible(hop.full, 600))}</title>"
        f'<rect x="{_BOX}" y="{y}" width="{_WIDTH - _BOX - 1}" height="{_TALL}" rx="2" fill="#ffffff" stroke="{line}" '
        f'stroke-width="{1.75 if last else 1}"/>'
        f'<text x="{_BOX + 8}" y="{y + 16.5}" font-size="11" font-family="{MONO}" font-weight="600" fill="{INK}">'
        f'{escape(name)}<tspan dx="8" font-size="9.5" font-weight="400" fill="{GREY}">{escape(place)}</tspan></text></g>'
    )
