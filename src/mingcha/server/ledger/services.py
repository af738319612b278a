"""The only writers of cases. Pages, API and commands call these; none of them takes a request.

An act is one transaction: the permission by the table, the state, the guards, what the act changes, and its event.
Two officers at once: the second acts on a version that has passed and is told so. Sent twice: the same key gives the
same event again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from mingcha.server.documents import services as documents
from mingcha.server.ledger import apptypes, clocks, events
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.guards import GUARDS, Asked, Given
from mingcha.server.ledger.models import Attached, Case, CaseFinding, Event
from mingcha.server.ledger.process import Act, table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, visible
from mingcha.server.registry.models import Inspection, Operator, Subject

BATCHED = "signed-batch"
"""Guard of the acts that are done by issuing a batch."""
WAITING = ("noticed", "overdue", "unrectified", "named")
"""States in which a deadline that has passed is somebody's fault."""


def _given(data: Mapping[str, Any]) -> Given:
    try:
        return msgspec.convert(dict(data), Given)
    except msgspec.ValidationError as e:
        raise Refused("bad-data", str(e)) from e


def open_case(
    subject: Subject, who: Who, *, operator: Operator | None = None, province: str = "", reason: str = "",
    now: datetime | None = None, key: str | None = None,
) -> Case:  # fmt: skip
    """Put a problem of a subject on the ledger. The same key gives the same case again."""
    if not table().acts["open"].allows(who.kind, who.role):
        raise Refused("not-yours")
    at = now or timezone.now()
    home = who.organisation.province
    asked = events.asking("open", subject.pk, operator.pk if operator else 0, province, reason)
    with transaction.atomic():
        if (known := events.repeated(who, key, asked)) and known.case:
            return known.case
        case = Case.objects.create(
            number="", subject=subject, operator=operator or subject.operator, province=home or province,
            state="opened", opened=at,
        )  # fmt: skip
        case.number = f"{day(at):%Y}-{case.province or '00'}-{case.pk:06d}"
        case.save(update_fields=["number"])
        events.write("open", who, at, {"subject": subject.pk, **apptypes.told(subject)}, reason=reason, case=case, key=key, asked=asked)
    return case


def allowed(case: Case, who: Who) -> list[tuple[str, Act]]:
    """Acts that a role may choose now; guards that need data are asked when it does."""
    if not visible(who).filter(pk=case.pk).exists():
        return []
    return [(n, a) for n, a in table().open_to(case.state, who.kind, who.role) if BATCHED not in a.guards]


def act(
    case_id: int, name: str, who: Who, data: Mapping[str, Any] | None = None, *, version: int,
    key: str | None = None, now: datetime | None = None, batch: int = 0,
) -> Event:  # fmt: skip
    """Do one act. `version`: of the case as the caller saw it; `batch`: the one that is being issued, which only
    `batches.services` may say. Raises Refused."""
    row = table().acts.get(name)
    if row is None or not row.from_:
        raise Refused("no-such-act")
    given, at = _given(data or {}), now or timezone.now()
    told = msgspec.to_builtins(given)
    request = events.asking(name, case_id, told)
    with transaction.atomic():
        if known := events.repeated(who, key, request):
            return known
        # What a role may not see does not exist for it.
        case = visible(who).filter(pk=case_id).first()
        if case is None or not row.allows(who.kind, who.role):
            raise Refused("not-yours")
        case = Case.objects.select_for_update().get(pk=case.pk)
        if case.version != version:
            raise Refused("stale")
        if case.state not in row.from_:
            raise Refused("wrong-state")
        asked, asked_from = Asked(case, name, who, given, day(at), batch), case.state
        for guard in row.guards:
            if not GUARDS[guard](asked):
                raise Refused(guard)
        reason = told.pop("reason", "")
        told |= _change(asked, at)
        _move(case, row, name, at)
        told |= {"from": asked_from, "to": case.state, **apptypes.told(case.subject)} | ({"batch": batch} if batch else {})
        event = events.write(name, who, at, told, reason=reason, case=case, key=key, asked=request, public=row.public)
        if row.document and not batch:  # a batch makes one for all its cases
            documents.for_case(row.document, case, event, who, reason)
        return event


