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
