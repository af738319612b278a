"""Whether something was sent before or after consent: the recording's clock against that of the consent.

The log has a clock of its own. It is brought to the recording's by readings of both (clock-sync events with
`recorder`), by the device's wall clock where the recording has the same one or the user states how far they may
differ, or the user states the moment of consent itself. Whatever lies within the bound of a change is `unknown`.
Nothing is guessed: two clocks that nobody compared are not compared here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.behaviour import timeline
from mingcha.extract.behaviour.record import Record
from mingcha.extract.behaviour.timeline import GIVEN, LEGAL, Steps
from mingcha.extract.join import UNTOLD, seconds
from mingcha.model import Fact

Facts = list[Fact]
_FAR = 4e9  # seconds; in ns it still fits 64 bits, and no run is near as long
STATED = 10.0  # seconds that a stated moment may be off where the user does not say; ours
SAME = 1.0  # seconds for two readings of one clock: recordings note whole seconds at worst
_CONSENT = frozenset(("consent-shown", "consent-accepted", "consent-refused", "consent-withdrawn", "cancel-account"))
_WORD = {n: word for n, word in enumerate(LEGAL) if word} | {GIVEN: "consented"}


@dataclass(frozen=True, slots=True)
class _Course:
    """What the user had allowed in the course of time, on a recording's clock. `begin`, `within` and `seconds` in
    seconds; `steps` in ns from `begin`. `seconds` None: without end on either side."""

    by: str
    steps: Steps
    begin: float
    within: float
    seconds: float | None
    log: str | None

    def states(self, at: NDArray[np.float64]) -> list[str | None]:
        """The states at these moments; None where the course says nothing of one, unknown where it lies too near to
        a change."""
        since = np.clip(at - self.begin, -_FAR, _FAR)
        within = min(self.within, _FAR)
        low, high = np.floor((since - within) * 1e9).astype(np.int64), np.ceil((since + within) * 1e9).astype(np.int64)
        code = np.where(self.steps.changes(low, high), timeline.UNKNOWN, self.steps.at(low))
        end = np.inf if self.seconds is None else self.seconds + self.within
        begin = -np.inf if self.seconds is None else -self.within
        said = (since >= begin) & (since <= end)
        return [_WORD.get(c, "unknown") if known else None for c, known in zip(code.tolist(), said.tolist(), strict=True)]


def settle(facts: Facts) -> Facts:
    """The facts with `state` of every transmission, and by what it is known."""
    out: Facts = []
    joined: dict[tuple[str, int], list[int]] = {}
    courses = {f["exhibit"]: _courses(facts, f) for f in facts if f["kind"] == "capture"}
    known = {exhibit: _told(mine, facts, exhibit) for exhibit, mine in courses.items() if mine}
    blank: dict[str, int] = {}
    for f in facts:
        if f["kind"] != "transmit":
            out.append(f)
            continue
        mine = courses.get(f["exhibit"], [])
        state: str | None = None
        if mine:
            state = known[f["exhibit"]].get(f.get("at"), "unknown")
            for n in range(len(mine)):
                joined.setdefault((f["exhibit"], n), [0, 0])[state == "unknown"] += 1
        if state in (None, "unknown") and f.get("party") != "first":
            blank[f["exhibit"]] = blank.get(f["exhibit"], 0) + 1
        out.append(f if f.get("state") == state else {**f, "state": state})
    for exhibit, mine in courses.items():
        for n, course in enumerate(mine):
            told, untold = joined.get((exhibit, n), [0, 0])
            out.append(_fact(exhibit, course, told, untold))
    out += [
        {"kind": "limitation", "exhibit": exhibit, "where": "", "code": UNTOLD, "detail": f"{n} transmissions"}
        for exhibit, n in blank.items()
    ]  # fmt: skip
    return out


def _told(courses: Sequence[_Course], facts: Facts, exhibit: str) -> dict[object, str]:
    """Moment → state of all that a recording has: what those courses that say something of it say alike."""
    times = {f["at"] for f in facts if f["kind"] == "transmit" and f["exhibit"] == exhibit and isinstance(f.get("at"), int | float)}
    listed = sorted(t for t in times if math.isfinite(t))
    columns = [c.states(np.array(listed, np.float64)) for c in courses]
    out: dict[object, str] = {}
    for at, *row in zip(listed, *columns, strict=True):
        said = {s for s in row if s is not None}
        out[at] = said.pop() if len(said) == 1 else "unknown"
    return out


def _fact(exhibit: str, course: _Course, told: int, untold: int) -> Fact:
    moment = datetime.fromtimestamp(course.begin, UTC).isoformat(timespec="milliseconds")
    stated = course.by == "stated"
    return {
        "kind": "clock-join", "exhibit": exhibit, "where": "", "by": course.by, "log": course.log, "begin": None if stated else moment,
        "consent": moment if stated else None, "within": round(course.within, 3), "told": told, "untold": untold,
    }  # fmt: skip


def _courses(facts: Facts, capture: Fact) -> list[_Course]:
    """All that say what was allowed in the course of a recording, on its clock."""
    out = []
    apart: float | None = None  # seconds by which the user states the device's clock and the recorder's to differ at most
    for f in facts:
        if f["kind"] == "stated-time":
            apart = f.get("within")
            if (at := seconds(f.get("at"))) is not None:
                bound = STATED if apart is None else float(apart)
                out.append(_Course("stated", Steps(timeline.PRE, [(0, GIVEN)]), at, bound, None, None))
    for f in facts:
        if f["kind"] == "behaviour-run" and (found := _begin(f, capture, apart)):
            by, begin, within = found
            if steps := _steps(facts, f):
                # A clock too coarse to order two records widens the bound on both sides.
                out.append(_Course(by, steps, begin, within + float(f.get("resolution") or 0), float(f.get("seconds") or 0), f["exhibit"]))
    return out


def _begin(run: Fact, capture: Fact, stated_within: float | None) -> tuple[str, float, float] | None:
    """(by, beginning of the run on the recording's clock, seconds that it may be off)."""
    device, within = seconds(run.get("begin")), run.get("begin_within")
    own = capture.get("format") == "hook"  # written inside the app, by the device's clock
    recorder = seconds(run.get("recorder_begin"))
    if recorder is not None and not own:
        return "sync", recorder, float(run.get("recorder_within") or 0)
    if device is None or not isinstance(within, int | float):
        return None
    apart = SAME if own else stated_within
    return None if apart is None else ("device", device, within + apart)


def _steps(facts: Facts, run: Fact) -> Steps | None:
    """The course of consent of one log, in ns of its run; None where the log does not say it."""
    events = [
        (round(float(f["t"]) * 1e9), Record(event=f["state"], scope=f.get("scope")))
        for f in facts
        if f["kind"] == "app-state" and f["exhibit"] == run["exhibit"] and f.get("state") in _CONSENT
    ]  # fmt: skip
    return timeline.legal(events, Record(event="run", consent_at_start=run.get("consent_at_start")))
