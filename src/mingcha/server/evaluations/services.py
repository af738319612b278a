"""Evaluations: a score document is entered, handed in, and verified or rejected by a second person."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mingcha.judge.score import Score
from mingcha.server import blobs
from mingcha.server.evaluations import document
from mingcha.server.evaluations.conditions import REASONED, may, visible, why_not
from mingcha.server.evaluations.models import Evaluation
from mingcha.server.ledger import apptypes, events
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.registry.models import Operator, Subject, folded

WORDS = 2000
"""Most characters of a reason or note."""


def enter(who: Who, raw: bytes, *, credit_code: str = "", key: str | None = None, now: datetime | None = None) -> Evaluation:
    """Keep a score document as a draft. Its subject is entered in the registry where it is new; `credit_code` names the
    operator of one that has none."""
    if not may("enter-evaluation", who) or who.person is None:
        raise Refused("not-yours")
    score, scheme = document.read(raw)
    digest, at = hashlib.sha256(raw).hexdigest(), now or timezone.now()
    asked = events.asking("enter-evaluation", digest, credit_code)
    try:
        with transaction.atomic():
            if known := events.repeated(who, key, asked):
                return Evaluation.objects.get(pk=int(known.about.removeprefix("evaluation:")))
            if Evaluation.objects.filter(digest=digest).exclude(state="rejected").exists():
                raise Refused("there-already")
            subject = _subject(score, credit_code.strip().upper())
            apptypes.fill(subject, score.subject.app_type, who, "evaluation", at)
            made = Evaluation.objects.create(
                subject=subject, organisation=who.organisation, scheme=scheme.id, scheme_version=scheme.version, valid_years=scheme.valid_years,
                digest=blobs.put(raw), technical=score.technical, total=score.total, passed=score.passed, vetoed=any(v.failed for v in score.vetoes),
                untested=score.untested, entered_by=who.person, entered=at,
            )  # fmt: skip
            told = {**about(made), "operator": subject.operator_id, "digest": digest, "scheme": f"{scheme.id} {scheme.version}"}
            events.write("enter-evaluation", who, at, told, about=f"evaluation:{made.pk}", key=key, asked=asked)
    except IntegrityError as e:  # the same document or form, at the same moment
        raise Refused("there-already") from e
    return made


def _subject(score: Score, credit_code: str) -> Subject:
    said = score.subject
    identifier = said.id or said.sha256
    operator = None
    if credit_code:
        operator = Operator.objects.filter(credit_code=credit_code).first()
        if operator is None:
            raise Refused("operator-chosen")
    name = (said.name or "").strip() or identifier
    found, _ = Subject.objects.get_or_create(
        kind=said.kind, platform=said.platform, identifier=identifier, defaults={"name": name, "folded": folded(name)[:255], "operator": operator}
    )
    if operator and found.operator_id is None:
        found.operator = operator
        found.save(update_fields=["operator"])
    if operator and found.operator_id != operator.pk:
        raise Refused("operator-chosen")
    return found


def about(evaluation: Evaluation) -> dict[str, Any]:
    """What its events tell of its subject, so that they can be counted without looking anything up."""
    subject = evaluation.subject
    return {"subject": subject.pk, "kind": subject.kind, "province": subject.operator.province if subject.operator else "", **apptypes.told(subject)}


def words(name: str, reason: str) -> str:
    """The words that come with an act. Refused where it needs some."""
    reason = reason.strip()[:WORDS]
    if name in REASONED and not reason:
        raise Refused("reason-given")
    return reason


def locked(number: int, name: str, who: Who, at: datetime) -> Evaluation:
    """An evaluation that somebody may do this act on, and nobody else at the same time. Within a transaction."""
    if not visible(who).filter(pk=number).exists():
        raise Refused("not-yours")
    subject = Evaluation.objects.values_list("subject", flat=True).get(pk=number)
    Subject.objects.select_for_update().get(pk=subject)  # of two evaluations of one subject, one at a time gives a badge
    found = Evaluation.objects.select_for_update().get(pk=number)
    if code := why_not(name, found, who, day(at)):
        raise Refused(code)
    return found


def submit(number: int, who: Who, now: datetime | None = None) -> Evaluation:
    """Hand a draft in."""
    at = now or timezone.now()
    with transaction.atomic():
        found = locked(number, "submit-evaluation", who, at)
        found.state, found.submitted = "submitted", at
        found.save(update_fields=["state", "submitted"])
        events.write("submit-evaluation", who, at, about(found), about=f"evaluation:{found.pk}")
    return found


def decide(number: int, who: Who, *, verified: bool, reason: str = "", now: datetime | None = None) -> Evaluation:
    """Verify or reject: somebody who had no hand in it."""
    at, name = now or timezone.now(), "verify-evaluation" if verified else "reject-evaluation"
    with transaction.atomic():
        found = locked(number, name, who, at)
        reason = words(name, reason)
        found.state, found.decided_by, found.decided, found.reason = "verified" if verified else "rejected", who.person, at, "" if verified else reason
        found.save(update_fields=["state", "decided_by", "decided", "reason"])
        told = {**about(found), "total": str(found.total), "passed": found.passed is True}
        events.write(name, who, at, told, reason=reason, about=f"evaluation:{found.pk}")
    return found
