"""Where a fleet is, shown on stderr while it runs."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.fleet.run import Progress


class Show:
    """Progress on stderr: one line that is written over on a terminal, a line every half minute elsewhere."""

    def __init__(self, lang: str) -> None:
        self.zh, self.said, self.open = lang == "zh", time.monotonic(), False

    def text(self, p: Progress) -> str:
        """Where a fleet is, in one line."""
        failed = ", ".join(f"{k} {v}" for k, v in sorted(p.ended.items()) if k not in ("read", "partly")) or "-"
        eta = "" if p.eta is None else f" · {'剩余' if self.zh else 'left'} {_span(p.eta)}"
        done, known = p.done - p.ended["io"], p.known + p.had
        if self.zh:
            return f"已检测 {done}，此前已有 {known}，共 {p.total or '?'} · 每秒 {p.rate:.2f}{eta} · 未能读完：{failed}"
        return f"{done} inspected, {known} had before, of {p.total or '?'} · {p.rate:.2f}/s{eta} · failures: {failed}"

    def progress(self, p: Progress) -> None:
        """Show it, not too often."""
        if time.monotonic() - self.said >= (0.2 if sys.stderr.isatty() else 30):
            self.say(self.text(p))

    def say(self, text: str) -> None:
        """One line that the next one takes the place of."""
        self.said = time.monotonic()
        if sys.stderr.isatty():
            click.echo("\r\x1b[K" + text, nl=False, err=True)
            self.open = True
        elif not text.endswith(" s"):
            click.echo(text, err=True)

    def line(self, text: str) -> None:
        """A line that stays."""
        click.echo(text, err=True)

    def end(self) -> None:
        """Leave the line."""
        if self.open:
            click.echo("", err=True)


def _span(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours // 24}d {hours % 24}h" if hours >= 48 else f"{hours}:{rest // 60:02}:{rest % 60:02}"
