"""Leads: received, told apart from their doubles, triaged, opened as cases or not taken on.

Who sent one is sealed apart: events hold a salted digest, and the text of name and contact is erased on its day.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from mingcha.server.ledger import apptypes, clocks, events, seals
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import LEAD_KINDS, Case, Complainant, Lead
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.services import open_case
from mingcha.server.ledger.who import Who, may
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import Subject, folded
from mingcha.server.search import names

WINDOW = timedelta(days=30)
"""Leads on the same subject and scenario within this time are one."""
KEPT = timedelta(days=365 * 3)
"""How long name and contact are kept unless the case needs them longer."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
_CLOCKS = {"complaint": "platform-complaint", "operator-silent": "user-complaint", "data-request": "information-request"}
"""By which clock a kind of lead runs; the others have none."""
COMPLAINTS = tuple(_CLOCKS)
"""What people without an account may send."""


def receipt() -> str:
    """A receipt number: 12 letters of 30, about 58 bits, so that guessing finds nobody's lead."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))


def receive(
    who: Who, kind: str, name: str, text: str, *, scenario: str = "", province: str = "", subject: Subject | None = None,
    sender: tuple[str, str] = ("", ""), now: datetime | None = None,
) -> Lead:  # fmt: skip
    """Take in one lead. `name`: what the subject is called; `sender`: name and contact, sealed apart."""
    if kind not in LEAD_KINDS or not name.strip() or not text.strip():
        raise Refused("bad-data")
    at = now or timezone.now()
    clock, sealed = _CLOCKS.get(kind, ""), seals.seal(text)
    with transaction.atomic():
        lead = Lead.objects.create(
            receipt=receipt(), kind=kind, subject=subject, subject_name=name.strip(), scenario=scenario,
            province=province, text=text, salt=sealed.salt, received=at, clock=clock, due=clocks.due(clock, day(at)) if clock else None,
        )  # fmt: skip
        names.note(lead)
        seal = _seal(lead, sender, day(at)) if any(sender) else ""
        double = _double(lead)
        if double:
            lead.same_as, lead.state = double, "duplicate"
            lead.save(update_fields=["same_as", "state"])
        events.write(
            "lead-received", who, at,
            {"kind": kind, "scenario": scenario, "province": province, "seal": seal, "same-as": double.pk if double else None,
             "text": sealed.digest, **(apptypes.told(subject) if subject else {})},
            lead=lead,
        )  # fmt: skip
    return lead


def _seal(lead: Lead, sender: tuple[str, str], today: date) -> str:
    made = seals.seal(*sender)
    Complainant.objects.create(
        lead=lead, name=sender[0], contact=sender[1], salt=made.salt, seal=made.digest, erase_on=today + KEPT
    )
    return made.digest


def _double(lead: Lead) -> Lead | None:
    """The first lead on the same subject and scenario within the window."""
    near = Lead.objects.filter(
        scenario=lead.scenario, received__gte=lead.received - WINDOW, received__lte=lead.received, same_as=None
    ).exclude(pk=lead.pk).order_by("pk")  # fmt: skip
    if lead.subject:
        return near.filter(subject=lead.subject).first()
    wanted = folded(lead.subject_name)[:255]
    return near.filter(subject=None, named__folded=wanted).first()


def triage(
    lead_id: int, who: Who, *, subject: Subject | None, scenario: str, province: str, now: datetime | None = None
) -> Lead:
    """Give a lead its subject, scenario and province."""
    if subject is None or province not in PROVINCES:
        raise Refused("bad-data")
    at = now or timezone.now()
    with transaction.atomic():
        lead = _mine("triage-lead", lead_id, who, "received", "triaged")
        lead.subject, lead.scenario, lead.province, lead.state = subject, scenario, province, "triaged"
        lead.save()
        events.write("lead-triaged", who, at, {"subject": subject.pk, "scenario": scenario, "province": province}, lead=lead)
    return lead


def open_from(lead_id: int, who: Who, now: datetime | None = None) -> Case:
    """Open a case from a triaged lead, or join it to the subject's open one."""
    at = now or timezone.now()
    with transaction.atomic():
        lead = _mine("open-lead", lead_id, who, "triaged")
        if lead.subject is None:
            raise Refused("bad-data")
        case = Case.objects.filter(
            subject=lead.subject, province=lead.province, state__in=("opened", "inspected", "verified")
        ).first() or open_case(lead.subject, who, province=lead.province, now=at)  # fmt: skip
        lead.case, lead.state = case, "opened"
        lead.save()
        events.write("lead-opened", who, at, {"case": case.number, "scenario": lead.scenario, "province": lead.province, **apptypes.told(lead.subject)}, lead=lead)
    return case


def reject(lead_id: int, who: Who, reason: str, now: datetime | None = None) -> Lead:
    """Not taken on, with the reason that the sender will read."""
    if not reason.strip():
        raise Refused("reason-given")
    at = now or timezone.now()
    with transaction.atomic():
        lead = _mine("reject-lead", lead_id, who, "received", "triaged")
        lead.state = "rejected"
        lead.save(update_fields=["state"])
        told = {"scenario": lead.scenario, "province": lead.province, **(apptypes.told(lead.subject) if lead.subject else {})}
        events.write("lead-rejected", who, at, told, reason=reason, lead=lead)
    return lead


def _mine(act: str, lead_id: int, who: Who, *states: str) -> Lead:
    """The lead, for who may do that act and whose province it is."""
    if not may(act, who):
        raise Refused("not-yours")
    lead = Lead.objects.select_for_update().filter(pk=lead_id).first()
    home = who.organisation.province
    if lead is None or (home and lead.province not in ("", home)):
        raise Refused("not-yours")
    if lead.state not in states:
        raise Refused("wrong-state")
    return lead


def erase(today: date) -> int:
    """Erase names and contacts whose day has come; seals and events stay as they are. How many."""
    return Complainant.objects.filter(erase_on__lte=today).exclude(name="", contact="", salt="").update(name="", contact="", salt="")
