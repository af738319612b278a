"""Uploads become jobs, jobs become inspections; evidence and answers of people. The only code that writes these."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mingcha.server import blobs
from mingcha.server.inspections.files import media, plain_name
from mingcha.server.inspections.models import ROLES, Answer, Evidence, File, Job
from mingcha.server.ledger import events, leads
from mingcha.server.ledger.models import Attached, Case, CaseFinding, Lead
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, visible
from mingcha.server.registry.models import Inspection

MOST_FILES, MOST_BYTES = 8, 4_000_000_000
"""Of one upload: files, and bytes together."""
MOST_EVIDENCE = 100_000_000
"""Bytes of one piece of evidence."""
WAITING = 50
"""Jobs of one organisation that may wait or run at a time."""


class Chunks(Protocol):
    """An uploaded file: read in pieces, never whole."""

    name: str | None

    def chunks(self) -> Iterable[bytes]:
        """Its bytes."""
        ...


class Incoming(NamedTuple):
    """A file that comes in and what it is stated to be."""

    role: str
    file: Chunks


class Kept(NamedTuple):
    """A file that was kept."""

    sha256: str
    size: int
    head: bytes


def receive(file: Chunks, most: int) -> Kept:
    """Write a file to the disk while it comes, and keep it by its digest. Refused where it is empty or larger."""
    folder = settings.HOME / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    path, digest, size, head = Path(name), hashlib.sha256(), 0, b""
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in file.chunks():
                size += len(chunk)
                if size > most:
                    raise Refused("too-large")
                head = (head + chunk)[:4096] if len(head) < 4096 else head
                digest.update(chunk)
                out.write(chunk)
        if not size:
            raise Refused("empty-file")
        return Kept(blobs.keep(path), size, head)
    finally:
        path.unlink(missing_ok=True)


def may(name: str, who: Who) -> bool:
    """Whether a role may do one of these acts at all."""
    return table().others[name].allows(who.kind, who.role)


def submit(
    who: Who, files: Sequence[Incoming], *, case: Case | None = None, key: str | None = None, now: datetime | None = None
) -> Job:
    """Take an upload. It is inspected when a worker is free."""
    if not may("upload", who):
        raise Refused("not-yours")
    if case is not None and not visible(who).filter(pk=case.pk).exists():
        raise Refused("not-yours")
    if not files or len(files) > MOST_FILES or any(f.role not in ROLES for f in files) or not any(f.role == "package" for f in files):
        raise Refused("needs-package")
    at = now or timezone.now()
    left, kept = MOST_BYTES, []
    for incoming in files:
        one = receive(incoming.file, left)
        left -= one.size
        kept.append((incoming.role, plain_name(incoming.file.name or ""), one))
    asked = events.asking("upload", case.pk if case else 0, [(role, k.sha256) for role, _, k in kept])
    with transaction.atomic():
        if known := events.repeated(who, key, asked):
            return Job.objects.get(pk=int(known.about.removeprefix("job:")))
        if Job.objects.filter(organisation=who.organisation, state__in=("queued", "running")).count() >= WAITING:
            raise Refused("too-many-jobs")
        job = Job.objects.create(organisation=who.organisation, person=who.person, role=who.role, case=case, made=at)
        File.objects.bulk_create(File(job=job, role=role, name=name, sha256=k.sha256, size=k.size) for role, name, k in kept)
        told = {"case": case.number if case else None, "files": [{"role": r, "sha256": k.sha256, "size": k.size} for r, _, k in kept]}
        events.write("upload", who, at, told, about=f"job:{job.pk}", key=key, asked=asked)
    return job


def visible_jobs(who: Who) -> QuerySet[Job]:
    """Uploads that a role sees: its own organisation's; the ministry's and auditors' all."""
    jobs = Job.objects.all()
    return jobs if who.kind in ("ministry", "auditor", "system") else jobs.filter(organisation=who.organisation)


