"""Daily counts, filled from events and rebuilt from them at any time; nothing else may be read from here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingcha.server.registry.models import Operator


class Count(models.Model):
    """How many on a day, by one dimension, in one province (empty: not told apart by provinces)."""

    figure = models.CharField(max_length=24)
    day = models.DateField()
    dimension = models.CharField(max_length=10, blank=True)
    value = models.CharField(max_length=100, blank=True)
    province = models.CharField(max_length=8, blank=True)
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["figure", "dimension", "province", "day", "value"], name="count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.day} {self.n}"


class Met(models.Model):
    """The first day of each month on which a subject met a figure that counts subjects once."""

    figure = models.CharField(max_length=24)
    subject = models.BigIntegerField()
    day = models.DateField()
    province = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["figure", "day", "subject"], name="met_once")]
        indexes: ClassVar = [models.Index(fields=["figure", "province", "day"], name="met_by_day")]

    def __str__(self) -> str:
        return f"{self.figure} {self.subject}"


class DialTest(models.Model):
    """A month of test calls to an operator's hotline (拨测)."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="dial_tests")
    month = models.DateField()
    """Its first day."""
    calls = models.IntegerField()
    answered = models.IntegerField()
    """By a person."""
    seconds = models.FloatField()
    """Mean time to a person, of the calls that were answered."""
    elder_line = models.BooleanField(null=True)
    """A direct line to a person for older users; None where it was not tested."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["operator", "month"], name="dial_test_once")]

    def __str__(self) -> str:
        return f"{self.operator} {self.month}"


class Mark(models.Model):
    """How far the log was counted: one row."""

    index = models.BigIntegerField(default=0)
    """Entries of the log that were counted."""

    def __str__(self) -> str:
        return str(self.index)
