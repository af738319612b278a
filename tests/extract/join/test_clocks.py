"""Before or after consent: what two clocks can tell, and nothing beyond their accuracy."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue, judge, pipeline
from mingcha.extract.behaviour import reader as logs
from mingcha.extract.join import UNTOLD, Stated, join
from mingcha.extract.join.clocks import STATED
from mingcha.extract.traffic import reader as recordings
from mingcha.judge import timeline
from mingcha.model import Subject
from mingcha.settings import Settings
from tests.extract.behaviour.build import head, jsonl
from tests.extract.traffic import make as wire
from tests.extract.traffic.support import SHEET, VALUES

from .make import T0, capture, iso, of, run, sent, state

CAT = catalogue.load()
SYNC = {"recorder_begin": iso(T0), "recorder_within": 0.5}


def states(*facts: Any, stated: Stated | None = None) -> list[str | None]:
    return [f["state"] for f in of(join(facts, stated), "transmit")]


def test_a_synchronised_log_tells_before_from_after() -> None:
    sends = [sent(T0 + t) for t in (1, 9.4, 9.6, 10, 10.4, 10.6, 50)]
    found = join([capture(), run(**SYNC), state(10), *sends])
    assert [f["state"] for f in of(found, "transmit")] == ["pre-consent", "pre-consent", "unknown", "unknown", "unknown", "consented", "consented"]
    (joined,) = of(found, "clock-join")
    assert (joined["by"], joined["log"], joined["begin"], joined["within"], joined["told"], joined["untold"]) == (
        "sync", "b", iso(T0).replace("+00:00", ".000+00:00"), 0.5, 4, 3)  # fmt: skip
    assert [(f["exhibit"], f["detail"]) for f in found if f.get("code") == UNTOLD] == [("t", "3 transmissions")]


def test_refusal_withdrawal_and_cancelling() -> None:
    log = [state(10, "consent-refused"), state(20), state(30, "consent-withdrawn"), state(40), state(50, "cancel-account")]
    assert states(capture(), run(**SYNC), *log, *(sent(T0 + t) for t in (5, 15, 25, 35, 45, 55))) == [
        "pre-consent", "refused", "consented", "refused", "consented", "after-cancel"]  # fmt: skip
    # A narrower consent changes nothing; one that is all the log has says nothing of the policy.
    assert states(capture(), run(**SYNC), state(10, scope="location"), sent(T0 + 50)) == ["pre-consent"]
    assert states(capture(), run(**SYNC, consent_at_start=None), state(10, scope="location"), sent(T0 + 50)) == [None]


def test_clocks_that_nobody_compared_are_not_compared() -> None:
    device = {"begin": iso(T0), "begin_within": 0.001}
    facts = [capture(), run(**device), state(10), sent(T0 + 1), sent(T0 + 50)]
    found = join(facts)
    assert [f["state"] for f in of(found, "transmit")] == [None, None] and of(found, "clock-join") == []
    assert [f["detail"] for f in found if f.get("code") == UNTOLD] == ["2 transmissions"]
    assert states(*facts, stated=Stated(clock_within=3)) == ["pre-consent", "consented"]
    assert states(*facts, stated=Stated(clock_within=9.5)) == ["unknown", "consented"]
    # A hook log is written by the device's own clock.
    hooked = join([capture(form="hook"), run(**device, **SYNC), state(10), sent(T0 + 1), sent(T0 + 10.5)])
    assert [f["state"] for f in of(hooked, "transmit")] == ["pre-consent", "unknown"] and of(hooked, "clock-join")[0]["by"] == "device"


def test_outside_the_log_nothing_is_known() -> None:
    assert states(capture(), run(**SYNC), state(10), sent(T0 - 5), sent(T0 + 200)) == ["unknown", "unknown"]
    assert states(capture(), run(**SYNC), state(10), sent(None), sent(float("nan"))) == ["unknown", "unknown"]
    coarse = [capture(), run(**SYNC, resolution=5.0), state(10), sent(T0 + 6)]
    assert states(*coarse) == ["unknown"]


def test_two_logs_must_agree_where_both_speak() -> None:
    late = run("c", recorder_begin=iso(T0 + 40), recorder_within=0.5)
    facts = [capture(), run(**SYNC), state(10), late, state(30, exhibit="c")]
    assert states(*facts, sent(T0 + 20), sent(T0 + 60), sent(T0 + 90), sent(T0 + 130)) == ["consented", "unknown", "consented", "consented"]


def test_a_stated_moment() -> None:
    facts = [capture(), sent(T0 + 1), sent(T0 + 29), sent(T0 + 31), sent(T0 + 60)]
    assert STATED == 10
    assert states(*facts, stated=Stated(consent_at=T0 + 30)) == ["pre-consent", "unknown", "unknown", "consented"]
    assert states(*facts, stated=Stated(consent_at=T0 + 30, clock_within=0.5)) == ["pre-consent", "pre-consent", "consented", "consented"]
    assert states(*facts) == [None] * 4


def test_joining_again_gives_the_same_and_takes_more() -> None:
    facts = [capture(), run(begin=iso(T0), begin_within=0.001), state(10), sent(T0 + 1), sent(T0 + 50)]
    once = join(facts, Stated(clock_within=2, first_party=("ads.example",)))
    assert join(once) == once
    assert [f["party"] for f in of(once, "transmit")] == ["first", "first"]
    other = join(once, Stated(consent_at=T0 + 70, clock_within=1))
    assert [f["state"] for f in of(other, "transmit")] == ["pre-consent", "unknown"]  # the log and the inspector disagree
    assert len(of(other, "stated-time")) == 1
    for f in once:
        form = CAT.facts[f["kind"]]
        if f["kind"] in ("clock-join", "stated-time", "first-party"):
            assert set(f) - {"kind", "exhibit", "where"} == set(form.fields)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 99_000), st.sampled_from(["consent-accepted", "consent-refused", "consent-withdrawn", "cancel-account"])), max_size=5),
    st.lists(st.integers(0, 100_000), min_size=1, max_size=12), st.integers(-10**9, 10**9), st.floats(-1, 1), st.integers(0, 5_000), st.randoms(),
)  # fmt: skip
def test_neither_skew_nor_order_makes_a_wrong_state(
    events: list[tuple[int, str]], times: list[int], skew: int, error: float, within: int, rng: random.Random
) -> None:
    """The log's clock is off by `skew`; the reading that brings both together is off by up to `within` ms. What was
    really allowed at that moment is said, or nothing is."""

    def truth(ms: int) -> str:
        # Events of one moment: what lets the user off comes last, as in the log.
        rank = {"cancel-account": 0, "consent-withdrawn": 1, "consent-refused": 2, "consent-accepted": 3}
        now = "pre-consent"
        for _, _, name in sorted((t, rank[name], name) for t, name in events if t <= ms):
            now = {"consent-accepted": "consented", "cancel-account": "after-cancel"}.get(name, "refused")
        return now

    base = T0 + skew
    read_off = round(error * within)
    log = run(recorder_begin=iso(base + read_off / 1000), recorder_within=within / 1000 + 0.001)
    facts = [capture(), log, *(state(t / 1000, name) for t, name in events), *(sent(base + ms / 1000, where=str(ms)) for ms in times)]
    found = join(facts)
    rng.shuffle(facts)
    said = {f["where"]: f["state"] for f in of(found, "transmit")}
    assert said == {f["where"]: f["state"] for f in of(join(facts), "transmit")}
    for ms in times:
        assert said[str(ms)] in ("unknown", truth(ms))
        if within <= 100 and all(abs(t - ms) > 2 * within + 10 for t, _ in events):
            assert said[str(ms)] == truth(ms)


# ---- the whole way ------------------------------------------------------------------------------------------


def har(*times: float) -> bytes:
    entries = [
        {"startedDateTime": iso(t), "serverIPAddress": "192.0.2.9", "request": {"method": "GET", "url": f"https://log.umeng.com/a?oaid={VALUES['oaid']}", "headers": []},
         "response": {"status": 200}}
        for t in times
    ]  # fmt: skip
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def inspect(folder: Path, records: list[dict[str, Any]] | None, times: list[float], **stated: Any) -> Any:
    (folder / "seeds.yml").write_text(SHEET, "utf-8")
    facts: list[dict[str, Any]] = []
    (folder / "x.har").write_bytes(har(*times))
    exhibits = [recordings.read(folder / "x.har", facts.extend, CAT, seeds=folder / "seeds.yml")]
    if records is not None:
        (folder / "log.jsonl").write_text(jsonl(records), "utf-8")
        exhibits.append(logs.read(folder / "log.jsonl", facts.extend, CAT))
    whole = pipeline.Read(subject=Subject(kind="app", sha256="0", size=1), exhibits=tuple(exhibits), facts=facts, timing={})
    return pipeline.joined(whole, Stated(**stated))


def outcome(read: Any, rule: str = "third-party-before-consent") -> str:
    found = judge.judge(read.facts, CAT, subject=read.subject, exhibits=read.exhibits, observed=read.observed, at="2026-11-27", drafts=True)
    return next(f.outcome for f in found.findings if f.rule == rule)


CLOCK = {"event": "clock-sync", "t": 2 * 10**9, "recorder": (T0 + 2) * 1000, "within": 40, "wall": (T0 + 5000) * 1000}
END = {"event": "clock-sync", "t": 300 * 10**9, "recorder": (T0 + 300) * 1000, "within": 40}
ACCEPT = {"event": "consent-accepted", "t": 10 * 10**9}


@pytest.mark.parametrize(
    ("records", "times", "stated", "expected"),
    [
        ([head(), CLOCK, ACCEPT, END], [T0 + 1, T0 + 60], {}, "failed"),
        ([END, ACCEPT, CLOCK, head()], [T0 + 60, T0 + 1], {}, "failed"),
        ([head(), CLOCK, ACCEPT, END], [T0 + 11, T0 + 60], {}, "passed"),
        ([head(), CLOCK, ACCEPT, END], [T0 + 10.03, T0 + 60], {}, "cantTell"),
        ([head(), ACCEPT], [T0 + 1, T0 + 60], {}, "cantTell"),
        ([head(), CLOCK, END], [T0 + 1, T0 + 60], {}, "cantTell"),
        (None, [T0 + 1, T0 + 60], {}, "cantTell"),
        (None, [T0 + 1, T0 + 60], {"consent_at": T0 + 30}, "failed"),
        (None, [T0 + 45, T0 + 60], {"consent_at": T0 + 30}, "passed"),
        (None, [T0 + 45, T0 + 60], {"consent_at": T0 + 50}, "cantTell"),
    ],
)  # fmt: skip
def test_the_rule_on_sends_before_consent(tmp_path: Path, records: Any, times: list[float], stated: dict[str, Any], expected: str) -> None:
    read = inspect(tmp_path, records, times, **stated)
    assert outcome(read) == expected
    untold = [lim.code for e in read.exhibits for lim in e.limitations if lim.code == UNTOLD]
    assert bool(untold) == (expected == "cantTell") or expected == "failed"


def test_entries_out_of_order_keep_their_own_time(tmp_path: Path) -> None:
    """A recording may begin with its latest entry; what came before it must not be moved there."""
    read = inspect(tmp_path, [head(), CLOCK, ACCEPT, END], [T0 + 60, T0 + 1])
    assert [f["state"] for f in of(read.facts, "transmit")] == ["consented", "pre-consent"]


def test_sends_are_drawn_on_the_clock_of_the_run(tmp_path: Path) -> None:
    read = inspect(tmp_path, [head(), CLOCK, ACCEPT, END], [T0 + 1, T0 + 60, T0 + 61])
    kinds: dict[str, list[Any]] = {}
    for f in read.facts:
        kinds.setdefault(f["kind"], []).append(f)
    drawn = timeline.table(kinds, CAT)
    (lane,) = drawn["lanes"]
    assert lane["owner"]["kind"] == "sdk"
    assert [(round(m["t"]), round(m["last"]), m["count"], m["state"]) for m in lane["marks"]] == [(1, 1, 1, "pre-consent"), (60, 61, 2, "consented")]
    assert {"t": 10.0, "event": "consent-accepted"} in drawn["events"]
    alone = inspect(tmp_path, None, [T0 + 1, T0 + 60], consent_at=T0 + 31)
    kinds = {}
    for f in alone.facts:
        kinds.setdefault(f["kind"], []).append(f)
    assert timeline.table(kinds, CAT)["events"] == [{"t": 30.0, "event": "consent-accepted"}]


def test_a_stored_run_is_judged_by_what_is_stated_later(tmp_path: Path) -> None:
    (tmp_path / "seeds.yml").write_text(SHEET, "utf-8")
    (tmp_path / "x.har").write_bytes(har(T0 + 1, T0 + 60))
    read = pipeline.read([tmp_path / "x.har"], Settings(home=str(tmp_path / "home"), seeds=str(tmp_path / "seeds.yml")))
    assert UNTOLD in {lim.code for lim in read.exhibits[0].limitations} and outcome(read) == "cantTell"
    folder = pipeline.keep(tmp_path / "store", read, pipeline.judge(read, date(2026, 11, 27)), b"{}", [tmp_path / "x.har"])
    assert pipeline.load(folder).facts == read.facts
    later = pipeline.load(folder, Stated(consent_at=T0 + 30))
    assert outcome(later) == "failed" and UNTOLD not in {lim.code for lim in later.exhibits[0].limitations}


def test_packets_keep_the_time_of_each_request(tmp_path: Path) -> None:
    (tmp_path / "seeds.yml").write_text(SHEET, "utf-8")
    (tmp_path / "x.pcap").write_bytes(wire.pcap(wire.connection([(True, wire.Request("GET", "http", target=f"/?oaid={VALUES['oaid']}").http())])))
    facts: list[dict[str, Any]] = []
    recordings.read(tmp_path / "x.pcap", facts.extend, CAT, seeds=tmp_path / "seeds.yml")
    (found,) = of(facts, "transmit")
    assert abs(found["at"] - T0) < 0.001 and found["ip"] == "203.0.113.7" and found["state"] is None
