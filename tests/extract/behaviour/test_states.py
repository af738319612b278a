"""In which state of the app a call was made: consent first, then the screen, and nothing made up."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.extract.behaviour.build import APP, call, codes, event, head, log, of


def states(facts: list[dict[str, Any]]) -> dict[float, str]:
    return {f["t"]: f["state"] for f in of(facts, "behaviour")}


ACCEPT = event("consent-accepted", 10)


@pytest.mark.parametrize(("t", "state"), [(9, "pre-consent"), (9.999999, "pre-consent"), (10, "foreground"), (11, "foreground")])
def test_a_call_is_before_consent_to_the_nanosecond(tmp_path: Path, t: float, state: str) -> None:
    assert states(log(tmp_path, head(), event("foreground", 1), ACCEPT, call(t))) == {t: state}


def test_refusal_withdrawal_and_a_later_consent(tmp_path: Path) -> None:
    facts = log(
        tmp_path, head(), event("foreground", 0), event("consent-shown", 1), event("consent-refused", 5), ACCEPT, event("consent-withdrawn", 20),
        *(call(t) for t in (4, 5, 9, 10, 19, 20)),
    )  # fmt: skip
    assert states(facts) == {4: "pre-consent", 5: "refused", 10: "foreground"}
    assert [(f["t"], f["count"], f["last"]) for f in of(facts, "behaviour")] == [(4, 1, 4), (5, 3, 20), (10, 2, 19)]


def test_a_cancelled_account_stays_cancelled_until_a_new_consent(tmp_path: Path) -> None:
    facts = log(tmp_path, head(), event("foreground", 0), ACCEPT, event("cancel-account", 20), event("consent-accepted", 30), *(call(t) for t in (19, 20, 30)))
    assert states(facts) == {19: "foreground", 20: "after-cancel"}


def test_a_consent_of_a_narrower_scope_is_no_consent_to_the_policy(tmp_path: Path) -> None:
    facts = log(tmp_path, head(consent_at_start="none"), event("consent-accepted", 2, scope="location"), call(5))
    assert states(facts) == {5: "pre-consent"}


def test_without_any_mark_nothing_is_made_up(tmp_path: Path) -> None:
    facts = log(tmp_path, head(), call(5))
    assert states(facts) == {5: "unknown"}
    assert codes(facts) == {"no-consent-mark", "no-state-mark", "coverage-unknown"}


def test_a_log_without_calls_says_nothing_of_conduct_before_consent(tmp_path: Path) -> None:
    facts = log(tmp_path, head())
    assert of(facts, "behaviour") == []
    assert codes(facts) == {"no-consent-mark", "no-state-mark", "coverage-unknown"}


def test_consent_given_before_the_run(tmp_path: Path) -> None:
    facts = log(tmp_path, head(consent_at_start="given"), event("foreground", 0), call(5))
    assert (states(facts), codes(facts)) == ({5: "foreground"}, {"coverage-unknown"})


def test_the_consent_event_goes_before_what_a_record_says_and_that_is_told(tmp_path: Path) -> None:
    facts = log(tmp_path, head(), event("foreground", 0), ACCEPT, call(12, state="pre-consent"), call(3, state="fg"))
    assert states(facts) == {3: "pre-consent", 12: "foreground"}
    assert "state-conflict" in codes(facts)


def test_a_record_knows_the_screen_better_than_events(tmp_path: Path) -> None:
    facts = log(tmp_path, head(), ACCEPT, event("foreground", 0), call(12, state="bg"), call(13, state="screen-off"), call(14, state="silent"))
    assert states(facts) == {12: "background", 14: "silent"}


@pytest.mark.parametrize(
    ("what", "state"),
    [
        (event("background", 20), "background"),
        (event("background", 20, package="com.other.app"), "foreground"),
        (event("foreground", 20, package="com.other.app"), "background"),
        (event("screen-off", 20), "background"),
        (event("process-kill", 20, process=APP), "background"),
        (event("process-kill", 20, process=f"{APP}:push"), "foreground"),
        (event("silent", 20), "silent"),
    ],
)
def test_events_of_the_screen(tmp_path: Path, what: dict[str, Any], state: str) -> None:
    assert states(log(tmp_path, head(), ACCEPT, event("foreground", 1), what, call(25))) == {25: state}


def test_silent_needs_recorded_acts(tmp_path: Path) -> None:
    common = [head(), ACCEPT, event("foreground", 1)]
    assert states(log(tmp_path, *common, call(100))) == {100: "foreground"}
    facts = log(tmp_path, *common, event("input", 30), *(call(t) for t in (89, 91, 120)))
    assert states(facts) == {89: "foreground", 91: "silent"}
    facts = log(tmp_path, head(inputs=True, idle_seconds=5), *common[1:], call(14), call(4))
    assert states(facts) == {4: "pre-consent", 14: "silent"}


def test_a_start_by_the_user_is_on_screen_and_one_by_a_job_is_not(tmp_path: Path) -> None:
    for cause, state in (("activity", "foreground"), ("job", "background")):
        start = event("process-start", 11, process=APP, cause=cause)
        assert states(log(tmp_path, head(), ACCEPT, start, call(12))) == {12: state}


def test_a_coarse_clock_decides_nothing_within_its_step(tmp_path: Path) -> None:
    facts = log(tmp_path, head(resolution=1), event("foreground", 0), ACCEPT, call(9), call(9.2), call(10))
    assert states(facts) == {9: "pre-consent", 9.2: "foreground"}


RECORDS = [
    head(hooks=["android.telephony.TelephonyManager.getImei"]), event("foreground", 1), event("consent-shown", 2), ACCEPT, event("background", 30),
    event("foreground", 60), event("permission", 12, permission="android.permission.CAMERA", answer="denied"),
    event("permission", 12 + 47 * 3600, permission="android.permission.CAMERA", answer="granted"),
    event("process-start", 90, process=f"{APP}:push", cause="service", by="com.other.app"),
    *(call(t) for t in (3, 9, 10, 31, 32, 61)), call(33, result="denied"), call(34, process="com.other.app"),
]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.integers(-(10**10), 10**10))
def test_neither_order_nor_repeats_nor_a_wrong_wall_clock_change_a_fact(tmp_path: Path, rng: random.Random, skew: int) -> None:
    def bare(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{k: v for k, v in f.items() if k not in ("exhibit", "where", "calls", "events")} for f in facts]

    expected = bare(log(tmp_path, *RECORDS))
    other = [{**r, "wall": 1_780_000_000_000 + skew + r.get("t", 0) // 10**6 + rng.randrange(5000)} if r.get("event") != "run" else r for r in RECORDS]
    other += [dict(r) for r in rng.sample(other, 8)]
    rng.shuffle(other)
    assert bare(log(tmp_path, *other)) == expected


def test_wall_times_are_placed_by_the_nearest_sync(tmp_path: Path) -> None:
    base = 1_780_000_000_000
    walls = [{k: v for k, v in call(0).items() if k != "t"} | {"wall": base + ms} for ms in (9_000, 11_000)]
    later = {k: v for k, v in call(0).items() if k != "t"} | {"wall": base + 90_000_000 + 5_000}
    facts = log(
        tmp_path, head(), event("foreground", 0), ACCEPT, *walls, later, event("clock-sync", 0, wall=base), event("clock-sync", 100, wall=base + 90_000_000),
    )  # fmt: skip
    assert [(f["t"], f["state"], f["count"]) for f in of(facts, "behaviour")] == [(9, "pre-consent", 1), (11, "foreground", 2)]
    assert [f["last"] for f in of(facts, "behaviour")] == [9, 105]


def test_two_clocks_that_nothing_brings_together(tmp_path: Path) -> None:
    facts = log(tmp_path, head(), ACCEPT, call(5), {k: v for k, v in call(0).items() if k != "t"} | {"wall": 1_780_000_000_000})
    assert "clock-unknown" in codes(facts)
    assert [f["count"] for f in of(facts, "behaviour")] == [1]
