"""An office with made-up cases in every state, walked there by the services themselves: for a first look and for tests."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from mingcha.server.batches.services import publish
from mingcha.server.evaluations import seed as evaluations
from mingcha.server.ledger import apptypes, events, sequence
from mingcha.server.ledger.leads import receive, triage
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.services import act, open_case
from mingcha.server.ledger.who import Who, clock, public
from mingcha.server.people.models import Membership, Organisation, Person
from mingcha.server.registry.models import Finding, Inspection, Listing, Operator, Package, Subject, folded
from mingcha.server.staff.credit import completed

RULES = (
    ("unchangeable-ids-before-consent", "C5-15", "N01", "serious"), ("personal-data-sent-in-clear", "C5-13", "N01", "critical"),
    ("sdk-undisclosed", "C6-17", "N01", "moderate"), ("popup-close-missing", "B3-07", "N16", "moderate"),
    ("personalised-switch-missing", "B4-11", "N04", "serious"), ("exit-on-refusal", "C5-15", "N05", "serious"),
    ("device-ids-sent-in-clear", "C5-13", "N01", "serious"), ("shake-trigger", "B3-08", "N15", "minor"),
)  # fmt: skip
WORDS = {
    "天气": 38, "记账": 38, "阅读": 35, "出行": 2, "相册": 36, "健身": 31, "问诊": 15, "购物": 6, "地图": 1, "日历": 38, "课堂": 19, "菜谱": None, "浏览器": 32,
    "清理": 34, "词典": 38, "计算器": 38,
}  # fmt: skip
"""Second half of a made-up name, and the type of such an app; None: nobody stated it."""
FIRST = ("青山", "小满", "望舒", "知行", "晴川", "半夏", "云帆", "拾光")
PATH = ("opened", "inspected", "verified", "noticed", "replied", "closed")
WORSE = ("opened", "inspected", "verified", "noticed", "overdue", "proposed", "named", "removal-ordered")
PATH_ALONE = WORSE.index("proposed")
"""How far a case comes by itself."""


class Staff(NamedTuple):
    """Who does the work of a made-up province."""

    officer: Who
    second: Who
    approver: Who
    other: Who
    tester: Who
    store: Who


def person(login: str, name: str, organisation: Organisation, role: str, password: str | None) -> Who:
    """A person of that login in that role, made if need be."""
    found = Person.objects.filter(login=login).first() or Person.objects.create(login=login, name=name, password=password or "")
    Membership.objects.get_or_create(person=found, organisation=organisation, role=role)
    return Who(found, organisation, role)


def staff(password: str | None) -> Staff:
    """The made-up administration, laboratory and store with their people."""
    bureau, _ = Organisation.objects.get_or_create(kind="administration", name="示例省通信管理局", defaults={"province": "44"})
    lab, _ = Organisation.objects.get_or_create(kind="laboratory", name="示例检测中心")
    store, _ = Organisation.objects.get_or_create(kind="store", name="示例应用商店")
    return Staff(
        person("officer", "周承办", bureau, "officer", password), person("second", "吴核查", bureau, "officer", password),
        person("approver", "郑签批", bureau, "approver", password), person("other", "王签批", bureau, "approver", password),
        person("tester", "冯检测", lab, "tester", password), person("store", "陈商店", store, "contact", password),
    )  # fmt: skip


def seed(cases: int, password: str | None = None, number: int = 1, now: datetime | None = None) -> int:
    """Make so many cases and a third as many leads. How many cases there are now."""
    rng, at = random.Random(number), now or timezone.now()
    people = staff(password)
    made = [_case(rng, people, f"{number}-{i}", at) for i in range(cases)]
    sequence.publish(settings.HOME / "log")  # lists carry the checkpoint that was the newest before them
    for kind, goals, days in (("naming", ("named", "removal-ordered"), 15), ("removal", ("removal-ordered",), 3)):
        chosen = [case for case, goal in made if goal in goals]
        for case in chosen:
            case.refresh_from_db()
        if chosen:
            last = max(c.due for c in chosen if c.due) + timedelta(days=1)
            when = max(at - timedelta(days=days), datetime.combine(last, at.timetz()))
            publish(kind, chosen, people.second, people.approver, people.other, when)
    for i in range(cases // 3):
        name = rng.choice(FIRST) + rng.choice(tuple(WORDS))
        lead = receive(
            public(), "complaint", name, rng.choice(("一打开就要求读取通讯录，不同意就退出。", "开屏广告没有关闭按钮，轻轻一晃就跳走了。", "关闭个性化推荐之后还是推送同样的内容。")),
            scenario=rng.choice(("", "C5-15", "B3-07", "B4-11")), province=rng.choice(("", "44", "44")),
            sender=("访客", f"138{i:08d}"), now=at - timedelta(days=rng.randint(0, 16)),
        )  # fmt: skip
        known = Subject.objects.filter(folded=folded(name)).first()
        if known and lead.state == "received" and rng.random() < 0.4:
            triage(lead.pk, people.officer, subject=known, scenario="C5-15", province="44", now=at)
    centre, _ = Organisation.objects.get_or_create(kind="evaluator", name="示例评测中心")
    evaluators = (person("evaluator", "褚评测", centre, "evaluator", password), person("evaluator2", "卫评测", centre, "evaluator", password))
    evaluations.fill(evaluators, (people.approver, people.other), number, at)
    return Case.objects.count()


def _case(rng: random.Random, people: Staff, mark: str, now: datetime) -> tuple[Case, str]:
    """A case, and the state that it is to come to; what batches do comes later."""
    path = rng.choice((PATH, PATH, WORSE))
    begin = now - timedelta(days=rng.randint(20, 150) if path is PATH else rng.randint(75, 150))
    word = rng.choice(tuple(WORDS))
    name = rng.choice(FIRST) + word
    company = f"{rng.choice(FIRST)}网络科技有限公司"
    code = completed(f"9144{int(hashlib.sha256(company.encode()).hexdigest()[:12], 16) % 10**13:013d}")
    operator, _ = Operator.objects.get_or_create(
        credit_code=code, defaults={"name": company, "folded": folded(company), "registered_name": company, "province": "44"}
    )
    home, _ = Organisation.objects.get_or_create(kind="company", name=company, defaults={"credit_code": code})
    contact = person(f"contact-{code[-6:]}", "联系人", home, "contact", None)
    subject = Subject.objects.create(
        kind="app", identifier=f"com.example.s{mark.replace('-', '_')}", name=name, folded=folded(name), operator=operator, app_type=WORDS[word],
    )
    Listing.objects.get_or_create(subject=subject, store=people.store.organisation.name, defaults={"seen": begin.date()})
    case = open_case(subject, people.officer, now=begin)
    goal = rng.randint(0, len(path) - 1)
    chosen = rng.sample(RULES, rng.randint(1, 4))
    day = begin
    for state in path[1 : min(goal, PATH_ALONE) + 1]:
        day = min(now, day + timedelta(days=rng.randint(8, 14) if state in ("overdue", "proposed") else rng.randint(1, 4)))
        case.refresh_from_db()
        if state in ("overdue", "proposed") and case.due:  # not before its time, whatever holidays lie in it
            day = max(day, datetime.combine(case.due + timedelta(days=1), day.timetz()))
        _step(state, case, people, contact, chosen, day, mark)
    return case, path[goal]


def _inspected(subject: Subject, chosen: list[tuple[str, str, str, str]], mark: str, version: str, day: datetime) -> Inspection:
    digest = hashlib.sha256(f"{mark} {version}".encode()).hexdigest()
    package = Package.objects.create(subject=subject, sha256=digest, version=version, size=20_000_000)
    found = Inspection.objects.create(
        subject=subject, package=package, digest=digest[::-1], tool="0.1.0", catalogue=digest, at=day.date().isoformat(), taken=day,
        cleared=[r[0] for r in RULES if r not in chosen], channels=",package,policy,",
    )
    for rule, scenario, issue, severity in chosen:
        Finding.objects.create(
            inspection=found, rule=rule, rule_version=1, scenario=scenario, issue_types=[issue], outcome="failed",
            confidence="proved", severity=severity,
        )  # fmt: skip
    told = {"subject": subject.pk, "digest": found.digest, "sha256": digest, **apptypes.told(subject)}
    events.write("inspected", clock(), day, told, about=f"inspection:{found.pk}")
    return found


def _step(
    state: str, case: Case, people: Staff, contact: Who, chosen: list[tuple[str, str, str, str]], day: datetime, mark: str
) -> None:
    v = case.version
    match state:
        case "inspected":
            found = _inspected(case.subject, chosen, mark, "3.1.0", day)
            act(case.pk, "attach-inspection", people.tester if not people.tester.organisation.province else people.officer, {"inspection": found.pk}, version=v, now=day)
        case "verified":
            act(case.pk, "verify", people.second, {"confirm": [f.pk for f in case.findings.all()]}, version=v, now=day)
        case "noticed":
            act(case.pk, "notice", people.approver, version=v, now=day)
        case "replied":
            new = _inspected(case.subject, [], mark, "3.2.0", day)
            act(case.pk, "reply", contact, {"package": new.package_id}, version=v, now=day)
        case "closed":
            last = case.subject.inspections.order_by("-pk").first()
            act(case.pk, "retest-passed", people.tester, {"inspection": last.pk if last else 0}, version=v, now=day)
        case "overdue":
            act(case.pk, "lapse", clock(), version=v, now=day)
        case "proposed":
            act(case.pk, "propose-naming", people.officer, version=v, now=day)
