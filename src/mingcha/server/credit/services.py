"""Credit files. Entries are read from events by the rules; appeals and listings are acts of people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import msgspec
import yaml
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mingcha.model import Mark
from mingcha.server.credit.models import Appeal, Listed
from mingcha.server.evaluations.models import Badge
from mingcha.server.ledger import events
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.registry.models import Operator
from mingcha.server.texts import Words

PUBLIC = 200


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What counts."""

    text: Words
    act: str
    sign: Literal["positive", "negative"]
    months: int
    law: Words
    mark: Mark
    voids: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One entry of a file."""

    rule: str
    event: Event
    until: date
    state: Literal["counts", "expired", "void", "struck"]
    appeal: Appeal | None


@cache
def rules() -> Mapping[str, Rule]:
    """The rules by key."""
    return msgspec.convert(yaml.safe_load((files(__package__) / "rules.yml").read_text("utf-8")), dict[str, Rule])


def _after(day_: date, months: int) -> date:
    year, month = divmod(day_.month - 1 + months, 12)
    return date(day_.year + year, month + 1, min(day_.day, 28))


def file_of(operator: Operator, today: date) -> list[Entry]:
    """The entries of an operator, the newest first."""
    by_act = {r.act: name for name, r in rules().items()}
    case_acts = [a for a in by_act if a != "self-reported"]
    badges = [f"badge:{n}" for n in Badge.objects.filter(operator=operator).values_list("pk", flat=True)]
    found = Event.objects.filter(
        Q(case__operator=operator, act__in=case_acts) | Q(lead__subject__operator=operator, lead__kind="self-report", act="lead-received")
        | Q(about__in=badges, act__in=case_acts)
    )  # fmt: skip
    rows = list(found.select_related("case", "lead", "organisation").order_by("-pk"))
    after = {a for r in rules().values() for a in (*r.voids, *r.ends)}
    later: dict[tuple[int | None, str], list[Event]] = {}
    for e in Event.objects.filter(Q(case__in={r.case_id for r in rows if r.case_id}) | Q(about__in=badges), act__in=after).order_by("pk"):
        later.setdefault((e.case_id, e.about), []).append(e)
    appeals = {a.event_id: a for a in Appeal.objects.filter(event__in=rows)}
    return [_entry(e, by_act["self-reported" if e.lead_id else e.act], later.get((e.case_id, e.about), []), appeals.get(e.pk), today) for e in rows]


def _entry(event: Event, name: str, later: list[Event], appeal: Appeal | None, today: date) -> Entry:
    rule = rules()[name]
    stated = said(event).get("until") if rule.ends else None
    until = date.fromisoformat(stated) if stated else _after(day(event.at), rule.months)
    void = any(e.act in rule.voids and e.pk > event.pk for e in later)
    ended = any(e.act in rule.ends and e.pk > event.pk for e in later)
    struck = appeal is not None and appeal.state == "struck"
    return Entry(name, event, until, "void" if void else "struck" if struck else "expired" if ended or today > until else "counts", appeal)


def said(event: Event) -> Mapping[str, Any]:
    """What an event tells."""
    told: dict[str, Any] = json.loads(event.leaf)["data"]
    return told


def operators_of(who: Who) -> QuerySet[Operator]:
    """The operators whose files a role may read: authorities all of theirs; a company its own."""
    if who.kind in ("ministry", "auditor"):
        return Operator.objects.all()
    if who.kind == "administration":
        home = who.organisation.province
        return Operator.objects.filter(Q(province=home) | Q(cases__province=home)).distinct() if home else Operator.objects.all()
    if who.kind in ("company", "sdk-vendor") and who.organisation.credit_code:
        return Operator.objects.filter(credit_code=who.organisation.credit_code)
    return Operator.objects.none()


def _may(name: str, who: Who, operator: Operator) -> None:
    if not table().others[name].allows(who.kind, who.role) or who.person is None or not operators_of(who).filter(pk=operator.pk).exists():
        raise Refused("not-yours")


def _negative(operator: Operator, event_id: int, today: date) -> Entry:
    found = next((e for e in file_of(operator, today) if e.event.pk == event_id), None)
    if found is None or rules()[found.rule].sign != "negative" or found.state != "counts":
        raise Refused("wrong-state")
    return found


def appeal(operator: Operator, event_id: int, who: Who, text: str, now: datetime | None = None) -> Appeal:
    """An operator appeals against an entry that counts against it, once."""
    _may("appeal-credit", who, operator)
    at = now or timezone.now()
    if not text.strip():
        raise Refused("reason-given")
    with transaction.atomic():
        Operator.objects.select_for_update().get(pk=operator.pk)
        entry = _negative(operator, event_id, day(at))
        if entry.appeal is not None or who.person is None:
            raise Refused("wrong-state")
        made = Appeal.objects.create(event=entry.event, operator=operator, text=text, by=who.person, at=at)
        events.write("appeal-credit", who, at, {"entry": str(entry.event.uid)}, reason=text, about=f"operator:{operator.pk}")
    return made


def decide(appeal_id: int, who: Who, *, strike: bool, reason: str, now: datetime | None = None) -> Appeal:
    """Uphold an entry or strike it. Who did the act that it rests on does not decide."""
    at = now or timezone.now()
    with transaction.atomic():
        found = Appeal.objects.select_for_update().select_related("event").filter(pk=appeal_id).first()
        if found is None:
            raise Refused("not-yours")
        _may("decide-credit", who, found.operator)
        if found.state != "open" or not reason.strip():
            raise Refused("wrong-state" if found.state != "open" else "reason-given")
        if who.person is None or found.event.person_id == who.person.pk:
            raise Refused("second-person")
        found.state, found.answer, found.decided_by = "struck" if strike else "upheld", reason, who.person
        found.save()
        if strike:
            Listed.objects.filter(event=found.event, ended=None).update(ended=at)
        told = {"entry": str(found.event.uid), "struck": strike}
        events.write("decide-credit", who, at, told, reason=reason, about=f"operator:{found.operator_id}")
    return found


def list_bad(operator: Operator, event_id: int, who: Who, reason: str, now: datetime | None = None) -> Listed:
    """Put an operator on the public bad-record list, for an entry that counts and has no open appeal."""
    _may("list-credit", who, operator)
    at = now or timezone.now()
    if not reason.strip():
        raise Refused("reason-given")
    with transaction.atomic():
        Operator.objects.select_for_update().get(pk=operator.pk)
        entry = _negative(operator, event_id, day(at))
        if entry.appeal is not None and entry.appeal.state == "open":
            raise Refused("no-open-appeal")
        if not operator.registered or who.person is None:
            raise Refused("operator-registered")
        made, fresh = Listed.objects.get_or_create(
            operator=operator, event=entry.event,
            defaults={"reason": reason, "authority": who.organisation.name, "by": who.person, "at": at},
        )  # fmt: skip
        if fresh:
            told = {"entry": str(entry.event.uid), "operator": operator.pk}
            events.write("list-credit", who, at, told, reason=reason, about=f"operator:{operator.pk}", public=True)
    return made


def unlist(listed_id: int, who: Who, reason: str, now: datetime | None = None) -> None:
    """Take an operator off the list."""
    at = now or timezone.now()
    with transaction.atomic():
        found = Listed.objects.select_for_update().filter(pk=listed_id, ended=None).select_related("operator").first()
        if found is None:
            raise Refused("wrong-state")
        _may("unlist-credit", who, found.operator)
        if not reason.strip():
            raise Refused("reason-given")
        found.ended = at
        found.save(update_fields=["ended"])
        events.write("unlist-credit", who, at, {"operator": found.operator_id}, reason=reason, about=f"operator:{found.operator_id}", public=True)


def bad_records(today: date) -> list[Listed]:
    """The public list: those whose entry still counts."""
    open_ones = Listed.objects.filter(ended=None).select_related("operator", "event").order_by("-at")[:PUBLIC]
    return [row for row in open_ones if any(e.event.pk == row.event_id and e.state == "counts" for e in file_of(row.operator, today))]