def _move(case: Case, row: Act, name: str, at: datetime) -> None:
    if name == "suspend":
        case.before = case.state
    state = table().after(row, case.state, case.before)
    if name == "resume":
        case.before, case.due = "", clocks.resumed(case, day(at))
    case.state = state
    if row.clock:
        case.clock, case.due = row.clock, clocks.due(row.clock, day(at))
    if row.appeal:
        case.appealed = row.appeal == "opens"
    if name == "notice":
        case.served = at
    if table().states[state].final:
        case.due, case.clock, case.appealed = None, "", False
    case.version += 1
    case.save()


def _change(a: Asked, at: datetime) -> dict[str, Any]:
    """What an act does besides moving the case; what the event tells of it."""
    case, given = a.case, a.given
    match a.name:
        case "attach-inspection":
            return _attach(a, retest=False)
        case "verify":
            _decide(a, given.confirm, "confirmed")
            _decide(a, given.refuse, "refused")
        case "reply":
            return {"replied-with": given.package}
        case "retest-passed" | "retest-failed" | "rectified-after-naming" | "relist":
            told = _attach(a, retest=True) if given.inspection else {}
            left = {f.pk for f in a.remaining()}
            for f in case.findings.filter(status__in=("confirmed", "remains", "fixed")):
                f.status = "remains" if f.pk in left else "fixed"
                f.save(update_fields=["status"])
            return {**told, "remains": len(left)}
        case "set-operator":
            case.operator = Operator.objects.get(pk=given.operator)
            if case.subject.operator_id is None:
                case.subject.operator = case.operator
                case.subject.save(update_fields=["operator"])
        case "transfer":
            was, case.province = case.province, given.province
            return {"was": was}
        case "merge":
            case.into = Case.objects.get(pk=given.into)
            return {"case-into": case.into.number}
        case "split":
            return {"case-new": _split(a, at).number}
        case "reopen":
            case.served, case.due, case.clock = None, None, ""
    return {}


def _attach(a: Asked, retest: bool) -> dict[str, Any]:
    inspection = Inspection.objects.get(pk=a.given.inspection)
    person = a.who.person
    if person is None or inspection.subject_id != a.case.subject_id:
        raise Refused("bad-data")
    Attached.objects.get_or_create(case=a.case, inspection=inspection, defaults={"retest": retest, "by": person})
    if not retest:
        a.case.package = inspection.package
        for finding in inspection.findings.all():
            CaseFinding.objects.get_or_create(case=a.case, finding=finding, defaults={"proposed_by": person})
    return {"document": inspection.digest}


def _decide(a: Asked, chosen: Iterable[int], status: str) -> None:
    for f in a.case.findings.filter(pk__in=tuple(chosen)):
        f.status, f.decided_by = status, a.who.person
        f.save(update_fields=["status", "decided_by"])


def _split(a: Asked, at: datetime) -> Case:
    case = a.case
    new = Case.objects.create(
        number="", subject=case.subject, operator=case.operator, province=case.province, state=case.state, opened=at,
        package=case.package,
    )  # fmt: skip
    new.number = f"{day(at):%Y}-{new.province or '00'}-{new.pk:06d}"
    new.save(update_fields=["number"])
    case.findings.filter(pk__in=a.given.findings).update(case=new)
    for attached in case.inspections.filter(retest=False):
        Attached.objects.create(case=new, inspection=attached.inspection, by=attached.by)
    events.write("open", a.who, at, {"subject": case.subject_id, "split-from": case.number}, case=new)
    return new


def lapse(who: Who, now: datetime | None = None) -> int:
    """Let the deadlines pass that have; how many did. Safe to repeat at any time."""
    at = now or timezone.now()
    rows = table().acts["lapse"]
    waiting = Case.objects.filter(state__in=rows.from_, due__lt=day(at)).values_list("pk", "version", "due")
    found = [(pk, version) for pk, version, due in waiting if due and clocks.past(due, day(at))]
    for pk, version in found:
        act(pk, "lapse", who, version=version, key=f"lapse-{pk}-{version}", now=at)
    return len(found)
