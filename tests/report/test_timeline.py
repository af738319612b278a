"""The run as a drawing."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from mingcha.judge import timeline as judged
from mingcha.report import render, timeline
from mingcha.report.words import words
from tests.judge.test_consistency import CAT, PUSH, called

from .fixture import HOSTILE_NAME, clean

ZH, EN = words("zh"), words("en")


def state(t: float, event: str) -> dict[str, Any]:
    return {"kind": "app-state", "exhibit": "b", "where": "", "t": t, "state": event, "detail": None}


RUN = judged.table(
    {
        "behaviour": [
            called(t=0.5, state="pre-consent"), called(t=0.7, state="pre-consent", result="denied"),
            called(owner=PUSH, t=60.0, state="background", count=45, last=240.0), called(owner=PUSH, t=-1), called(item="no-item", t=1.0),
        ],
        "app-state": [state(7.0, "consent-accepted"), state(50.0, "background"), state(1.0, "no-such-event")],
    },
    CAT,
)  # fmt: skip


def test_lanes_events_and_end() -> None:
    assert [(lane["owner"]["kind"], [m["t"] for m in lane["marks"]]) for lane in RUN["lanes"]] == [("app", [0.5, 0.7]), ("sdk", [60.0])]
    assert RUN["events"] == [{"t": 7.0, "event": "consent-accepted"}, {"t": 50.0, "event": "background"}]
    assert (RUN["end"], RUN["more"]) == (240.0, 0)
    assert judged.table({"app-state": [state(1.0, "foreground")]}, CAT) == {}


def test_what_is_left_out_is_counted() -> None:
    many = [called(owner={"kind": "sdk", "id": f"s{n}", "name": "x"}, t=float(k)) for n in range(20) for k in range(3)]
    found = judged.table({"behaviour": many}, CAT)
    assert len(found["lanes"]) == judged.LANES and found["more"] == 3 * (20 - judged.LANES)


@pytest.mark.parametrize("w", [ZH, EN])
def test_before_consent_has_room_of_its_own(w: Any) -> None:
    found = timeline.section({"timeline": RUN}, w)
    assert found is not None and [lane.counts for lane in found.lanes] == [[2, 0], [0, 45]]
    root = ElementTree.fromstring(found.chart)
    shade = next(e for e in root.iter() if e.tag.endswith("rect"))
    assert float(shade.attrib["width"]) > 0.4 * (timeline.WIDTH - timeline.LEFT - timeline.RIGHT)
    texts = [e.text for e in root.iter() if e.tag.endswith("text")]
    assert "×45" in texts and w("run_event.consent-accepted") in texts
    assert all(0 <= float(e.attrib["cx"]) <= timeline.WIDTH for e in root.iter() if e.tag.endswith("circle"))


def test_without_consent_the_scale_is_one() -> None:
    run = {"lanes": [{"owner": {"kind": "app"}, "marks": [{"t": 5, "state": "foreground"}]}], "end": 10}
    found = timeline.section({"timeline": run}, EN)
    assert found is not None and "<rect" not in found.chart


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_it_and_escapes_names(lang: str) -> None:
    run = {**RUN, "lanes": [{**RUN["lanes"][0], "owner": {"kind": "sdk", "id": "x", "name": HOSTILE_NAME}}]}
    value = msgspec.structs.replace(clean(), inventory={"timeline": run, "consistency": {"rows": [{"verdict": "omitted"}], "observed": ["behaviour"]}})
    raw = render(value, "html", lang)
    assert isinstance(raw, bytes) and b"chart-timeline" in raw and b"<script>alert" not in raw


@pytest.mark.parametrize(
    "junk",
    [None, 3, {"lanes": "x"}, {"lanes": [{"marks": [{"t": float("nan")}, {"t": True}, {"t": 1e300}]}], "end": "x", "events": [{"t": 1}]},
     {"lanes": [{"owner": 1, "marks": [{"t": 1, "last": -5, "count": "9", "state": None}]}], "end": -1}],
)  # fmt: skip
def test_odd_inventories_do_no_harm(junk: Any) -> None:
    timeline.section({"timeline": junk}, ZH)


SENT = {"kind": "transmit", "exhibit": "t", "where": "1", "t": 0.0, "item": "imei", "form": "md5", "host": "log.ads.example", "domain": "ads.example", "party": "unknown", "by": "seed", "clear": False}  # fmt: skip
JOIN = {"kind": "clock-join", "exhibit": "t", "where": "", "by": "sync", "log": "b", "begin": "2026-11-27T06:00:00.000+00:00", "consent": None, "within": 0.1}
ZERO = 1_795_759_200.0


@pytest.mark.parametrize("w", [ZH, EN])
def test_what_was_sent_is_drawn_beside_the_calls(w: Any) -> None:
    sends = [
        {**SENT, "at": ZERO + 1, "state": "pre-consent"}, {**SENT, "at": ZERO + 6.95, "state": "unknown"}, {**SENT, "at": ZERO + 90, "state": "consented", "party": "first"},
        {**SENT, "at": ZERO - 9, "state": "unknown"}, {**SENT, "at": None, "state": "unknown"}, {**SENT, "at": ZERO + 1, "exhibit": "other", "state": None},
        {**SENT, "at": ZERO + 2, "by": "shape", "state": "pre-consent"},
    ]  # fmt: skip
    run = judged.table({"behaviour": [called(t=0.5, state="pre-consent")], "app-state": [state(7.0, "consent-accepted")], "transmit": sends, "clock-join": [JOIN]}, CAT)
    assert [(lane["owner"]["kind"], [(m["t"], m.get("sent", False)) for m in lane["marks"]]) for lane in run["lanes"]] == [
        ("app", [(0.5, False), (90.0, True)]), ("host", [(1.0, True), (6.95, True)])]  # fmt: skip
    found = timeline.section({"timeline": run}, w)
    assert found is not None and [lane.counts for lane in found.lanes] == [[1, 0, 1], [0, 1, 1]]
    assert found.states == [w("state.pre-consent"), w("timeline.sent_before"), w("timeline.sent")] and found.lanes[1].name == "ads.example"
    assert judged.table({"transmit": sends}, CAT) == {}  # nothing brought the clocks together
