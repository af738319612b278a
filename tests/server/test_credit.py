"""Credit files: what counts, what takes it back, who appeals and who decides."""

from __future__ import annotations

from mingcha.server.credit import services
from mingcha.server.credit.models import Appeal, Listed
from mingcha.server.ledger import leads
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.process import table
from mingcha.server.ledger.services import act
from tests.server.cast import START, Cast, later, make, member
from tests.server.test_acts import refused
from tests.server.test_pages import browser


def states(cast: Cast, days: int = 100) -> dict[str, str]:
    operator = cast.subject.operator
    assert operator is not None
    return {e.rule: e.state for e in services.file_of(operator, day(later(days)))}


def test_every_rule_counts_an_act_that_exists() -> None:
    known = {*table().acts, *table().others, "re-offence", "self-reported", "replace-badge"}
    for rule in services.rules().values():
        assert rule.act in known and {*rule.voids, *rule.ends} <= known and rule.months > 0


def test_entries_follow_the_events(cast: Cast) -> None:
    case = cast.case("named")
    assert states(cast) == {"overdue": "counts", "named": "counts"}
    assert states(cast, 30 * 15) == {"overdue": "expired", "named": "counts"}
    cast.publish("correction", case, days=63, corrects=case.in_batches.get().batch, reason="更正")
    assert states(cast) == {"overdue": "void", "named": "void"}
    other = cast.case("noticed", "rule-y")
    new = cast.inspection(version="2.0")
    act(other.pk, "reply", cast.company, {"package": new.package_id}, version=other.version, now=later(2))
    act(other.pk, "retest-passed", cast.tester, {"inspection": new.pk}, version=other.version + 1, now=later(3))
    leads.receive(cast.company, "self-report", "示例", "计划", subject=cast.subject, now=START)
    assert states(cast) == {"overdue": "void", "named": "void", "rectified": "counts", "self-report": "counts"}


def test_an_appeal_and_its_decision(cast: Cast) -> None:
    cast.case("named")
    operator = cast.subject.operator
    assert operator is not None
    entry = next(e for e in services.file_of(operator, day(later(70))) if e.rule == "named")
    refused("not-yours", services.appeal, operator, entry.event.pk, cast.officer, "x")
    refused("not-yours", services.appeal, operator, entry.event.pk, make().company, "x")
    refused("reason-given", services.appeal, operator, entry.event.pk, cast.company, " ")
    made = services.appeal(operator, entry.event.pk, cast.company, "张三处理失误", now=later(70))
    refused("wrong-state", services.appeal, operator, entry.event.pk, cast.company, "again", now=later(70))
    assert "张三" not in Event.objects.get(act="appeal-credit").leaf
    refused("not-yours", services.decide, made.pk, cast.company, strike=True, reason="x")
    refused("not-yours", services.decide, made.pk, cast.elsewhere, strike=True, reason="x")
    issuer = entry.event.person
    doer, other = (cast.approver, cast.other_approver) if issuer == cast.approver.person else (cast.other_approver, cast.approver)
    refused("second-person", services.decide, made.pk, doer, strike=True, reason="x")
    refused("reason-given", services.decide, made.pk, other, strike=True, reason="")
    services.decide(made.pk, other, strike=True, reason="确有错误", now=later(71))
    refused("wrong-state", services.decide, made.pk, other, strike=False, reason="x")
    assert states(cast)["named"] == "struck" and Appeal.objects.get().state == "struck"


def test_the_list_is_made_by_people(cast: Cast) -> None:
    cast.case("named")
    operator = cast.subject.operator
    assert operator is not None and services.bad_records(day(later(70))) == []
    entry = next(e for e in services.file_of(operator, day(later(70))) if e.rule == "named")
    refused("not-yours", services.list_bad, operator, entry.event.pk, cast.officer, "x")
    refused("reason-given", services.list_bad, operator, entry.event.pk, cast.approver, "")
    refused("wrong-state", services.list_bad, operator, 10**9, cast.approver, "x")
    appeal = services.appeal(operator, entry.event.pk, cast.company, "x", now=later(70))
    refused("no-open-appeal", services.list_bad, operator, entry.event.pk, cast.approver, "x", now=later(70))
    third = member(cast.approver.organisation, "approver")
    services.decide(appeal.pk, third, strike=False, reason="证据充分", now=later(71))
    first = services.list_bad(operator, entry.event.pk, cast.approver, "拒不整改", now=later(72))
    assert services.list_bad(operator, entry.event.pk, cast.approver, "拒不整改", now=later(72)) == first
    assert Event.objects.get(act="list-credit").public
    assert [r.operator for r in services.bad_records(day(later(73)))] == [operator]
    assert services.bad_records(day(later(30 * 40))) == [], "an entry that has expired is not on it any more"
    page = browser().get("/bad-records/").content.decode()
    assert operator.registered_name in page and "拒不整改" in page
    refused("not-yours", services.unlist, first.pk, cast.officer, "x")
    services.unlist(first.pk, cast.approver, "已整改")
    refused("wrong-state", services.unlist, first.pk, cast.approver, "x")
    assert not Listed.objects.filter(ended=None).exists() and operator.registered_name not in browser().get("/bad-records/").content.decode()


def test_pages_and_who_sees_them(cast: Cast) -> None:
    cast.case("named")
    operator = cast.subject.operator
    assert operator is not None
    path = f"/desk/credit/{operator.pk}/"
    seen = {n: browser(getattr(cast, n)).get(path).status_code for n in ("officer", "ministry", "elsewhere", "company", "tester", "store")}
    assert seen == {"officer": 200, "ministry": 200, "elsewhere": 404, "company": 200, "tester": 404, "store": 404}
    assert browser(make().company).get(path).status_code == 404 and browser(make().company).get(path + "file.json").status_code == 404
    assert browser(cast.company).get("/desk/credit/")["Location"] == path and browser(cast.tester).get("/desk/credit/").status_code == 404
    assert operator.name in browser(cast.officer).get(f"/desk/credit/?q={operator.name}").content.decode()
    entry = next(e for e in services.file_of(operator, day(later(70))) if e.rule == "named")
    assert browser(cast.company).post(path, {"do": "appeal", "event": entry.event.pk, "reason": "<script>x</script>"}).status_code == 302
    page = browser(cast.officer).get(path).content.decode()
    assert "&lt;script&gt;" in page and "<script" not in page and "本平台归纳" in page
    assert browser(cast.company).post(path, {"do": "list", "event": entry.event.pk, "reason": "x"}).status_code == 403
    assert browser(cast.officer).post(path, {"do": "nothing"}).status_code == 422
