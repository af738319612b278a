"""The state of the app at any moment: what it was allowed (consent) and whether it was on screen.

Rules judge by these states. `pre-consent` and `refused` come from consent events by run time and go before
all else; then `after-cancel`; then what the recorder knew at the moment of the call; then the events of the
screen. `silent` is on screen with no act of the user; it is only said where acts are recorded or an event
says it. What nothing tells is `unknown` and never the benign state.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.behaviour.collect import Ints
from mingcha.extract.behaviour.record import Record

LEGAL = ("", "pre-consent", "refused", "", "after-cancel")  # code → state; 0 unknown, 3 given
UNKNOWN, PRE, REFUSED, GIVEN, CANCELLED = range(5)
SCREEN = ("unknown", "foreground", "silent", "background")
STATES = ("unknown", "foreground", "silent", "background", "pre-consent", "refused", "after-cancel")
# What a recorder writes → (legal code, screen code).
OWN = {
    "pre-consent": (PRE, 0), "refused": (REFUSED, 0), "consented": (GIVEN, 0), "after-cancel": (CANCELLED, 0),
    "fg": (0, 1), "foreground": (0, 1), "silent": (0, 2), "bg": (0, 3), "background": (0, 3), "screen-off": (0, 3), "killed": (0, 3),
}  # fmt: skip
IDLE = 60.0  # seconds on screen without an act that make it silent; ours, no source fixes a number
# Events of one moment in this order, whatever the order of the file: what lets the user off comes last.
RANK = {"process-kill": 0, "background": 1, "screen-off": 2, "screen-on": 3, "process-start": 4, "foreground": 5, "silent": 6, "input": 7}
_LEGAL_EVENTS = {
    "cancel-account": (0, CANCELLED), "consent-withdrawn": (1, REFUSED), "consent-refused": (2, REFUSED), "consent-accepted": (3, GIVEN),
}  # fmt: skip

Timed = tuple[int, Record]


class Steps:
    """A value that changes at moments. Times in ns."""

    def __init__(self, first: int, steps: Iterable[tuple[int, int]]) -> None:
        listed = list(steps)
        self.times = np.array([t for t, _ in listed], np.int64)
        self.values = np.array([first, *(v for _, v in listed)], np.int64)
        self._changed = np.concatenate(([0], np.cumsum(self.values[1:] != self.values[:-1])))

    def at(self, times: Ints) -> Ints:
        """The values at `times`; a change counts from its own moment on."""
        out: Ints = self.values[np.searchsorted(self.times, times, "right")]
        return out


    def changes(self, begins: Ints, ends: Ints) -> NDArray[np.bool_]:
        """Whether the value changes after `begins` and not later than `ends`."""
        first, last = (self._changed[np.searchsorted(self.times, t, "right")] for t in (begins, ends))
        out: NDArray[np.bool_] = first != last
        return out


def legal(events: Iterable[Timed], header: Record) -> Steps | None:
    """What the user had allowed, or None where the log does not say it. Consents of a narrower scope than
    the policy change nothing. A cancelled account stays so until a new consent."""
    found = sorted(
        ((t, *_LEGAL_EVENTS[r.event or ""]) for t, r in events if r.event in _LEGAL_EVENTS and r.scope in (None, "policy")),
    )
    shown = any(r.event == "consent-shown" and r.scope in (None, "policy") for _, r in events)
    start = {"none": PRE, "given": GIVEN}.get(header.consent_at_start or "")
    decided = [code for _, _, code in found if code != CANCELLED]
    if start is None:
        if not decided and not shown:
            if not found:
                return None
            start = UNKNOWN
        else:
            first = next((rank for _, rank, code in found if code != CANCELLED), 3)
            start = GIVEN if first == 1 else PRE  # only what was given can be withdrawn
    return Steps(start, ((t, code) for t, _, code in found))


def legal_at(steps: Steps, times: Ints, resolution: int) -> Ints:
    """Codes at `times`. Where the clock cannot tell which of a call and a consent came first, the consent
    did; where it cannot tell whether the account was cancelled before, it was not."""
    now = steps.at(times)
    if resolution <= 1:
        return now
    later, earlier = steps.at(times + resolution - 1), steps.at(times - resolution + 1)
    now = np.where(later == GIVEN, GIVEN, now)
    out: Ints = np.where((now == CANCELLED) & (earlier != CANCELLED), earlier, now)
    return out


def screen(events: Iterable[Timed], header: Record, app: str | None) -> Steps:
    """Whether the app was on screen. Events of other apps count as the screen being taken away."""
    ordered = sorted(((t, RANK[r.event or ""], r) for t, r in events if r.event in RANK), key=lambda e: e[:2])
    acts = bool(header.inputs) or any(r.event == "input" for _, _, r in ordered)
    idle = int((header.idle_seconds or IDLE) * 1e9)
    steps: list[tuple[int, int]] = []
    visible: bool | None = None
    lit, quiet, since = True, False, 0

    def value() -> int:
        if visible is None:
            return 0 if lit else 3
        return 3 if not (visible and lit) else 2 if quiet else 1

    for t, _, r in ordered:
        # On screen without an act for long enough before this event.
        if acts and visible and lit and not quiet and t - since > idle:
            steps.append((since + idle, 2))
            quiet = True
        other = bool(app and r.package and r.package != app)
        event = r.event
        if event == "foreground":
            visible, quiet, since = not other, False, t
        elif event == "screen-off":
            lit = False
        elif event == "screen-on":
            lit, since = True, t
        elif event == "input":
            if other:
                continue
            quiet, since = False, t
        elif other:
            continue
        elif event == "background" or (event == "process-kill" and (r.process in (None, app))):
            visible = False
        elif event == "process-start":
            if visible is not None and r.cause != "activity":
                continue
            visible, quiet, since = r.cause == "activity", False, t
        elif event == "silent":
            quiet = True
        steps.append((t, value()))
    if acts and visible and lit and not quiet:
        steps.append((since + idle, 2))
    return Steps(0, steps)


def combine(legal_codes: Ints, screen_codes: Ints) -> Ints:
    """Index into STATES."""
    out = screen_codes.copy()
    for code, state in ((PRE, 4), (REFUSED, 5), (CANCELLED, 6)):
        out[legal_codes == code] = state
    return out
