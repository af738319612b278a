"""The register of operators: names and credit codes as the authority has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from mingcha.server.ledger import apptypes, events
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import Listing, Operator, Subject, folded
from mingcha.server.staff.credit import valid


class Line(NamedTuple):
    """One line."""

    name: str
    credit_code: str
    province: str


class Done(NamedTuple):
    """What was done."""

    entered: int
    matched: int
    errors: list[dict[str, Any]]


def enter(who: Who, lines: Sequence[Line], *, dry_run: bool = False, now: datetime | None = None) -> Done:
    """Enter lines of the register; a line that is wrong stops no other. Names of known operators are compared."""
    if not table().others["import-register"].allows(who.kind, who.role):
        raise Refused("not-yours")
    entered = matched = 0
    errors: list[dict[str, Any]] = []
    seen: set[str] = set()
    with transaction.atomic():
        for n, line in enumerate(lines, 1):
            if wrong := _wrong(line, seen):
                errors.append({"row": n, **wrong})
                continue
            seen.add(line.credit_code)
            known = Operator.objects.filter(credit_code=line.credit_code).first()
            if known is None:
                entered += 1
                if not dry_run:
                    Operator.objects.create(
                        name=line.name, folded=folded(line.name), credit_code=line.credit_code, province=line.province, registered_name=line.name
                    )
            else:
                matched += 1
                if not dry_run and known.registered_name != line.name:
                    known.registered_name = line.name
                    known.save(update_fields=["registered_name"])
        if not dry_run and (entered or matched):
            told = {"entered": entered, "matched": matched, "errors": len(errors)}
            events.write("import-register", who, now or timezone.now(), told, about=f"organisation:{who.organisation.pk}")
    return Done(entered, matched, errors)


class Offer(NamedTuple):
    """An app that a store offers."""

    identifier: str
    name: str
    version: str
    app_type: int | None = None


def offer(who: Who, offers: Sequence[Offer], *, dry_run: bool = False, now: datetime | None = None) -> Done:
    """Enter what a store offers, under its own name: it is asked to take down what it lists, and lists name it as source."""
    if not table().others["import-listings"].allows(who.kind, who.role):
        raise Refused("not-yours")
    at, entered, matched = now or timezone.now(), 0, 0
    with transaction.atomic():
        for o in offers:
            subject = Subject.objects.filter(kind="app", platform="android", identifier=o.identifier).first()
            if subject is not None and not dry_run:
                apptypes.fill(subject, o.app_type, who, "listing", at)
            known = subject is not None and Listing.objects.filter(subject=subject, store=who.organisation.name, version=o.version).exists()
            matched, entered = matched + known, entered + (not known)
            if dry_run or known:
                continue
            subject = subject or Subject.objects.create(kind="app", platform="android", identifier=o.identifier, name=o.name, folded=folded(o.name))
            apptypes.fill(subject, o.app_type, who, "listing", at)
            Listing.objects.create(subject=subject, store=who.organisation.name, version=o.version, seen=day(at))
        if not dry_run and entered:
            events.write("import-listings", who, at, {"entered": entered, "matched": matched}, about=f"organisation:{who.organisation.pk}")
    return Done(entered, matched, [])


def _wrong(line: Line, seen: set[str]) -> dict[str, str] | None:
    if not valid(line.credit_code):
        return {"field": "credit_code", "zh": "统一社会信用代码校验不通过", "en": "the check digit of the credit code is wrong"}
    if line.credit_code in seen:
        return {"field": "credit_code", "zh": "重复", "en": "twice in this import"}
    if line.province and line.province not in PROVINCES:
        return {"field": "province", "zh": "没有此地区代码", "en": "no such region code"}
    return None
