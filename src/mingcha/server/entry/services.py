"""Sign-in and what belongs to it: sessions, the second factor, recovery codes, passwords that have to be changed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import django_otp
from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice

from mingcha.server.entry.models import Account, Recovery, SignedIn
from mingcha.server.ledger import events
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.people.models import Membership, Person

BACKEND = "django.contrib.auth.backends.ModelBackend"
CODES = 10
GIVEN = timedelta(hours=24)
"""How long a password that an administrator gave can be used."""
TRIES, HOUR = 10, 3600
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


def about(person: Person) -> str:
    """What events on a person are about."""
    return f"person:{person.pk}"


def begin(request: HttpRequest, person: Person) -> None:
    """Sign somebody in: a session with a new key, noted so that its owner can end it."""
    login(request, person, backend=BACKEND)
    _note(request, person)


def _note(request: HttpRequest, person: Person) -> None:
    """The session as it is called now; it gets a new key at every change of what it may do."""
    if not request.session.session_key:
        request.session.save()
    known = request.session.get("signed-in")
    values = {
        "session": request.session.session_key, "address": request.META.get("REMOTE_ADDR", "")[:45],
        "browser": request.headers.get("User-Agent", "")[:120].replace("\0", ""),
    }  # fmt: skip
    if not (known and SignedIn.objects.filter(pk=known, person=person).update(**values)):
        request.session["signed-in"] = SignedIn.objects.create(person=person, at=timezone.now(), **values).pk


def sessions(person: Person) -> list[SignedIn]:
    """Sessions of a person that still run, the newest first."""
    noted = list(SignedIn.objects.filter(person=person).order_by("-pk")[:50])
    running = set(
        Session.objects.filter(session_key__in=[s.session for s in noted], expire_date__gt=timezone.now())
        .values_list("session_key", flat=True)
    )  # fmt: skip
    return [s for s in noted if s.session in running]


def end_sessions(person: Person, but: str | None = None) -> int:
    """End the sessions of a person everywhere, `but` one; how many rows of sessions went."""
    with transaction.atomic():
        noted = SignedIn.objects.filter(person=person).exclude(session=but or "")
        gone, _ = Session.objects.filter(session_key__in=list(noted.values_list("session", flat=True))).delete()
        noted.delete()
    return gone


# ---- second factor ----------------------------------------------------------------------------------------


def device(person: Person) -> TOTPDevice | None:
    """The person's confirmed second factor."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=person, confirmed=True).order_by("pk").first()
    return found


def required(person: Person) -> bool:
    """Whether one of the person's roles asks for a second factor."""
    return Membership.objects.filter(person=person, ended=False, role__in=settings.SECOND_FACTOR).exists()


def missing(request: HttpRequest) -> str:
    """What a signed-in session still lacks: "password", "verify", "enrol", or nothing."""
    person = request.user
    if not isinstance(person, Person):
        return ""
    if Account.objects.filter(person=person, must_change=True).exists():
        return "password"
    if person.is_verified():  # type: ignore[attr-defined] # the middleware of django-otp adds it
        return ""
    if device(person):
        return "verify"
    return "enrol" if required(person) else ""


def enrolment(person: Person) -> TOTPDevice:
    """The device that is being enrolled; the same one until it is confirmed. Refused where one is confirmed."""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if device(person):
            raise Refused("second-factor-there")
        made: TOTPDevice = TOTPDevice.objects.get_or_create(user=person, confirmed=False, defaults={"name": "totp"})[0]
        return made


def _count(person: Person) -> None:
    """Refused after too many codes within the hour, right or wrong."""
    key = f"second-factor:{person.pk}"
    cache.add(key, 0, HOUR)
    try:
        if cache.incr(key) > TRIES:
            raise Refused("too-many-codes")
    except ValueError:  # it ended between the two lines
        return


def confirm(request: HttpRequest, who: Who, code: str) -> list[str]:
    """Confirm the device by its first code; the recovery codes, which are shown once."""
    person = _person(who)
    _count(person)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        found = TOTPDevice.objects.select_for_update().filter(user=person, confirmed=False).first()
        if found is None or device(person):
            raise Refused("second-factor-there")
        if not _right(found, code):
            found = None
        else:
            found.confirmed = True
            found.save(update_fields=["confirmed"])
            codes = _codes(person)
            events.write("second-factor-enrolled", who, timezone.now(), {}, about=about(person))
    if found is None:  # outside of the transaction: the failure has to be remembered
        raise Refused("wrong-code")
    _verified(request, person, found)
    return codes


