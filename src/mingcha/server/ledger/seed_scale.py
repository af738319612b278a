"""An office of the size of the campaign: a year's inspections of 2.08 million apps, 20 million findings, 50,000 leads
and 20,000 cases, or a part of it. Made up; written in bulk, with events as the services write them."""

from __future__ import annotations

import hashlib
import random
import secrets
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from django.db import transaction

from mingcha.server.ledger import clocks, events, seals
from mingcha.server.ledger.bulk import first, load
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Attached, Case, CaseFinding, Event, Lead
from mingcha.server.ledger.process import table
from mingcha.server.ledger.seed import RULES, person
from mingcha.server.ledger.who import Who, clock, public
from mingcha.server.people.models import Organisation
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import Finding, Inspection, Listing, Operator, Package, Part, Subject
from mingcha.server.search.models import LeadName
from mingcha.server.staff.credit import completed

APPS, OPERATORS, LEADS, CASES = 2_080_000, 297_000, 50_000, 20_000
STORES = tuple(f"{a}应用商店" for a in "甲乙丙丁戊己庚辛壬癸")
SDKS = tuple(f"made-up-sdk-{n:03d}" for n in range(300))
_LEFT = "青山小满望舒知行晴川半夏云帆拾光星河远方朝夕长安江南海棠听雨松间月明风起水木花间天工开物东篱南山北斗西窗春晓秋实冬藏夏至"
_RIGHT = ("天气", "记账", "阅读", "出行", "相册", "健身", "问诊", "购物", "地图", "日历", "课堂", "菜谱", "浏览器", "清理", "词典", "计算器",
          "直播", "短视频", "钱包", "社区", "招聘", "租房", "打车", "外卖", "快递", "挂号", "运动", "音乐", "听书", "漫画", "游戏盒", "输入法")  # fmt: skip
_ENDS = ("", "助手", "大师", "管家", "极速版", "精选", "通", "宝", "网", "365", "Plus", "HD")
WALKS = (
    ("open",), ("open", "attach-inspection"), ("open", "attach-inspection", "verify"),
    ("open", "attach-inspection", "verify", "notice"),
    ("open", "attach-inspection", "verify", "notice", "reply"),
    ("open", "attach-inspection", "verify", "notice", "reply", "retest-passed"),
    ("open", "attach-inspection", "verify", "notice", "lapse"),
    ("open", "attach-inspection", "verify", "notice", "lapse", "propose-naming"),
    ("open", "attach-inspection", "verify", "notice", "lapse", "propose-naming", "name"),
    ("open", "attach-inspection", "verify", "notice", "lapse", "propose-naming", "name", "order-removal"),
    ("open", "attach-inspection", "verify", "notice", "lapse", "propose-naming", "name", "order-removal", "confirm-removal"),
)  # fmt: skip
EVENT = ("uid", "case_id", "lead_id", "about", "act", "person_id", "organisation_id", "at", "public", "key", "asked", "leaf")
SHARE = (2, 4, 4, 6, 5, 60, 3, 1, 6, 1, 8)
"""Of how many in a hundred each walk is taken."""


class Staff(NamedTuple):
    """Who works in a province."""

    officer: Who
    second: Who
    approver: Who


def name(rng: random.Random) -> str:
    """A made-up name of an app."""
    at = rng.randrange(len(_LEFT) - 1)
    return _LEFT[at : at + 2] + rng.choice(_RIGHT) + rng.choice(_ENDS)


def seed(scale: float, now: datetime, number: int = 1) -> dict[str, int]:
    """Make so large a part of the campaign (1 = all); how many rows of each kind there are new."""
    rng = random.Random(number)
    apps, start = int(APPS * scale), now - timedelta(days=365)
    numbers = {m: first(m) for m in (Operator, Subject, Package, Inspection, Finding, Case)}
    done: dict[str, int] = {}
    with transaction.atomic():
        done["operators"] = _operators(rng, max(1, int(OPERATORS * scale)), numbers)
        done["subjects"] = _subjects(rng, apps, done["operators"], numbers)
        done["listings"] = load(Listing, ("subject_id", "store", "version", "seen"), (
            (numbers[Subject] + i, STORES[i % len(STORES)], "", day(start)) for i in range(apps)))  # fmt: skip
        done["packages"] = _packages(rng, apps, numbers)
        done["parts"] = load(Part, ("package_id", "sdk", "version"), (
            (numbers[Package] + i, s, f"{1 + i % 5}.{i % 10}.0") for i in range(apps) for s in rng.sample(SDKS, 2)))  # fmt: skip
        done["inspections"] = load(
            Inspection, ("id", "subject_id", "package_id", "digest", "tool", "catalogue", "at", "taken", "cleared", "channels"),
            (_inspection(i, apps, numbers, start) for i in range(apps)),
        )  # fmt: skip
        done["findings"] = load(
            Finding, ("id", "inspection_id", "rule", "rule_version", "scenario", "issue_types", "outcome", "confidence", "severity"),
            _findings(apps, numbers),
        )  # fmt: skip
        done["events"] = _inspected(apps, numbers, start)
        people = {code: _staff(code, names[0]) for code, names in PROVINCES.items()}
        done["leads"], done["cases"] = _leads(rng, int(LEADS * scale), people, now, start), _cases(rng, scale, numbers, people, now, start)
    return done


