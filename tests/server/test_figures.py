"""Statistics: equal to a count of all events, whenever and however often they are counted; nobody sees another's."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from openpyxl import load_workbook

from mingcha.server.figures import count, read, stores
from mingcha.server.figures.kinds import DIMENSIONS, figures
from mingcha.server.figures.models import Count, Met
from mingcha.server.figures.read import Span
from mingcha.server.ledger import leads, sequence
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.services import act
from mingcha.server.ledger.who import public
from mingcha.server.registry.models import Listing
from tests.server.cast import START, Cast, later
from tests.server.test_documents import text
from tests.server.test_pages import browser
from tests.server.test_process import _walk

ALL = Span(date(2020, 1, 1), date(2040, 1, 1))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def counted(log: Path) -> None:
    sequence.catch_up(log)
    count.catch_up()


def test_figures_of_a_case(cast: Cast, log: Path) -> None:
    Listing.objects.create(subject=cast.subject, store=cast.store.organisation.name, seen=START.date())
    case = cast.case("named", "rule-a", "rule-b")
    cast.step(case, "removal-ordered", ())
    act(case.pk, "confirm-removal", cast.store, version=case.version, now=later(93))
    counted(log)
    got = {v.key: v.n for v in read.values(ALL)}
    assert got | {"inspected": 0} == dict.fromkeys(figures(), 0) | {"ordered": 1, "overdue": 1, "named": 1, "named-apps": 1, "removal-ordered": 1, "removed": 1}
    assert read.by("named", "scenario", ALL) == [("C5-15", 1)] and read.by("named", "aspect", ALL) == [("C", 1)] and read.by("named", "type", ALL) == [("C5", 1)]
    assert read.by("named", "province", ALL) == [("44", 1)] and read.by("named", "issue", ALL) == [("N01", 1)]
    assert read.number("named", ALL._replace(province="51")) == 0 and read.number("named", ALL._replace(province="44")) == 1
    (store,) = stores.ranking(ALL)
    assert (store.name, store.named, store.ordered, store.removed, store.days) == (cast.store.organisation.name, 1, 1, 1, 3)
    assert read.values(Span(START.date(), START.date()))[2].n == 1, "the notice was on that day"
    assert {m: n for m, n in read.months("named", Span(date(2026, 3, 1), date(2026, 6, 1))) if n} == {date(2026, 5, 1): 1}


def test_in_time_or_not(cast: Cast, log: Path) -> None:
    for days in (5, 12):
        case = cast.case("noticed", f"rule-{days}")
        new = cast.inspection(version=f"2.{days}")
        act(case.pk, "reply", cast.company, {"package": new.package_id}, version=case.version, now=later(days))
        act(case.pk, "retest-passed", cast.tester, {"inspection": new.pk}, version=case.version + 1, now=later(days + 1))
    counted(log)
    found = {v.key: (v.n, v.of) for v in read.values(ALL)}
    assert (found["rectified"], found["rectified-in-time"]) == ((2, 2), (1, 2))
    first, late = (leads.receive(public(), "complaint", f"例{n}", "说明", province="44", now=START) for n in range(2))
    leads.reject(first.pk, cast.officer, "x", now=later(3))
    leads.reject(late.pk, cast.officer, "x", now=later(40))
    counted(log)
    found = {v.key: (v.n, v.of) for v in read.values(ALL)}
    assert (found["leads"], found["leads-decided"], found["leads-in-time"]) == ((2, None), (2, 2), (1, 2))


def test_what_is_withdrawn_is_told_and_stays(cast: Cast, log: Path) -> None:
    case = cast.case("named")
    batch = case.in_batches.get().batch
    cast.publish("correction", case, days=63, corrects=batch, reason="更正")
    counted(log)
    found = {v.key: (v.n, v.of) for v in read.values(ALL)}
    assert found["named"] == (1, 1) and found["withdrawn"] == (1, 1)


def test_a_transfer_moves_what_comes_later(cast: Cast, log: Path) -> None:
    case = cast.case("noticed")
    act(case.pk, "transfer", cast.approver, {"province": "51", "reason": "属地"}, version=case.version, now=later(1))
    act(case.pk, "lapse", cast.clock, version=case.version + 1, now=later(60))
    counted(log)
    assert read.by("ordered", "province", ALL) == [("44", 1)] and read.by("overdue", "province", ALL) == [("51", 1)]


def test_counted_in_steps_at_once_or_anew_is_the_same(home: object, tmp_path: Path) -> None:
    """Random walks; after each a count in steps of a random size, and at the end one of everything."""

    def state() -> tuple[object, ...]:
        return (
            sorted(Count.objects.values_list("figure", "day", "dimension", "value", "province", "n")),
            sorted(Met.objects.values_list("figure", "subject", "day", "province")),
        )

    with transaction.atomic():
        rng = random.Random(5)
        for seed in range(12):
            for _ in _walk(seed):
                pass
            sequence.catch_up(tmp_path / "log")
            count.BATCH = rng.choice([1, 3, 2000])
            count.catch_up()
        count.BATCH = 2000
        assert count.catch_up() == 0
        steps = state()
        counts, met = count.counted(list(Event.objects.order_by("sequenced__index")))
        assert steps == (sorted((f, d, k, v, p, n) for (f, d, k, v, p), n in counts.items()), sorted((f, s, d, p) for f, s, d, p in met))
        count.rebuild()
        assert state() == steps
        by_hand = Event.objects.filter(act="notice").count()
        assert read.number("ordered", ALL) == by_hand > 0
        for key in ("ordered", "named", "overdue"):
            whole = read.number(key, ALL)
            assert sum(n for _, n in read.months(key, ALL)) == whole
            cut = START.date() + timedelta(days=40)
            assert read.number(key, ALL._replace(until=cut)) + read.number(key, ALL._replace(since=cut + timedelta(days=1))) == whole
            assert sum(n for _, n in read.by(key, "kind", ALL)) == whole
        transaction.set_rollback(True)


def test_a_figure_of_a_past_day_stays(cast: Cast, log: Path) -> None:
    case = cast.case("noticed")
    counted(log)
    past = Span(date(2026, 1, 1), day(START))
    before = read.values(past)
    act(case.pk, "withdraw-notice", cast.approver, {"reason": "x"}, version=case.version, now=later(3))
    case.findings.update(status="refused")
    count.rebuild()
    counted(log)
    assert read.values(past) == before


def test_who_sees_what(cast: Cast, log: Path) -> None:
    cast.case("noticed")
    counted(log)
    seen = {n: browser(getattr(cast, n)).get("/desk/statistics/").status_code for n in ("officer", "ministry", "elsewhere", "tester", "company", "store")}
    assert seen == {"officer": 200, "ministry": 200, "elsewhere": 200, "tester": 404, "company": 404, "store": 404}
    span = f"?since={START.date()}&until={later(1).date()}"
    told = {n: json.loads(browser(getattr(cast, n)).get(f"/desk/statistics/figures.json{span}").content) for n in ("officer", "elsewhere", "ministry")}
    ordered = {n: next(f["n"] for f in t["figures"] if f["key"] == "ordered") for n, t in told.items()}
    assert ordered == {"officer": 1, "elsewhere": 0, "ministry": 1}
    for form in ("json", "csv", "xlsx"):
        assert browser(cast.company).get(f"/desk/statistics/figures.{form}").status_code == 404
    assert browser(cast.officer).get("/desk/statistics/figures.exe").status_code == 404


def test_pages_and_exports(cast: Cast, log: Path) -> None:
    cast.case("named")
    counted(log)
    client = browser(cast.officer)
    for lang in ("zh", "en"):
        page = client.get(f"/desk/statistics/?lang={lang}&since=2026-03-01&until=2026-08-01&figure=named&by=scenario").content.decode()
        assert "<svg" in page and "C5-15" in page and "style=" not in page and "<script" not in page
        press = browser(lang=lang).get("/press/?since=2026-03-01&until=2026-08-01").content.decode()
        assert ("公开通报 1 款次" if lang == "zh" else "1 publicly named") in press and "22" in press
    for odd in ("?since=x", "?since=2026-03-01&until=2020-01-01", "?since=0001-01-01&until=9999-12-31", "?figure=nothing&by=nothing", "?since=2026-03-01"):
        for path in ("/desk/statistics/", "/press/"):
            assert client.get(path + odd).status_code == 200
    for d in DIMENSIONS:
        assert client.get(f"/desk/statistics/?by={d}").status_code == 200
    client = browser(cast.officer)
    book = load_workbook(BytesIO(client.get("/desk/statistics/figures.xlsx").content)).active
    assert [c.value for c in book[1]][:2] == ["指标", "数量"] and book.max_row == len(figures()) + 1
    assert client.get("/desk/statistics/figures.csv").content.decode("utf-8-sig").startswith("指标,数量")


def test_the_bulletin(cast: Cast, log: Path) -> None:
    cast.case("named")
    counted(log)
    got = browser(cast.officer).get("/desk/statistics/bulletin.docx?since=2026-03-01&until=2026-08-01")
    said = text(got.content)
    assert "公开通报 1 款次" in said and "100.0%（责令整改 1）" in said and cast.officer.organisation.name in said
    assert {browser(w).get("/desk/statistics/bulletin.docx").status_code for w in (cast.company, cast.store, cast.tester)} == {404}


def test_the_desk_shows_what_waits_for_this_person(cast: Cast, log: Path) -> None:
    case = cast.case("inspected")
    counted(log)
    assert "待您核查" in browser(cast.second).get("/desk/").content.decode() and case.number in browser(cast.second).get("/desk/").content.decode()
    for who in (cast.officer, cast.approver, cast.company):
        assert "待您核查" not in browser(who).get("/desk/").content.decode()


def test_nothing_counted_is_no_share_of_nothing(cast: Cast) -> None:
    page = browser(cast.officer).get("/desk/statistics/").content.decode()
    assert "NaN" not in page and "100.0%" not in page and "期间没有记录" in page
