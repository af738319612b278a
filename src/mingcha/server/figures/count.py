"""Events → counts, in the order of the ledger's log, each entry once.

What a count says of a case comes from its events up to then: the findings that were confirmed, the province that it was in.
Rows that may change later (a case's state, its columns) are not read. Listings and parts are taken as they stand when the
event is counted.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection, transaction

from mingcha.server.figures.kinds import Figure, by_event, figures
from mingcha.server.figures.models import Count, Mark, Met
from mingcha.server.ledger import apptypes, clocks
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Case, CaseFinding, Event, Lead, Sequenced
from mingcha.server.registry.models import Inspection, Listing, Part

BATCH = 2000
Key = tuple[str, date, str, str, str]  # figure, day, dimension, value, province


class About(NamedTuple):
    """What an event is about, as it counts."""

    subject: int
    province: str
    values: tuple[tuple[str, str], ...]
    """(dimension, value), each once."""


def catch_up(limit: int | None = None) -> int:
    """Count what the log has and was not counted; how many entries. Two at once do not count anything twice."""
    done = 0
    while limit is None or done < limit:
        with transaction.atomic():
            Mark.objects.get_or_create(pk=1)
            mark = Mark.objects.select_for_update().get(pk=1)
            rows = Sequenced.objects.filter(index__gte=mark.index).select_related("event").order_by("index")[:BATCH]
            events = [s.event for s in rows]
            if not events:
                return done
            _enter(events)
            mark.index += len(events)
            mark.save(update_fields=["index"])
            done += len(events)
    return done


def rebuild() -> int:
    """Count everything anew."""
    with transaction.atomic():
        Count.objects.all().delete()
        Met.objects.all().delete()
        Mark.objects.all().delete()
        return catch_up()


def _enter(events: Sequence[Event]) -> None:
    counts, met = counted(events)
    _add(counts)
    Met.objects.bulk_create(
        (Met(figure=f, subject=s, day=d, province=p) for f, s, d, p in sorted(met)), ignore_conflicts=True, batch_size=5000
    )


def _add(counts: Counter[Key]) -> None:
    rows = [Count(figure=f, day=d, dimension=k, value=v, province=p, n=n) for (f, d, k, v, p), n in sorted(counts.items())]
    # One statement adds to what is there: two databases say it almost the same.
    table = Count._meta.db_table
    fields = ("figure", "day", "dimension", "value", "province", "n")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(fields)}) VALUES (%s, %s, %s, %s, %s, %s) "
            f"ON CONFLICT (figure, dimension, province, day, value) DO UPDATE SET n = {table}.n + excluded.n",
            [(r.figure, r.day, r.dimension, r.value, r.province, r.n) for r in rows],
        )


def counted(events: Sequence[Event]) -> tuple[Counter[Key], set[tuple[str, int, date, str]]]:
    """What events add: counts, and subjects met. Pure but for what it looks up."""
    told = _about(events)
    counts: Counter[Key] = Counter()
    met: set[tuple[str, int, date, str]] = set()
    known = figures()
    for event in events:
        about = told.get(event.pk)
        if about is None:
            continue
        for name in by_event().get(event.act, ()):
            figure, at = known[name], day(event.at)
            if not holds(figure, event):
                continue
            if figure.once == "subject":
                if about.subject:
                    met.add((name, about.subject, at, about.province))
                continue
            counts[name, at, "", "", about.province] += 1
            for dimension, value in about.values:
                counts[name, at, dimension, value, about.province] += 1
    return counts, met


def _about(events: Sequence[Event]) -> dict[int, About]:
    wanted = [e for e in events if e.act in by_event()]
    return {**_cases([e for e in wanted if e.case_id]), **_leads([e for e in wanted if e.lead_id]),
            **_inspections([e for e in wanted if e.about.startswith("inspection:")]),
            **_evaluations([e for e in wanted if e.about.startswith(("evaluation:", "badge:"))])}  # fmt: skip


def _scenes(scenarios: Iterable[str], issues: Iterable[str]) -> tuple[tuple[str, str], ...]:
    found = sorted(set(filter(None, scenarios)))
    return tuple(
        [("scenario", s) for s in found] + [("aspect", a) for a in sorted({s[:1] for s in found})]
        + [("type", t) for t in sorted({s.partition("-")[0] for s in found})] + [("issue", i) for i in sorted(set(issues))]
    )  # fmt: skip


def _typed(kind: str, data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The type of an app as its event states it; 0 where it does not, as no event did before types were kept."""
    return (("app-type", str(data.get("app-type") or 0)),) if kind in apptypes.OF else ()


