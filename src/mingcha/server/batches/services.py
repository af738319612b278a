"""The only code that changes a batch.

A draft's cases are looked at by the same guards as a single act, when they are added, when it is signed and once more
when it is issued. Any change of its cases makes earlier signatures void. Issuing does the act with every case, freezes
the snapshot and gives the numbers, in one transaction: all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from mingcha.server.batches import snapshots
from mingcha.server.batches.models import ACTS, Batch, Item
from mingcha.server.documents import services as documents
from mingcha.server.ledger import events, services
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.guards import Asked, Given, failing
from mingcha.server.ledger.models import Case
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.services import BATCHED
from mingcha.server.ledger.who import Who, visible

SIGNERS = 2
MOST = 2000
"""Cases of one batch."""


def batches_of(who: Who) -> QuerySet[Batch]:
    """The batches that a role sees before they are issued: all for the ministry and auditors, its own for an
    administration."""
    if who.kind in ("ministry", "auditor"):
        return Batch.objects.all()
    return Batch.objects.filter(organisation=who.organisation) if who.kind == "administration" else Batch.objects.none()


def may(name: str, who: Who) -> bool:
    """Whether a role may do an act on a batch at all."""
    return table().others[name].allows(who.kind, who.role)


def open_to(kind: str, who: Who) -> QuerySet[Case]:
    """Cases that could go into a batch of that kind, by their state alone."""
    return visible(who).filter(state__in=table().acts[ACTS[kind]].from_)


def _mine(batch_id: int, name: str, who: Who, version: int | None) -> Batch:
    batch = batches_of(who).filter(pk=batch_id).first()
    if batch is None or not may(name, who) or batch.organisation_id != who.organisation.pk:
        raise Refused("not-yours")
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state != "draft":
        raise Refused("batch-issued")
    if version is not None and batch.version != version:
        raise Refused("stale")
    return batch


def make(
    who: Who, kind: str, *, corrects: Batch | None = None, reason: str = "", key: str | None = None, now: datetime | None = None,
) -> Batch:  # fmt: skip
    """Begin a batch. A correction names the issued list that it corrects, and says why."""
    if not may("make-batch", who) or who.person is None:
        raise Refused("not-yours")
    corrected = corrects is not None and corrects.state == "issued" and corrects.organisation_id == who.organisation.pk
    if kind not in ACTS or (kind == "correction") != corrected or (kind == "correction" and not reason.strip()):
        raise Refused("bad-data")
    at, asked = now or timezone.now(), events.asking("make-batch", kind, corrects.pk if corrects else 0, reason)
    with transaction.atomic():
        if known := events.repeated(who, key, asked):
            return Batch.objects.get(pk=int(known.about.removeprefix("batch:")))
        batch = Batch.objects.create(organisation=who.organisation, kind=kind, made=at, made_by=who.person, reason=reason, corrects=corrects)
        told = {"kind": kind, "corrects": corrects.pk if corrects else None}
        events.write("make-batch", who, at, told, reason=reason, about=f"batch:{batch.pk}", key=key, asked=asked)
    return batch


def assertions(batch: Batch, who: Who, case: Case, at: datetime) -> list[str]:
    """What does not hold for a case of this batch: codes of refusals. Empty where it may be published."""
    row = table().acts[ACTS[batch.kind]]
    if case.state not in row.from_ or not visible(who).filter(pk=case.pk).exists():
        return ["wrong-state"]
    asked = Asked(case, ACTS[batch.kind], who, Given(reason=batch.reason), day(at), batch.pk)
    wrong = failing(asked, row.guards)
    if batch.kind == "correction" and not Item.objects.filter(batch=batch.corrects, case=case).exists():
        wrong.append("not-corrected")
    others = Item.objects.filter(case=case, batch__state="draft", batch__kind=batch.kind).exclude(batch=batch)
    return [*wrong, "in-another-batch"] if others.exists() else wrong


def failures(batch: Batch, who: Who, at: datetime | None = None) -> dict[int, list[str]]:
    """Number of a case → what does not hold for it."""
    at = at or timezone.now()
    found = {i.case_id: assertions(batch, who, i.case, at) for i in batch.items.select_related("case", "case__operator")}
    return {case: wrong for case, wrong in found.items() if wrong}


def fill(
    batch_id: int, who: Who, *, add: Iterable[int] = (), remove: Iterable[int] = (), version: int, now: datetime | None = None
) -> dict[int, list[str]]:
    """Add and take out cases. Those that do not meet the conditions are not added: number → why."""
    at, adds, removes = now or timezone.now(), sorted(set(add)), sorted(set(remove))
    if len(adds) > MOST or len(removes) > MOST:
        raise Refused("bad-data")
    with transaction.atomic():
        batch = _mine(batch_id, "fill-batch", who, version)
        refused: dict[int, list[str]] = {}
        taken = list(batch.items.filter(case_id__in=removes).values_list("case_id", flat=True))
        batch.items.filter(case_id__in=taken).delete()
        held = set(batch.items.values_list("case_id", flat=True))
        fresh = []
        for case in visible(who).filter(pk__in=[n for n in adds if n not in held]).select_related("operator").order_by("pk"):
            if wrong := assertions(batch, who, case, at):
                refused[case.pk] = wrong
            else:
                fresh.append(case.pk)
        if len(held) + len(fresh) > MOST:
            raise Refused("bad-data")
        Item.objects.bulk_create(Item(batch=batch, case_id=pk) for pk in fresh)
        if fresh or taken:
            _changed(batch)
            events.write("fill-batch", who, at, {"added": fresh, "removed": taken}, about=f"batch:{batch.pk}")
    return refused


def _changed(batch: Batch) -> None:
    batch.version += 1
    batch.save(update_fields=["version"])


def sign(batch_id: int, who: Who, *, version: int, now: datetime | None = None) -> None:
    """Sign a draft as it stands. Who made it or proposed one of its cases may not; twice is once."""
    at = now or timezone.now()
    with transaction.atomic():
        batch = _mine(batch_id, "sign-batch", who, version)
        if who.person is None or who.person.pk in _hands(batch):
            raise Refused("batch-own")
        _publishable(batch, who, at)
        signed = snapshots.rows_digest(snapshots.rows(batch))
        known = batch.signatures.filter(version=version, person=who.person).first()
        if known is None or known.digest != signed:
            batch.signatures.update_or_create(version=version, person=who.person, defaults={"digest": signed})
            events.write("sign-batch", who, at, {"version": version, "rows": signed}, about=f"batch:{batch.pk}")


def _hands(batch: Batch) -> set[int]:
    """Persons who had a hand in a batch: who made or filled it, and who proposed its cases."""
    from mingcha.server.ledger.models import Event

    filled = Event.objects.filter(about=f"batch:{batch.pk}", act__in=("make-batch", "fill-batch"))
    proposed = Event.objects.filter(case__in_batches__batch=batch, act="propose-naming")
    return {pk for rows in (filled, proposed) for pk in rows.values_list("person", flat=True) if pk is not None}


def _publishable(batch: Batch, who: Who, at: datetime) -> None:
    if not batch.items.exists():
        raise Refused("batch-empty")
    if failures(batch, who, at):
        raise Refused("batch-assertions")


def signers(batch: Batch) -> Sequence[int]:
    """Persons whose signatures are under the batch as it stands: under these rows, and of approvers still."""
    signed = batch.signatures.filter(version=batch.version, digest=snapshots.rows_digest(snapshots.rows(batch)))
    signed = signed.filter(person__is_active=True, person__memberships__organisation=batch.organisation, person__memberships__role="approver",
                           person__memberships__ended=False)  # fmt: skip
    return sorted(set(signed.values_list("person", flat=True)))


def issue(batch_id: int, who: Who, *, version: int, key: str | None = None, now: datetime | None = None) -> Batch:
    """Publish a batch: every case's act, the numbers, the frozen snapshot."""
    at, asked = now or timezone.now(), events.asking("issue-batch", batch_id, version)
    with transaction.atomic():
        if events.repeated(who, key, asked):
            return Batch.objects.get(pk=batch_id)
        batch = _mine(batch_id, "issue-batch", who, version)
        if len([p for p in signers(batch) if p not in _hands(batch)]) < SIGNERS:
            raise Refused("batch-signatures")
        _publishable(batch, who, at)
        _number(batch, at)
        rows = snapshots.rows(batch)  # as the cases stand before the act
        for item in batch.items.select_related("case").order_by("case_id"):
            services.act(
                item.case_id, ACTS[batch.kind], who, {"reason": batch.reason} if batch.reason else {}, version=item.case.version, now=at,
                batch=batch.pk,
            )  # fmt: skip
        batch.state, batch.issued = "issued", at
        batch.snapshot = snapshots.text(batch, rows)
        batch.digest = snapshots.digest(batch.snapshot)
        batch.save()
        told = {"number": batch.number, "year": batch.year, "total": batch.total, "snapshot": batch.digest, "cases": len(rows)}
        event = events.write("issue-batch", who, at, told, about=f"batch:{batch.pk}", key=key, asked=asked, public=True)
        if kind := table().acts[ACTS[batch.kind]].document:
            documents.for_batch(kind, batch, event, who)
    return batch


