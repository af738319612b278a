"""Charts as SVG, drawn here: bars by value, columns by month. Each has a table beside it that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mingcha.report.charts import fit, image

WIDTH, ROW, LABEL = 680, 26, 300
INK, BAR, GREY = "#1d2125", "#14508c", "#4d555c"


def bars(uid: str, title: str, rows: Sequence[tuple[str, int]]) -> str:
    """Bars from the left, the label before, the number behind."""
    most = max((n for _, n in rows), default=0) or 1
    room = WIDTH - LABEL - 70
    body = []
    for i, (label, n) in enumerate(rows):
        y, width = i * ROW, max(1, round(room * n / most)) if n else 0
        body.append(
            f'<text x="{LABEL - 8}" y="{y + 17}" text-anchor="end" font-size="13" fill="{INK}">{escape(fit(label, 42))}</text>'
            f'<rect x="{LABEL}" y="{y + 4}" width="{width}" height="{ROW - 8}" fill="{BAR}"/>'
            f'<text x="{LABEL + width + 6}" y="{y + 17}" font-size="13" fill="{INK}">{n:,}</text>'
        )
    told = "; ".join(f"{label} {n}" for label, n in rows)
    return image(uid, title, told, "".join(body), width=WIDTH, height=max(ROW, len(rows) * ROW))


def columns(uid: str, title: str, rows: Sequence[tuple[str, int]]) -> str:
    """Columns from the left to the right in time."""
    height, floor = 170, 140
    most = max((n for _, n in rows), default=0) or 1
    step = WIDTH / max(1, len(rows))
    body = [f'<line x1="0" y1="{floor}" x2="{WIDTH}" y2="{floor}" stroke="{GREY}"/>']
    for i, (label, n) in enumerate(rows):
        tall, x = round((floor - 22) * n / most), i * step
        wide = min(48.0, step * 0.7)
        left = x + (step - wide) / 2
        body.append(f'<rect x="{left:.1f}" y="{floor - tall}" width="{wide:.1f}" height="{tall}" fill="{BAR}"/>')
        if n and (step >= 34 or n == most):
            body.append(f'<text x="{x + step / 2:.1f}" y="{floor - tall - 5}" text-anchor="middle" font-size="12" fill="{INK}">{n:,}</text>')
        if step >= 44 or i % 3 == 0:
            body.append(f'<text x="{x + step / 2:.1f}" y="{floor + 17}" text-anchor="middle" font-size="12" fill="{GREY}">{escape(label)}</text>')
    told = "; ".join(f"{label} {n}" for label, n in rows)
    return image(uid, title, told, "".join(body), width=WIDTH, height=height)
