"""SDK versions that something is known against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mingcha.catalogue import Catalogue, sdk_versions
from mingcha.catalogue.schema import SdkVersion
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.match import FactIndex
from mingcha.model import Fact, Subject


@check("sdk-version-known-bad")
def sdk_version_known_bad(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """SDKs in a version that the list of known versions speaks against on the day judged: a lead, since the
    vendor's word about a version says nothing of what this app does with it. The evidence names the entries. A
    listed SDK whose version is not known, or is counted in another way, leaves the question open, and so does one
    told by the likeness of its code: the version next to a learnt one looks much the same, which may raise a
    question but not settle it. One recognised by one weak sign is left out."""
    if facts.unseen("sdk"):
        return CheckResult(failed=None, reasons=["no-package"])
    day = catalogue.at or str(date.today())
    evidence: list[Fact] = []
    unknown = alike = False
    for sdk in facts.of("sdk"):
        if sdk.get("confidence") == "low":
            continue
        entries = list(sdk_versions.known(catalogue.sdk_versions.values(), str(sdk["id"]), day))
        version = sdk.get("version")
        versions = [version] if version else list(sdk.get("versions") or ())
        told = [_concerned(versions, e) for e in entries]
        hit = [e for e, concerned in zip(entries, told, strict=True) if concerned]
        if hit:
            evidence.append({**sdk, "known": [e.id for e in hit], "reference": [e.source for e in hit]})
        elif None in told:
            unknown = True
        elif told and (sdk.get("version_by") == "fingerprint" or not version):
            alike = True
    if evidence:
        return CheckResult(suspect=True, evidence=evidence)
    reasons = ["version-unknown"] * unknown + ["version-alike"] * alike
    return CheckResult(failed=None, reasons=reasons) if reasons else CheckResult()


def _concerned(versions: Sequence[str], entry: SdkVersion) -> bool | None:
    """Whether all of the versions that it may be lie in the range of an entry, or none; None where that cannot be told."""
    found = {sdk_versions.concerned(v, entry) for v in versions}
    return found.pop() if len(found) == 1 else None
