"""Working days: against a kept library, and against the deadlines that real notices set."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.server.ledger.process import table
from mingcha.server.workdays import FIRST, add, between, clocks, due, is_working, known

DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))


def test_every_day_is_as_a_kept_library_has_it() -> None:
    library = pytest.importorskip("chinese_calendar")
    day = date(FIRST, 1, 1)
    while day.year < 2027:
        assert is_working(day) == library.is_workday(day), day
        assert known(day)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2020-08-31", "2020-09-07", 5), ("2020-10-27", "2020-11-02", 4), ("2021-01-22", "2021-01-29", 5),
        ("2021-04-23", "2021-04-29", 5), ("2021-11-03", "2021-11-09", 4), ("2022-02-18", "2022-02-25", 5),
        ("2022-04-20", "2022-04-26", 5), ("2023-02-08", "2023-02-15", 5),
    ],
)  # fmt: skip
def test_deadlines_of_real_notices(start: str, end: str, days: int) -> None:
    """2021-04-25 and 2022-04-24 were Sundays that were worked."""
    assert between(date.fromisoformat(start), date.fromisoformat(end)) == days
    assert add(date.fromisoformat(start), days) == date.fromisoformat(end)


@given(DAYS, st.integers(1, 60))
def test_adding_and_counting_are_inverse(day: date, n: int) -> None:
    end = add(day, n)
    assert between(day, end) == n and is_working(end) and between(end, day) == -n


def test_a_year_without_a_notice_is_told() -> None:
    assert not known(date(2031, 5, 1)) and is_working(date(2031, 5, 1)), "a Thursday that may well be off"
    with pytest.raises(ValueError, match="working days"):
        add(date(2026, 1, 1), 0)


def test_clocks() -> None:
    assert due("notice-reply", date(2026, 9, 28)) == date(2026, 10, 10), "over the National Day, and its worked Saturday"
    assert due("user-complaint", date(2026, 9, 28)) == date(2026, 10, 13)
    assert not clocks()["relisting"].active
    assert {a.clock for a in table().acts.values() if a.clock} <= clocks().keys()
    for clock in clocks().values():
        assert clock.name.zh and clock.name.en and clock.source
