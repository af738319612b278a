"""What an account has beside its password: a duty to change it, recovery codes, links to a provider, sessions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.people.models import Person


class Account(models.Model):
    """State of a person's sign-in. A person without a row has none of it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="account")
    must_change = models.BooleanField(default=False)
    """The password was given by an administrator and is good for one thing: to choose another."""
    given_until = models.DateTimeField(null=True)
    """Until when that one can be used."""

    def __str__(self) -> str:
        return str(self.person)


class Recovery(models.Model):
    """A code that stands in for the second factor once; only its keyed digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery")
    digest = models.CharField(max_length=64)
    used = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "digest"], name="recovery_once")]

    def __str__(self) -> str:
        return self.digest[:8]


class Link(models.Model):
    """Whom a provider means by its subject. Made by an administrator, or at the first sign-in by a claim."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="link")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["issuer", "subject"], name="link_once")]

    def __str__(self) -> str:
        return self.subject


class SignedIn(models.Model):
    """A session of a person, so that its owner can end it from elsewhere."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="signed_in")
    session = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address
