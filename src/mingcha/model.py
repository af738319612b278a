"""The vocabulary, frozen. Words and their Chinese terms: docs/glossary.md.

A fact is a plain mapping (`kind`, `exhibit`, `where` and the fields that
`catalogue/facts.yml` declares for its kind): readers make hundreds of thousands of them.
Everything that leaves the engine is a struct below; its JSON is the result document
`mingcha.inspection/1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, dataclass_transform

import msgspec

SCHEMA = "mingcha.inspection/1"

Fact = Mapping[str, Any]
Texts = Mapping[str, str]
Lang = Literal["zh", "en"]
Outcome = Literal["passed", "failed", "cantTell", "inapplicable", "untested"]
Confidence = Literal["proved", "suspected", "needs-human"]
Severity = Literal["critical", "serious", "moderate", "minor"]
Mark = Literal["official", "press", "recalled", "ours"]

OUTCOMES: tuple[Outcome, ...] = ("failed", "cantTell", "untested", "passed", "inapplicable")
SEVERITIES: tuple[Severity, ...] = ("critical", "serious", "moderate", "minor")
SUBJECT_KINDS = (
    "app", "sdk", "mini-program", "website", "store-listing", "device-image", "access-resource",
)  # fmt: skip


# Type checkers do not see that msgspec hands `frozen` on to subclasses.
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Base of the frozen structs."""


class Owner(Struct):
    """Whose code or component something is."""

    kind: Literal["app", "sdk", "system", "unknown"] = "unknown"
    id: str = ""
    name: str = ""


class Limitation(Struct):
    """What could not be seen. `code` is an entry of lists/limitations.yml."""

    code: str
    detail: str = ""


class Exhibit(Struct):
    """One file or folder handed in, by its SHA-256."""

    kind: str
    name: str
    sha256: str
    size: int
    reader: str = ""
    status: Literal["read", "partly", "refused"] = "read"
    limitations: tuple[Limitation, ...] = ()


class Signer(Struct):
    """Digests of one signing certificate (DER)."""

    sha256: str
    sha1: str
    md5: str


class Subject(Struct):
    """What is inspected."""

    kind: str
    platform: str = "android"
    name: str | None = None
    id: str | None = None
    version: str | None = None
    version_code: int | None = None
    sha256: str = ""
    size: int = 0
    signers: tuple[Signer, ...] = ()
    developer: str | None = None
    app_type: int | None = None


class Citation(Struct):
    """A legal basis; `mark` says how sure the catalogue is of the text."""

    law: str
    article: str
    mark: Mark
    name: Texts = msgspec.field(default_factory=dict)
    text: Texts = msgspec.field(default_factory=dict)
    failed: str = "not-satisfied"
    passed: str = "further-testing"


class Evidence(Struct):
    """One piece of evidence, walkable back to its exhibit."""

    exhibit: str
    where: str
    text: str
    owner: Owner = Owner()
    path: tuple[str, ...] = ()
    fact: Mapping[str, Any] = msgspec.field(default_factory=dict)


class Finding(Struct):
    """Rule × subject."""

    rule: str
    version: int
    status: str
    scenario: str
    issue_types: tuple[str, ...]
    outcome: Outcome
    confidence: Confidence
    severity: Severity
    title: Texts
    what: Texts
    why: Texts
    basis: tuple[Citation, ...]
    evidence: tuple[Evidence, ...]
    evidence_total: int
    remedy: Texts
    shows_not: Texts
    limits: Texts
    decided_by: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sheet: Mapping[str, Texts] | None = None
    error: str | None = None


class CatalogueRef(Struct):
    """Which catalogue judged, as of which date."""

    version: str
    digest: str
    at: str


class Tool(Struct):
    """What made the inspection."""

    name: str
    version: str
    catalogue: CatalogueRef


class Summary(Struct):
    """Counts that a person reads first. `completeness` is the share of applicable rules decided."""

    outcomes: Mapping[str, int]
    failed_by_severity: Mapping[str, int]
    failed_by_scenario: Mapping[str, int]
    completeness: float
    observed: tuple[str, ...]
    missing: Mapping[str, int]


class Inspection(Struct):
    """The result document, schema `mingcha.inspection/1`."""

    schema: str
    tool: Tool
    subject: Subject
    exhibits: tuple[Exhibit, ...]
    findings: tuple[Finding, ...]
    summary: Summary
    timing: Mapping[str, float]
    inventory: Mapping[str, Any] = msgspec.field(default_factory=dict)