def _operators(rng: random.Random, count: int, numbers: dict[Any, int]) -> int:
    places = tuple(PROVINCES)

    def rows() -> Iterator[tuple[Any, ...]]:
        for i in range(count):
            pk = numbers[Operator] + i
            said = f"{name(rng)}{pk}科技有限公司"
            yield pk, said, said.casefold(), completed(f"91{rng.choice(places)}0000{pk:09d}"), rng.choice(places), said

    return load(Operator, ("id", "name", "folded", "credit_code", "province", "registered_name"), rows())


def _type(i: int) -> int | None:
    """Type of the i-th made-up app; of one in eleven nobody stated it."""
    return 1 + i % 39 if i % 11 else None


def _typed(i: int) -> dict[str, Any]:
    """What its events say of it."""
    return {"app-type": n} if (n := _type(i)) else {}


def _subjects(rng: random.Random, count: int, operators: int, numbers: dict[Any, int]) -> int:
    def rows() -> Iterator[tuple[Any, ...]]:
        for i in range(count):
            pk, said = numbers[Subject] + i, name(rng)
            yield pk, "app", "android", f"com.made.up.a{pk}", said, said.casefold(), numbers[Operator] + i % operators, _type(i)

    return load(Subject, ("id", "kind", "platform", "identifier", "name", "folded", "operator_id", "app_type"), rows())


def _digest(kind: str, i: int) -> str:
    return hashlib.sha256(f"{kind}{i}".encode()).hexdigest()


def _packages(rng: random.Random, count: int, numbers: dict[Any, int]) -> int:
    return load(Package, ("id", "subject_id", "sha256", "size", "version", "version_code", "signer"), (
        (numbers[Package] + i, numbers[Subject] + i, _digest("package", numbers[Package] + i), rng.randrange(1 << 28), f"{1 + i % 9}.{i % 20}.0",
         i % 5000, _digest("signer", i % 400_000)) for i in range(count)))  # fmt: skip


