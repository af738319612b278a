"""One action over the hosts of an SDK, and the cases that it made or joined."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.ledger.models import Case
from mingcha.server.people.models import Organisation, Person
from mingcha.server.registry.models import Subject


class Action(models.Model):
    """An SDK, some of its versions or all, and who acted on its hosts."""

    sdk = models.CharField(max_length=100, db_index=True)
    versions = models.JSONField(default=list)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sdk


class Host(models.Model):
    """An app of an action, and its case."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="hosts")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sdk_actions")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["action", "subject"], name="host_once")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
