"""Made-up evaluations in every state, walked there by the services: for a first look and for tests."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from mingcha import catalogue
from mingcha.judge import score
from mingcha.model import CatalogueRef
from mingcha.model import Subject as Said
from mingcha.server.evaluations import badges, services
from mingcha.server.evaluations.models import Evaluation
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.who import Who, clock
from mingcha.server.registry.models import Operator, folded
from mingcha.server.staff.credit import completed

NAMES = ("政务服务网", "图书馆", "公交查询", "医保服务", "挂号平台", "社区广播", "助老出行", "生活缴费", "老年大学", "健康档案", "防灾通知", "文化云")
TYPES = {1: 35, 4: 15, 7: 20, 10: 30}
"""Types of those that are apps."""
GOALS = ("draft", "no-total", "submitted", "vetoed", "rejected", "exemplar", "due", "asked", "withdrawn", "expired", "badge", "verified")
PAST = {"due": 690, "expired": 800, "asked": 200, "withdrawn": 240, "exemplar": 120, "badge": 60}
"""Days since the badge was issued."""


def made_up(rng: random.Random, subject: Said, at: datetime, goal: str) -> bytes:
    """A score document as `mingcha score` makes it, of random outcomes."""
    found = catalogue.load()
    today = day(at).isoformat()
    scheme = score.scheme_for(found, subject.kind, today)
    vetoes = {r for v in scheme.vetoes for r in v.rules}
    outcomes = {r: "passed" for i in scheme.items for r in i.rules} | dict.fromkeys(vetoes, "passed")
    for rule in rng.sample(sorted(outcomes.keys() - vetoes), len(outcomes) // 4):
        outcomes[rule] = rng.choice(("failed", "failed", "untested", "inapplicable"))
    if goal == "vetoed":
        outcomes[sorted(vetoes)[0]] = "failed"
    inspection: Any = SimpleNamespace(
        findings=[SimpleNamespace(rule=r, outcome=o) for r, o in outcomes.items()], subject=subject,
        tool=SimpleNamespace(catalogue=CatalogueRef(version=found.version, digest=hashlib.sha256(goal.encode()).hexdigest(), at=today)),
        exhibits=[SimpleNamespace(sha256=hashlib.sha256(f"{subject.id} {goal}".encode()).hexdigest())],
    )  # fmt: skip
    survey = None if goal == "no-total" else score.Survey(mean=rng.randint(70, 95), sample=rng.randint(60, 400), source="示例调查")
    return score.encode(score.score(inspection, scheme, survey, score.SelfEvaluation(points=rng.randint(75, 100), by="示例企业")))


def fill(evaluators: tuple[Who, Who], approvers: tuple[Who, Who], number: int, now: datetime) -> int:
    """One evaluation of each goal; how many there are now."""
    rng = random.Random(number)
    for i, (name, goal) in enumerate(zip(NAMES, GOALS, strict=True)):
        code = completed(f"9144{int(hashlib.sha256(f'elder {i}'.encode()).hexdigest()[:12], 16) % 10**13:013d}")
        company = f"示例{name}运营有限公司"
        Operator.objects.get_or_create(
            credit_code=code, defaults={"name": company, "folded": folded(company), "registered_name": company, "province": "44"}
        )
        web = i % 3 != 1
        subject = Said(
            kind="website" if web else "app", platform="web" if web else "android", name=f"示例{name}",
            id=f"s{number}-{i}.example.cn" if web else f"cn.example.elder{number}_{i}",
            app_type=None if web else TYPES[i],
        )  # fmt: skip
        begin = now - timedelta(days=PAST.get(goal, 20) + 6)
        made = services.enter(evaluators[0], made_up(rng, subject, begin, goal), credit_code=code, now=begin)
        _walk(made, goal, evaluators, approvers, begin, now)
    return Evaluation.objects.count()


def _walk(made: Evaluation, goal: str, evaluators: tuple[Who, Who], approvers: tuple[Who, Who], begin: datetime, now: datetime) -> None:
    n, step = made.pk, timedelta(days=2)
    if goal in ("draft", "no-total"):
        return
    services.submit(n, evaluators[0], begin + step)
    if goal == "submitted":
        return
    services.decide(n, evaluators[1], verified=goal != "rejected", reason="满意度调查样本来源不清。" if goal == "rejected" else "", now=begin + 2 * step)
    if goal in ("rejected", "vetoed", "verified"):
        return
    badges.issue(n, approvers[0], begin + 3 * step)
    if goal == "exemplar":
        badges.check(n, evaluators[1], passed=True, note="抽查三个页面，均符合要求。", now=now - 2 * step)
        badges.exemplar(n, approvers[0], named=True, now=now - step)
    if goal in ("asked", "withdrawn"):
        badges.check(n, evaluators[1], passed=False, note="适老版入口已下线。", now=now - 10 * step)
    if goal == "withdrawn":
        badges.withdraw(n, approvers[0], "抽查时适老版入口已下线，限期内未恢复。", now=now - 5 * step)
    if goal == "expired":
        badges.expire(clock(), now)
