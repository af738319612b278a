"""`{% t key %}` and the few forms of data that templates show."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template

from mingcha.server.desk.words import say
from mingcha.server.ledger.clocks import HERE, past
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.process import table
from mingcha.server.ledger.services import WAITING
from mingcha.server.provinces import name
from mingcha.server.texts import Words
from mingcha.server.workdays import known

register = template.Library()


@register.simple_tag(takes_context=True)
def t(context: Any, key: str, prefix: str = "") -> str:
    """The text of a key in the page's language."""
    return say(f"{prefix}{key}", context["lang"])


@register.simple_tag(takes_context=True)
def state(context: Any, key: str) -> str:
    """Name of a case's state."""
    return table().states[key].say(context["lang"])


@register.simple_tag(takes_context=True)
def act(context: Any, key: str) -> str:
    """What an event was."""
    lang = context["lang"]
    found = table().acts.get(key) or table().others.get(key)
    return found.text.say(lang) if found else say(f"event-{key}", lang)


@register.simple_tag(takes_context=True)
def province(context: Any, code: str) -> str:
    """Name of a province by its code; the country for none."""
    return name(code, context["lang"]) or say("national", context["lang"])


@register.filter
def when(value: datetime | date | None) -> str:
    """Day, and for a moment its time in China."""
    if value is None:
        return "—"
    return value.astimezone(HERE).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value.isoformat()


@register.filter
def late(case: Case, today: date) -> bool:
    """Whether the case waits for somebody whose time has passed."""
    return case.state in WAITING and gone(case.due, today)


@register.filter
def gone(due: date | None, today: date) -> bool:
    """Whether a deadline has passed for sure."""
    return due is not None and past(due, today)


@register.filter
def guessed(due: date | None) -> bool:
    """Whether a deadline lies in a year whose holidays nobody has announced yet."""
    return due is not None and not known(due)


@register.simple_tag(takes_context=True)
def text(context: Any, words: Words | None) -> str:
    """A text of a data file in the page's language."""
    return words.say(context["lang"]) if words else ""


@register.filter
def thousands(n: int | None) -> str:
    """A whole number with separators."""
    return "—" if n is None else f"{n:,}"


@register.filter
def percent(share: float) -> str:
    """A share between 0 and 1."""
    return f"{share:.1%}"