def _inspection(i: int, apps: int, numbers: dict[Any, int], start: datetime) -> tuple[Any, ...]:
    at = start + timedelta(seconds=i * 364 * 86400 // apps)
    return (
        numbers[Inspection] + i, numbers[Subject] + i, numbers[Package] + i, _digest("result", numbers[Inspection] + i), "0.1.0",
        "0" * 64, day(at).isoformat(), at, "[]", ",package,",
    )  # fmt: skip


def _inspected(apps: int, numbers: dict[Any, int], start: datetime) -> int:
    """The event of each inspection, as intake writes it."""
    who = clock()

    def rows() -> Iterator[tuple[Any, ...]]:
        for i in range(apps):
            pk, _, package, digest, *_, at, _, _ = _inspection(i, apps, numbers, start)
            uid, about = uuid.UUID(bytes=secrets.token_bytes(16), version=4), f"inspection:{pk}"
            told = {"subject": numbers[Subject] + i, "digest": digest, "sha256": _digest("package", package), **_typed(i)}
            yield uid, None, None, about, "inspected", None, who.organisation.pk, at, False, None, "", events.leaf(uid, "inspected", who, at, told, about=about)

    return load(Event, EVENT, rows())


def many(i: int) -> int:
    """How many findings the i-th made-up inspection has: none for a fifth, about 9.6 on average."""
    return 0 if i % 5 == 0 else 2 + (i * 7919) % 21


def _findings(apps: int, numbers: dict[Any, int]) -> Iterator[tuple[Any, ...]]:
    rules = tuple((f"{r}-{n}" if n else r, s, f'["{t}"]', v) for n in range(4) for r, s, t, v in RULES)
    pk = count(numbers[Finding])
    for i in range(apps):
        inspection = numbers[Inspection] + i
        for k in range(many(i)):
            rule, scenario, issues, severity = rules[(i + k) % len(rules)]
            yield next(pk), inspection, rule, 1, scenario, issues, "failed", "proved" if k % 3 else "suspected", severity


def _staff(code: str, place: str) -> Staff:
    bureau, _ = Organisation.objects.get_or_create(kind="administration", name=f"{place}通信管理局（示例）", defaults={"province": code})
    return Staff(*(person(f"{role}-{code}", f"{place}{i}", bureau, role.removesuffix("2"), None) for i, role in enumerate(("officer", "officer2", "approver"))))


class _Written:
    """Events that wait to be entered together."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []

    def add(
        self, act: str, who: Who, at: datetime, data: dict[str, Any], *, case: tuple[int, str] | None = None, lead: int | None = None,
        public: bool = False,
    ) -> None:  # fmt: skip
        uid = uuid.UUID(bytes=secrets.token_bytes(16), version=4)
        text = events.leaf(uid, act, who, at, data, case=case[1] if case else None, lead=lead, public=public)
        self.rows.append((
            uid, case[0] if case else None, lead, "", act, who.person.pk if who.person else None, who.organisation.pk, at, public, None, "", text,
        ))  # fmt: skip

    def enter(self) -> None:
        self.rows.sort(key=lambda r: r[7])
        load(Event, EVENT, self.rows)


def _leads(rng: random.Random, count: int, people: dict[str, Staff], now: datetime, start: datetime) -> int:
    begin, written, sender, places = first(Lead), _Written(), public(), tuple(PROVINCES)
    span, called = int((now - start).total_seconds()), list[tuple[int, str]]()

    def rows() -> Iterator[tuple[Any, ...]]:
        for i in range(count):
            pk, at, place = begin + i, start + timedelta(seconds=rng.randrange(span)), rng.choice(places)
            text = f"{name(rng)}：一打开就要求读取通讯录，不同意就退出。"
            sealed = seals.seal(text)
            state = rng.choices(("received", "triaged", "opened", "rejected", "duplicate"), (2, 3, 30, 45, 20))[0]
            written.add("lead-received", sender, at, {"kind": "complaint", "scenario": "C5-15", "seal": "", "same-as": None, "text": sealed.digest}, lead=pk)
            if state in ("triaged", "opened"):
                written.add("lead-triaged", people[place].officer, at + timedelta(days=1), {"scenario": "C5-15", "province": place}, lead=pk)
            subject = name(rng)
            called.append((pk, subject.casefold()))
            yield (
                pk, "".join(rng.choices("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=12)), "complaint", state, subject, "C5-15", place, text,
                sealed.salt, at, clocks.due("user-complaint", day(at)), "user-complaint",
            )  # fmt: skip

    names = ("id", "receipt", "kind", "state", "subject_name", "scenario", "province", "text", "salt", "received", "due", "clock")
    done = load(Lead, names, rows())
    load(LeadName, ("lead_id", "folded"), called)
    written.enter()
    return done


def _cases(rng: random.Random, scale: float, numbers: dict[Any, int], people: dict[str, Staff], now: datetime, start: datetime) -> int:
    apps, operators, written = int(APPS * scale), max(1, int(OPERATORS * scale)), _Written()
    cases: list[tuple[Any, ...]] = []
    found: list[tuple[Any, ...]] = []
    attached: list[tuple[Any, ...]] = []
    starts, total = [], numbers[Finding]
    for i in range(apps):  # the number of an inspection's first finding
        starts.append(total)
        total += many(i)
    chosen = rng.sample([i for i in range(apps) if many(i)], min(int(CASES * scale), apps * 3 // 4))
    acts, places, span = table().acts, tuple(PROVINCES), int((now - start).total_seconds())
    for n, i in enumerate(sorted(chosen)):
        pk, place = numbers[Case] + n, rng.choice(places)
        staff, at = people[place], start + timedelta(seconds=i * span // apps)
        number = f"{day(at):%Y}-{place}-{pk:06d}"
        walk = rng.choices(WALKS, SHARE)[0]
        state, due, running, served, opened = "opened", None, "", None, at
        for v, act in enumerate(walk):
            row = acts[act]
            who = {"verify": staff.second, "lapse": clock()}.get(act, staff.approver if "approver" in row.by.get("administration", ()) else staff.officer)
            data: dict[str, Any] = {"subject": numbers[Subject] + i} if act == "open" else {"from": state, "to": row.to or state}
            data |= _typed(i)
            if act == "attach-inspection":
                data["inspection"] = numbers[Inspection] + i
            written.add(act, who, at, data, case=(pk, number), public=row.public)
            state = row.to or state
            if row.clock:
                running, due = row.clock, clocks.due(row.clock, day(at))
            served = at if act == "notice" else served
            at = min(now, at + timedelta(days=9 if act in ("notice", "name") else 2, minutes=v))
        cases.append((
            pk, number, numbers[Subject] + i, numbers[Operator] + i % operators, place, state, "", len(walk) - 1, opened, due, running, served, False, numbers[Package] + i, None,
        ))  # fmt: skip
        if len(walk) > 1:
            attached.append((pk, numbers[Inspection] + i, False, staff.officer.person.pk if staff.officer.person else 0))
            status = "proposed" if len(walk) == 2 else "fixed" if state == "closed" else "confirmed"
            by = staff.officer.person.pk if staff.officer.person else 0
            decided = staff.second.person.pk if staff.second.person and status != "proposed" else None
            found.extend((pk, f, status, by, decided) for f in range(starts[i], starts[i] + many(i)))
    load(Case, (
        "id", "number", "subject_id", "operator_id", "province", "state", "before", "version", "opened", "due", "clock", "served", "appealed",
        "package_id", "into_id"), cases)  # fmt: skip
    load(Attached, ("case_id", "inspection_id", "retest", "by_id"), attached)
    load(CaseFinding, ("case_id", "finding_id", "status", "proposed_by_id", "decided_by_id"), found)
    written.enter()
    return len(cases)
