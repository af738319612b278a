"""A result document (`mingcha.inspection/1`) into the registry, and with it onto a case. The same document again
changes nothing: its digest is what it goes by."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mingcha.model import Inspection as Document
from mingcha.server import blobs
from mingcha.server.ledger import apptypes, events
from mingcha.server.ledger.models import Attached, Case, CaseFinding
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.services import act, open_case
from mingcha.server.ledger.who import acting, clock
from mingcha.server.people.models import Membership, Person
from mingcha.server.registry.models import Finding, Inspection, Operator, Package, Part, Subject, folded


def take(raw: bytes, document: Document, now: datetime | None = None) -> Inspection:
    """Enter one result. `raw`: the bytes of the document, of which the digest is taken."""
    digest = hashlib.sha256(raw).hexdigest()
    with transaction.atomic():
        known = Inspection.objects.filter(digest=digest).first()
        if known:
            return known
        blobs.put(raw)
        subject = _subject(document)
        package = _package(document, subject)
        entered = Inspection.objects.create(
            subject=subject, package=package, digest=digest, tool=document.tool.version,
            catalogue=document.tool.catalogue.digest, at=document.tool.catalogue.at, taken=now or timezone.now(),
            channels=f",{','.join(seen)}," if (seen := channels(document)) else "",
            cleared=cleared(document) if Case.objects.filter(subject=subject).exists() else [],
        )  # fmt: skip
        Finding.objects.bulk_create(
            Finding(
                inspection=entered, rule=f.rule, rule_version=f.version, scenario=f.scenario,
                issue_types=list(f.issue_types), outcome=f.outcome, confidence=f.confidence, severity=f.severity,
            )
            for f in document.findings if f.outcome == "failed" or (f.outcome == "cantTell" and f.evidence)
        )  # fmt: skip
        apptypes.fill(subject, document.subject.app_type, clock(), "inspection", entered.taken)
        told = {"subject": subject.pk, "digest": digest, "sha256": package.sha256 if package else None, **apptypes.told(subject)}
        events.write("inspected", clock(), entered.taken, told, about=f"inspection:{entered.pk}")
        reoffences(entered)
        return entered


CHANNELS = ("package", "policy", "traffic", "behaviour", "screens", "page")
"""Means of detection that are told apart."""


def channels(document: Document) -> list[str]:
    """The channels that a result says were observed, or has an exhibit of that was read, wholly or in part."""
    read = {e.kind for e in document.exhibits if e.status != "refused"}
    return [c for c in CHANNELS if c in document.summary.observed or c in read]


def cleared(document: Document) -> list[str]:
    """Rules that a result decides in the subject's favour."""
    return sorted(f.rule for f in document.findings if f.outcome in ("passed", "inapplicable"))


def reoffences(inspection: Inspection) -> None:
    """Flag rules that fail again after a case about them was rectified: in the same subject, or under the same signer."""
    from mingcha.server.inspections.models import Reoffence

    package = inspection.package
    rules = list(inspection.findings.filter(outcome="failed").values_list("rule", flat=True))
    if not rules or package is None:
        return
    same = Q(case__subject=inspection.subject)
    if package.signer:
        same |= Q(case__package__signer=package.signer)
    fixed = CaseFinding.objects.filter(same, status="fixed", finding__rule__in=rules, case__state__in=("closed", "relisted"))
    for row in fixed.exclude(case__package=package).select_related("case__subject", "finding"):
        other = row.case.subject_id != inspection.subject_id
        _, fresh = Reoffence.objects.get_or_create(
            case=row.case, inspection=inspection, rule=row.finding.rule, defaults={"by_signer": other}
        )
        if fresh:
            told = {"inspection": inspection.pk, "rule": row.finding.rule, "by-signer": other, **apptypes.told(row.case.subject)}
            events.write("re-offence", clock(), inspection.taken, told, case=row.case)


def open_for(inspection: Inspection, person: Person) -> Case:
    """The case that rests on an inspection, opened by a person in the first of his roles where there is none. Raises
    Refused where that role may not open one or nothing was found."""
    held = Membership.objects.filter(person=person, ended=False).select_related("organisation").order_by("pk").first()
    if held is None:
        raise Refused("not-yours")
    with transaction.atomic():
        known = Attached.objects.filter(inspection=inspection).select_related("case").first()
        if known:
            return known.case
        who = acting(person, held.organisation, held.role)
        case = open_case(inspection.subject, who)
        act(case.pk, "attach-inspection", who, {"inspection": inspection.pk}, version=case.version)
    case.refresh_from_db()
    return case


def _subject(document: Document) -> Subject:
    s = document.subject
    identifier = s.id or s.sha256
    name = s.name or identifier
    operator = None
    if s.developer:
        operator, _ = Operator.objects.get_or_create(folded=folded(s.developer), credit_code=None, defaults={"name": s.developer})
    found, _ = Subject.objects.get_or_create(
        kind=s.kind, platform=s.platform, identifier=identifier,
        defaults={"name": name, "folded": folded(name), "operator": operator},
    )  # fmt: skip
    return found


def _package(document: Document, subject: Subject) -> Package | None:
    s = document.subject
    if not s.sha256:
        return None
    package, fresh = Package.objects.get_or_create(
        sha256=s.sha256,
        defaults={
            "subject": subject, "size": s.size, "version": s.version or "", "version_code": s.version_code,
            "signer": s.signers[0].sha256 if s.signers else "",
        },
    )  # fmt: skip
    if fresh:
        found: list[Any] = list(document.inventory.get("sdks") or ())
        Part.objects.bulk_create(
            (Part(package=package, sdk=str(p["id"]), version=str(p.get("version") or "")) for p in found if p.get("id")),
            ignore_conflicts=True,
        )
    return package
