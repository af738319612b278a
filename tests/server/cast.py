"""The people of the tests, and an app with findings."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime

from mingcha.server.batches.models import Batch
from mingcha.server.batches.services import publish
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.services import act, open_case
from mingcha.server.ledger.who import Who, clock
from mingcha.server.people.models import Membership, Organisation, Person
from mingcha.server.registry.models import Finding, Inspection, Operator, Package, Subject, folded

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in China
_number = itertools.count()


@dataclass
class Cast:
    """One of each."""

    officer: Who
    second: Who
    approver: Who
    other_approver: Who
    tester: Who
    company: Who
    store: Who
    elsewhere: Who
    ministry: Who
    clock: Who
    subject: Subject

    def everybody(self) -> list[Who]:
        """All who act."""
        return [self.officer, self.second, self.approver, self.other_approver, self.tester, self.company, self.store,
                self.elsewhere, self.ministry, self.clock]  # fmt: skip

    def inspection(self, *rules: str, version: str = "1.0") -> Inspection:
        """An inspection of the subject in which these rules failed."""
        n = next(_number)
        package = Package.objects.create(subject=self.subject, sha256=f"{n:064x}", version=version)
        found = Inspection.objects.create(
            subject=self.subject, package=package, digest=f"{n:064x}", tool="0", catalogue="0" * 64, at="2026-03-02",
            taken=START, cleared=sorted(set(Finding.objects.filter(inspection__subject=self.subject).values_list("rule", flat=True)) - set(rules)),
        )  # fmt: skip
        for rule in rules:
            Finding.objects.create(
                inspection=found, rule=rule, rule_version=1, scenario="C5-15", issue_types=["N01"], outcome="failed",
                confidence="proved", severity="serious",
            )  # fmt: skip
        return found

    def case(self, state: str = "opened", *rules: str) -> Case:
        """A case walked to a state on the shortest way."""
        case = open_case(self.subject, self.officer, now=START)
        path = ["opened", "inspected", "verified", "noticed", "overdue", "proposed", "named", "removal-ordered"]
        for step in path[1 : path.index(state) + 1]:
            self.step(case, step, rules or ("rule-a", "rule-b"))
        return case

    def publish(self, kind: str, *cases: Case, days: int, corrects: Batch | None = None, reason: str = "") -> Batch:
        """A batch of cases, made and signed by those who may."""
        return publish(kind, cases, self.second, self.approver, self.other_approver, later(days), corrects, reason)

    def step(self, case: Case, to: str, rules: tuple[str, ...]) -> None:
        """One step of `case`."""
        case.refresh_from_db()
        v = case.version
        match to:
            case "inspected":
                act(case.pk, "attach-inspection", self.officer, {"inspection": self.inspection(*rules).pk}, version=v, now=START)
            case "verified":
                chosen = list(case.findings.values_list("pk", flat=True))
                act(case.pk, "verify", self.second, {"confirm": chosen}, version=v, now=START)
            case "noticed":
                act(case.pk, "notice", self.approver, version=v, now=START)
            case "overdue":
                act(case.pk, "lapse", self.clock, version=v, now=later(60))
            case "proposed":
                act(case.pk, "propose-naming", self.officer, version=v, now=later(61))
            case "named":
                self.publish("naming", case, days=62)
            case "removal-ordered":
                self.publish("removal", case, days=90)
        case.refresh_from_db()


def later(days: int) -> datetime:
    """So many days after the start."""
    from datetime import timedelta

    return START + timedelta(days=days)


def member(organisation: Organisation, role: str) -> Who:
    """A new person in a role."""
    person = Person.objects.create(login=f"p{next(_number)}", name="某某")
    Membership.objects.create(person=person, organisation=organisation, role=role)
    return Who(person, organisation, role)


def make() -> Cast:
    """A new cast; every name is used once, so that several can live in one database."""
    n = next(_number)
    bureau = Organisation.objects.create(kind="administration", name=f"某省通信管理局{n}", province="44")
    other = Organisation.objects.create(kind="administration", name=f"另省通信管理局{n}", province="51")
    ministry = Organisation.objects.create(kind="ministry", name=f"部{n}")
    lab = Organisation.objects.create(kind="laboratory", name=f"某检测机构{n}")
    code = f"91440000{n:010d}"
    company = Organisation.objects.create(kind="company", name=f"某公司{n}", credit_code=code)
    store = Organisation.objects.create(kind="store", name=f"某商店{n}")
    name = f"某公司{n}"
    operator = Operator.objects.create(name=name, folded=folded(name), credit_code=code, registered_name=name)
    subject = Subject.objects.create(kind="app", identifier=f"com.example.a{n}", name="示例", folded="示例", operator=operator)
    return Cast(
        officer=member(bureau, "officer"), second=member(bureau, "officer"), approver=member(bureau, "approver"),
        other_approver=member(bureau, "approver"), tester=member(lab, "tester"), company=member(company, "contact"),
        store=member(store, "contact"), elsewhere=member(other, "officer"), ministry=member(ministry, "approver"),
        clock=clock(), subject=subject,
    )  # fmt: skip