def _right(found: TOTPDevice, code: str) -> bool:
    text = "".join(code.split())
    return len(text) == 6 and text.isascii() and text.isdigit() and found.verify_is_allowed()[0] and bool(found.verify_token(text))


def verify(request: HttpRequest, person: Person, code: str) -> None:
    """Verify the session by a code of the device or a recovery code. Refused where it is neither."""
    _count(person)
    at = timezone.now()
    with transaction.atomic():
        found = TOTPDevice.objects.select_for_update().filter(user=person, confirmed=True).order_by("pk").first()
        if found is None:
            raise Refused("wrong-code")
        ok = _right(found, code)
        if not ok:
            ok = bool(Recovery.objects.filter(person=person, digest=_digest(person, code), used=None).update(used=at))
            held = Membership.objects.filter(person=person, ended=False).select_related("organisation").first() if ok else None
            if held:
                events.write("recovery-used", Who(person, held.organisation, held.role), at, {}, about=about(person))
    if not ok:
        raise Refused("wrong-code")
    _verified(request, person, found)


def _verified(request: HttpRequest, person: Person, found: TOTPDevice) -> None:
    request.session.cycle_key()
    django_otp.login(request, found)
    _note(request, person)
    cache.delete(f"second-factor:{person.pk}")


def _digest(person: Person, code: str) -> str:
    text = "".join(code.lower().split()).replace("-", "")[:40]
    return salted_hmac(f"mingcha.recovery.{person.pk}", text, algorithm="sha256").hexdigest()


def _codes(person: Person) -> list[str]:
    """New recovery codes (10 letters of 30, 49 bits each) in place of all earlier ones."""
    made = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(CODES)]
    Recovery.objects.filter(person=person).delete()
    Recovery.objects.bulk_create(Recovery(person=person, digest=_digest(person, code)) for code in made)
    return [f"{code[:5]}-{code[5:]}" for code in made]


def new_codes(request: HttpRequest, who: Who) -> list[str]:
    """New recovery codes for a session that is verified."""
    person = _person(who)
    if device(person) is None or missing(request):
        raise Refused("not-yours")
    with transaction.atomic():
        codes = _codes(person)
        events.write("recovery-renewed", who, timezone.now(), {}, about=about(person))
    return codes


def forget(person: Person) -> int:
    """Take second factor and recovery codes away; the writer of the event calls it. How many devices went."""
    Recovery.objects.filter(person=person).delete()
    gone: int = TOTPDevice.objects.filter(user=person).delete()[0]
    return gone


# ---- passwords --------------------------------------------------------------------------------------------


def give(person: Person, now: datetime | None = None) -> str:
    """A password for one sign-in, which has to be changed there; all sessions end. The writer of the event calls it."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    person.set_password(password)
    person.save(update_fields=["password"])
    until = (now or timezone.now()) + GIVEN
    Account.objects.update_or_create(person=person, defaults={"must_change": True, "given_until": until})
    end_sessions(person)
    return password


def lapsed(person: Person, now: datetime | None = None) -> bool:
    """Whether the password that an administrator gave was not used in time."""
    return Account.objects.filter(person=person, must_change=True, given_until__lt=now or timezone.now()).exists()


def change(request: HttpRequest, who: Who, old: str, new: str) -> None:
    """Choose another password: the old one is asked for, other sessions end, this one gets a new key."""
    person = _person(who)
    _count(person)
    if not person.check_password(old):
        raise Refused("wrong-password")
    try:
        if new == old:
            raise ValidationError("the same")
        validate_password(new, person)
    except ValidationError as e:
        raise Refused("weak-password") from e
    with transaction.atomic():
        person.set_password(new)
        person.save(update_fields=["password"])
        Account.objects.filter(person=person).update(must_change=False, given_until=None)
        events.write("password-changed", who, timezone.now(), {}, about=about(person))
        end_sessions(person, but=request.session.session_key)
    update_session_auth_hash(request, person)
    _note(request, person)
    cache.delete(f"second-factor:{person.pk}")


def _person(who: Who) -> Person:
    if who.person is None:
        raise Refused("not-yours")
    return who.person
