"""Plan, start and end a campaign; how far it is, from events of its subjects within its days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from mingcha import catalogue
from mingcha.server.campaigns.models import PHASES, Campaign, Member
from mingcha.server.figures import count
from mingcha.server.figures.kinds import figures
from mingcha.server.inspections.models import ROLES
from mingcha.server.ledger import apptypes, events, intake
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import KINDS, Inspection, Subject

MOST = 200_000
"""Subjects of one campaign."""


class Plan(NamedTuple):
    """What a campaign is to be."""

    name_zh: str
    since: date
    supervision: date
    disposal: date
    until: date
    name_en: str = ""
    kinds: Sequence[str] = ()
    province: str = ""
    store: str = ""
    sdk: str = ""
    scenarios: Sequence[str] = ()
    target_inspected: int = 0
    target_in_time: int = 0
    app_types: Sequence[int] = ()


def campaigns_of(who: Who) -> QuerySet[Campaign]:
    """Campaigns that a role sees: the ministry and auditors all; an administration its own and the ministry's."""
    if who.kind in ("ministry", "auditor"):
        return Campaign.objects.all()
    if who.kind == "administration":
        return Campaign.objects.filter(organisation=who.organisation) | Campaign.objects.filter(organisation__kind="ministry").exclude(state="draft")
    return Campaign.objects.none()


def _may(name: str, who: Who) -> None:
    if not table().others[name].allows(who.kind, who.role) or who.person is None:
        raise Refused("not-yours")


def make(who: Who, plan: Plan, key: str | None = None, now: datetime | None = None) -> Campaign:
    """Plan a campaign. An administration's is over its own province."""
    _may("make-campaign", who)
    home = who.organisation.province
    plan = plan._replace(province=home or plan.province, name_zh=plan.name_zh.strip(), name_en=plan.name_en.strip())
    known = catalogue.load().scenarios
    right = (
        plan.name_zh and plan.since <= plan.supervision <= plan.disposal <= plan.until and set(plan.kinds) <= set(KINDS)
        and all(apptypes.known(n) for n in plan.app_types)
        and (not plan.province or plan.province in PROVINCES) and set(plan.scenarios) <= known.keys()
        and 0 <= plan.target_inspected < 2**31 and 0 <= plan.target_in_time <= 100
    )  # fmt: skip
    if not right or who.person is None:
        raise Refused("bad-data")
    at, asked = now or timezone.now(), events.asking("make-campaign", [str(v) for v in plan])
    with transaction.atomic():
        if repeated := events.repeated(who, key, asked):
            return Campaign.objects.get(pk=int(repeated.about.removeprefix("campaign:")))
        made = Campaign.objects.create(
            organisation=who.organisation, made_by=who.person, made=at,
            **{**plan._asdict(), "kinds": list(plan.kinds), "scenarios": list(plan.scenarios), "app_types": sorted(set(plan.app_types))},
        )  # fmt: skip
        told = {"since": str(plan.since), "until": str(plan.until), "province": plan.province}
        events.write("make-campaign", who, at, told, about=f"campaign:{made.pk}", key=key, asked=asked)
    return made


def chosen(campaign: Campaign) -> QuerySet[Subject]:
    """The subjects that a plan is over, as the registry stands."""
    found = Subject.objects.all()
    if campaign.kinds:
        found = found.filter(kind__in=campaign.kinds)
    if campaign.app_types:
        found = found.filter(app_type__in=campaign.app_types)
    if campaign.province:
        found = found.filter(operator__province=campaign.province)
    if campaign.store:
        found = found.filter(listings__store=campaign.store)
    if campaign.sdk:
        found = found.filter(packages__parts__sdk=campaign.sdk)
    return found.distinct()


def _own(number: int, name: str, who: Who, state: str) -> Campaign:
    _may(name, who)
    found = Campaign.objects.select_for_update().filter(pk=number, organisation=who.organisation).first()
    if found is None:
        raise Refused("not-yours")
    if found.state != state:
        raise Refused("wrong-state")
    return found


