"""Campaigns: who plans, starts and ends one, what it is over, and that its progress is what happened."""

from __future__ import annotations

import hashlib
from datetime import date

import msgspec
import pytest

from mingcha.model import CatalogueRef, Exhibit, Summary, Tool
from mingcha.model import Inspection as Document
from mingcha.model import Subject as Subject_
from mingcha.server.campaigns import services
from mingcha.server.campaigns.models import Campaign
from mingcha.server.campaigns.services import Plan
from mingcha.server.inspections.models import File, Job
from mingcha.server.ledger.intake import take
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.services import act
from mingcha.server.people.models import Organisation
from mingcha.server.registry.models import Inspection, Listing, Operator, Part, Subject
from tests.server.cast import START, Cast, later, make, member
from tests.server.test_acts import refused
from tests.server.test_pages import browser

PLAN = Plan("清朗", date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1), date(2026, 12, 31), target_inspected=10, target_in_time=80)


@pytest.fixture
def here(cast: Cast) -> Cast:
    Operator.objects.update(province="44")
    return cast


def test_progress_is_what_happened(here: Cast) -> None:
    campaign = services.make(here.officer, PLAN, now=START)
    assert services.chosen(campaign).count() == 1
    services.start(campaign.pk, here.approver, now=START)
    Subject.objects.create(kind="app", identifier="com.later", name="后来", folded="后来", operator=here.subject.operator)
    case = here.case("noticed")
    new = here.inspection(version="2.0")
    act(case.pk, "reply", here.company, {"package": new.package_id}, version=case.version, now=later(2))
    act(case.pk, "retest-passed", here.tester, {"inspection": new.pk}, version=case.version + 1, now=later(3))
    here.case("overdue", "rule-z")
    found = services.progress(campaign)
    assert found.subjects == 1, "fixed at its start"
    assert found.numbers | {"inspected": 0} == {
        "inspected-apps": 1, "inspected": 0, "ordered": 2, "rectified": 1, "rectified-in-time": 1, "overdue": 1, "named": 0, "removal-ordered": 0, "removed": 0,
    }  # fmt: skip
    assert ("chain", "app", 1, 1) in found.coverage and ("terminal", "android", 1, 1) in found.coverage and ("detection", "traffic", 0, 1) in found.coverage
    late = services.make(here.officer, PLAN._replace(since=date(2027, 1, 1), supervision=date(2027, 1, 2), disposal=date(2027, 1, 3), until=date(2027, 2, 1)))
    services.start(late.pk, here.approver)
    assert services.progress(late).numbers["ordered"] == 0, "what was before it is not its own"
    only = services.make(here.officer, PLAN._replace(scenarios=["A1-01"]))
    services.start(only.pk, here.approver)
    assert services.progress(only).numbers["ordered"] == 0 and services.progress(only).numbers["inspected-apps"] == 1


def test_what_it_is_over(here: Cast) -> None:
    found = here.inspection("rule-a")
    assert found.package is not None
    Part.objects.create(package=found.package, sdk="some-sdk", version="1")
    Listing.objects.create(subject=here.subject, store="甲商店", seen=START.date())
    sdk = Subject.objects.create(kind="sdk", identifier="sdk.x", name="某 SDK", folded="某sdk", operator=here.subject.operator)

    def over(**plan: object) -> set[str]:
        return {s.identifier for s in services.chosen(services.make(here.officer, PLAN._replace(**plan)))}

    assert over() == {here.subject.identifier, sdk.identifier} and over(kinds=["sdk"]) == {sdk.identifier}
    assert over(store="甲商店") == over(sdk="some-sdk") == {here.subject.identifier} and over(store="乙商店") == set()


def test_means_of_detection_are_what_results_say(here: Cast) -> None:
    def document(name: str, observed: tuple[str, ...], *exhibits: tuple[str, str]) -> Inspection:
        subject = Subject_(kind="app", id=name, name=name, sha256=hashlib.sha256(name.encode()).hexdigest())
        found = Document(
            schema="mingcha.inspection/1", tool=Tool(name="mingcha", version="0", catalogue=CatalogueRef(version="0", digest="0" * 64, at="2026-03-02")),
            subject=subject, findings=(), timing={}, exhibits=tuple(Exhibit(kind=k, name="", sha256="0" * 64, size=1, status=s) for k, s in exhibits),
            summary=Summary(outcomes={}, failed_by_severity={}, failed_by_scenario={}, completeness=1, observed=observed, missing={}),
        )  # fmt: skip
        return take(msgspec.json.encode(found), found, now=START)

    sent = document("com.sent", ("package", "traffic"), ("package", "read"), ("behaviour", "refused"), ("policy", "partly"))
    assert sent.channels == ",package,policy,traffic,"
    assert document("com.nothing", (), ("package", "refused")).channels == "" and document("com.site", ("page", "read")).channels == ",page,"
    old = here.inspection()  # taken in before channels were kept: by its files
    job = Job.objects.create(organisation=here.officer.organisation, role="officer", made=START, inspection=old, state="done")
    File.objects.create(job=job, role="behaviour", name="b", sha256="0" * 64, size=1)
    for s in Subject.objects.all():
        s.operator = here.subject.operator
        s.save()
    campaign = services.make(here.officer, PLAN, now=START)
    services.start(campaign.pk, here.approver, now=START)
    found = {value: (done, of) for part, value, done, of in services.progress(campaign).coverage if part == "detection"}
    assert found == {"package": (1, 4), "policy": (1, 4), "traffic": (1, 4), "behaviour": (1, 4), "page": (1, 4)}


