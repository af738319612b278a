"""Evaluations for older users: who does what, what gets a badge, how it ends, and that nobody sees another's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingcha import catalogue
from mingcha.judge import score
from mingcha.model import CatalogueRef, Exhibit, Inspection, Summary, Tool
from mingcha.model import Finding as Found
from mingcha.model import Subject as Said
from mingcha.server.credit import services as credit
from mingcha.server.evaluations import badges, services
from mingcha.server.evaluations.conditions import ACTS, allowed, visible
from mingcha.server.evaluations.models import Badge, Evaluation
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.process import table
from mingcha.server.ledger.who import Who
from mingcha.server.people.models import Organisation
from mingcha.server.registry.models import Operator
from tests.server.cast import START, Cast, later, member
from tests.server.test_acts import refused
from tests.server.test_pages import browser

BOTH = {"zh": "x", "en": "x"}


def finding(rule: str, outcome: Any) -> Found:
    return Found(
        rule=rule, version=1, status="active", scenario="E1-01", issue_types=(), outcome=outcome, confidence="proved", severity="minor", title=BOTH, what=BOTH, why=BOTH,
        basis=(), evidence=(), evidence_total=0, remedy=BOTH, shows_not=BOTH, limits=BOTH,
    )  # fmt: skip


def document(
    name: str = "a.example.cn", *, bad: dict[str, str] | None = None, survey: float | None = 80, own: float | None = 90, kind: str = "website", at: str = "2026-03-02"
) -> bytes:
    """A score document; rules pass that `bad` does not name."""
    found = catalogue.load()
    scheme = score.scheme_for(found, kind, at)
    rules = {r: "passed" for i in scheme.items for r in i.rules} | (bad or {})
    inspection = Inspection(
        schema="mingcha.inspection/1", tool=Tool(name="mingcha", version="0", catalogue=CatalogueRef(version=found.version, digest="a" * 64, at=at)),
        subject=Said(kind=kind, platform="web" if kind == "website" else "android", name="某网站", id=name),
        exhibits=(Exhibit(kind="visit", name="x", sha256="b" * 64, size=1),), findings=tuple(finding(r, o) for r, o in rules.items()),
        summary=Summary(outcomes={}, failed_by_severity={}, failed_by_scenario={}, completeness=1, observed=(), missing={}), timing={},
    )  # fmt: skip
    asked = score.Survey(mean=survey, sample=120) if survey is not None else None
    return score.encode(score.score(inspection, scheme, asked, score.SelfEvaluation(points=own) if own is not None else None))


@dataclass
class Here:
    """The people of an evaluation."""

    cast: Cast
    one: Who
    two: Who
    rival: Who
    company: Who
    other: Who
    auditor: Who
    code: str

    def entered(self, raw: bytes | None = None, days: int = 0) -> Evaluation:
        return services.enter(self.one, document() if raw is None else raw, credit_code=self.code, now=later(days))

    def verified(self, raw: bytes | None = None, days: int = 0) -> Evaluation:
        made = self.entered(raw, days)
        services.submit(made.pk, self.one, later(days))
        return services.decide(made.pk, self.two, verified=True, now=later(days))

    def badge(self, raw: bytes | None = None, days: int = 0) -> Badge:
        return badges.issue(self.verified(raw, days).pk, self.cast.approver, later(days))

    def entries(self, days: int) -> dict[str, str]:
        operator = Operator.objects.get(credit_code=self.code)
        return {e.rule: e.state for e in credit.file_of(operator, day(later(days)))}


@pytest.fixture
def here(cast: Cast) -> Here:
    centre = Organisation.objects.create(kind="evaluator", name=f"{cast.officer.organisation.name}评测")
    rival = Organisation.objects.create(kind="evaluator", name=f"{cast.officer.organisation.name}另评测")
    other = Organisation.objects.create(kind="company", name=f"{cast.officer.organisation.name}企业", credit_code="91440000000000OTHR")
    auditor = Organisation.objects.create(kind="auditor", name=f"{cast.officer.organisation.name}审计")
    Operator.objects.filter(credit_code=cast.company.organisation.credit_code).update(province="44")
    return Here(
        cast, member(centre, "evaluator"), member(centre, "evaluator"), member(rival, "evaluator"), cast.company, member(other, "contact"), member(auditor, "auditor"),
        cast.company.organisation.credit_code,
    )  # fmt: skip


def test_from_the_document_to_the_badge(here: Here) -> None:
    made = here.entered()
    assert (made.state, made.passed, made.vetoed, made.scheme, made.scheme_version, made.total) == ("draft", True, False, "miit-67-web", 1, 90.0)
    assert made.subject.operator is not None and made.subject.operator.credit_code == here.code
    refused("not-yours", services.submit, made.pk, here.rival)
    refused("wrong-state", services.decide, made.pk, here.two, verified=True)
    services.submit(made.pk, here.one, START)
    refused("wrong-state", services.submit, made.pk, here.one)
    refused("evaluation-own", services.decide, made.pk, here.one, verified=True)
    refused("evaluation-own", services.decide, made.pk, here.one, verified=False, reason="x")
    for who in (here.rival, here.company, here.cast.elsewhere, here.cast.tester, here.cast.store, here.cast.approver, here.auditor):
        refused("not-yours", services.decide, made.pk, who, verified=True)
    refused("reason-given", services.decide, made.pk, here.two, verified=False, reason=" ")
    refused("wrong-state", badges.issue, made.pk, here.cast.approver)
    services.decide(made.pk, here.two, verified=True, now=START)
    for who in (here.one, here.two, here.cast.officer, here.company):
        refused("not-yours", badges.issue, made.pk, who)
    badge = badges.issue(made.pk, here.cast.approver, START)
    assert (badge.issued, badge.until, badge.state) == (date(2026, 3, 2), date(2028, 3, 2), "valid")
    refused("wrong-state", badges.issue, made.pk, here.cast.other_approver)
    events = Event.objects.filter(about__in=(f"evaluation:{made.pk}", f"badge:{badge.pk}")).order_by("pk")
    assert [e.act for e in events] == ["enter-evaluation", "submit-evaluation", "verify-evaluation", "issue-badge"]
    assert [e.act for e in events.filter(public=True)] == ["issue-badge"]


def test_who_has_two_roles_is_still_one_person(here: Here) -> None:
    made = here.entered()
    services.submit(made.pk, here.one, START)
    assert here.two.person is not None
    officer = Who(here.two.person, here.cast.officer.organisation, "officer")
    services.decide(made.pk, officer, verified=True, now=START)
    refused("evaluation-own", badges.issue, made.pk, Who(here.two.person, here.cast.officer.organisation, "approver"))
    refused("evaluation-own", badges.issue, made.pk, Who(here.one.person, here.cast.officer.organisation, "approver"))


@pytest.mark.parametrize("raw", [document(survey=None), document(own=None), document(bad={r: "untested" for i in catalogue.load().schemes["miit-67-web"].items[:7] for r in i.rules})])
def test_without_a_total_it_is_kept_and_no_more(here: Here, raw: bytes) -> None:
    made = here.entered(raw)
    assert made.total is None and made.passed is not True
    refused("no-total", services.submit, made.pk, here.one)
    Evaluation.objects.filter(pk=made.pk).update(state="submitted")
    refused("no-total", services.decide, made.pk, here.two, verified=True)
    Evaluation.objects.filter(pk=made.pk).update(state="verified")
    refused("no-total", badges.issue, made.pk, here.cast.approver)
    page = browser(here.one).get(f"/desk/evaluations/{made.pk}/").content.decode()
    assert "无总分" in page


def test_no_badge_after_a_veto_or_below_the_line(here: Here) -> None:
    vetoed = here.verified(document(bad={"web-elder-ads": "failed"}))
    assert vetoed.vetoed and vetoed.passed is False and vetoed.total is not None
    refused("veto-failed", badges.issue, vetoed.pk, here.cast.approver)
    low = here.verified(document(survey=20, own=10, bad={r: "failed" for i in catalogue.load().schemes["miit-67-web"].items[:7] for r in i.rules}))
    refused("not-passed", badges.issue, low.pk, here.cast.approver)
    undecided = here.verified(document(bad={"web-keyboard-trap": "cantTell"}))
    assert undecided.passed is None
    refused("not-passed", badges.issue, undecided.pk, here.cast.approver)
    nobody = services.enter(here.one, document("nobody.example.cn"), now=START)
    services.submit(nobody.pk, here.one, START)
    services.decide(nobody.pk, here.two, verified=True, now=START)
    refused("not-yours", badges.issue, nobody.pk, here.cast.approver)  # of no province: the ministry's
    refused("operator-known", badges.issue, nobody.pk, here.cast.ministry)


def test_nobody_sees_or_does_what_is_not_his(here: Here) -> None:
    """Every address × role, with every act that there is."""
    mine, hidden = here.badge(), here.entered(document("draft.example.cn"))
    badges.check(mine.evaluation_id, here.two, passed=True, note="x", raw=document(), now=later(1))
    n, check = mine.evaluation_id, mine.checks.get().pk
    paths = {"list": "/desk/evaluations/", "badges": "/desk/evaluations/badges/", "new": "/desk/evaluations/new/", "one": f"/desk/evaluations/{n}/", "file": f"/desk/evaluations/{n}/score.json",
             "check": f"/desk/evaluations/{n}/checks/{check}/score.json", "draft": f"/desk/evaluations/{hidden.pk}/"}  # fmt: skip
    roles: dict[str, tuple[Who, set[str]]] = {
        "evaluator": (here.one, {*paths}), "second": (here.two, {*paths}), "officer": (here.cast.officer, {*paths}), "approver": (here.cast.approver, {*paths} - {"new"}),
        "ministry": (here.cast.ministry, {*paths} - {"new"}), "auditor": (here.auditor, {*paths} - {"new"}), "company": (here.company, {*paths} - {"new", "draft"}),
        "rival": (here.rival, {"list", "badges", "new"}), "elsewhere": (here.cast.elsewhere, {"list", "badges", "new"}), "other company": (here.other, {"list", "badges"}),
        "tester": (here.cast.tester, set()), "store": (here.cast.store, set()),
    }  # fmt: skip
    for name, (who, sees) in roles.items():
        assert {p for p, path in paths.items() if browser(who).get(path).status_code == 200} == sees, name
        assert {browser(who).get(path).status_code for p, path in paths.items() if p not in sees} <= {404}, name
        for path in ("/desk/evaluations/", "/desk/evaluations/badges/"):
            page = browser(who).get(path).content.decode()
            assert ("a.example.cn" in page) == ("one" in sees), (name, path)
        menu = browser(who).get("/desk/").content.decode()
        assert ('href="/desk/evaluations/"' in menu) == ("list" in sees), name
        for number, key in ((n, "one"), (hidden.pk, "draft")):
            found = Evaluation.objects.get(pk=number)
            may = set(allowed(found, who, day(later(2)))) if visible(who).filter(pk=number).exists() else set()
            assert all(table().others[a].allows(who.kind, who.role) for a in may), name
            for act in (*ACTS, "nothing"):
                if act in may:
                    continue
                sent = browser(who).post(f"/desk/evaluations/{number}/", {"do": act, "reason": "x", "outcome": "failed"}).status_code
                assert sent == 404 if key not in sees else sent in (403, 409, 422), (name, act, sent)
        if "new" not in sees:
            assert browser(who).post("/desk/evaluations/new/", {"score": SimpleUploadedFile("s.json", document())}).status_code == 404
            refused("not-yours", services.enter, who, document("c.example.cn"))
    for path in paths.values():
        assert browser().get(path)["Location"].startswith("/sign-in/")
    mine.refresh_from_db()
    hidden.refresh_from_db()
    assert (mine.state, mine.asked, hidden.state) == ("valid", False, "draft")
