"""The result for a terminal: subject, counts, failures, leads and where to look next."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mingcha.model import Finding, Inspection
from mingcha.report import consistency, startup, summary
from mingcha.report.findings import Reader, scenario_code
from mingcha.report.groups import Groups, by_severity, group
from mingcha.report.text import flat, pick, visible
from mingcha.report.words import Words, words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

NARROW = 96  # columns; below, owner and basis go under the title
_LEAST = 40
STARTUP = 8  # lines on what may run before consent
_STYLE = {"critical": "bold red", "serious": "red", "moderate": "yellow", "minor": ""}
_SHOWN = 400  # characters of one text


def _colour() -> bool:
    """Colour on a terminal, unless https://no-color.org is asked for."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _text(text: str, style: str = "") -> Text:
    """Text without markup, all control characters made visible."""
    from rich.text import Text

    return Text(visible(text, _SHOWN), style=style, overflow="fold")


def _basis(finding: Finding, w: Words) -> str:
    """First basis in short: law id, article, mark."""
    if not finding.basis:
        return ""
    first = finding.basis[0]
    more = f" +{len(finding.basis) - 1}" if len(finding.basis) > 1 else ""
    article = w("finding.whole") if first.article == "whole" else first.article
    return f"{first.law} {article} ({w.get('mark.name', first.mark)}){more}"


def _owners(finding: Finding, reader: Reader, w: Words) -> str:
    """Owners of the evidence, each once, and how many pieces there are."""
    owners = list(dict.fromkeys(owner for e in finding.evidence if (owner := reader.owner(e))))
    shown = w.join(owners[:2]) + (" …" if len(owners) > 2 else "")
    if finding.evidence_total > 1:
        places = w("table.places", n=finding.evidence_total)
        shown = f"{shown} · {places}" if shown else places
    return shown


def _findings(findings: Sequence[Finding], title: str, reader: Reader, w: Words, width: int) -> Table:
    from rich import box
    from rich.table import Table

    narrow = width < NARROW
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        expand=True,
        pad_edge=False,
    )
    table.add_column(w("table.severity"), no_wrap=True)
    table.add_column(w("overview.scenario"), no_wrap=True)
    table.add_column(w("table.problem"), ratio=4)
    if not narrow:
        table.add_column(w("evidence.owner"), ratio=2)
        table.add_column(w("finding.basis"), ratio=3)
    for finding in findings:
        problem = _text(flat(pick(finding.title, w.lang)) or finding.rule)
        problem.append("\n")
        problem.append_text(_text(finding.rule, "dim"))
        owners, basis = _text(_owners(finding, reader, w)), _text(_basis(finding, w))
        row = [
            _text(w(f"severity.{finding.severity}"), _STYLE[finding.severity]),
            _text(scenario_code(finding.scenario, w.lang)),
            problem,
        ]
        if narrow:
            for extra in (owners, basis):
                if extra.plain:
                    problem.append("\n")
                    problem.append_text(extra)
        else:
            row += [owners, basis]
        table.add_row(*row)
    return table


def _head(console: Console, inspection: Inspection, groups: Groups, w: Words) -> None:
    from rich.table import Table

    card = Table.grid(padding=(0, 2))
    card.add_column(style="dim", no_wrap=True)
    card.add_column(ratio=1)
    for label, value, _ in summary.subject(inspection, w):
        card.add_row(_text(label), _text(value))
    console.print(_text(w("table.heading"), "bold"))
    console.print(card)
    console.print()
    joint = "" if w.lang == "zh" else " "
    console.print(_text(joint.join(summary.verdict(inspection, groups, w)), "bold"))
    counts = [
        f"{w(f'group.{name}')} {len(found)}" for name, found in zip(Groups._fields, groups, strict=True)
    ]
    console.print(_text(" · ".join(counts)))
    console.print()


def _startup(console: Console, inspection: Inspection, w: Words) -> None:
    """What may run before consent, in short."""
    from rich.table import Table

    rows, more = startup.brief(inspection.inventory, w)
    if not rows:
        return
    console.print(_text(w("startup.terminal"), "bold"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=2)
    grid.add_column(ratio=2)
    for row in rows[:STARTUP]:
        calls = row.counts[startup.VERDICTS.index(row.verdict)]
        grid.add_row(
            _text(f"  {startup.SIGNS[row.verdict]} {row.word}"), _text(f"{row.name} ×{calls}"), _text(row.owner)
        )
    console.print(grid)
    if more := more + max(0, len(rows) - STARTUP):
        console.print(_text(f"  {w('startup.terminal_more', n=more)}", "dim"))
    console.print()


def _said(console: Console, inspection: Inspection, w: Words) -> None:
    """What the texts do not say, or deny, in short."""
    from rich.table import Table

    rows, more = consistency.brief(inspection.inventory, w)
    if not rows:
        return
    console.print(_text(w("consistency.terminal"), "bold"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    for ratio in (2, 2, 3):
        grid.add_column(ratio=ratio)
    for row in rows:
        seen = w.join([*row.called[:2], *row.sent[:2]]) or row.code
        grid.add_row(_text(f"  {row.sign} {row.word}"), _text(row.item), _text(row.receiver), _text(seen, "dim"))
    console.print(grid)
    if more:
        console.print(_text(f"  {w('startup.terminal_more', n=more)}", "dim"))
    console.print()


def _next(console: Console, inspection: Inspection, w: Words) -> None:
    """What could not be seen, and how to see more."""
    from rich.padding import Padding

    lines = [w("summary.packed", name=name) for name, _ in summary.packers(inspection.inventory, w.lang)]
    lines += summary.unseen_briefly(summary.unseen(inspection, w), bool(lines))
    lines += [
        w("table.next_channel", name=name, n=n, hint=hint if hint != name else "")
        for name, n, hint in summary.missing(inspection, w)[:6]
    ]
    lines += [w("table.next_html"), w("table.next_rule")]
    console.print(_text(w("table.next"), "bold"))
    for line in lines:  # lines that wrap stay under their beginning
        console.print(Padding(_text(line.rstrip()), (0, 0, 0, 2)))


def render(
    inspection: Inspection, lang: str = "zh", *, width: int | None = None, colour: bool | None = None
) -> str:
    """Text for a terminal of `width` columns (default: this one), with or without ANSI colour
    (default: if standard output is a terminal and NO_COLOR is not set)."""
    from rich.console import Console

    w = words(lang)
    width = max(_LEAST, width or shutil.get_terminal_size((100, 24)).columns)
    colour = _colour() if colour is None else colour
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    groups = group(inspection.findings)
    reader = Reader(inspection, w)
    _head(console, inspection, groups, w)
    for findings, title in ((groups.failed, w("table.failed")), (groups.leads, w("table.leads"))):
        if findings:
            console.print(_findings(by_severity(findings), f"{title} · {len(findings)}", reader, w, width))
    _startup(console, inspection, w)
    _said(console, inspection, w)
    _next(console, inspection, w)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
