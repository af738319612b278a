"""SDKs in versions that something is known against."""

from __future__ import annotations

from typing import Any

import msgspec

from mingcha.catalogue import Catalogue
from mingcha.catalogue.schema import SdkVersion, Text
from mingcha.judge import checks
from mingcha.judge.checks import CheckResult
from mingcha.judge.evidence import piece
from mingcha.judge.match import FactIndex

from .make import APP, CATALOGUE, CHANNELS, fact


def entry(name: str, sdk: str, below: str, known: str = "2024-01-01") -> SdkVersion:
    return SdkVersion(
        id=name, sdk=sdk, below=below, known=known, what=Text(zh="甲。", en="A."), source=f"https://{name}.example",
        mark="official",
    )  # fmt: skip


LIST = [entry("a-two", "a", "2.0"), entry("a-three", "a", "3.0", "2025-06-01"), entry("b-one", "b", "1.1")]


def run(*facts: dict[str, Any], at: str = "2026-01-01", observed: tuple[str, ...] = CHANNELS) -> CheckResult:
    loaded: Catalogue = msgspec.structs.replace(CATALOGUE, sdk_versions={e.id: e for e in LIST}, at=at)
    return checks.find("sdk-version-known-bad")(FactIndex(facts, loaded, observed), loaded, {}, APP)


def sdk(name: str, version: str | None, confidence: str = "high", by: str = "constant") -> dict[str, Any]:
    return fact("sdk", id=name, name=name, version=version, version_by=by, confidence=confidence)


def known(result: CheckResult) -> list[Any]:
    return [f["known"] for f in result.evidence]


def test_a_version_below_the_bound_is_a_lead_that_names_its_entries() -> None:
    result = run(sdk("a", "1.9"), sdk("b", "1.0"), sdk("c", "0.1"))
    assert result.suspect and not result.failed
    assert known(result) == [["a-two", "a-three"], ["b-one"]]
    told = piece(result.evidence[0]).text
    assert "version=1.9" in told and "known=a-two,a-three" in told and "https://a-three.example" in told


def test_the_facts_themselves_stay_as_they_were() -> None:
    seen = sdk("a", "1.9")
    run(seen)
    assert "known" not in seen


def test_an_earlier_day_knows_less() -> None:
    assert known(run(sdk("a", "2.5"))) == [["a-three"]]
    assert run(sdk("a", "2.5"), at="2025-05-31") == CheckResult()
    assert known(run(sdk("a", "1.9"), at="2025-05-31")) == [["a-two"]]
    assert run(sdk("a", None), at="2023-01-01") == CheckResult()


def test_likeness_of_code_raises_a_question_and_clears_none() -> None:
    assert run(sdk("a", "1.9", by="fingerprint")).suspect
    assert run(sdk("a", "3.0", by="fingerprint")) == CheckResult(failed=None, reasons=["version-alike"])
    assert run(sdk("c", "3.0", by="fingerprint")) == CheckResult()
    both = run(sdk("a", "3.0", by="fingerprint"), sdk("b", None))
    assert both.reasons == ["version-unknown", "version-alike"]


def test_of_versions_that_look_alike_all_have_to_be_known() -> None:
    def alike(*versions: str) -> dict[str, Any]:
        return {**sdk("a", None), "version_by": None, "versions": list(versions)}

    assert known(run(alike("1.8", "1.9"))) == [["a-two", "a-three"]]
    assert known(run(alike("1.9", "2.1"))) == [["a-three"]]
    assert run(alike("2.9", "3.1")) == CheckResult(failed=None, reasons=["version-unknown"])
    assert run(alike("3.1", "3.2")) == CheckResult(failed=None, reasons=["version-alike"])


def test_what_is_not_told_stays_open() -> None:
    for version in (None, "", "r5756", "20160223"):
        assert run(sdk("a", version)) == CheckResult(failed=None, reasons=["version-unknown"]), version
    assert run(sdk("a", "3.0")) == run(sdk("c", None)) == run() == CheckResult()
    assert run(sdk("a", None), sdk("b", "1.0")).suspect  # what is known is said all the same
    assert run(sdk("a", None, "low")) == run(sdk("a", "1.0", "low")) == CheckResult()
    assert run(observed=()).failed is None
