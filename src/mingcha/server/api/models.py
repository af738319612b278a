"""Keys and what was already answered under an idempotency key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.people.models import Organisation, Person


class Key(models.Model):
    """A key of an organisation. The secret is shown once; its digest alone is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    role = models.CharField(max_length=16)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    made = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.organisation} {self.name}"


class Answered(models.Model):
    """The answer to a request that carried an idempotency key, for a day."""

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="answered")
    name = models.CharField(max_length=80)
    asked = models.CharField(max_length=64)
    """Digest of method, address and body."""
    status = models.IntegerField(default=0)
    """0: still being worked on."""
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "name"], name="answered_once")]

    def __str__(self) -> str:
        return self.name
