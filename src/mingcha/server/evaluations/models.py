"""Evaluations, the badge that one may give, and spot checks of badges. Only `services` and `badges` write here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.people.models import Organisation, Person
from mingcha.server.registry.models import Operator, Subject

STATES = ("draft", "submitted", "verified", "rejected")
BADGES = ("valid", "expired", "withdrawn", "replaced")
"""`replaced`: a re-evaluation gave a new one before this one ended."""
APPEALS = ("", "open", "accepted", "rejected")


class Evaluation(models.Model):
    """One score document of a subject; the document lies in the store of blobs under its digest. Its columns are copies."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="evaluations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="evaluations")
    scheme = models.CharField(max_length=80)
    scheme_version = models.IntegerField()
    valid_years = models.IntegerField()
    digest = models.CharField(max_length=64)
    technical = models.FloatField(null=True)
    total = models.FloatField(null=True)
    """None where a part is missing: such a score is kept, and never verified."""
    passed = models.BooleanField(null=True)
    vetoed = models.BooleanField(default=False)
    untested = models.FloatField()
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="draft")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered = models.DateTimeField()
    submitted = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    """Who verified or rejected it: a second person, who had no hand in it."""
    decided = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    """Why it was rejected."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], condition=~models.Q(state="rejected"), name="evaluation_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="evaluation_queue")]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"


class Badge(models.Model):
    """标识: given for a verified evaluation that passed, for the years of its scheme."""

    number = models.CharField(max_length=24, unique=True)
    evaluation = models.OneToOneField(Evaluation, on_delete=models.PROTECT, related_name="badge")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="badges")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="badges")
    """Whose subject it was when it was issued: its credit file tells of it."""
    issued = models.DateField()
    until = models.DateField()
    """The last day."""
    state = models.CharField(max_length=10, choices=[(s, s) for s in BADGES], default="valid")
    exemplar = models.BooleanField(default=False)
    asked = models.BooleanField(default=False)
    """The last spot check failed: a withdrawal is asked for."""
    reason = models.TextField(blank=True)
    """Why it was withdrawn."""
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn = models.DateTimeField(null=True)
    appeal_state = models.CharField(max_length=10, choices=[(s, s) for s in APPEALS], blank=True)
    appeal = models.TextField(blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject"], condition=models.Q(state="valid"), name="badge_valid_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "until"], name="badge_ends")]

    def __str__(self) -> str:
        return self.number


class SpotCheck(models.Model):
    """抽查: somebody looked at the subject of a badge again."""

    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="checks")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    passed = models.BooleanField()
    note = models.TextField()
    digest = models.CharField(max_length=64, blank=True)
    """Of a new score document."""

    def __str__(self) -> str:
        return f"{self.badge} {'passed' if self.passed else 'failed'}"
