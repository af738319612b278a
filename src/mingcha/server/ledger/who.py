"""In which role somebody acts, and which cases that role sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Q, QuerySet

from mingcha.server.ledger.models import Case, Event, Lead
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.people.models import Membership, Organisation, Person


class Who(NamedTuple):
    """A person in one role of one organisation; `person` is None for the system's clock."""

    person: Person | None
    organisation: Organisation
    role: str

    @property
    def kind(self) -> str:
        """Kind of the organisation."""
        return self.organisation.kind


def may(act: str, who: Who) -> bool:
    """Whether the role may do an act on something else than a case at all, by the table of the process."""
    return table().others[act].allows(who.kind, who.role)


def acting(person: Person, organisation: Organisation, role: str) -> Who:
    """The person in that role. Refused where the membership is not there or has ended."""
    held = Membership.objects.filter(person=person, organisation=organisation, role=role, ended=False)
    if not person.is_active or not held.exists():
        raise Refused("not-yours")
    return Who(person, organisation, role)


def clock() -> Who:
    """The system itself, which lets deadlines pass."""
    organisation, _ = Organisation.objects.get_or_create(kind="system", name="mingcha")
    return Who(None, organisation, "clock")


def public() -> Who:
    """Somebody without an account, who sends a complaint."""
    organisation, _ = Organisation.objects.get_or_create(kind="system", name="public")
    return Who(None, organisation, "public")


def leads_of(who: Who) -> QuerySet[Lead]:
    """The leads that a role sees: all for the ministry; its own province's and unassigned ones for an administration."""
    if who.kind in ("ministry", "auditor"):
        return Lead.objects.all()
    if who.kind == "administration":
        home = who.organisation.province
        return Lead.objects.filter(province__in=("", home)) if home else Lead.objects.all()
    return Lead.objects.none()


def visible(who: Who) -> QuerySet[Case]:
    """The cases that a role may see at all; everything else does not exist for it."""
    cases, home = Case.objects.all(), who.organisation
    if who.kind in ("ministry", "auditor", "system"):
        return cases
    if who.kind in ("administration", "laboratory"):
        return cases.filter(province=home.province) if home.province else cases
    if who.kind in ("company", "sdk-vendor"):
        # Not before something was served: a company is not told of what is only suspected.
        mine = Q(operator__credit_code=home.credit_code) if home.credit_code else Q(pk__in=())
        return cases.filter(mine, served__isnull=False)
    if who.kind == "store":
        ordered = ("removal-ordered", "removed", "relisted")
        return cases.filter(subject__listings__store=home.name, state__in=ordered).distinct()
    return cases.none()


def told(events: QuerySet[Event], who: Who) -> Iterator[tuple[Event, str]]:
    """Events, the newest first, each with its reason where the role may read it: authorities read all; others what
    their own organisation said, and what came of an appeal."""
    acts, all_of_it = table().acts, who.kind in ("ministry", "administration", "auditor")
    for event in events.select_related("person", "organisation", "remark").order_by("-pk"):
        row = acts.get(event.act)
        own = event.organisation_id == who.organisation.pk or (row is not None and row.appeal is not None)
        yield event, event.remark.text if hasattr(event, "remark") and (all_of_it or own) else ""
