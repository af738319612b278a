"""Events: one act as canonical JSON, which is what the log holds, byte for byte."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mingcha.server.ledger.models import Case, Event, Lead
from mingcha.server.ledger.who import Who


def canonical(data: Mapping[str, Any]) -> str:
    """JSON with sorted keys, no blanks, no escapes beyond the needed ones (as RFC 8785 for texts and whole numbers,
    which is all that events hold)."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def write(
    act: str, who: Who, at: datetime, data: Mapping[str, Any], *, case: Case | None = None, lead: Lead | None = None,
    key: str | None = None, public: bool = False,
) -> Event:  # fmt: skip
    """Add one event. Persons and complainants stand in it as numbers of rows or as seals, never by name."""
    uid = uuid.uuid4()
    leaf = {
        "v": 1, "uid": str(uid), "act": act, "at": at.isoformat(), "public": public, "data": data,
        "case": case.number if case else None, "lead": lead.pk if lead else None,
        "by": {"person": who.person.pk if who.person else None, "organisation": who.organisation.pk, "role": who.role},
    }  # fmt: skip
    return Event.objects.create(
        uid=uid, case=case, lead=lead, act=act, person=who.person, organisation=who.organisation, at=at, public=public,
        key=key, leaf=canonical(leaf),
    )  # fmt: skip
