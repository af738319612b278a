"""Records into columns: first everything is taken in, in any order, then it is put in order of run time.

A log may be out of order, hold records twice, another app's records or another run's, and times by two
clocks. None of this may change a fact, so nothing is decided before the last line: which app the log is
about, what a wall time is in run time, which state the app was in.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.behaviour import stacks
from mingcha.extract.behaviour.record import EVENTS, Record
from mingcha.extract.package.notes import Notes, clip

CALLS = 5_000_000  # calls of one log; 40 bytes each
EVENT_LIMIT = 300_000
KINDS = 300_000  # distinct calls, their times and stacks left aside
STACKS, STACK_CHARS = 200_000, 64 << 20  # distinct stacks kept whole
SHORT_STACKS = 500_000  # and those of which only the deciding frames are kept
YEARS = 20 * 366 * 86_400 * 10**9  # ns that a run may last
WALL = 1 << 43  # ms since 1970 that a clock may show, some 280 years
TEXT = 300  # characters of a name
SYNC = 1000  # ms that the readings of two clocks may lie apart where the recorder does not say
COUNT = 10**9  # calls that one record may stand for

Ints = NDArray[np.int64]
Key = tuple[str | None, ...]


class Kind(NamedTuple):
    """What calls have in common, as the log says it."""

    api: str
    item: str | None
    key: str | None
    result: str | None
    state: str | None
    told: bool | None
    package: str | None
    process: str | None
    uid: int | None
    run: str | None


@dataclass(slots=True)
class Event:
    """An event with its time: run time in ns, or ms since 1970 where `wall` is set."""

    t: int
    wall: bool
    where: str
    record: Record


@dataclass(slots=True)
class Collector:
    """Takes records in; bounded in all it keeps."""

    notes: Notes
    unit: str = "line"
    kinds: list[Kind] = field(default_factory=list)
    stacks: list[tuple[str, ...]] = field(default_factory=lambda: [()])
    events: list[Event] = field(default_factory=list)
    headers: list[Record] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    """(wall in ms, run time in ns) of clock-sync events and headers."""
    loose: tuple[int, int] | None = None
    """The earliest record that shows both clocks, where no event says how they go together."""
    synced: list[tuple[int, int, int]] = field(default_factory=list)
    """(recorder's clock in ms, run time in ns, ms by which they may lie apart)."""
    many: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Position of a call that stands for several → (how many, ns within which they lie; -1 where that is not said)."""
    time: array[int] = field(default_factory=lambda: array("q"))
    walled: array[int] = field(default_factory=lambda: array("b"))
    kind: array[int] = field(default_factory=lambda: array("i"))
    stack: array[int] = field(default_factory=lambda: array("i"))
    place: array[int] = field(default_factory=lambda: array("q"))
    same: array[int] = field(default_factory=lambda: array("q"))
    places: list[str] = field(default_factory=list)
    bad_times: int = 0
    nameless: int = 0
    unknown_events: int = 0
    _kind: dict[Any, int] = field(default_factory=dict)
    _stack: dict[tuple[str, ...], int] = field(default_factory=lambda: {(): 0})
    _chars: int = 0

    def add(self, where: str | int, r: Record) -> None:
        """Take in one record; `where` is a line number or a place."""
        if r.event is not None:
            self._event(where, r)
            return
        if r.api is None and r.item is None:
            self.nameless += 1
            return
        when = self._when(r)
        if when is None:
            return
        if len(self.time) >= CALLS:
            self.notes.limitation("reader-limit", f"calls beyond {CALLS}")
            return
        said = (r.api, r.item, r.key, r.result, r.state, r.told, r.package, r.process, r.uid, r.run)
        kind = self._kind.get(said)
        if kind is None:
            if len(self.kinds) >= KINDS:
                self.notes.limitation("reader-limit", f"calls that differ beyond {KINDS}")
                return
            kind = len(self.kinds)
            short = Kind(*(clip(v) if isinstance(v, str) else v for v in said))._replace(api=clip(r.api or r.item))  # type: ignore[arg-type]
            self.kinds.append(short)
            if sum(len(v) for v in said if isinstance(v, str)) < 10 * TEXT:
                self._kind[said] = kind  # what is longer is not worth its memory
        stack = self._stack_of(r)
        t, wall = when
        several = _several(r)
        if several:
            self.many[len(self.time)] = several
        self.time.append(t)
        self.walled.append(wall)
        self.kind.append(kind)
        self.stack.append(stack)
        if isinstance(where, int):
            self.place.append(where)
        else:
            self.places.append(where)
            self.place.append(-len(self.places))
        self.same.append(0 if wall else hash((t, r.pid, r.thread, kind, stack, r.args_digest, several)))

    def _stack_of(self, r: Record) -> int:
        key = stacks.key_of(r.stack, r.caller, r.sdk)
        found = self._stack.get(key)
        if found is None:
            size = sum(map(len, key))
            if len(self.stacks) >= STACKS or self._chars + size > STACK_CHARS:
                self.notes.limitation("reader-limit", "of some stacks only the deciding frames are kept")
                key = tuple(f[:TEXT] for f in key if not stacks.framework(stacks.class_of(f)))[:3]
                found = self._stack.get(key)
                if found is not None:
                    return found
                if len(self.stacks) >= STACKS + SHORT_STACKS:
                    return 0
            found = self._stack[key] = len(self.stacks)
            self.stacks.append(key)
            self._chars += size
        return found

    def _event(self, where: str | int, r: Record) -> None:
        if r.event not in EVENTS:
            self.unknown_events += 1
            return
        if r.event == "run":
            if len(self.headers) < 1000:
                self.headers.append(r)
            if r.wall is not None:
                self._pair(r.wall, r.t or 0)
            self._sync(r, r.t or 0)
            return
        when = self._when(r)
        if when is None:
            return
        if r.event == "clock-sync":
            if r.wall is not None and r.t is not None:
                self._pair(r.wall, r.t)
            self._sync(r, r.t)
            return
        if len(self.events) >= EVENT_LIMIT:
            self.notes.limitation("reader-limit", f"events beyond {EVENT_LIMIT}")
            return
        r.stack = None
        place = where if isinstance(where, str) else f"{self.unit} {where}"
        self.events.append(Event(when[0], when[1], place, r))

    def _pair(self, wall: float, t: float) -> None:
        if len(self.pairs) < 10_000 and _within(wall, WALL) and _within(t, YEARS):
            self.pairs.append((int(wall), int(t)))

    def _sync(self, r: Record, t: float | None) -> None:
        within = SYNC if r.within is None else r.within
        if r.recorder is not None and t is not None and len(self.synced) < 10_000:
            if _within(r.recorder, WALL) and _within(t, YEARS) and _within(within, WALL):
                self.synced.append((int(r.recorder), int(t), math.ceil(within)))
            else:
                self.bad_times += 1

    def _when(self, r: Record) -> tuple[int, bool] | None:
        t, wall = r.t, r.wall
        if t is not None:
            if not _within(t, YEARS):
                self.bad_times += 1
                return None
            t = int(t)
            if wall is not None and (self.loose is None or t < self.loose[1]) and _within(wall, WALL):
                self.loose = (int(wall), t)
            return t, False
        if wall is None or not _within(wall, WALL):
            self.bad_times += 1
            return None
        return int(wall), True

    # ---- once all is in --------------------------------------------------------------------------------

    def where(self, place: int) -> str:
        """The place of a call as text."""
        return f"{self.unit} {place}" if place >= 0 else self.places[-place - 1]

    def clock(self) -> Clock:
        """How wall times become run times in this log."""
        pairs = sorted(set(self.pairs)) or ([self.loose] if self.loose else [])
        by_wall = any(self.walled) or any(e.wall for e in self.events)
        by_run = not all(self.walled) or any(not e.wall for e in self.events)
        if by_wall and not pairs:
            if by_run and (len(self.time) or self.events):
                return Clock(np.empty(0, np.int64), np.empty(0, np.int64))
            walls = [e.t for e in self.events] + ([min(self.time)] if self.time else [])
            pairs = [(min(walls), 0)]
        return Clock(np.array([w for w, _ in pairs], np.int64), np.array([t for _, t in pairs], np.int64))


def _several(r: Record) -> tuple[int, int] | None:
    """What an aggregated record says of how many calls it stands for; None for a single one at a known moment."""
    if r.count is None or r.count < 1 or (r.count == 1 and not r.span):
        return None
    span = r.span if r.span is not None and _within(r.span, YEARS) else -1
    return min(r.count, COUNT), int(span)


def _within(value: float, limit: int) -> bool:
    return math.isfinite(value) and 0 <= value <= limit


@dataclass(slots=True)
class Clock:
    """Pairs of wall time (ms, ascending) and run time (ns); none where the two cannot be brought together."""

    wall: Ints
    run: Ints

    def begin(self) -> tuple[int, int] | None:
        """Wall time in ms of the beginning of the run and by how many ms the pairs disagree on it."""
        if not len(self.wall):
            return None
        begins = self.wall - self.run // 1_000_000
        low, high = int(begins.min()), int(begins.max())
        return (low + high) // 2, -((low - high) // 2)

    def run_time(self, wall: Ints) -> Ints | None:
        """Run time of wall times by the nearest pair, so that a stepped clock counts from its own pair. None
        where there is no pair."""
        if not len(self.wall):
            return None
        at = np.clip(np.searchsorted(self.wall, wall), 1, max(1, len(self.wall) - 1)) if len(self.wall) > 1 else np.zeros(len(wall), np.int64)
        if len(self.wall) > 1:
            nearer = (wall - self.wall[at - 1]) <= (self.wall[at] - wall)
            at = np.where(nearer, at - 1, at)
        out: Ints = self.run[at] + (wall - self.wall[at]) * 1_000_000
        return out
