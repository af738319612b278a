"""What an administrator may do; which role may do which act is a row of the table of the process. One of an organisation looks after its people; one of the ministry after all.

Nobody acts on himself here, so nobody promotes himself; the last administrator of an organisation stays; and who also
works elsewhere is not taken over from here: a new password would open the other organisation's role too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mingcha.server.entry import services as entry
from mingcha.server.entry.models import Link
from mingcha.server.ledger import events
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, may
from mingcha.server.people.models import Membership, Organisation, Person
from mingcha.server.provinces import PROVINCES
from mingcha.server.staff.credit import valid

ROLES_OF: Mapping[str, tuple[str, ...]] = {
    "ministry": ("officer", "approver", "auditor", "admin"), "administration": ("officer", "approver", "auditor", "admin"),
    "laboratory": ("tester", "admin"), "store": ("contact", "admin"), "company": ("contact", "admin"),
    "sdk-vendor": ("contact", "admin"), "evaluator": ("evaluator", "admin"), "auditor": ("auditor", "admin"),
}  # fmt: skip
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}", re.ASCII)


ACTS = (
    "add-organisation", "add-person", "give-role", "end-role", "reset-password", "reset-second-factor", "lock-person", "unlock-person", "link-provider",
)  # fmt: skip
"""The acts of this part; who may do them is in the table of the process."""


def acts(who: Who) -> tuple[str, ...]:
    """The acts of administration that a role may do at all."""
    return tuple(a for a in ACTS if who.person is not None and may(a, who))


def _admin(who: Who) -> bool:
    """Whether the whole country is in this administrator's hands. Refused for who administers nothing."""
    if not acts(who):
        raise Refused("not-yours")
    return who.kind == "ministry"


def _may(act: str, who: Who) -> None:
    if who.person is None or not may(act, who):
        raise Refused("not-yours")


def organisations(who: Who) -> QuerySet[Organisation]:
    """The organisations that an administrator looks after."""
    found = Organisation.objects.exclude(kind="system")
    return found if _admin(who) else found.filter(pk=who.organisation.pk)


def persons(who: Who) -> QuerySet[Person]:
    """The persons that an administrator sees: those with a role, ended or not, in these organisations."""
    if _admin(who):
        return Person.objects.all()
    return Person.objects.filter(pk__in=Membership.objects.filter(organisation=who.organisation).values("person"))


def _person(who: Who, pk: int) -> Person:
    """A person to act on, locked. Refused for oneself and for who is not in this administrator's hands alone."""
    person = persons(who).filter(pk=pk).select_for_update().first()
    if person is None:
        raise Refused("not-yours")
    if who.person and person.pk == who.person.pk:
        raise Refused("not-oneself")
    return person


def _alone(who: Who, person: Person) -> None:
    elsewhere = Membership.objects.filter(person=person, ended=False).exclude(organisation=who.organisation)
    if not _admin(who) and elsewhere.exists():
        raise Refused("works-elsewhere")


def _not_last(person: Person, within: QuerySet[Membership]) -> None:
    """Refused where an organisation would be left without an administrator who can sign in."""
    for held in within.filter(person=person, role="admin", ended=False):
        others = Membership.objects.select_for_update().filter(organisation=held.organisation, role="admin", ended=False)
        if not [m for m in others.exclude(person=person).select_related("person") if m.person.is_active]:
            raise Refused("last-admin")


def _write(act: str, who: Who, person: Person, data: Mapping[str, Any] | None = None, reason: str = "") -> None:
    events.write(act, who, timezone.now(), data or {}, about=entry.about(person), reason=reason)


def add_organisation(who: Who, kind: str, name: str, province: str = "", credit_code: str = "") -> Organisation:
    """A new organisation, by an administrator of the ministry."""
    _may("add-organisation", who)
    name, credit_code = name.strip(), credit_code.strip().upper()
    if kind not in ROLES_OF or not 0 < len(name) <= 200 or (province and province not in PROVINCES):
        raise Refused("bad-data")
    if credit_code and not valid(credit_code):
        raise Refused("bad-credit-code")
    with transaction.atomic():
        made, fresh = Organisation.objects.get_or_create(kind=kind, name=name, defaults={"province": province, "credit_code": credit_code})
        if not fresh:
            raise Refused("there-already")
        events.write("organisation-added", who, timezone.now(), {"kind": kind, "province": province}, about=f"organisation:{made.pk}")
    return made


