"""Who works here: organisations, persons, and in which role a person acts for which organisation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from mingcha.server.ledger.process import ORGANISATIONS, ROLES


def _one_of(*names: str) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


class Organisation(models.Model):
    """A ministry, provincial administration, laboratory, store, company … Kinds: `process.ORGANISATIONS`."""

    kind = models.CharField(max_length=16, choices=_one_of(*ORGANISATIONS))
    name = models.CharField(max_length=200)
    province = models.CharField(max_length=8, blank=True)
    """Two-digit region code (GB/T 2260) of an administration; empty for the whole country."""
    credit_code = models.CharField(max_length=18, blank=True)
    """Unified social credit code (GB 32100); ties a company to the operator of its apps."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "name"], name="organisation_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Makes persons with a hashed password."""

    def create(self, **values: Any) -> Person:
        """A person; `password` is hashed, an empty one makes an account that cannot sign in by password."""
        password = values.pop("password", "") or None
        person: Person = self.model(**values)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in. What a person may do comes from memberships and the table of the process alone."""

    login = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, default="zh", choices=_one_of("zh", "en"))

    USERNAME_FIELD = "login"
    objects = PersonManager()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A role of a person in an organisation."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=_one_of(*ROLES))
    ended = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "organisation", "role"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation} · {self.role}"