def cancel(job: Job, who: Who, now: datetime | None = None) -> None:
    """Call an upload off. One that runs is stopped where it is; what it finds is not taken in."""
    with transaction.atomic():
        if not visible_jobs(who).filter(pk=job.pk).exists() or not may("upload", who) or job.organisation_id != who.organisation.pk:
            raise Refused("not-yours")
        changed = Job.objects.filter(pk=job.pk, state__in=("queued", "running")).update(state="cancelled", ended=now or timezone.now(), lease=None)
        if changed:
            events.write("cancel-upload", who, now or timezone.now(), {}, about=f"job:{job.pk}")


def visible_inspections(who: Who) -> QuerySet[Inspection]:
    """Inspections that a role sees: authorities and laboratories all; others those that they uploaded, and those that
    cases rest on which they see."""
    if who.kind in ("ministry", "administration", "auditor", "laboratory"):
        return Inspection.objects.all()
    own = Q(jobs__organisation=who.organisation)
    attached = Attached.objects.filter(case__in=visible(who)).values("inspection")
    return Inspection.objects.filter(own | Q(pk__in=attached)).distinct()


def add_evidence(
    case: Case, who: Who, file: Chunks, *, finding: CaseFinding | None = None, key: str | None = None, now: datetime | None = None
) -> Evidence:
    """Add a file to a case that the role sees and may work on."""
    if not may("add-evidence", who) or who.person is None or not visible(who).filter(pk=case.pk).exists():
        raise Refused("not-yours")
    if finding is not None and finding.case_id != case.pk:
        raise Refused("bad-data")
    if table().states[case.state].final:
        raise Refused("wrong-state")
    kept, at = receive(file, MOST_EVIDENCE), now or timezone.now()
    kind = media(kept.head)
    if not kind:
        raise Refused("bad-evidence")
    asked = events.asking("add-evidence", case.pk, finding.pk if finding else 0, kept.sha256)
    with transaction.atomic():
        known = Evidence.objects.filter(case=case, finding=finding, sha256=kept.sha256).first()
        if known or (events.repeated(who, key, asked) and known):
            return known
        made = Evidence.objects.create(
            case=case, finding=finding, name=plain_name(file.name or ""), sha256=kept.sha256, size=kept.size, media=kind, by=who.person,
            organisation=who.organisation, at=at,
        )  # fmt: skip
        told = {"sha256": kept.sha256, "size": kept.size, "finding": finding.pk if finding else None}
        events.write("add-evidence", who, at, told, case=case, key=key, asked=asked)
    return made


def answer(finding: CaseFinding, who: Who, *, breach: bool, note: str = "", now: datetime | None = None) -> Answer:
    """Say what a person found where the engine cannot tell: the first of two. A breach needs evidence."""
    case, at = finding.case, now or timezone.now()
    if not may("answer-sheet", who) or who.person is None or not visible(who).filter(pk=case.pk).exists():
        raise Refused("not-yours")
    if finding.finding.outcome != "cantTell" or finding.status != "proposed" or case.state not in ("inspected", "verified"):
        raise Refused("wrong-state")
    if breach and not Evidence.objects.filter(Q(finding=finding) | Q(finding=None), case=case).exists():
        raise Refused("needs-evidence")
    with transaction.atomic():
        made, _ = Answer.objects.update_or_create(finding=finding, defaults={"breach": breach, "by": who.person, "at": at})
        events.write("answer-sheet", who, at, {"finding": finding.pk, "breach": breach}, reason=note, case=case)
    return made


def self_report(inspection: Inspection, who: Who, plan: str, now: datetime | None = None) -> Lead:
    """A company reports a problem that it found itself, with its plan: a lead of its own kind."""
    if not may("self-report", who) or not visible_inspections(who).filter(pk=inspection.pk).exists():
        raise Refused("not-yours")
    if not plan.strip() or not inspection.findings.exists():
        raise Refused("bad-data")
    first = inspection.findings.order_by("pk").values_list("scenario", flat=True)[0]
    return leads.receive(
        who, "self-report", inspection.subject.name, plan, scenario=first, subject=inspection.subject,
        province=inspection.subject.operator.province if inspection.subject.operator else "", now=now,
    )  # fmt: skip
