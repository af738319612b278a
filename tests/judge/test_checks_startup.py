"""SDKs that are active at start-up."""

from __future__ import annotations

from typing import Any

from mingcha.judge import checks
from mingcha.judge.checks import CheckResult
from mingcha.judge.match import FactIndex

from .make import APP, CATALOGUE, CHANNELS, fact


def run(*facts: dict[str, Any], observed: tuple[str, ...] = CHANNELS) -> CheckResult:
    return checks.find("sdk-active")(FactIndex(facts, CATALOGUE, observed), CATALOGUE, {}, APP)


def sdk(name: str, state: str | None, *, personal: bool = True, confidence: str = "high") -> dict[str, Any]:
    return fact("sdk", id=name, name=name, state=state, personal=personal, confidence=confidence)


def path(owner: str, verdict: str = "reachable", kind: str = "sdk") -> dict[str, Any]:
    return fact("startup-path", caller="c", callee=owner, verdict=verdict, owner={"kind": kind, "id": owner})


def test_evidence_is_each_sdk_with_a_few_of_its_open_paths() -> None:
    paths = [path("a") for _ in range(5)]
    other = [path("b", "guarded"), path("a", kind="app")]
    result = run(sdk("a", "initialised"), sdk("b", "initialised"), *paths, *other)
    assert result.suspect and not result.failed
    assert [f.get("id") or "path" for f in result.evidence] == ["a", "path", "path", "path", "b"]


def test_a_log_outweighs_the_code() -> None:
    seen = fact("behaviour", t=1.0, item="imei", state="refused", owner={"kind": "sdk", "id": "a"})
    result = run(sdk("a", "dormant"), seen)
    assert result.suspect and [f["kind"] for f in result.evidence] == ["sdk", "behaviour"]
    later = {**seen, "state": "foreground"}
    assert run(sdk("a", "dormant"), later) == CheckResult()


def test_who_is_left_out_and_who_stays_open() -> None:
    assert (
        run(sdk("a", "initialised", personal=False), sdk("b", "initialised", confidence="low"))
        == CheckResult()
    )
    assert run() == CheckResult()
    for state in ("present", None):
        assert run(sdk("a", state)).failed is None
    assert run(sdk("a", "present"), sdk("b", "initialised")).suspect
    assert run(observed=()).failed is None
