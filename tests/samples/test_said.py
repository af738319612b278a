"""The violator sample with its policy, behaviour log and capture: what is planted is found, near-misses are not."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from mingcha import pipeline
from mingcha.model import Inspection
from mingcha.settings import Settings

SAMPLES = Path(__file__).parents[2] / "samples"
SAID = SAMPLES / "said"
EXHIBITS = [SAMPLES / "violator" / "violator.apk", *(SAID / n for n in ("policy.html", "behaviour.jsonl", "capture.har"))]


@pytest.fixture(scope="module")
def inspection(tmp_path_factory: pytest.TempPathFactory) -> Inspection:
    pytest.importorskip("ahocorasick")
    settings = Settings(home=str(tmp_path_factory.mktemp("home")), seeds=str(SAID / "seeds.yml"))
    return pipeline.judge(pipeline.read(EXHIBITS, settings), date(2026, 11, 27))


def test_the_exhibits_are_what_the_script_writes() -> None:
    done = subprocess.run([sys.executable, str(SAID / "build.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_exhibit_is_read_by_its_own_reader(inspection: Inspection) -> None:
    assert [e.kind for e in inspection.exhibits] == ["package", "policy", "behaviour", "traffic"]
    assert {"package", "policy", "behaviour", "traffic"} <= set(inspection.summary.observed)


@pytest.mark.parametrize(
    ("rule", "outcome", "kind"),
    [
        ("unchangeable-ids-before-consent", "failed", "behaviour"),
        ("resettable-ids-before-consent", "failed", "behaviour"),
        ("device-ids-sent-in-clear", "failed", "transmit"),
        ("third-party-before-consent", "failed", "transmit"),
        ("location-before-consent", "cantTell", "behaviour"),  # tried and refused by the system
        ("collected-item-undisclosed", "cantTell", "transmit"),
        ("denied-yet-done", "cantTell", "statement"),
    ],
)
def test_rules_conclude_from_the_run(inspection: Inspection, rule: str, outcome: str, kind: str) -> None:
    found = next(f for f in inspection.findings if f.rule == rule)
    assert found.outcome == outcome and kind in {e.fact.get("kind") for e in found.evidence}
    assert outcome == "failed" or "suspect" in found.reasons
    assert outcome != "failed" or found.confidence == "proved"


@pytest.mark.parametrize(
    ("item", "receiver", "verdict", "ground"),
    [
        ("phone-number", "", "contradicted", "run"),
        ("mac-address", "jpush", "omitted", "run"),
        ("installed-apps", "umeng-common", "omitted", "run"),
        ("mac-address", "umeng-common", "disclosed", "run"),
        ("android-id", "", "disclosed", "run"),
        ("android-id", "jpush", "disclosed", "run"),
        ("imei", "", "vague", "run"),
        ("contacts", "", "omitted", "code"),
    ],
)
def test_what_is_said_against_what_is_done(
    inspection: Inspection, item: str, receiver: str, verdict: str, ground: str
) -> None:
    rows = {(r["item"], r["receiver"]["id"]): r for r in inspection.inventory["consistency"]["rows"]}
    row = rows[item, receiver]
    assert (row["verdict"], row["ground"]) == (verdict, ground)


def test_what_the_system_refused_and_what_only_looks_like_an_identifier_count_for_nothing(inspection: Inspection) -> None:
    rows = inspection.inventory["consistency"]["rows"]
    where = [r for r in rows if r["item"] == "precise-location" and not r["receiver"]["id"]]
    assert [(r["called"]["count"], r["called"]["attempts"], r["ground"]) for r in where] == [(0, 1, "code")]
    assert not any("867530900000001" in str(r) for r in rows)


def changed(tmp_path: Path, old: str, new: str) -> Inspection:
    """The package with a log in which something was replaced, and nothing else."""
    log = tmp_path / "behaviour.jsonl"
    log.write_text((SAID / "behaviour.jsonl").read_text("utf-8").replace(old, new), "utf-8")
    read = pipeline.read([EXHIBITS[0], log], Settings(home=str(tmp_path)))
    return pipeline.judge(read, date(2026, 11, 27))


def test_what_another_app_did_is_never_told_of_this_one(tmp_path: Path) -> None:
    got = changed(tmp_path, '"package": "org.mingcha.sample.violator"', '"package": "org.example.other"')
    assert [(e.status, [lim.code for lim in e.limitations]) for e in got.exhibits[1:]] == [("refused", ["other-subject"])]
    assert "behaviour" not in got.summary.observed
    assert not any(e.fact.get("kind") == "behaviour" for f in got.findings for e in f.evidence)


@pytest.mark.parametrize(("result", "outcome"), [("value", "failed"), ("unknown", "cantTell")])
def test_a_call_whose_result_nobody_recorded_proves_nothing(tmp_path: Path, result: str, outcome: str) -> None:
    got = changed(tmp_path, '"result": "value"', f'"result": "{result}"')
    assert next(f for f in got.findings if f.rule == "unchangeable-ids-before-consent").outcome == outcome


def test_silence_of_what_was_not_watched_is_no_absence(tmp_path: Path) -> None:
    got = {f.rule: f for f in changed(tmp_path, "-", "-").findings}
    assert (got["device-accounts-before-consent"].outcome, got["device-accounts-before-consent"].reasons) == ("cantTell", ("unhooked",))
    assert got["contacts-messages-before-consent"].outcome != "passed"
