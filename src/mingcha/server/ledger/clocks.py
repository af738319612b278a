"""Deadlines of cases and leads, by the office's calendar of working days."""

from __future__ import annotations

from datetime import date

from mingcha.server.ledger.models import Case
from mingcha.server.workdays import clocks, due

__all__ = ["due", "running"]


def running(clock: str, case: Case) -> date | None:
    """When a clock that began with the case's take-down ends; None where it is switched off."""
    if not clocks()[clock].active:
        return None
    event = case.events.filter(act="confirm-removal").order_by("-pk").first()
    return due(clock, event.at.date()) if event else None
