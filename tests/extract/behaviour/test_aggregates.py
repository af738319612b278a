"""Records that stand for many calls: what is surely so of their rates and states, and nothing more."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue, judge
from mingcha.extract.behaviour import rates
from mingcha.model import Subject

from .build import APP, NS, call, codes, event, head, log, of, read

CAT = catalogue.load()
FRESH = {"consent_at_start": "none", "hooks": ["android.telephony.TelephonyManager.getImei"]}


def outcome(facts: list[dict[str, Any]], rule: str, *observed: str) -> str:
    found = judge.judge(facts, CAT, subject=Subject(kind="app", sha256="0", size=1), observed=["behaviour", *observed], at="2026-11-27", drafts=True)
    return next(f.outcome for f in found.findings if f.rule == rule)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 30), st.integers(0, 300)), min_size=1, max_size=12), st.sampled_from([1, 30, 60]), st.randoms())
def test_a_rate_that_is_told_was_reached_wherever_the_calls_lay(rows: list[tuple[int, int, int]], seconds: int, rng: random.Random) -> None:
    rows.sort()
    t, n, span = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    told = rates.surely(t * NS, n, span * NS, seconds)
    for where in (rng.random, lambda: 0.0, lambda: 1.0, lambda: rng.choice([0.0, 1.0])):
        placed = np.array(sorted(int((a + where() * s) * NS) for a, k, s in rows for _ in range(k)), np.int64)
        assert told <= rates.highest(placed, seconds)
    assert told >= 1


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60), st.sampled_from([1, 30, 60]))
def test_of_single_calls_both_ways_of_counting_agree(times: list[int], seconds: int) -> None:
    t = np.array(sorted(times), np.int64) * NS
    assert rates.surely(t, np.ones(len(t), np.int64), np.zeros(len(t), np.int64), seconds) == rates.highest(t, seconds)


@pytest.mark.parametrize(
    ("record", "per_minute", "count", "last"),
    [
        ({"count": 12, "span": 30 * NS}, 12, 12, 32.0), ({"count": 12, "span": 60 * NS}, 6, 12, 62.0), ({"count": 12, "span": 59 * NS}, 12, 12, 61.0),
        ({"count": 300, "span": 900 * NS}, 19, 300, 902.0), ({"count": 12}, 1, 12, 2.0), ({"count": 12, "span": 0}, 12, 12, 2.0),
        ({"count": 1, "span": 900 * NS}, 1, 1, 902.0), ({"count": 0, "span": 900 * NS}, 1, 1, 2.0), ({"count": -5}, 1, 1, 2.0),
        ({"count": 10**12, "span": -4}, 1, 10**9, 2.0),
    ],
)  # fmt: skip
def test_counts_of_a_span(tmp_path: Path, record: dict[str, Any], per_minute: int, count: int, last: float) -> None:
    facts = log(tmp_path, head(**FRESH), event("foreground", 0), event("consent-accepted", 1), call(2, **record))
    (fact,) = of(facts, "behaviour")
    assert (fact["per_minute"], fact["count"], fact["last"], fact["period"]) == (per_minute, count, last, None)
    vague = record["count"] > 0 and record.get("span") != 0
    assert ("aggregated-counts" in codes(facts)) == vague


def test_single_calls_and_counts_add_up(tmp_path: Path) -> None:
    facts = log(tmp_path, head(**FRESH), event("foreground", 0), event("consent-accepted", 1), call(2), call(3), call(10, count=4, span=5 * NS), call(70, count=90, span=3600 * NS))
    (fact,) = of(facts, "behaviour")
    assert (fact["count"], fact["per_minute"], fact["per_day"]) == (96, 6.0, 96)


def test_the_state_is_told_where_it_did_not_change(tmp_path: Path) -> None:
    events = [event("foreground", 0), event("consent-accepted", 100), event("background", 300)]
    rows = [call(5, count=3, span=90 * NS), call(90, count=3, span=20 * NS), call(110, count=3, span=100 * NS), call(290, count=3, span=20 * NS), call(310, count=3)]
    facts = log(tmp_path, head(**FRESH), *events, *rows)
    assert {f["t"]: f["state"] for f in of(facts, "behaviour")} == {5.0: "pre-consent", 90.0: "unknown", 110.0: "foreground", 310.0: "background"}
    (both,) = [f for f in of(facts, "behaviour") if f["state"] == "unknown"]
    assert both["count"] == 6


def test_order_and_repeats_of_counts_do_not_matter(tmp_path: Path) -> None:
    rows = [call(5, count=3, span=90 * NS), call(90, count=3, span=20 * NS), call(90, count=4, span=20 * NS), call(90), call(200, count=7, span=NS)]
    straight = log(tmp_path, head(**FRESH), event("foreground", 0), event("consent-accepted", 1), *rows)
    mixed = log(tmp_path, *reversed([head(**FRESH), event("foreground", 0), event("consent-accepted", 1), *rows, rows[1], rows[4]]))

    def bare(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{k: v for k, v in f.items() if k not in ("exhibit", "where", "calls")} for f in facts]

    assert bare(straight) == bare(mixed)
    (fact,) = [f for f in of(straight, "behaviour") if f["t"] == 5.0]
    assert fact["count"] == 18


@pytest.mark.parametrize(("record", "expected"), [({"count": 20, "span": 30 * NS}, "cantTell"), ({"count": 5, "span": 0}, "passed"), ({"count": 5, "span": 900 * NS}, "cantTell")])
def test_the_rule_on_frequency(tmp_path: Path, record: dict[str, Any], expected: str) -> None:
    facts = log(tmp_path, head(consent_at_start="none"), event("foreground", 0), event("consent-accepted", 1), call(2, **record))
    facts = [f for f in facts if f.get("code") != "coverage-unknown"]
    assert outcome(facts, "collection-too-frequent") == expected


def test_refused_attempts_are_no_collection(tmp_path: Path) -> None:
    facts = log(tmp_path, head(consent_at_start="none"), event("foreground", 0), event("consent-accepted", 1), *(call(2 + n / 10, result="denied") for n in range(50)))
    assert outcome([f for f in facts if f.get("code") != "coverage-unknown"], "collection-too-frequent") == "passed"


HISTORY = f"""Current AppOps Service state:
  Settings:
    top_state_settle_time=+5s0ms
  Package {APP}:
      FINE_LOCATION (allow / switch COARSE_LOCATION=allow):
        null=[
          Access: [top-s] 2026-11-27 14:05:00.000 (-1h)
          Access: [bg-s] 2026-11-27 16:00:00.000 (-5m)
        ]
  History:
    mode=HISTORICAL_MODE_ENABLED_ACTIVE

  snapshot:
    begin = 2026-11-27 14:00:00.000  (-1h5m)
    end = 2026-11-27 14:15:00.000  (-50m)
    Uid u0a123:
      Package {APP}:
        Attribution null:
          FINE_LOCATION:
            [top-s] = access=45, duration=+3m
            [bg-s] = access=30, reject=5
          START_FOREGROUND:
            [top-s] = access=9
      Package com.other.app:
        Attribution null:
          CAMERA:
            [top-s] = access=99

  snapshot:
    begin = 2026-13-99 14:00:00.000  (-1h5m)
    end = 2026-11-27 14:15:00.000  (-50m)
    Uid u0a123:
      Package {APP}:
        Attribution null:
          CAMERA:
            [top-s] = access=8
