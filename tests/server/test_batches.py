"""Batches: what they ask of their cases, who may sign, and that what is published stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from mingcha.server.batches import services as batches
from mingcha.server.batches import snapshots
from mingcha.server.batches.models import Batch, Item
from mingcha.server.ledger.events import canonical
from mingcha.server.ledger.models import Case, Event
from mingcha.server.ledger.services import act
from mingcha.server.registry.models import Listing, Subject
from tests.server.cast import START, Cast, later, make
from tests.server.test_acts import refused
from tests.server.test_pages import browser


def test_a_list_is_published_and_corrected(cast: Cast) -> None:
    case, other = cast.case("proposed"), cast.case("proposed", "rule-x")
    Listing.objects.create(subject=cast.subject, store="甲商店", seen=START.date())
    batch = cast.publish("naming", case, other, days=62)
    assert (batch.state, batch.year, batch.number, batch.total) == ("issued", 2026, 1, 1)
    for named in (case, other):
        named.refresh_from_db()
        assert named.state == "named" and json.loads(named.events.get(act="name").leaf)["data"]["batch"] == batch.pk
    told = json.loads(batch.snapshot)
    assert canonical(told) == batch.snapshot and snapshots.digest(batch.snapshot) == batch.digest
    assert [r["n"] for r in told["rows"]] == [1, 2] and told["rows"][0]["case"] == case.number
    assert told["rows"][0] | {"case": "", "sha256": ""} == {
        "n": 1, "case": "", "app": "示例", "identifier": cast.subject.identifier, "kind": "app", "developer": cast.company.organisation.name,
        "sources": ["甲商店"], "version": "1.0", "sha256": "",
        "issues": [{"code": "N01", "zh": "违规收集个人信息", "en": "Unlawful collection of personal information"}],
    }  # fmt: skip
    event = Event.objects.get(about=f"batch:{batch.pk}", act="issue-batch")
    assert event.public and json.loads(event.leaf)["data"]["snapshot"] == batch.digest
    correction = cast.publish("correction", case, days=63, corrects=batch, reason="核实后问题不成立")
    case.refresh_from_db()
    assert case.state == "dismissed" and json.loads(correction.snapshot)["corrects"] == {"slug": batch.slug, "sha256": batch.digest}
    batch.refresh_from_db()
    assert snapshots.digest(batch.snapshot) == batch.digest, "what was published stays as it was"
    assert cast.publish("naming", cast.case("proposed", "rule-y"), days=64).number == 2


def _appeal(cast: Cast, case: Case) -> None:
    act(case.pk, "appeal", cast.company, {"reason": "x"}, version=case.version, now=later(61))


def _other_name(cast: Cast, case: Case) -> None:
    assert case.operator is not None
    case.operator.registered_name = "另一家公司"
    case.operator.save()


def _no_finding(cast: Cast, case: Case) -> None:
    case.findings.update(status="refused")


def _no_notice(cast: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(served=None)


def _not_yet(cast: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(due=later(300).date())


def _named_already(cast: Cast, case: Case) -> None:
    twin = cast.case("overdue", "rule-t")
    twin.findings.update(status="refused")
    for row in case.findings.all():
        row.pk, row.case = None, twin
        row.save()
    Case.objects.filter(pk=twin.pk).update(state="named")


def _in_another(cast: Cast, case: Case) -> None:
    second = batches.make(cast.second, "naming", now=later(62))
    Item.objects.create(batch=second, case=case)


def _returned(cast: Cast, case: Case) -> None:
    act(case.pk, "return-proposal", cast.approver, {"reason": "x"}, version=case.version, now=later(61))


WRONG: list[tuple[Callable[[Cast, Case], None], str]] = [
    (_appeal, "no-open-appeal"), (_other_name, "operator-registered"), (_no_finding, "confirmed-finding"), (_no_notice, "notice-served"),
    (_not_yet, "deadline-passed"), (_named_already, "no-other-naming"), (_in_another, "in-another-batch"), (_returned, "wrong-state"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "code"), WRONG)
def test_each_condition_is_asked_when_added_signed_and_issued(cast: Cast, spoil: Callable[[Cast, Case], None], code: str) -> None:
    case = cast.case("proposed")
    batch = batches.make(cast.second, "naming", now=later(62))
    spoil(cast, case)
    assert batches.fill(batch.pk, cast.second, add=[case.pk], version=0, now=later(62)) == {case.pk: [code]}
    assert not batch.items.exists()
    Item.objects.create(batch=batch, case=case)  # it was in order when it was added
    assert batches.failures(batch, cast.second, later(62)) == {case.pk: [code]}
    refused("batch-assertions", batches.sign, batch.pk, cast.approver, version=0, now=later(62))
    for who in (cast.approver, cast.other_approver):
        assert who.person is not None
        batch.signatures.create(version=0, person=who.person, digest=snapshots.rows_digest(snapshots.rows(batch)))
    refused("batch-assertions", batches.issue, batch.pk, cast.approver, version=0, now=later(62))
    case.refresh_from_db()
    assert case.state != "named" and Batch.objects.get(pk=batch.pk).state == "draft"


def test_who_may_do_what(cast: Cast) -> None:
    case, n = cast.case("proposed"), later(62)
    for who in (cast.approver, cast.tester, cast.company, cast.store, cast.clock):
        refused("not-yours", batches.make, who, "naming", now=n)
    batch = batches.make(cast.officer, "naming", now=n)
    for who in cast.everybody():
        if who not in (cast.officer, cast.second):
            refused("not-yours", batches.fill, batch.pk, who, add=[case.pk], version=0, now=n)
    batches.fill(batch.pk, cast.second, add=[case.pk], version=0, now=n)
    for who in (cast.officer, cast.tester, cast.company, cast.store, cast.elsewhere, cast.ministry):
        refused("not-yours", batches.sign, batch.pk, who, version=1, now=n)
        refused("not-yours", batches.issue, batch.pk, who, version=1, now=n)
    batches.sign(batch.pk, cast.approver, version=1, now=n)
    batches.sign(batch.pk, cast.approver, version=1, now=n)  # twice is once
    refused("batch-signatures", batches.issue, batch.pk, cast.approver, version=1, now=n)
    other = cast.case("proposed", "rule-x")
    refused("stale", batches.fill, batch.pk, cast.officer, add=[other.pk], version=0, now=n)
    batches.fill(batch.pk, cast.officer, add=[other.pk], version=1, now=n)
    assert batches.signers(Batch.objects.get(pk=batch.pk)) == [], "what was signed is another batch now"
    for who in (cast.approver, cast.other_approver):
        batches.sign(batch.pk, who, version=2, now=n)
    batches.issue(batch.pk, cast.approver, version=2, now=n)
    refused("batch-issued", batches.fill, batch.pk, cast.officer, remove=[case.pk], version=2, now=n)
    refused("batch-issued", batches.drop, batch.pk, cast.officer, version=2, now=n)
    assert not batches.batches_of(cast.company).exists() and not batches.batches_of(cast.elsewhere).exists()


def test_who_proposed_a_case_does_not_sign_it(cast: Cast) -> None:
    from mingcha.server.ledger.who import Who
    from mingcha.server.people.models import Membership

    assert cast.officer.person is not None
    Membership.objects.create(person=cast.officer.person, organisation=cast.officer.organisation, role="approver")
    both = Who(cast.officer.person, cast.officer.organisation, "approver")
    case = cast.case("proposed")
    batch = batches.make(cast.second, "naming", now=later(62))
    batches.fill(batch.pk, cast.second, add=[case.pk], version=0, now=later(62))
    refused("batch-own", batches.sign, batch.pk, both, version=1, now=later(62))
    batch.signatures.create(version=1, person=cast.officer.person, digest=snapshots.rows_digest(snapshots.rows(batch)))
    batches.sign(batch.pk, cast.approver, version=1, now=later(62))
    refused("batch-signatures", batches.issue, batch.pk, cast.approver, version=1, now=later(62))


def test_issued_once_however_often_it_is_sent(cast: Cast) -> None:
    case = cast.case("proposed")
    batch = batches.make(cast.second, "naming", key="m", now=later(62))
    assert batches.make(cast.second, "naming", key="m", now=later(62)) == batch
    refused("key-reused", batches.make, cast.second, "removal", key="m", now=later(62))
    batches.fill(batch.pk, cast.second, add=[case.pk], version=0, now=later(62))
    for who in (cast.approver, cast.other_approver):
        batches.sign(batch.pk, who, version=1, now=later(62))
    first = batches.issue(batch.pk, cast.approver, version=1, key="i", now=later(62))
    assert batches.issue(batch.pk, cast.approver, version=1, key="i", now=later(63)).digest == first.digest
    refused("batch-issued", batches.issue, batch.pk, cast.other_approver, version=1, now=later(62))
    assert case.events.filter(act="name").count() == 1


def test_a_batch_that_cannot_be_issued_whole_is_not_issued_at_all(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction

    cases = [cast.case("proposed", f"rule-{n}") for n in range(3)]
    batch = batches.make(cast.second, "naming", now=later(62))
    batches.fill(batch.pk, cast.second, add=[c.pk for c in cases], version=0, now=later(62))
    for who in (cast.approver, cast.other_approver):
        batches.sign(batch.pk, who, version=1, now=later(62))

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(snapshots, "text", killed)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        batches.issue(batch.pk, cast.approver, version=1, now=later(62))
    for case in cases:
        case.refresh_from_db()
        assert case.state == "proposed" and not case.events.filter(act="name").exists()
    monkeypatch.undo()
    assert batches.issue(batch.pk, cast.approver, version=1, now=later(62)).number == 1


def test_a_removal_and_its_time(cast: Cast) -> None:
    case = cast.case("named")
    batch = batches.make(cast.second, "removal", now=later(63))
    assert batches.fill(batch.pk, cast.second, add=[case.pk], version=0, now=later(63)) == {case.pk: ["deadline-passed"]}
    assert batches.fill(batch.pk, cast.second, add=[case.pk], version=0, now=START + timedelta(days=90)) == {}


def test_a_correction_names_what_it_corrects(cast: Cast) -> None:
    case = cast.case("named")
    named = Batch.objects.get(items__case=case)
    refused("bad-data", batches.make, cast.second, "correction", corrects=named)
    refused("bad-data", batches.make, cast.second, "correction", reason="x")
    refused("bad-data", batches.make, cast.second, "naming", corrects=named)
    refused("bad-data", batches.make, cast.second, "anything")
    stranger = make()
    theirs = Batch.objects.get(items__case=stranger.case("named"))
    refused("bad-data", batches.make, cast.second, "correction", corrects=theirs, reason="x")
    other = cast.case("named", "rule-x")
    batch = batches.make(cast.second, "correction", corrects=named, reason="更正")
    assert batches.fill(batch.pk, cast.second, add=[other.pk], version=0, now=later(63)) == {other.pk: ["not-corrected"]}


def test_the_pages_of_a_batch(cast: Cast) -> None:
    case = cast.case("proposed")
    officer, approver, other = browser(cast.officer), browser(cast.approver), browser(cast.other_approver, "en")
    batch = int(browser(cast.second).post("/desk/batches/", {"kind": "naming", "key": "k"})["Location"].split("/")[3])
    path = f"/desk/batches/{batch}/"
    assert case.number in officer.get(path).content.decode()
    assert officer.get(path + "?q=nothing-like-it").content.decode().count(case.number) == 0
    assert officer.post(path, {"do": "add", "version": 0, "case": [case.pk, 99999999]}).status_code == 302
    for client in (approver, other):
        assert client.post(path, {"do": "sign", "version": 1}).status_code == 302
    assert officer.post(path, {"do": "issue", "version": 1}).status_code == 403
    assert approver.post(path, {"do": "issue", "version": 0}).status_code == 409
    assert approver.post(path, {"do": "issue", "version": 1, "key": "i"}).status_code == 302
    issued = Batch.objects.get(pk=batch)
    for who in (cast.company, cast.store, cast.elsewhere, cast.tester):
        assert browser(who).get(path).status_code == 404 and browser(who).post(path, {"do": "drop", "version": 1}).status_code == 404
        if who is not cast.elsewhere:  # an officer too, of another office
            assert browser(who).post("/desk/batches/", {"kind": "naming"}).status_code == 404
    assert issued.slug in approver.get(path).content.decode()
    for lang in ("zh", "en"):
        page = browser(lang=lang).get(f"/lists/{issued.slug}/").content.decode()
        assert issued.digest in page and "示例" in page and issued.slug in browser(lang=lang).get("/lists/").content.decode()
        assert issued.slug in browser(lang=lang).get("/").content.decode()
    for missing in ("/lists/no-such/", "/lists/no-such.json", "/lists/no-such.xlsx", "/desk/batches/999999/"):
        assert approver.get(missing).status_code == 404


def test_what_cannot_be_added_is_told_with_its_reason(cast: Cast) -> None:
    case = cast.case("proposed")
    _appeal(cast, case)
    batch = batches.make(cast.second, "naming")
    page = browser(cast.officer).post(f"/desk/batches/{batch.pk}/", {"do": "add", "version": 0, "case": case.pk})
    assert page.status_code == 200 and case.number in page.content.decode() and "有异议尚未处理" in page.content.decode()


def test_a_list_as_text_workbook_and_feed(cast: Cast) -> None:
    cast.subject.name = '=HYPERLINK("http://x")<script>'
    cast.subject.save()
    for store in ("甲商店", "+乙商店"):
        Listing.objects.create(subject=cast.subject, store=store, seen=START.date())
    case = cast.case("proposed", "rule-a", "rule-b")
    found = case.findings.order_by("-pk")[0].finding
    found.issue_types = ["N04"]
    found.save()
    batch = cast.publish("naming", case, days=62)
    client = browser()
    raw = client.get(f"/lists/{batch.slug}.json")
    assert raw.content == batch.snapshot.encode() and raw["ETag"] == f'"{batch.digest}"'
    book = client.get(f"/lists/{batch.slug}.xlsx")
    assert book.content == client.get(f"/lists/{batch.slug}.xlsx").content, "the same list gives the same file"
    sheet = load_workbook(BytesIO(book.content)).active
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]
    assert [r[0] for r in rows] == ["1", None, None, None] and rows[0][1] == cast.subject.name and {r[5] for r in rows} == {"违规收集个人信息", "强制用户使用定向推送功能"}
    assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    assert {str(r) for r in sheet.merged_cells.ranges} >= {"A3:A6", "B3:B6", "D3:D4", "D5:D6"}
    page = client.get(f"/lists/{batch.slug}/").content.decode()
    assert "<script>" not in page and 'rowspan="4"' in page and 'rowspan="2"' in page
    feed = client.get("/lists/feed.json")
    (item,) = json.loads(feed.content)["items"]
    assert item["_mingcha"]["sha256"] == batch.digest and feed["Access-Control-Allow-Origin"] == "*"


def test_a_list_of_a_thousand(cast: Cast) -> None:
    """Issued whole, and told what it costs in queries: a bounded number for each case."""
    case = cast.case("proposed")
    twins = []
    for n in range(30):
        twin = Case.objects.get(pk=case.pk)
        twin.pk, twin.number = None, f"2026-44-9{n:05d}"
        twin.subject = Subject.objects.create(kind="app", identifier=f"com.twin.a{n}", name=f"例{n}", folded=f"例{n}", operator=case.operator)
        twin.save()
        for row in case.findings.all():
            row.pk, row.case = None, twin
            row.save()
        twins.append(twin)
    with CaptureQueriesContext(connection) as few:
        cast.publish("naming", *twins[:10], days=62)
    with CaptureQueriesContext(connection) as more:
        cast.publish("naming", *twins[10:], days=63)
    each = (len(more) - len(few)) / 10
    assert each < 60, f"{each} queries for each case"


def test_a_signature_is_under_what_was_signed(cast: Cast) -> None:
    case = cast.case("proposed")
    batch = batches.make(cast.second, "naming", now=later(62))
    batches.fill(batch.pk, cast.second, add=[case.pk], version=0, now=later(62))
    for who in (cast.approver, cast.other_approver):
        batches.sign(batch.pk, who, version=1, now=later(62))
    cast.subject.name = "改过的名称"
    cast.subject.save()
    refused("batch-signatures", batches.issue, batch.pk, cast.approver, version=1, now=later(62))
    for who in (cast.approver, cast.other_approver):
        batches.sign(batch.pk, who, version=1, now=later(62))
    assert cast.other_approver.person is not None
    cast.other_approver.person.memberships.update(ended=True)
    refused("batch-signatures", batches.issue, batch.pk, cast.approver, version=1, now=later(62))
    cast.other_approver.person.memberships.update(ended=False)
    assert json.loads(batches.issue(batch.pk, cast.approver, version=1, now=later(62)).snapshot)["rows"][0]["app"] == "改过的名称"
