"""A batch, its cases and its signatures. Once issued, `snapshot` is what was published, byte for byte."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.ledger.models import Case
from mingcha.server.people.models import Organisation, Person

ACTS = {"naming": "name", "removal": "order-removal", "correction": "withdraw-naming"}
"""Kind → the act that issuing does with every case."""
STATES = ("draft", "issued", "dropped")


class Batch(models.Model):
    """通报批次."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in ACTS])
    state = models.CharField(max_length=8, choices=[(s, s) for s in STATES], default="draft")
    version = models.IntegerField(default=0)
    """Counts changes of its cases: a signature is under one version."""
    made = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    year = models.IntegerField(null=True)
    number = models.IntegerField(null=True)
    """Running in its year, given when it is issued."""
    total = models.IntegerField(null=True)
    """Running over all years."""
    issued = models.DateTimeField(null=True)
    slug = models.CharField(max_length=40, null=True, unique=True)
    """Its place below /lists/."""
    snapshot = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the snapshot in UTF-8."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "kind", "year", "number"], name="batch_number_once"),
            models.UniqueConstraint(fields=["organisation", "kind", "total"], name="batch_total_once"),
        ]

    def __str__(self) -> str:
        return self.slug or f"{self.kind} {self.pk}"


class Item(models.Model):
    """A case in a batch."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="in_batches")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "case"], name="item_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.case}"


class Signature(models.Model):
    """One of the two under a version of a batch."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="signatures")
    version = models.IntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    """SHA-256 of the rows as they were signed: a name or a version that changed since makes it void."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "version", "person"], name="batch_signature_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.person}"
