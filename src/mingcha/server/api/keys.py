"""Keys: made, shown once, told by their prefix, proved by their digest, revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from mingcha.server.api.models import Key
from mingcha.server.ledger import events
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.people.models import Organisation

ROLES = {
    "laboratory": "tester", "store": "contact", "company": "contact", "sdk-vendor": "contact", "administration": "officer", "ministry": "officer",
}
"""The role in which a key of each kind of organisation acts: never one that signs or decides."""
DAYS = 366
FAILURES, HOUR = 20, 3600


def make(organisation: Organisation, name: str, who: Who | None, days: int = DAYS, now: datetime | None = None) -> tuple[Key, str]:
    """A new key and its text, which nobody can read again."""
    if who is not None and (not table().others["make-key"].allows(who.kind, who.role) or who.organisation.pk != organisation.pk):
        raise Refused("not-yours")
    if organisation.kind not in ROLES or not name.strip() or not 1 <= days <= DAYS:
        raise Refused("bad-data")
    at, prefix, secret = now or timezone.now(), secrets.token_hex(6), secrets.token_urlsafe(32)
    with transaction.atomic():
        key = Key.objects.create(
            organisation=organisation, role=ROLES[organisation.kind], name=name.strip()[:100], prefix=prefix, digest=_digest(secret), made=at,
            made_by=who.person if who else None, expires=at + timedelta(days=days),
        )  # fmt: skip
        if who is not None:
            events.write("make-key", who, at, {"key": key.pk, "role": key.role}, about=f"organisation:{organisation.pk}")
    return key, f"mck_{prefix}_{secret}"


def revoke(key_id: int, who: Who, now: datetime | None = None) -> None:
    """End a key at once."""
    if not table().others["revoke-key"].allows(who.kind, who.role):
        raise Refused("not-yours")
    with transaction.atomic():
        changed = Key.objects.filter(pk=key_id, organisation=who.organisation, revoked=None).update(revoked=now or timezone.now())
        if not changed:
            raise Refused("not-yours")
        events.write("revoke-key", who, now or timezone.now(), {"key": key_id}, about=f"organisation:{who.organisation.pk}")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def known(text: str, address: str) -> Key | None:
    """The key that a text is, None for any other text. After too many failures of an address nothing is known to it
    for an hour."""
    count = f"api-fail:{address}"
    if (cache.get(count) or 0) >= FAILURES:
        return None
    parts = text.split("_", 2)
    found = Key.objects.filter(prefix=parts[1]).select_related("organisation").first() if len(parts) == 3 and parts[0] == "mck" else None
    at = timezone.now()
    # Compared in every case, so that time does not tell which prefixes there are.
    right = hmac.compare_digest(found.digest if found else "0" * 64, _digest(parts[2] if len(parts) == 3 else ""))
    if not found or not right or found.revoked or (found.expires and found.expires < at):
        cache.add(count, 0, HOUR)
        try:
            cache.incr(count)
        except ValueError:
            cache.set(count, 1, HOUR)
        return None
    if found.used is None or at - found.used > timedelta(minutes=1):
        Key.objects.filter(pk=found.pk).update(used=at)
    return found


def acting(key: Key) -> Who:
    """In which role a key acts: no person's, so that it never proposes, verifies or signs what takes one."""
    return Who(None, key.organisation, key.role)