"""


def test_counts_of_the_systems_own_history(tmp_path: Path) -> None:
    first = f'#mingcha-behaviour {{"form": "appops", "package": "{APP}"}}\n'
    exhibit, facts = read(tmp_path / "appops.txt", first + HISTORY)
    assert exhibit.reader == "behaviour/appops"
    got = {(f["item"], f["state"], f["result"], f["count"], f["per_minute"]) for f in of(facts, "behaviour")}
    # The last access at 14:05 is one of the 45 of its snapshot; the one at 16:00 is in none.
    assert got == {
        ("precise-location", "foreground", "ok", 45, 3.0), ("precise-location", "background", "ok", 31, 2.0), ("precise-location", "background", "denied", 5, 1.0),
    }  # fmt: skip
    assert {"aggregated-counts", "last-access-only"} <= codes(facts)


@pytest.mark.parametrize(
    ("gap", "acts", "expected"),
    [
        (47.9, [0.0], "failed"), (48.1, [0.0], "passed"), (2.0, [], "cantTell"), (2.0, [0.0, 2 * 3600 - 3], "cantTell"), (2.0, [0.0, 2 * 3600 - 9], "failed"),
    ],
)  # fmt: skip
def test_asked_again_after_refusal(tmp_path: Path, gap: float, acts: list[float], expected: str) -> None:
    asks = [event("permission", t, permission="android.permission.CAMERA", answer="denied") for t in (60.0, 60 + gap * 3600)]
    facts = log(tmp_path, head(), event("foreground", 0), *asks, *(event("input", 60 + a) for a in acts))
    assert [f["user"] for f in of(facts, "permission-ask")][-1] is (None if not acts else expected == "cantTell")
    assert outcome(facts, "permission-asked-again-within-48h", "screens") == expected
