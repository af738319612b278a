"""A document that an act made. Its bytes lie among the blobs, under their digest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.batches.models import Batch
from mingcha.server.ledger.models import Case, Event
from mingcha.server.people.models import Organisation


class Document(models.Model):
    """文书."""

    kind = models.CharField(max_length=24)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="documents")
    year = models.IntegerField()
    number = models.IntegerField()
    """文号: running by organisation, kind and year."""
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="documents")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="documents")
    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, related_name="document")  # events are never deleted
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    template = models.CharField(max_length=64)
    """SHA-256 of the template that it was made from."""
    made = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "kind", "year", "number"], name="document_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}-{self.number}"


class Counter(models.Model):
    """The last number given; whoever takes the next one holds this row."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "kind", "year"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"