def add_person(who: Who, login: str, name: str, organisation: int, role: str) -> tuple[Person, str]:
    """A new person in a role; the password for the first sign-in, which is shown once."""
    _may("add-person", who)
    login, name = login.strip().lower(), name.strip()
    home = organisations(who).filter(pk=organisation).first()
    if home is None:
        raise Refused("not-yours")
    if not LOGIN.fullmatch(login) or not 0 < len(name) <= 64 or role not in ROLES_OF[home.kind]:
        raise Refused("bad-data")
    with transaction.atomic():
        if Person.objects.filter(login__iexact=login).exists():
            raise Refused("there-already")
        person = Person.objects.create(login=login, name=name)
        _write("person-added", who, person)
        held = Membership.objects.create(person=person, organisation=home, role=role)
        _write("role-given", who, person, {"organisation": home.pk, "role": role, "membership": held.pk})
        return person, entry.give(person)


def give_role(who: Who, pk: int, organisation: int, role: str) -> Membership:
    """Give somebody a role, or give an ended one again."""
    _may("give-role", who)
    home = organisations(who).filter(pk=organisation).first()
    if home is None or role not in ROLES_OF[home.kind]:
        raise Refused("bad-data")
    with transaction.atomic():
        person = _person(who, pk)
        held, fresh = Membership.objects.get_or_create(person=person, organisation=home, role=role)
        if not fresh and not held.ended:
            return held
        held.ended = False
        held.save(update_fields=["ended"])
        _write("role-given", who, person, {"organisation": home.pk, "role": role, "membership": held.pk})
    return held


def end_role(who: Who, pk: int, membership: int) -> None:
    """End a role. The last administrator of an organisation keeps his."""
    _may("end-role", who)
    with transaction.atomic():
        person = _person(who, pk)
        held = Membership.objects.filter(pk=membership, person=person, organisation__in=organisations(who)).select_related("organisation").first()
        if held is None:
            raise Refused("not-yours")
        if held.ended:
            return
        _not_last(person, Membership.objects.filter(pk=held.pk))
        held.ended = True
        held.save(update_fields=["ended"])
        _write("role-ended", who, person, {"organisation": held.organisation_id, "role": held.role, "membership": held.pk})


def reset_password(who: Who, pk: int) -> str:
    """A password for one sign-in within a day, which is shown once."""
    _may("reset-password", who)
    with transaction.atomic():
        person = _person(who, pk)
        _alone(who, person)
        given = entry.give(person)
        _write("password-reset", who, person)
    return given


def reset_second_factor(who: Who, pk: int) -> None:
    """Take the second factor away, so that another can be enrolled; sessions end."""
    _may("reset-second-factor", who)
    with transaction.atomic():
        person = _person(who, pk)
        _alone(who, person)
        gone = entry.forget(person)
        entry.end_sessions(person)
        _write("second-factor-reset", who, person, {"devices": gone})


def lock(who: Who, pk: int, reason: str) -> None:
    """Nobody signs in under this name any more; sessions end at once."""
    _may("lock-person", who)
    if not reason.strip():
        raise Refused("reason-given")
    with transaction.atomic():
        person = _person(who, pk)
        _alone(who, person)
        _not_last(person, Membership.objects.all())
        if person.is_active:
            person.is_active = False
            person.save(update_fields=["is_active"])
            entry.end_sessions(person)
            _write("person-locked", who, person, reason=reason)


def unlock(who: Who, pk: int) -> None:
    """Let somebody in again: the lock of an administrator and that of failed sign-ins."""
    _may("unlock-person", who)
    with transaction.atomic():
        person = _person(who, pk)
        _alone(who, person)
        person.is_active = True
        person.save(update_fields=["is_active"])
        reset(username=person.login)
        _write("person-unlocked", who, person)


def link(who: Who, pk: int, subject: str) -> None:
    """Link a person to a subject of the provider; an empty one takes the link away."""
    _may("link-provider", who)
    subject = subject.strip()
    if len(subject) > 255 or not settings.OIDC_ISSUER:
        raise Refused("bad-data")
    issuer = settings.OIDC_ISSUER.rstrip("/")
    with transaction.atomic():
        person = _person(who, pk)
        _alone(who, person)
        if subject and Link.objects.filter(issuer=issuer, subject=subject).exclude(person=person).exists():
            raise Refused("there-already")
        Link.objects.filter(person=person).delete()
        if subject:
            Link.objects.create(person=person, issuer=issuer, subject=subject)
        _write("provider-linked" if subject else "provider-unlinked", who, person)