def _around(subjects: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Stores of subjects."""
    stores: dict[int, set[str]] = defaultdict(set)
    for subject, store in Listing.objects.filter(subject__in=set(subjects)).values_list("subject", "store"):
        stores[subject].add(store)
    return {s: tuple(("store", v) for v in sorted(names)) for s, names in stores.items()}


def _cases(events: Sequence[Event]) -> dict[int, About]:
    cases = {x.pk: x for x in Case.objects.filter(pk__in={e.case_id for e in events}).only("pk", "number", "subject_id", "subject__kind").select_related("subject")}
    past: dict[int, list[tuple[int, str, dict[str, Any]]]] = defaultdict(list)
    history = Event.objects.filter(case__in=cases, act__in=("verify", "transfer", "split")).order_by("pk")
    for pk, number, act, leaf in history.values_list("pk", "case", "act", "leaf"):
        past[number].append((pk, act, json.loads(leaf)["data"]))
    chosen = {f for rows in past.values() for _, act, data in rows if act == "verify" for f in data.get("confirm", ())}
    of = {
        pk: (scenario, issues)
        for pk, scenario, issues in CaseFinding.objects.filter(pk__in=chosen).values_list("pk", "finding__scenario", "finding__issue_types")
    }
    stores = _around(x.subject_id for x in cases.values())
    out = {}
    for e in events:
        case = cases[e.case_id or 0]
        before = [(act, data) for pk, act, data in past[case.pk] if pk <= e.pk]
        confirmed = {f for act, data in before if act == "verify" for f in data.get("confirm", ())}
        confirmed -= {f for act, data in before if act == "verify" for f in data.get("refuse", ())}
        confirmed -= {f for act, data in before if act == "split" for f in data.get("findings", ())}
        moved = [data.get("province", "") for act, data in before if act == "transfer"]
        home = case.number.split("-")[1] if case.number.count("-") == 2 else ""
        province = moved[-1] if moved else "" if home == "00" else home
        found = [of[f] for f in confirmed if f in of]
        scenes = _scenes((s for s, _ in found), (i for _, issues in found for i in issues))
        where = (("province", province),) if province else ()
        out[e.pk] = About(case.subject_id, province, (*scenes, *where, *stores.get(case.subject_id, ()), ("kind", case.subject.kind), *_typed(case.subject.kind, json.loads(e.leaf)["data"])))
    return out


def _leads(events: Sequence[Event]) -> dict[int, About]:
    leads = {lead.pk: lead for lead in Lead.objects.filter(pk__in={e.lead_id for e in events})}
    out = {}
    for e in events:
        lead, data = leads[e.lead_id or 0], json.loads(e.leaf)["data"]
        place = data.get("province", lead.province)  # of a lead that was not triaged yet: as its sender said
        where = (("province", place),) if place else ()
        out[e.pk] = About(lead.subject_id or 0, place, (*_scenes([data.get("scenario", lead.scenario)], ()), *where, ("kind", lead.kind), *_typed("app", data)))
    return out


def _inspections(events: Sequence[Event]) -> dict[int, About]:
    numbers = {e.pk: int(e.about.partition(":")[2]) for e in events}
    rows = Inspection.objects.filter(pk__in=numbers.values()).values_list("pk", "subject", "subject__kind", "subject__operator__province", "package")
    known: dict[int, Any] = {pk: rest for pk, *rest in rows}
    stores = _around(rest[0] for rest in known.values())
    parts: dict[int, set[str]] = defaultdict(set)
    for package, sdk in Part.objects.filter(package__in={r[3] for r in known.values() if r[3]}).values_list("package", "sdk"):
        parts[package].add(sdk)
    out = {}
    for e in events:
        if numbers[e.pk] not in known:
            continue
        subject, kind, province, package = known[numbers[e.pk]]
        where = (("province", province),) if province else ()
        sdks = tuple(("sdk", s) for s in sorted(parts.get(package, ())))
        out[e.pk] = About(subject, province or "", (("kind", kind), *where, *stores.get(subject, ()), *sdks, *_typed(kind, json.loads(e.leaf)["data"])))
    return out


def _evaluations(events: Sequence[Event]) -> dict[int, About]:
    """Evaluations and badges: their events say themselves whose they are."""
    told = {e.pk: json.loads(e.leaf)["data"] for e in events}
    stores = _around(d["subject"] for d in told.values())
    out = {}
    for pk, d in told.items():
        where = (("province", d["province"]),) if d["province"] else ()
        out[pk] = About(d["subject"], d["province"], (("kind", d["kind"]), *where, *stores.get(d["subject"], ()), *_typed(d["kind"], d)))
    return out


def _in_time(event: Event) -> bool:
    """The reply came within the time of the notice."""
    before = Event.objects.filter(case=event.case_id, pk__lt=event.pk)
    notice = before.filter(act="notice").order_by("-pk").first()
    reply = before.filter(act="reply").order_by("-pk").first()
    if notice is None or reply is None:
        return False
    stopped = before.filter(act="resume", pk__gt=notice.pk).exists()  # a suspension moved the term: ask what then held
    due = clocks.due("notice-reply", day(notice.at))
    return day(reply.at) <= due or (stopped and not before.filter(act="lapse", pk__gt=notice.pk).exists())


def _lead_in_time(event: Event) -> bool:
    lead = event.lead
    return lead is not None and bool(lead.clock) and day(event.at) <= clocks.due(lead.clock, day(lead.received))


def holds(figure: Figure, event: Event) -> bool:
    """Whether an event meets the condition of a figure."""
    return figure.when is None or _CONDITIONS[figure.when](event)


_CONDITIONS = {"in-time": _in_time, "lead-in-time": _lead_in_time}
