"""Badges: issued, withdrawn, appealed, restored, ended by the clock; exemplars and spot checks."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mingcha.server import blobs
from mingcha.server.evaluations import document
from mingcha.server.evaluations.conditions import visible
from mingcha.server.evaluations.models import Badge, Evaluation, SpotCheck
from mingcha.server.evaluations.services import about, locked, words
from mingcha.server.ledger import events
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who


def badges_of(who: Who) -> QuerySet[Badge]:
    """The badges of the evaluations that a role sees."""
    return Badge.objects.filter(evaluation__in=visible(who))


def current(today: date) -> QuerySet[Badge]:
    """The valid ones, also before the clock has ended those of yesterday."""
    return Badge.objects.filter(state="valid", until__gte=today)


def after(start: date, years: int) -> date:
    """The same day so many years later; the 28th of February for the 29th."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def issue(number: int, who: Who, now: datetime | None = None) -> Badge:
    """Give the badge. One that is due for re-evaluation is replaced by it."""
    at = now or timezone.now()
    with transaction.atomic():
        found = locked(number, "issue-badge", who, at)
        subject = found.subject
        today = day(at)
        for old in Badge.objects.select_for_update().filter(subject=subject, state="valid"):
            if old.until < today:
                _end(old, "expired", "expire-badge", who, at)
                continue
            _end(old, "replaced", "replace-badge", who, at)
        if subject.operator is None:
            raise Refused("operator-known")
        made = Badge.objects.create(
            number=f"WZA-{today:%Y}-{found.pk:06d}", evaluation=found, subject=subject, operator=subject.operator, issued=today, until=after(today, found.valid_years)
        )
        events.write("issue-badge", who, at, {**_told(made), "until": made.until.isoformat()}, about=f"badge:{made.pk}", public=True)
    return made


def _told(badge: Badge) -> dict[str, Any]:
    return {**about(badge.evaluation), "number": badge.number, "operator": badge.operator_id}


def _end(badge: Badge, state: str, name: str, who: Who, at: datetime) -> None:
    badge.state, badge.exemplar, badge.asked = state, False, False
    badge.save(update_fields=["state", "exemplar", "asked"])
    events.write(name, who, at, _told(badge), about=f"badge:{badge.pk}")


def _badge(number: int, name: str, who: Who, at: datetime) -> Badge:
    found: Evaluation = locked(number, name, who, at)
    return Badge.objects.select_for_update().get(evaluation=found)


def withdraw(number: int, who: Who, reason: str, now: datetime | None = None) -> Badge:
    """Withdraw the badge of an evaluation, with a reason that its operator reads."""
    at = now or timezone.now()
    with transaction.atomic():
        badge = _badge(number, "withdraw-badge", who, at)
        badge.reason = words("withdraw-badge", reason)
        badge.state, badge.exemplar, badge.asked, badge.withdrawn, badge.withdrawn_by = "withdrawn", False, False, at, who.person
        badge.appeal_state = badge.appeal = badge.answer = ""
        badge.save()
        events.write("withdraw-badge", who, at, _told(badge), reason=badge.reason, about=f"badge:{badge.pk}", public=True)
    return badge


def appeal(number: int, who: Who, text: str, now: datetime | None = None) -> Badge:
    """The operator's note against a withdrawal, once."""
    at = now or timezone.now()
    with transaction.atomic():
        badge = _badge(number, "appeal-badge", who, at)
        badge.appeal, badge.appeal_state = words("appeal-badge", text), "open"
        badge.save(update_fields=["appeal", "appeal_state"])
        events.write("appeal-badge", who, at, _told(badge), reason=badge.appeal, about=f"badge:{badge.pk}")
    return badge


def answer(number: int, who: Who, *, restore: bool, reason: str, now: datetime | None = None) -> Badge:
    """Accept the appeal, which restores the badge for what is left of its time, or uphold the withdrawal. Not by the one
    who withdrew it."""
    at, name = now or timezone.now(), "restore-badge" if restore else "uphold-withdrawal"
    with transaction.atomic():
        badge = _badge(number, name, who, at)
        badge.answer, badge.appeal_state = words(name, reason), "accepted" if restore else "rejected"
        if restore:
            newer = Badge.objects.filter(subject=badge.subject_id, state="valid").exists()
            badge.state = "replaced" if newer else "valid" if badge.until >= day(at) else "expired"
        badge.save(update_fields=["answer", "appeal_state", "state"])
        events.write(name, who, at, {**_told(badge), "until": badge.until.isoformat()}, reason=badge.answer, about=f"badge:{badge.pk}", public=restore)
    return badge


def exemplar(number: int, who: Who, *, named: bool, reason: str = "", now: datetime | None = None) -> Badge:
    """Name an exemplar, or end that."""
    at, name = now or timezone.now(), "name-exemplar" if named else "end-exemplar"
    with transaction.atomic():
        badge = _badge(number, name, who, at)
        reason = words(name, reason)
        badge.exemplar = named
        badge.save(update_fields=["exemplar"])
        events.write(name, who, at, _told(badge), reason=reason, about=f"badge:{badge.pk}", public=True)
    return badge


def check(number: int, who: Who, *, passed: bool, note: str, raw: bytes = b"", key: str | None = None, now: datetime | None = None) -> SpotCheck:
    """Enter a spot check. One that failed asks for the withdrawal, until another one passed."""
    at = now or timezone.now()
    asked = events.asking("spot-check", number, passed, note, raw.hex())
    with transaction.atomic():
        if known := events.repeated(who, key, asked):
            return SpotCheck.objects.get(pk=json.loads(known.leaf)["data"]["check"])
        badge = _badge(number, "spot-check", who, at)
        note = words("spot-check", note)
        if raw:
            score = document.read(raw).score
            same = (score.subject.kind, score.subject.platform, score.subject.id or score.subject.sha256)
            if same != (badge.subject.kind, badge.subject.platform, badge.subject.identifier) or (passed and score.passed is not True):
                raise Refused("check-differs")
        if who.person is None:
            raise Refused("not-yours")
        made = SpotCheck.objects.create(
            badge=badge, organisation=who.organisation, by=who.person, at=at, passed=passed, note=note, digest=blobs.put(raw) if raw else ""
        )
        badge.asked, badge.exemplar = not passed, badge.exemplar and passed
        badge.save(update_fields=["asked", "exemplar"])
        told = {**_told(badge), "check": made.pk, "passed": passed, "digest": made.digest}
        events.write("spot-check", who, at, told, reason=note, about=f"badge:{badge.pk}", key=key, asked=asked)
    return made


def expire(who: Who, now: datetime | None = None) -> int:
    """End the badges whose last day has passed; how many. Safe to repeat at any time."""
    if not table().others["expire-badge"].allows(who.kind, who.role):
        raise Refused("not-yours")
    at, done = now or timezone.now(), 0
    for number in list(Badge.objects.filter(state="valid", until__lt=day(at)).values_list("pk", flat=True)):
        with transaction.atomic():
            badge = Badge.objects.select_for_update().filter(pk=number, state="valid").first()
            if badge:
                _end(badge, "expired", "expire-badge", who, at)
                done += 1
    return done
