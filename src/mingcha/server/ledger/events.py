"""Events: one act as canonical JSON, which is what the log holds, byte for byte."""

from __future__ import annotations

import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from mingcha.server.ledger import seals
from mingcha.server.ledger.models import Case, Event, Lead, Remark
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who


def canonical(data: Mapping[str, Any]) -> str:
    """JSON with sorted keys, no blanks, no escapes beyond the needed ones (as RFC 8785 for texts and whole numbers,
    which is all that events hold)."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def leaf(
    uid: uuid.UUID, act: str, who: Who, at: datetime, data: Mapping[str, Any], *, case: str | None = None,
    lead: int | None = None, about: str = "", public: bool = False,
) -> str:  # fmt: skip
    """What the log holds of an event."""
    said: dict[str, Any] = {
        "v": 1, "uid": str(uid), "act": act, "at": at.isoformat(), "public": public, "data": data, "case": case, "lead": lead,
        "by": {"person": who.person.pk if who.person else None, "organisation": who.organisation.pk, "role": who.role},
    }  # fmt: skip
    return canonical({**said, "about": about} if about else said)


def write(
    act: str, who: Who, at: datetime, data: Mapping[str, Any], *, reason: str = "", case: Case | None = None,
    lead: Lead | None = None, about: str = "", key: str | None = None, asked: str = "", public: bool = False,
) -> Event:  # fmt: skip
    """Add one event, never before the one that it follows. Persons and complainants stand in it as numbers of rows or
    as seals, and so does the reason: nothing that could name somebody goes into the log."""
    last = Event.objects.filter(case=case, lead=lead, about=about).order_by("-pk").first()
    at = max(at, last.at) if last else at
    uid, said = uuid.uuid4(), seals.seal(reason) if reason else None
    data = {**data, "reason": said.digest} if said else data
    text = leaf(uid, act, who, at, data, case=case.number if case else None, lead=lead.pk if lead else None, about=about, public=public)
    event = Event.objects.create(
        uid=uid, case=case, lead=lead, about=about, act=act, person=who.person, organisation=who.organisation, at=at, public=public,
        key=key, asked=asked, leaf=text,
    )  # fmt: skip
    if said:
        Remark.objects.create(event=event, text=reason, salt=said.salt)
    return event


def asking(*parts: Any) -> str:
    """Keyed digest of a request, by which one that is sent again is told from another under the same key."""
    return salted_hmac("mingcha.asked", json.dumps(parts, sort_keys=True), algorithm="sha256").hexdigest()


def repeated(who: Who, key: str | None, asked: str) -> Event | None:
    """The event of the same request, sent before. Refused where the key was used for another one."""
    known = Event.objects.filter(person=who.person, key=key).first() if key else None
    if known and not hmac.compare_digest(known.asked, asked):
        raise Refused("key-reused")
    return known
