"""Several at once, each in a connection and a transaction of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from django.db import connections

from mingcha.server.ledger.models import Case
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.services import act
from tests.server.cast import START, make

MANY = 6


def at_once(call: Callable[[int], object]) -> Counter[str]:
    """What came of the call, made by several at the same moment."""
    begin = Barrier(MANY)

    def one(i: int) -> str:
        try:
            begin.wait(20)
            call(i)
            return "done"
        except Refused as e:
            return e.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        return Counter(pool.map(one, range(MANY)))


def test_of_several_officers_one_acts_and_the_others_are_told(home: Path) -> None:
    cast = make()
    case = cast.case("verified")
    got = at_once(lambda i: act(case.pk, "notice", cast.approver, version=case.version, key=f"k{i}", now=START))
    assert got == {"done": 1, "stale": MANY - 1}
    case.refresh_from_db()
    assert case.state == "noticed" and case.events.filter(act="notice").count() == 1


def test_a_form_sent_several_times_at_once_acts_once(home: Path) -> None:
    cast = make()
    case = cast.case("verified")
    seen = case.version
    got = at_once(lambda _: act(case.pk, "notice", cast.approver, version=seen, key="the-form", now=START))
    assert got["done"] >= 1 and set(got) <= {"done", "stale"}
    assert Case.objects.get(pk=case.pk).events.filter(act="notice").count() == 1
