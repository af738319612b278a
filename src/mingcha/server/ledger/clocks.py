"""Deadlines of cases and leads, by the office's calendar of working days."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from mingcha.server.ledger.models import Case
from mingcha.server.workdays import add, between, clocks, due, past

__all__ = ["day", "due", "past", "resumed", "running"]
HERE = ZoneInfo("Asia/Shanghai")


def day(at: datetime) -> date:
    """The day in China that deadlines count by."""
    return at.astimezone(HERE).date()


def resumed(case: Case, today: date) -> date | None:
    """The deadline of a suspended case that goes on today: what was left of it, counted from today."""
    stopped = case.events.filter(act="suspend").order_by("-pk").first()
    if case.due is None or stopped is None or day(stopped.at) > case.due:
        return case.due
    if case.clock and clocks()[case.clock].unit == "working":
        left = between(day(stopped.at), case.due)
        return add(today, left) if left else today
    return today + (case.due - day(stopped.at))


def running(clock: str, case: Case) -> date | None:
    """When a clock that began with the case's take-down ends; None where it is switched off."""
    if not clocks()[clock].active:
        return None
    event = case.events.filter(act="confirm-removal").order_by("-pk").first()
    return due(clock, day(event.at)) if event else None
