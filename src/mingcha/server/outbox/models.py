"""Subscriptions, and what each still has to be told. The events themselves are the outbox."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.ledger.models import Event
from mingcha.server.people.models import Organisation


class Subscription(models.Model):
    """Where an organisation wants to be told, and of what."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="subscriptions")
    address = models.CharField(max_length=500)
    secret = models.CharField(max_length=64)
    acts = models.JSONField(default=list)
    """Names of acts; empty for all that the organisation sees."""
    active = models.BooleanField(default=True)
    made = models.DateTimeField()
    since = models.BigIntegerField(default=0)
    """Place in the log from which on it is told."""

    def __str__(self) -> str:
        return self.address


class Delivery(models.Model):
    """One event for one subscription."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="deliveries")
    state = models.CharField(max_length=8, default="waiting", choices=[(s, s) for s in ("waiting", "done", "dead")])
    tries = models.IntegerField(default=0)
    due = models.DateTimeField()
    said = models.CharField(max_length=100, blank=True)
    """What came of the last try."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["subscription", "event"], name="delivery_once")]
        indexes: ClassVar = [models.Index(fields=["state", "due"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.subscription} {self.event_id} {self.state}"


class Mark(models.Model):
    """How far the log was looked at."""

    index = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.index)
