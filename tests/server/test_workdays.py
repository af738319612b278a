"""Working days: against a kept library, and against the deadlines that real notices set."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.server import workdays
from mingcha.server.ledger.process import table
from mingcha.server.workdays import FIRST, add, between, clocks, due, is_working, known, past

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


def test_a_deadline_that_was_guessed_passes_late_and_not_early() -> None:
    assert past(date(2026, 12, 30), date(2026, 12, 31)) and not past(date(2026, 12, 30), date(2026, 12, 30))
    assert not past(date(2031, 5, 5), date(2031, 5, 19)) and past(date(2031, 5, 5), date(2031, 5, 20))


def test_clocks() -> None:
    assert due("notice-reply", date(2026, 9, 28)) == date(2026, 10, 10), "over the National Day, and its worked Saturday"
    assert due("user-complaint", date(2026, 9, 28)) == date(2026, 10, 13)
    assert not clocks()["relisting"].active
    assert {a.clock for a in table().acts.values() if a.clock} <= clocks().keys()
    assert due("accessibility-badge", date(2024, 2, 29)) == date(2026, 2, 28)
    assert due("accessibility-badge", date(2024, 9, 30)) == date(2026, 9, 30)
    for clock in clocks().values():
        assert clock.name.zh and clock.name.en and clock.source


def test_the_yearly_files_say_what_they_can_say() -> None:
    for year in range(FIRST, 2027):
        said = workdays._year(year)
        assert said is not None and said.notice.startswith("国办发明电") and said.mark in ("official", "press", "recalled")
        assert {h.name for h in said.holidays} >= {"元旦", "春节", "清明节", "劳动节", "端午节", "国庆节"}
        for h in said.holidays:
            assert h.from_ <= h.to and h.to.year == year and (h.to - h.from_).days < 10, h
        for before, after in itertools.pairwise(sorted(said.holidays, key=lambda h: h.from_)):
            assert before.to < after.from_
        for day in said.working:
            assert day.weekday() >= 5 and not any(h.from_ <= day <= h.to for h in said.holidays), day


def test_a_notice_also_says_what_the_days_before_new_year_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """2031-12-31 is a Wednesday: off by the notice of 2032, which also has Saturday the 27th worked."""
    said = workdays.Year("", "ours", (workdays.Holiday("元旦", date(2031, 12, 31), date(2032, 1, 2)),), (date(2031, 12, 27),))
    monkeypatch.setattr(workdays, "_year", {2031: workdays.Year("", "ours", (), ()), 2032: said}.get)
    workdays._days.cache_clear()
    try:
        assert [is_working(date(2031, 12, d)) for d in (26, 27, 28, 30, 31)] == [True, True, False, True, False]
        assert not is_working(date(2032, 1, 1))
    finally:
        workdays._days.cache_clear()
