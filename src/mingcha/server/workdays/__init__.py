"""Working days in China and the clocks that count by them.

Each year's holidays and make-up days are one file. A year without a file is counted by its weekends alone, and
`known` tells so: the State Council announces a year's days in the autumn before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
import yaml

from mingcha.model import Mark
from mingcha.server.texts import Words

FIRST = 2019
HELD = timedelta(days=14)
"""More than the weekdays that any two holidays of a year take off."""
LONGEST = 2000  # days ahead of which a deadline is asked for


class Holiday(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Days off in a row."""

    name: str
    from_: date
    to: date


class Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the notice of one year says."""

    notice: str
    mark: Mark
    holidays: tuple[Holiday, ...]
    working: tuple[date, ...]
    """Saturdays and Sundays that are worked."""


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A period that something has to be done within."""

    name: Words
    length: Annotated[int, msgspec.Meta(ge=1, le=LONGEST)]
    unit: Literal["working", "calendar", "year"]
    source: str
    mark: Mark
    active: bool = True
    """Off where the rule is a draft only."""


@cache
def _year(year: int) -> Year | None:
    file = files(__package__) / f"{year}.yml"
    return msgspec.convert(yaml.safe_load(file.read_text("utf-8")), Year) if file.is_file() else None


@cache
def _days(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """(days off, weekend days that are worked) of a year; a notice also says what the days around New Year are."""
    said = [found for y in (year - 1, year, year + 1) if (found := _year(y))]
    off = {h.from_ + timedelta(days=i) for y in said for h in y.holidays for i in range((h.to - h.from_).days + 1)}
    return frozenset(off), frozenset(d for y in said for d in y.working)


def known(day: date) -> bool:
    """Whether the day's year has its notice; else weekends alone are counted."""
    return _year(day.year) is not None


def past(due: date, today: date) -> bool:
    """Whether a deadline has passed for sure. One in a year without its notice was counted by weekends alone and comes
    too early by the holidays that nobody knew: it gets them back."""
    return today > (due if known(due) else due + HELD)


def is_working(day: date) -> bool:
    """Whether offices work on a day."""
    off, worked = _days(day.year)
    return day in worked or (day.weekday() < 5 and day not in off)


def add(start: date, days: int) -> date:
    """The day on which the last of so many working days after `start` ends. ValueError below 1 or beyond reason."""
    if not 1 <= days <= LONGEST:
        raise ValueError(f"{days} working days")
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working(day)
    return day


def between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`; negative where `end` lies before."""
    low, high = min(start, end), max(start, end)
    n = sum(is_working(low + timedelta(days=i)) for i in range(1, (high - low).days + 1))
    return n if end >= start else -n


@cache
def clocks() -> Mapping[str, Clock]:
    """All clocks by id."""
    return msgspec.convert(yaml.safe_load((files(__package__) / "clocks.yml").read_text("utf-8")), dict[str, Clock])


def due(clock: str, start: date) -> date:
    """The last day of a clock that began on `start`. KeyError for an unknown one."""
    c = clocks()[clock]
    if c.unit == "working":
        return add(start, c.length)
    if c.unit == "calendar":
        return start + timedelta(days=c.length)
    # 29 February ends with the February of another year.
    return start.replace(year=start.year + c.length, day=28 if (start.month, start.day) == (2, 29) else start.day)