def start(number: int, who: Who, now: datetime | None = None) -> Campaign:
    """Start it: the subjects are fixed as they are now."""
    at = now or timezone.now()
    with transaction.atomic():
        found = _own(number, "start-campaign", who, "draft")
        numbers = list(chosen(found).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if not numbers or len(numbers) > MOST:
            raise Refused("campaign-subjects")
        Member.objects.bulk_create((Member(campaign=found, subject_id=n) for n in numbers), batch_size=5000)
        found.state, found.started = "running", at
        found.save(update_fields=["state", "started"])
        events.write("start-campaign", who, at, {"subjects": len(numbers)}, about=f"campaign:{found.pk}", public=True)
    return found


def end(number: int, who: Who, now: datetime | None = None) -> None:
    """End a running campaign, or drop a plan."""
    at = now or timezone.now()
    with transaction.atomic():
        state = Campaign.objects.filter(pk=number).values_list("state", flat=True).first()
        found = _own(number, "end-campaign", who, "draft" if state == "draft" else "running")
        found.state = "dropped" if state == "draft" else "ended"
        found.save(update_fields=["state"])
        events.write("end-campaign", who, at, {}, about=f"campaign:{found.pk}", public=state != "draft")


def phase(campaign: Campaign, today: date) -> str:
    """Which phase it is in; empty before and after."""
    if not campaign.since <= today <= campaign.until:
        return ""
    return PHASES[(today >= campaign.supervision) + (today >= campaign.disposal)]


class Progress(NamedTuple):
    """How far a campaign is."""

    subjects: int
    numbers: dict[str, int]
    coverage: list[tuple[str, str, int, int]]
    """(kind of coverage, value, covered, of how many)."""


def progress(campaign: Campaign) -> Progress:
    """Figures of its subjects within its days, and the three full coverages: terminals, chain, detection."""
    members = Member.objects.filter(campaign=campaign).values("subject")
    inspections = Inspection.objects.filter(subject__in=members, taken__date__gte=campaign.since, taken__date__lte=campaign.until)
    seen = inspections.values("subject").distinct().count()
    found = Event.objects.filter(case__subject__in=members, at__date__gte=campaign.since, at__date__lte=campaign.until)
    numbers = {"inspected-apps": seen, "inspected": inspections.count()}
    for key in ("ordered", "rectified", "rectified-in-time", "overdue", "named", "removal-ordered", "removed"):
        figure = figures()[key]
        rows = found.filter(act__in=figure.events)
        if campaign.scenarios:
            rows = rows.filter(case__findings__finding__scenario__in=campaign.scenarios).distinct()
        numbers[key] = sum(1 for e in rows.select_related("case") if count.holds(figure, e)) if figure.when else rows.count()
    return Progress(members.count(), numbers, _coverage(campaign, inspections))


def _coverage(campaign: Campaign, inspections: QuerySet[Inspection]) -> list[tuple[str, str, int, int]]:
    members = Subject.objects.filter(campaigns__campaign=campaign)
    out: list[tuple[str, str, int, int]] = []
    for part, field in (("terminal", "platform"), ("chain", "kind")):
        whole: Any = members.values(field).annotate(n=Count("pk", distinct=True)).order_by(field)
        for row in whole:
            done = inspections.filter(**{f"subject__{field}": row[field]}).values("subject").distinct().count()
            out.append((part, row[field], done, row["n"]))
    total = members.count()
    # As the results say; of those taken in before that was kept, by the files that were uploaded.
    for channel in intake.CHANNELS:
        seen = inspections.filter(Q(channels__contains=f",{channel},") | Q(channels="", jobs__files__role=channel))
        done = seen.values("subject").distinct().count()
        if done or channel in ROLES:
            out.append(("detection", channel, done, total))
    return out
