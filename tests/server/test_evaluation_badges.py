"""Badges: how they end, withdrawals and appeals, spot checks, exemplars; what the credit file and the figures say of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from mingcha.server.credit import services as credit
from mingcha.server.evaluations import badges, public
from mingcha.server.evaluations.conditions import due
from mingcha.server.evaluations.models import Badge
from mingcha.server.figures import count, read
from mingcha.server.figures.read import Span
from mingcha.server.ledger import sequence
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.registry.models import Subject
from tests.server.cast import START, later
from tests.server.test_acts import refused
from tests.server.test_evaluations import Here, document, here
from tests.server.test_pages import browser

__all__ = ["here"]
ALL = Span(date(2020, 1, 1), date(2040, 1, 1))


def test_the_clock_ends_it_and_a_re_evaluation_replaces_it(here: Here) -> None:
    first = here.badge()
    again = here.verified(document(survey=85), days=100)
    refused("badge-there", badges.issue, again.pk, here.cast.approver, later(100))
    assert badges.expire(here.cast.clock, later(600)) == 0
    refused("not-yours", badges.expire, here.cast.officer)
    refused("not-yours", badges.expire, here.cast.ministry)
    end = datetime.combine(first.until, START.timetz())
    assert badges.current(first.until).filter(pk=first.pk).exists() and not badges.current(first.until + timedelta(days=1)).exists()
    assert badges.expire(here.cast.clock, end) == 0, "its last day"
    second = badges.issue(again.pk, here.cast.approver, end - timedelta(days=60))
    first.refresh_from_db()
    assert first.state == "replaced" and second.state == "valid"
    after = datetime.combine(second.until + timedelta(days=1), START.timetz())
    assert badges.expire(here.cast.clock, after) == 1 and badges.expire(here.cast.clock, after) == 0
    second.refresh_from_db()
    assert second.state == "expired" and Event.objects.filter(act="expire-badge", about=f"badge:{second.pk}").count() == 1
    assert badges.after(date(2028, 2, 29), 2) == date(2030, 2, 28)


def test_due_ninety_days_before_its_end(here: Here) -> None:
    badge = here.badge()
    whole = Badge.objects.all()
    days = {0: True, 89: True, 90: True, 91: False, -1: False}
    assert {n: due(whole, badge.until - timedelta(days=n)).exists() for n in days} == days
    Badge.objects.update(until=day(datetime.now(START.tzinfo)) + timedelta(days=30))
    for who in (here.one, here.company, here.cast.officer, here.cast.ministry):
        assert badge.number in browser(who).get("/desk/evaluations/badges/?show=due").content.decode()
        assert "/desk/evaluations/badges/?show=due" in browser(who).get("/desk/").content.decode()
        assert "某网站" in browser(who).get("/desk/evaluations/?show=due").content.decode()
    assert public.waiting(here.rival)["due"] == 0 and badge.number not in browser(here.other).get("/desk/evaluations/badges/?show=due").content.decode()


def test_withdrawal_appeal_and_restoration(here: Here) -> None:
    badge = here.badge()
    n = badge.evaluation_id
    assert here.entries(1) == {"badge": "counts"}
    refused("not-yours", badges.withdraw, n, here.cast.officer, "x")
    refused("reason-given", badges.withdraw, n, here.cast.approver, " ")
    refused("wrong-state", badges.appeal, n, here.company, "x", later(1))
    badges.withdraw(n, here.cast.approver, "张三发现入口已下线", later(1))
    refused("wrong-state", badges.withdraw, n, here.cast.approver, "x", later(2))
    assert "张三" not in Event.objects.get(act="withdraw-badge").leaf and Event.objects.get(act="withdraw-badge").public
    assert here.entries(2) == {"badge": "void", "badge-withdrawn": "counts"}
    shown = browser().get(f"/badges/{badge.number}/").content.decode()
    assert "已被撤销" in shown and "张三" not in shown
    assert "张三" in browser(here.company).get(f"/desk/evaluations/{n}/").content.decode(), "its operator reads why"
    refused("not-yours", badges.appeal, n, here.other, "x")
    refused("not-yours", badges.appeal, n, here.one, "x")
    badges.appeal(n, here.company, "入口已恢复", later(3))
    refused("wrong-state", badges.appeal, n, here.company, "again", later(3))
    refused("badge-own", badges.answer, n, here.cast.approver, restore=True, reason="x", now=later(4))
    refused("reason-given", badges.answer, n, here.cast.other_approver, restore=True, reason="", now=later(4))
    badges.answer(n, here.cast.other_approver, restore=True, reason="属实", now=later(4))
    badge.refresh_from_db()
    assert (badge.state, badge.appeal_state) == ("valid", "accepted")
    assert here.entries(5) == {"badge": "void", "badge-withdrawn": "void", "badge-restored": "counts"}
    badges.withdraw(n, here.cast.other_approver, "再次下线", later(6))
    badges.appeal(n, here.company, "不服", later(7))
    badges.answer(n, here.cast.approver, restore=False, reason="证据充分", now=later(8))
    badge.refresh_from_db()
    assert (badge.state, badge.appeal_state) == ("withdrawn", "rejected") and here.entries(9)["badge-restored"] == "void"


def test_credit_counts_as_long_as_the_badge(here: Here) -> None:
    badge = here.badge()
    left = (badge.until - badge.issued).days
    assert here.entries(left) == {"badge": "counts"} and here.entries(left + 1) == {"badge": "expired"}
    page = browser(here.cast.officer).get(f"/desk/credit/{badge.operator_id}/").content.decode()
    assert badge.number in page
    again = here.verified(document(survey=85), days=left - 30)
    badges.issue(again.pk, here.cast.approver, later(left - 30))
    states = [e.state for e in credit.file_of(badge.operator, day(later(left - 29)))]
    assert states == ["counts", "expired"], "the new one, and the one that it replaced"


def test_spot_checks_and_exemplars(here: Here) -> None:
    badge = here.badge()
    n = badge.evaluation_id
    for who in (here.company, here.rival, here.cast.approver, here.cast.tester):
        refused("not-yours", badges.check, n, who, passed=True, note="x", now=later(1))
    refused("reason-given", badges.check, n, here.one, passed=True, note="", now=later(1))
    badges.exemplar(n, here.cast.approver, named=True, now=later(1))
    refused("wrong-state", badges.exemplar, n, here.cast.approver, named=True, now=later(1))
    assert "标杆" in browser().get("/badges/").content.decode()
    refused("check-differs", badges.check, n, here.two, passed=True, note="x", raw=document(bad={"web-elder-ads": "failed"}), now=later(2))
    refused("check-differs", badges.check, n, here.two, passed=False, note="x", raw=document("b.example.cn"), now=later(2))
    made = badges.check(n, here.two, passed=False, note="李四未找到入口", raw=document(bad={"web-elder-ads": "failed"}), key="k", now=later(2))
    assert badges.check(n, here.two, passed=False, note="李四未找到入口", raw=document(bad={"web-elder-ads": "failed"}), key="k", now=later(2)) == made
    refused("key-reused", badges.check, n, here.two, passed=True, note="x", key="k", now=later(2))
    badge.refresh_from_db()
    assert badge.asked and not badge.exemplar and badge.state == "valid", "asked for, not done by itself"
    assert "李四" not in Event.objects.get(act="spot-check").leaf
    refused("wrong-state", badges.exemplar, n, here.cast.approver, named=True, now=later(3))
    assert public.waiting(here.cast.approver)["asked"] == 1 and public.waiting(here.cast.officer)["asked"] == 0
    assert badge.number in browser(here.cast.approver).get("/desk/evaluations/badges/?show=asked").content.decode()
    assert browser(here.two).get(f"/desk/evaluations/{n}/checks/{made.pk}/score.json").status_code == 200
    assert browser(here.rival).get(f"/desk/evaluations/{n}/checks/{made.pk}/score.json").status_code == 404
    badges.check(n, here.cast.officer, passed=True, note="已恢复", now=later(4))
    badge.refresh_from_db()
    assert not badge.asked
    badges.exemplar(n, here.cast.approver, named=True, now=later(5))
    refused("reason-given", badges.exemplar, n, here.cast.approver, named=False, now=later(5))
    badges.exemplar(n, here.cast.approver, named=False, reason="期满", now=later(5))
    assert not Badge.objects.filter(exemplar=True).exists()


def test_figures(here: Here, tmp_path: Path) -> None:
    badge = here.badge()
    here.verified(document("b.example.cn", bad={"web-elder-ads": "failed"}), days=1)
    again = here.verified(document(survey=85), days=3)
    badges.withdraw(badge.evaluation_id, here.cast.approver, "x", later(2))
    badges.issue(again.pk, here.cast.approver, later(3))
    sequence.catch_up(tmp_path / "log")
    count.catch_up()
    found = {v.key: (v.n, v.of) for v in read.values(ALL, public=True)}
    assert (found["fitted"], found["evaluated"], found["badges-withdrawn"]) == ((1, 2), (2, None), (1, None)), "a subject counts once"
    assert read.number("fitted", ALL._replace(province="44")) == 1 and read.number("fitted", ALL._replace(province="51")) == 0
    assert read.number("fitted", Span(date(2026, 1, 1), date(2026, 3, 1))) == 0
    assert read.by("badges-withdrawn", "kind", ALL) == [("website", 1)] and read.by("badges-withdrawn", "province", ALL) == [("44", 1)]
    before = read.values(ALL)
    Subject.objects.update(operator=None)
    count.rebuild()
    assert read.values(ALL) == before, "a figure of a past day stays"
    for lang, text in (("zh", "完成适老化改造的网站和应用"), ("en", "fitted for older users")):
        assert text in browser(lang=lang).get("/press/").content.decode()
