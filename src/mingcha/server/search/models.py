"""What the index needs beside the tables of the registry."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.ledger.models import Lead


class LeadName(models.Model):
    """The name that a lead gives its subject, as it is compared and searched."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="named")
    folded = models.CharField(max_length=255)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["folded"], name="lead_name")]

    def __str__(self) -> str:
        return self.folded
