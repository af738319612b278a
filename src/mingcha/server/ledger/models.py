"""Leads, cases and what happened to them.

Only `services` and `leads` write here. A case is the sum of its events; its columns are kept beside them for lists.
Events are never changed: triggers of the database refuse it (migration 0002), and the log proves it.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from mingcha.server.people.models import Organisation, Person
from mingcha.server.registry.models import Finding, Inspection, Operator, Package, Subject

LEAD_KINDS = ("complaint", "operator-silent", "data-request", "media", "platform", "self-report", "import")
LEAD_STATES = ("received", "triaged", "opened", "rejected", "duplicate", "withdrawn")


class Lead(models.Model):
    """A complaint, report or signal that may become a case."""

    receipt = models.CharField(max_length=16, unique=True)
    """What the sender gets: random, so that nobody can count on to another one."""
    kind = models.CharField(max_length=20, choices=[(k, k) for k in LEAD_KINDS])
    state = models.CharField(max_length=10, choices=[(s, s) for s in LEAD_STATES], default="received")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, related_name="leads")
    subject_name = models.CharField(max_length=255)
    scenario = models.CharField(max_length=8, blank=True)
    province = models.CharField(max_length=8, blank=True)
    text = models.TextField()
    salt = models.CharField(max_length=32)
    """Under which the event seals the text."""
    received = models.DateTimeField()
    due = models.DateField(null=True)
    clock = models.CharField(max_length=40, blank=True)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="doubles")
    case = models.ForeignKey("Case", on_delete=models.PROTECT, null=True, related_name="leads")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["province", "state", "due", "id"], name="lead_queue")]

    def __str__(self) -> str:
        return self.receipt


class Complainant(models.Model):
    """Who sent a lead, sealed apart from it: shown to few, erased on schedule. Events hold `seal` alone."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, related_name="complainant")
    name = models.CharField(max_length=64, blank=True)
    contact = models.CharField(max_length=128, blank=True)
    salt = models.CharField(max_length=32)
    seal = models.CharField(max_length=64)
    erase_on = models.DateField()

    def __str__(self) -> str:
        return self.seal[:12]


class Case(models.Model):
    """One subject's problem on its way to closure."""

    number = models.CharField(max_length=24, unique=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="cases")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="cases")
    province = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=20)
    before = models.CharField(max_length=20, blank=True)
    """Where a suspended case stood."""
    version = models.IntegerField(default=0)
    """Counts the acts: who acts on an older one is told so."""
    opened = models.DateTimeField()
    due = models.DateField(null=True)
    clock = models.CharField(max_length=40, blank=True)
    served = models.DateTimeField(null=True)
    appealed = models.BooleanField(default=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="cases")
    """The one inspected last."""
    into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["province", "state", "due", "id"], name="case_queue"),
            models.Index(fields=["state", "due", "id"], name="case_queue_all"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseFinding(models.Model):
    """A finding in a case: proposed by the one who inspected, confirmed or refused by another person."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="in_cases")
    status = models.CharField(
        max_length=10, default="proposed", choices=[(s, s) for s in ("proposed", "confirmed", "refused", "fixed", "remains")]
    )
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "finding"], name="case_finding_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.finding.rule} {self.status}"


class Event(models.Model):
    """One act, for ever. `leaf` is its canonical JSON, byte for byte what the log holds."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="events")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, null=True, related_name="events")
    about = models.CharField(max_length=60, blank=True, db_index=True)
    """What it is about where that is neither a case nor a lead: `batch:12`, `campaign:3`."""
    act = models.CharField(max_length=40, db_index=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="events")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="events")
    at = models.DateTimeField(db_index=True)
    public = models.BooleanField(default=False)
    key = models.CharField(max_length=80, null=True)
    """What makes a repeated submission the same one; unique for each person."""
    asked = models.CharField(max_length=64, blank=True)
    """Keyed digest of what was asked under that key: another request is not taken for it."""
    leaf = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="event_key_once")]

    def __str__(self) -> str:
        return f"{self.act} {self.uid}"


class Remark(models.Model):
    """The reason that was given with an act: words of people, which may name people. The event holds its seal."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="remark")
    text = models.TextField()
    salt = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.text[:40]


class Sequenced(models.Model):
    """Where an event stands in the log. Apart from the event, which nothing changes any more."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="sequenced")
    index = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return str(self.index)


class Attached(models.Model):
    """An inspection that a case rests on: the first, or a re-test."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inspections")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="cases")
    retest = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "inspection"], name="attached_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.inspection}"