def test_phases(here: Cast) -> None:
    campaign = services.make(here.officer, PLAN)
    days = {date(2025, 12, 31): "", date(2026, 1, 1): "self-inspection", date(2026, 2, 1): "supervision", date(2026, 3, 31): "supervision",
            date(2026, 4, 1): "disposal", date(2026, 12, 31): "disposal", date(2027, 1, 1): ""}  # fmt: skip
    assert {d: services.phase(campaign, d) for d in days} == days


def test_who_may(here: Cast) -> None:
    for who in (here.approver, here.tester, here.company, here.store, here.clock):
        refused("not-yours", services.make, who, PLAN)
    campaign = services.make(here.officer, PLAN, key="k")
    assert services.make(here.officer, PLAN, key="k") == campaign and campaign.province == "44"
    assert services.make(here.officer, PLAN._replace(province="51")).province == "44", "an administration's own"
    for who in (here.officer, here.company, here.ministry, here.elsewhere):
        refused("not-yours", services.start, campaign.pk, who)
    for wrong in ({"name_zh": " "}, {"until": date(2025, 1, 1)}, {"kinds": ["king"]}, {"scenarios": ["Z9"]}, {"target_in_time": 101}, {"target_inspected": -1}):
        refused("bad-data", services.make, here.officer, PLAN._replace(**wrong))
    services.start(campaign.pk, here.approver)
    refused("wrong-state", services.start, campaign.pk, here.approver)
    services.end(campaign.pk, here.approver)
    refused("wrong-state", services.end, campaign.pk, here.approver)
    plan = services.make(here.officer, PLAN)
    services.end(plan.pk, here.approver)
    assert Campaign.objects.get(pk=plan.pk).state == "dropped"
    empty = services.make(here.officer, PLAN._replace(store="无此商店"))
    refused("campaign-subjects", services.start, empty.pk, here.approver)
    assert [e.act for e in Event.objects.filter(about=f"campaign:{campaign.pk}").order_by("pk")] == ["make-campaign", "start-campaign", "end-campaign"]


def test_pages(here: Cast) -> None:
    client = browser(here.officer)
    form = {"name": "清朗<script>", "since": "2026-01-01", "supervision": "2026-02-01", "disposal": "2026-04-01", "until": "2026-12-31", "kinds": ["app"], "key": "k"}
    path = client.post("/desk/campaigns/", form)["Location"]
    assert "&lt;script&gt;" in client.get(path).content.decode() and "&lt;script&gt;" in client.get("/desk/campaigns/").content.decode()
    assert browser(here.approver).post(path, {"do": "start"}).status_code == 302
    for lang in ("zh", "en"):
        page = browser(here.approver, lang).get(path).content.decode()
        assert "<meter" in page and "style=" not in page
    seen = {n: browser(getattr(here, n)).get(path).status_code for n in ("officer", "ministry", "elsewhere", "tester", "company", "store")}
    assert seen == {"officer": 200, "ministry": 200, "elsewhere": 404, "tester": 404, "company": 404, "store": 404}
    for name in ("tester", "company", "store"):
        assert browser(getattr(here, name)).get("/desk/campaigns/").status_code == 404
    for wrong in ({**form, "since": "x"}, {**form, "until": "2020-01-01", "key": "k2"}, {}):
        assert client.post("/desk/campaigns/", wrong).status_code == 422
    assert client.post(path, {"do": "nothing"}).status_code == 422
    ministry = make()
    planner = member(Organisation.objects.get(pk=ministry.ministry.organisation.pk), "officer")
    national = services.make(planner, PLAN)
    assert client.get(f"/desk/campaigns/{national.pk}/").status_code == 404, "another's plan"
    services.start(national.pk, ministry.ministry)
    assert client.get(f"/desk/campaigns/{national.pk}/").status_code == 200
