"""A campaign and the subjects that it is over, fixed when it starts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.people.models import Organisation, Person
from mingcha.server.registry.models import Subject

STATES = ("draft", "running", "ended", "dropped")
PHASES = ("self-inspection", "supervision", "disposal")


class Campaign(models.Model):
    """专项行动."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="campaigns")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=[(s, s) for s in STATES], default="draft")
    since = models.DateField()
    supervision = models.DateField()
    disposal = models.DateField()
    until = models.DateField()
    """First days of its three phases, and its last day."""
    kinds = models.JSONField(default=list)
    app_types = models.JSONField(default=list)
    """Types of apps by their number; empty for all."""
    province = models.CharField(max_length=8, blank=True)
    store = models.CharField(max_length=100, blank=True)
    sdk = models.CharField(max_length=100, blank=True)
    scenarios = models.JSONField(default=list)
    """Which problems count; empty for all."""
    target_inspected = models.IntegerField(default=0)
    target_in_time = models.IntegerField(default=0)
    """Of a hundred."""
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField()
    started = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name_zh

    def name(self, lang: str) -> str:
        """Its name in that language; the Chinese one where there is no other."""
        return self.name_en if lang == "en" and self.name_en else self.name_zh


class Member(models.Model):
    """A subject of a campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="members")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="campaigns")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "subject"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.campaign} {self.subject}"
