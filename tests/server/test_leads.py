"""Leads: receipts, doubles, sealed senders, triage, cases."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mingcha.server.ledger import leads
from mingcha.server.ledger.models import Complainant
from mingcha.server.ledger.who import public
from tests.server.cast import START, Cast, later
from tests.server.test_acts import refused

SENDER = ("张三", "13800000000")


def test_a_complaint_becomes_a_case(cast: Cast) -> None:
    lead = leads.receive(cast.officer, "complaint", "示例 APP", "一打开就读取通讯录", scenario="C5-15", sender=SENDER, now=START)
    assert re.fullmatch(r"[2-9A-Z]{12}", lead.receipt)
    assert lead.due is not None and lead.due > date(2026, 3, 2)
    refused("wrong-state", leads.open_from, lead.pk, cast.officer)
    leads.triage(lead.pk, cast.officer, subject=cast.subject, scenario="C5-15", province="44", now=START)
    refused("not-yours", leads.open_from, lead.pk, cast.elsewhere)
    refused("not-yours", leads.open_from, lead.pk, cast.company)
    case = leads.open_from(lead.pk, cast.officer, now=START)
    assert case.subject == cast.subject and list(case.leads.all()) == [lead]
    second = leads.receive(cast.officer, "media", "示例", "同一问题", scenario="B3-07", now=later(1))
    leads.triage(second.pk, cast.officer, subject=cast.subject, scenario="B3-07", province="44")
    assert leads.open_from(second.pk, cast.officer) == case, "one open case of a subject takes further leads"


def test_the_sender_is_sealed_and_erased(cast: Cast) -> None:
    lead = leads.receive(cast.officer, "complaint", "示例", "说明", sender=SENDER, now=START)
    event = lead.events.get()
    assert not any(part in event.leaf for part in SENDER) and lead.receipt not in event.leaf
    kept = Complainant.objects.get(lead=lead)
    assert kept.seal in event.leaf and kept.name == "张三"
    assert leads.erase(kept.erase_on - timedelta(days=1)) == 0
    assert leads.erase(kept.erase_on) == 1
    assert leads.erase(kept.erase_on) == 0
    kept.refresh_from_db()
    assert (kept.name, kept.contact, kept.salt) == ("", "", "") and kept.seal in lead.events.get().leaf


def test_doubles_are_told_within_the_window(cast: Cast) -> None:
    first = leads.receive(cast.officer, "complaint", "某 浏览器", "a", scenario="B3-07", now=START)
    same = leads.receive(cast.officer, "complaint", "某浏览器", "b", scenario="B3-07", now=later(3))
    third = leads.receive(cast.officer, "complaint", "某浏览器", "c", scenario="B3-07", now=later(4))
    other = leads.receive(cast.officer, "complaint", "某浏览器", "d", scenario="B3-08", now=later(4))
    late = leads.receive(cast.officer, "complaint", "某浏览器", "e", scenario="B3-07", now=later(60))
    assert (same.state, same.same_as, third.same_as) == ("duplicate", first, first)
    assert (other.state, late.state) == ("received", "received")


def test_a_lead_is_not_taken_on_without_a_reason(cast: Cast) -> None:
    lead = leads.receive(cast.officer, "complaint", "示例", "说明", now=START)
    refused("reason-given", leads.reject, lead.pk, cast.officer, " ")
    assert leads.reject(lead.pk, cast.officer, "不属于受理范围").state == "rejected"
    refused("wrong-state", leads.reject, lead.pk, cast.officer, "又一次")
    for kind, name in (("rumour", "示例"), ("complaint", " ")):
        refused("bad-data", leads.receive, cast.officer, kind, name, "说明")


def test_each_kind_of_complaint_has_its_clock(cast: Cast) -> None:
    due = {k: leads.receive(public(), k, f"例{k}", "说明", now=START).due for k in ("complaint", "operator-silent", "data-request", "media")}
    assert due == {"complaint": date(2026, 3, 16), "operator-silent": date(2026, 3, 17), "data-request": date(2026, 3, 23), "media": None}
