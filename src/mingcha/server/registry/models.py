"""What is inspected and whose it is: operators, subjects, packages, listings, inspections with their findings."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from django.db import models

from mingcha.model import SUBJECT_KINDS

KINDS = (*SUBJECT_KINDS, "store", "terminal")


def folded(text: str) -> str:
    """A name as it is compared and searched: NFKC, without case and blanks (Unicode TR 15)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


class Operator(models.Model):
    """Who answers for a subject: the developer or operator by the register."""

    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, db_index=True)
    credit_code = models.CharField(max_length=18, null=True, unique=True)
    province = models.CharField(max_length=8, blank=True)
    registered_name = models.CharField(max_length=200, blank=True)
    """The name as the register has it; empty until somebody compared it."""

    def __str__(self) -> str:
        return self.name

    @property
    def registered(self) -> bool:
        """Whether the name was compared with the register and is the same."""
        return bool(self.registered_name) and folded(self.registered_name) == self.folded


class Subject(models.Model):
    """One app, SDK, website … over all its versions and stores."""

    kind = models.CharField(max_length=20, choices=[(k, k) for k in KINDS])
    platform = models.CharField(max_length=16, default="android")
    identifier = models.CharField(max_length=255)
    """Package name, bundle id, domain: what makes it one."""
    name = models.CharField(max_length=255)
    folded = models.CharField(max_length=255, db_index=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="subjects")
    app_type = models.PositiveSmallIntegerField(null=True, db_index=True)
    """Of an app: its row in 国信办秘字〔2021〕14号 (1–39); None where nobody stated it."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "platform", "identifier"], name="subject_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Package(models.Model):
    """One file of one version."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="packages")
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField(default=0)
    version = models.CharField(max_length=100, blank=True)
    version_code = models.BigIntegerField(null=True)
    signer = models.CharField(max_length=64, blank=True, db_index=True)
    """SHA-256 of the signing certificate."""

    def __str__(self) -> str:
        return f"{self.subject} {self.version}"


class Part(models.Model):
    """An SDK in a package."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="parts")
    sdk = models.CharField(max_length=100, db_index=True)
    version = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["package", "sdk"], name="part_once")]

    def __str__(self) -> str:
        return f"{self.sdk} {self.version}"


class Listing(models.Model):
    """Where a subject is offered."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="listings")
    store = models.CharField(max_length=100)
    version = models.CharField(max_length=100, blank=True)
    seen = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "store", "version"], name="listing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.version}"


class Inspection(models.Model):
    """One result document; the document itself lies in the store of blobs under its digest."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="inspections")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="inspections")
    digest = models.CharField(max_length=64, unique=True)
    tool = models.CharField(max_length=32)
    catalogue = models.CharField(max_length=64)
    """Digest of the catalogue that judged."""
    at = models.CharField(max_length=10)
    """The day whose law was applied."""
    taken = models.DateTimeField()
    cleared = models.JSONField(default=list)
    """Rules that were decided in the subject's favour (passed, inapplicable). Kept where a case may rest on it; what is
    neither here nor among the findings was not observed."""
    channels = models.CharField(max_length=200, blank=True, default="")
    """What was observed, as `,package,traffic,`; empty where the result was taken in before this was kept."""

    def __str__(self) -> str:
        return self.digest[:12]


class Finding(models.Model):
    """One finding of an inspection that failed or needs a person."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=80, db_index=True)
    rule_version = models.IntegerField()
    scenario = models.CharField(max_length=8)
    issue_types = models.JSONField(default=list)
    outcome = models.CharField(max_length=12)
    confidence = models.CharField(max_length=12)
    severity = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "rule"], name="finding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.outcome}"
