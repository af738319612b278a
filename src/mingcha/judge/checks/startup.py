"""SDKs that start-up code brings to life."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.match import FactIndex, value_of
from mingcha.model import Fact, Subject

_PATHS = 3  # start-up paths shown of one SDK; the report lists all


@check("sdk-active")
def sdk_active(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """An SDK that processes personal information and whose code start-up reaches, or that a log saw at
    work before consent: a lead. Evidence is the SDK, then its start-up paths, the open ones first. An SDK
    recognised by one weak sign is left out; one whose state nobody knows leaves the question open."""
    if facts.unseen("sdk"):
        return CheckResult(failed=None, reasons=["no-package"])
    paths: dict[str, list[Fact]] = {}
    for fact in facts.of("startup-path"):
        if fact.get("verdict") == "reachable" and value_of(fact, "owner.kind") == "sdk":
            paths.setdefault(str(value_of(fact, "owner.id")), []).append(fact)
    seen = _seen(facts.of("behaviour"))
    evidence: list[Fact] = []
    unknown = False
    for sdk in facts.of("sdk"):
        if not sdk.get("personal") or sdk.get("confidence") == "low":
            continue
        found = [*seen.get(sdk["id"], ()), *paths.get(sdk["id"], ())[:_PATHS]]
        if sdk.get("state") == "initialised" or found:
            evidence += [sdk, *found]
        elif sdk.get("state") != "dormant":
            unknown = True
    if evidence:
        return CheckResult(suspect=True, evidence=evidence)
    return CheckResult(failed=None, reasons=["state-unknown"]) if unknown else CheckResult()


def _seen(behaviour: Iterable[Fact]) -> dict[str, list[Fact]]:
    """What a log recorded of SDKs before consent or after refusal, a few of each."""
    out: dict[str, list[Fact]] = {}
    for fact in behaviour:
        if fact.get("state") in ("pre-consent", "refused") and value_of(fact, "owner.kind") == "sdk":
            known = out.setdefault(str(value_of(fact, "owner.id")), [])
            if len(known) < _PATHS:
                known.append(fact)
    return out
