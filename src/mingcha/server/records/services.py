"""Writers of this part: an operator compared with the register, and one action over the hosts of an SDK."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mingcha.server.ledger import events
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.services import open_case
from mingcha.server.ledger.who import Who, may, visible
from mingcha.server.people.models import Person
from mingcha.server.provinces import PROVINCES
from mingcha.server.records.models import Action, Host
from mingcha.server.registry.models import Operator, Part, Subject
from mingcha.server.staff.credit import valid

MOST = 500
"""Apps of one action: more are taken in several."""


def may_open(who: Who) -> bool:
    """Whether this role opens cases at all."""
    return who.person is not None and table().acts["open"].allows(who.kind, who.role)


def hosts(sdk: str, versions: Iterable[str] = ()) -> QuerySet[Subject]:
    """Subjects of which a known package contains the SDK, in one of the versions where some are named."""
    parts = Part.objects.filter(sdk=sdk)
    chosen = list(versions)
    if chosen:
        parts = parts.filter(version__in=chosen)
    return Subject.objects.filter(pk__in=parts.values("package__subject"))


def act_on_hosts(
    who: Who, sdk: str, versions: list[str], subjects: list[int], reason: str, *, key: str, now: datetime | None = None
) -> Action:
    """Open a case for each chosen host, or join its open one, all or none. The same key gives the same action again."""
    chosen = sorted(set(subjects))
    if not may_open(who) or who.person is None:
        raise Refused("not-yours")
    if not reason.strip():
        raise Refused("reason-given")
    if not key or not 0 < len(chosen) <= MOST or len(versions) > 200:
        raise Refused("bad-data")
    at, asked = now or timezone.now(), events.asking("sdk-action", sdk, sorted(versions), chosen, reason)
    with transaction.atomic():
        # Two at once: the second waits here and finds the first one's event.
        Person.objects.select_for_update().get(pk=who.person.pk)
        known = events.repeated(who, key, asked)
        if known:
            return Action.objects.get(pk=int(known.about.partition(":")[2]))
        found = list(hosts(sdk, versions).filter(pk__in=chosen).select_related("operator").order_by("pk"))
        if len(found) != len(chosen):
            raise Refused("bad-data")
        action = Action.objects.create(sdk=sdk, versions=sorted(versions), person=who.person, organisation=who.organisation, at=at)
        made = [Host(action=action, subject=s, case=_case(who, s, action, at)) for s in found]
        Host.objects.bulk_create(made)
        events.write(
            "sdk-action", who, at, {"sdk": sdk, "versions": sorted(versions), "cases": [h.case.number for h in made]}, reason=reason,
            about=f"sdk-action:{action.pk}", key=key, asked=asked,
        )  # fmt: skip
    return action


def _case(who: Who, subject: Subject, action: Action, at: datetime) -> Case:
    province = who.organisation.province or (subject.operator.province if subject.operator else "")
    there = Case.objects.filter(subject=subject, province=province, state__in=("opened", "inspected", "verified")).order_by("pk").first()
    if there is None:
        return open_case(subject, who, province=province, now=at)
    events.write("sdk-action-joined", who, at, {"action": action.pk, "sdk": action.sdk}, case=there)
    return there


def actions(who: Who) -> QuerySet[Action]:
    """Actions that a role sees: those over cases that it sees."""
    return Action.objects.filter(pk__in=Host.objects.filter(case__in=visible(who)).values("action"))


def register(who: Who, pk: int, name: str, code: str, province: str) -> Operator:
    """Enter what the register says of an operator: its name there, its code with a right check digit, its province."""
    if not may("compare-operator", who):
        raise Refused("not-yours")
    name, code = name.strip(), code.strip().upper()
    if not 0 < len(name) <= 200 or (province and province not in PROVINCES):
        raise Refused("bad-data")
    if not valid(code):
        raise Refused("bad-credit-code")
    with transaction.atomic():
        operator = Operator.objects.select_for_update().filter(pk=pk).first()
        if operator is None:
            raise Refused("not-yours")
        if Operator.objects.filter(credit_code=code).exclude(pk=pk).exists():
            raise Refused("there-already")
        operator.registered_name, operator.credit_code, operator.province = name, code, province or operator.province
        operator.save(update_fields=["registered_name", "credit_code", "province"])
        same = operator.registered
        events.write("operator-compared", who, timezone.now(), {"code": code, "same": same, "province": operator.province}, about=f"operator:{pk}")
    return operator
