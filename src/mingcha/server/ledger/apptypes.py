"""The type of an app, one of the 39 of 国信办秘字〔2021〕14号: set by an officer, or filled in where somebody stated it and none was known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingcha import catalogue
from mingcha.server.ledger import events
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.registry.models import Subject, folded

OF = ("app", "mini-program")
"""Kinds of subjects that have a type."""


def known(n: int | None) -> bool:
    """Whether it is the number of a type."""
    return n in catalogue.load().app_types


def label(n: int | None, lang: str) -> str:
    """Number and name of a type; empty where none is stated, the bare number for one that this catalogue lacks."""
    found = catalogue.load().app_types.get(n or 0)
    return f"{n} {found.name.zh if lang == 'zh' else found.name.en}" if found else str(n or "")


def choices(lang: str) -> list[tuple[int, str]]:
    """(number, name) of all types."""
    return [(n, label(n, lang)) for n in sorted(catalogue.load().app_types)]


def number(text: str) -> int | None:
    """The type that a cell of a file means: its number, its id or its name in either language. None for anything else."""
    wanted = folded(text)
    for n, t in catalogue.load().app_types.items():
        if wanted in (str(n), folded(t.id), folded(t.name.zh), folded(t.name.zh).removesuffix("类"), folded(t.name.en)):
            return n
    return None


def told(subject: Subject) -> dict[str, Any]:
    """What an event about a subject says of its type: nothing where none is stated."""
    return {"app-type": subject.app_type} if subject.app_type and subject.kind in OF else {}


def fill(subject: Subject, n: int | None, who: Who, source: str, at: datetime) -> bool:
    """Take a type that came with something else, where none is known yet; an officer's word is never overwritten by it.
    Within the caller's transaction; whether it was taken. `source`: what it came with."""
    if subject.app_type is not None or subject.kind not in OF or n is None or not known(n):
        return False
    subject.app_type = n
    subject.save(update_fields=["app_type"])
    events.write("app-type-stated", who, at, {"app-type": n, "source": source}, about=f"subject:{subject.pk}")
    return True


def may(who: Who) -> bool:
    """Whether a role sets types at all."""
    return who.person is not None and table().others["set-app-type"].allows(who.kind, who.role)


def choose(who: Who, pk: int, n: int | None, now: datetime | None = None) -> Subject:
    """Set the type of an app, or take it away."""
    if not may(who):
        raise Refused("not-yours")
    with transaction.atomic():
        subject = Subject.objects.select_for_update().filter(pk=pk).first()
        if subject is None or subject.kind not in OF or (n is not None and not known(n)):
            raise Refused("bad-data")
        if subject.app_type != n:
            was, subject.app_type = subject.app_type, n
            subject.save(update_fields=["app_type"])
            events.write("set-app-type", who, now or timezone.now(), {"app-type": n, "was": was}, about=f"subject:{pk}")
    return subject