def _number(batch: Batch, at: datetime) -> None:
    # Whoever issues waits for the organisation's row: two batches never have one number.
    type(batch.organisation).objects.select_for_update().get(pk=batch.organisation_id)
    same = Batch.objects.filter(organisation=batch.organisation, kind=batch.kind, state="issued")
    batch.year = day(at).year
    batch.number = (same.filter(year=batch.year).aggregate(n=Max("number"))["n"] or 0) + 1
    batch.total = (same.aggregate(n=Max("total"))["n"] or 0) + 1
    batch.slug = f"{batch.kind}-{batch.year}-{batch.number}-{batch.organisation_id}"


def publish(kind: str, cases: Iterable[Case], maker: Who, first: Who, second: Who, now: datetime, corrects: Batch | None = None, reason: str = "") -> Batch:
    """A whole batch at once, by three people."""
    batch = make(maker, kind, corrects=corrects, reason=reason, now=now)
    if refused := fill(batch.pk, maker, add=[c.pk for c in cases], version=0, now=now):
        raise Refused(next(iter(refused.values()))[0])
    for who in (first, second):
        sign(batch.pk, who, version=1, now=now)
    return issue(batch.pk, second, version=1, now=now)


def drop(batch_id: int, who: Who, *, version: int, now: datetime | None = None) -> None:
    """Give a draft up; its cases are free for another one."""
    with transaction.atomic():
        batch = _mine(batch_id, "drop-batch", who, version)
        batch.state = "dropped"
        batch.save(update_fields=["state"])
        events.write("drop-batch", who, now or timezone.now(), {}, about=f"batch:{batch.pk}")


assert {BATCHED} <= {g for a in ACTS.values() for g in table().acts[a].guards}
