"""What people decide about entries; the entries themselves are read from events."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.ledger.models import Event
from mingcha.server.people.models import Person
from mingcha.server.registry.models import Operator

STATES = ("open", "upheld", "struck")


class Appeal(models.Model):
    """An operator's appeal against an entry; struck: it does not count any more."""

    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, related_name="credit_appeal")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="credit_appeals")
    state = models.CharField(max_length=6, choices=[(s, s) for s in STATES], default="open")
    text = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.operator} {self.state}"


class Listed(models.Model):
    """An operator on the bad-record list, until it is taken off; put there by a person with a reason, never by itself."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="listed")
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="+")
    """The entry that it rests on."""
    reason = models.TextField()
    authority = models.CharField(max_length=200)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["operator", "event"], name="listed_once")]

    def __str__(self) -> str:
        return str(self.operator)
