"""What each act does, refuses and tells."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.services import act, allowed, lapse, open_case
from mingcha.server.ledger.who import Who, acting, visible
from mingcha.server.registry.models import Listing
from tests.server.cast import START, Cast, later, make, member


def refused(code: str, call: Any, *args: Any, **kwargs: Any) -> None:
    with pytest.raises(Refused) as e:
        call(*args, **kwargs)
    assert e.value.code == code


def test_from_the_ledger_to_a_public_naming_and_a_take_down(cast: Cast) -> None:
    case = cast.case("named")
    assert case.state == "named" and case.served == START and case.due is not None
    assert [e.act for e in case.events.order_by("pk")] == [
        "open", "attach-inspection", "verify", "notice", "lapse", "propose-naming", "name",
    ]  # fmt: skip
    assert [e.act for e in case.events.filter(public=True)] == ["name"]
    cast.step(case, "removal-ordered", ())
    refused("not-yours", act, case.pk, "confirm-removal", cast.store, version=case.version)
    Listing.objects.create(subject=cast.subject, store=cast.store.organisation.name, seen=START.date())
    act(case.pk, "confirm-removal", cast.store, version=case.version, now=later(91))
    case.refresh_from_db()
    fixed = cast.inspection(version="3.0")
    act(case.pk, "relist", cast.approver, {"inspection": fixed.pk}, version=case.version, now=later(200))
    case.refresh_from_db()
    assert case.state == "relisted"
    assert set(case.findings.values_list("status", flat=True)) == {"fixed"}


def test_a_company_mends_and_the_case_closes(cast: Cast) -> None:
    case = cast.case("noticed")
    new = cast.inspection("rule-b", version="2.0")
    refused("new-version", act, case.pk, "reply", cast.company, {"package": case.package_id}, version=case.version)
    act(case.pk, "reply", cast.company, {"package": new.package_id}, version=case.version, now=later(2))
    case.refresh_from_db()
    refused("nothing-remains", act, case.pk, "retest-passed", cast.tester, {"inspection": new.pk}, version=case.version)
    act(case.pk, "retest-failed", cast.tester, {"inspection": new.pk}, version=case.version, now=later(3))
    case.refresh_from_db()
    assert dict(case.findings.values_list("finding__rule", "status")) == {"rule-a": "fixed", "rule-b": "remains"}
    newer = cast.inspection("another-rule", version="2.1")
    act(case.pk, "reply", cast.company, {"package": newer.package_id}, version=case.version, now=later(4))
    case.refresh_from_db()
    act(case.pk, "retest-passed", cast.tester, {"inspection": newer.pk}, version=case.version, now=later(5))
    case.refresh_from_db()
    assert case.state == "closed" and case.due is None


def test_nobody_verifies_what_he_proposed(cast: Cast) -> None:
    case = cast.case("inspected")
    ids = list(case.findings.values_list("pk", flat=True))
    refused("second-person", act, case.pk, "verify", cast.officer, {"confirm": ids}, version=case.version)
    refused("confirms-some", act, case.pk, "verify", cast.second, {"refuse": ids}, version=case.version)
    strange = cast.case("inspected").findings.values_list("pk", flat=True)[0]
    refused("confirms-some", act, case.pk, "verify", cast.second, {"confirm": [strange]}, version=case.version)


def test_naming_waits_for_time_signatures_register_and_appeals(cast: Cast) -> None:
    case = cast.case("overdue")
    operator = case.operator
    assert operator is not None
    operator.registered_name = "另一公司"
    operator.save()
    refused("operator-registered", act, case.pk, "propose-naming", cast.officer, version=case.version, now=later(61))
    operator.registered_name = operator.name
    operator.save()
    act(case.pk, "appeal", cast.company, {"reason": "不属实"}, version=case.version, now=later(61))
    case.refresh_from_db()
    refused("no-open-appeal", act, case.pk, "propose-naming", cast.officer, version=case.version, now=later(61))
    act(case.pk, "reject-appeal", cast.approver, {"reason": "证据充分"}, version=case.version, now=later(61))
    case.refresh_from_db()
    act(case.pk, "propose-naming", cast.officer, version=case.version, now=later(61))
    case.refresh_from_db()
    refused("signed-batch", act, case.pk, "name", cast.approver, version=case.version, now=later(62))
    assert "name" not in dict(allowed(case, cast.approver))


def test_the_same_problem_is_not_named_twice(cast: Cast) -> None:
    cast.case("named")
    again = cast.case("overdue")
    refused("no-other-naming", act, again.pk, "propose-naming", cast.officer, version=again.version, now=later(61))
    other = cast.case("overdue", "rule-z")
    act(other.pk, "propose-naming", cast.officer, version=other.version, now=later(61))


def test_an_older_page_and_a_double_click(cast: Cast) -> None:
    case = cast.case("verified")
    first = act(case.pk, "notice", cast.approver, version=case.version, key="form-1", now=START)
    same = act(case.pk, "notice", cast.approver, version=case.version, key="form-1", now=START)
    assert first.pk == same.pk and case.events.filter(act="notice").count() == 1
    refused("stale", act, case.pk, "withdraw-notice", cast.approver, {"reason": "x"}, version=case.version)


def test_what_is_sent_is_checked(cast: Cast) -> None:
    case = cast.case("opened")
    for data in ({"inspection": "x"}, {"unknown": 1}, {"confirm": [None]}):
        refused("bad-data", act, case.pk, "attach-inspection", cast.officer, data, version=case.version)
    refused("no-such-act", act, case.pk, "fly", cast.officer, version=case.version)
    refused("no-such-act", act, case.pk, "open", cast.officer, version=case.version)
    refused("has-findings", act, case.pk, "attach-inspection", cast.officer, {"inspection": cast.inspection().pk}, version=case.version)
    foreign = make().inspection("rule-a")
    refused("has-findings", act, case.pk, "attach-inspection", cast.officer, {"inspection": foreign.pk}, version=case.version)


def test_every_act_and_every_role(cast: Cast) -> None:
    """Whoever the table does not name is refused before anything else is looked at, whatever the state."""
    case = cast.case("named")
    for state in ("opened", "named", "closed"):
        type(case).objects.filter(pk=case.pk).update(state=state)
        for name, row in table().acts.items():
            if not row.from_:
                continue
            for who in [*cast.everybody(), *(Who(cast.officer.person, w.organisation, w.role) for w in cast.everybody())]:
                if not row.allows(who.kind, who.role) or who.organisation.province == "51":
                    refused("not-yours", act, case.pk, name, who, version=case.version)


def test_each_sees_its_own(cast: Cast) -> None:
    early, late = cast.case("verified"), cast.case("noticed")
    assert set(visible(cast.officer)) >= {early, late}
    assert set(visible(cast.company)) == {late}, "a company is told of what was served"
    assert not set(visible(cast.elsewhere)) & {early, late}
    assert not set(visible(cast.store)) & {early, late}
    assert set(visible(cast.ministry)) >= {early, late}
    assert [n for n, _ in allowed(late, cast.company)] == ["reply", "appeal"]
    assert allowed(early, cast.company) == []


def test_a_membership_that_ended_gives_no_role(cast: Cast) -> None:
    who = member(cast.officer.organisation, "officer")
    assert who.person is not None
    assert acting(who.person, who.organisation, "officer") == who
    refused("not-yours", acting, who.person, who.organisation, "approver")
    who.person.memberships.update(ended=True)
    refused("not-yours", acting, who.person, who.organisation, "officer")


def test_merge_split_transfer_and_suspension(cast: Cast) -> None:
    case, other = cast.case("verified", "a", "b", "c"), cast.case("inspected", "d")
    ids = list(case.findings.order_by("pk").values_list("pk", flat=True))
    refused("leaves-some", act, case.pk, "split", cast.officer, {"findings": ids}, version=case.version)
    act(case.pk, "split", cast.officer, {"findings": ids[:1]}, version=case.version, now=START)
    case.refresh_from_db()
    assert case.findings.count() == 2
    act(other.pk, "merge", cast.officer, {"into": case.pk}, version=other.version, now=START)
    other.refresh_from_db()
    assert (other.state, other.into) == ("merged", case)
    act(case.pk, "notice", cast.approver, version=case.version, now=START)
    case.refresh_from_db()
    act(case.pk, "suspend", cast.approver, {"reason": "诉讼"}, version=case.version, now=later(1))
    case.refresh_from_db()
    assert case.state == "suspended"
    act(case.pk, "resume", cast.approver, version=case.version, now=later(30))
    case.refresh_from_db()
    assert case.state == "noticed"
    refused("other-province", act, case.pk, "transfer", cast.approver, {"province": "44", "reason": "x"}, version=case.version)
    act(case.pk, "transfer", cast.approver, {"province": "51", "reason": "属地"}, version=case.version, now=later(31))
    case.refresh_from_db()
    assert case.province == "51"
    refused("not-yours", act, case.pk, "withdraw-notice", cast.approver, {"reason": "x"}, version=case.version)


def test_deadlines_pass_once(cast: Cast) -> None:
    case = cast.case("noticed")
    assert case.due is not None
    assert lapse(cast.clock, now=later(1)) == 0
    assert lapse(cast.clock, now=later(60)) == 1
    assert lapse(cast.clock, now=later(60)) == 0
    case.refresh_from_db()
    assert case.state == "overdue"
    event = case.events.get(act="lapse")
    assert event.person is None and event.organisation is not None and event.organisation.kind == "system"


@pytest.mark.parametrize(
    ("stopped", "resumed", "due"),
    [
        (1, 30, 37),  # four of five working days were left: from the 1st of April over Tomb-Sweeping Day to the 8th
        (7, 30, 30),  # on its last day: the day of the resumption
        (8, 30, 7),  # it had passed before: it stays passed
    ],
)
def test_a_suspension_keeps_what_was_left_of_the_time(cast: Cast, stopped: int, resumed: int, due: int) -> None:
    case = cast.case("noticed")
    assert case.due == day(later(7))
    act(case.pk, "suspend", cast.approver, {"reason": "诉讼"}, version=case.version, now=later(stopped))
    case.refresh_from_db()
    assert lapse(cast.clock, now=later(29)) == 0
    act(case.pk, "resume", cast.approver, version=case.version, now=later(resumed))
    case.refresh_from_db()
    assert (case.state, case.due) == ("noticed", day(later(due)))


def test_a_key_stands_for_one_request(cast: Cast) -> None:
    case, other = cast.case("verified"), cast.case("verified")
    first = act(case.pk, "notice", cast.approver, version=case.version, key="k", now=START)
    assert act(case.pk, "notice", cast.approver, version=case.version, key="k", now=START) == first
    refused("key-reused", act, other.pk, "notice", cast.approver, version=other.version, key="k")
    refused("key-reused", act, case.pk, "suspend", cast.approver, {"reason": "x"}, version=case.version + 1, key="k")
    opened = open_case(cast.subject, cast.officer, reason="甲", key="o", now=START)
    assert open_case(cast.subject, cast.officer, reason="甲", key="o", now=START) == opened
    refused("key-reused", open_case, cast.subject, cast.officer, reason="乙", key="o")


def test_a_clock_that_goes_back_does_not_turn_events_round(cast: Cast) -> None:
    case = cast.case("verified")
    event = act(case.pk, "suspend", cast.approver, {"reason": "x"}, version=case.version, now=later(-5))
    assert event.at == START


def test_the_operator_is_named_before_a_notice(cast: Cast) -> None:
    operator = cast.subject.operator
    assert operator is not None
    cast.subject.operator = None
    cast.subject.save()
    case = cast.case("verified")
    refused("operator-known", act, case.pk, "notice", cast.approver, version=case.version)
    refused("operator-chosen", act, case.pk, "set-operator", cast.officer, {"operator": 10**9}, version=case.version)
    refused("not-yours", act, case.pk, "set-operator", cast.company, {"operator": operator.pk}, version=case.version)
    act(case.pk, "set-operator", cast.officer, {"operator": operator.pk}, version=case.version)
    case.refresh_from_db()
    cast.subject.refresh_from_db()
    assert case.operator == cast.subject.operator == operator and case.state == "verified"
    act(case.pk, "notice", cast.approver, version=case.version, now=START)
