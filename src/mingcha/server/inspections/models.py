"""Uploads and what became of them; evidence that people add; problems that came back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.ledger.models import Case, CaseFinding
from mingcha.server.people.models import Organisation, Person
from mingcha.server.registry.models import Inspection

STATES = ("queued", "running", "done", "failed", "cancelled")
ROLES = ("package", "policy", "traffic", "behaviour")
"""What an uploaded file is stated to be."""


class Job(models.Model):
    """One upload on its way through the engine."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="jobs")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="jobs")
    role = models.CharField(max_length=16)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="jobs")
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="queued")
    stage = models.CharField(max_length=200, blank=True)
    """Which file is being read."""
    step = models.IntegerField(default=0)
    made = models.DateTimeField()
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    lease = models.DateTimeField(null=True)
    """Until when the worker that took it is believed to live."""
    worker = models.CharField(max_length=40, blank=True)
    tries = models.IntegerField(default=0)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, null=True, related_name="jobs")
    code = models.CharField(max_length=40, blank=True)
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)
    """Why it failed."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="job_queue")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class File(models.Model):
    """A file of an upload, kept by its digest."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=[(r, r) for r in ROLES])
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()

    def __str__(self) -> str:
        return self.name


class Evidence(models.Model):
    """A file that a person added to a case, for one finding or for all."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    finding = models.ForeignKey(CaseFinding, on_delete=models.PROTECT, null=True, related_name="evidence")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media = models.CharField(max_length=40)
    """By its first bytes, never by what the sender said."""
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "finding", "sha256"], name="evidence_once")]

    def __str__(self) -> str:
        return self.name


class Answer(models.Model):
    """What a person found where the engine asks one: the first of the two; `verify` is the second."""

    finding = models.OneToOneField(CaseFinding, on_delete=models.PROTECT, related_name="answer")
    breach = models.BooleanField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.finding} {self.breach}"


class Reoffence(models.Model):
    """A problem that was rectified and came back: the same rule, in a later version or in another app of the same signer."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reoffences")
    """The earlier one."""
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="reoffences")
    rule = models.CharField(max_length=80)
    by_signer = models.BooleanField(default=False)
    """Another subject of the same signer."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "inspection", "rule"], name="reoffence_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.rule}"
