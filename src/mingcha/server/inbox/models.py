"""Files of leads, attachments, and views that a person saved."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.ledger.models import Lead
from mingcha.server.people.models import Organisation, Person


class Sheet(models.Model):
    """A file of leads that somebody sent. Its bytes wait for an hour in the office's home, under the digest."""

    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sheets")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sheets")
    sent = models.DateTimeField()
    entered = models.DateTimeField(null=True)
    rows = models.IntegerField(default=0)
    wrong = models.IntegerField(default=0)
    leads = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Row(models.Model):
    """A row of a file that became a lead: the same file again enters nothing twice."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    number = models.IntegerField()
    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, related_name="row")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "digest", "number"], name="sheet_row_once")]

    def __str__(self) -> str:
        return f"{self.digest[:8]}:{self.number}"


class Attachment(models.Model):
    """A file that came with a lead. It may show its sender: it goes when name and contact go."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="attachments")
    digest = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    media = models.CharField(max_length=40)
    erase_on = models.DateField(db_index=True)
    erased = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["lead", "digest"], name="attachment_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class View(models.Model):
    """Filters of a list that a person keeps under a name."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="views")
    page = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    default = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "page", "name"], name="view_once")]

    def __str__(self) -> str:
        return self.name
