"""Calls in order of run time → `behaviour` facts: one for each interface, item, caller, state and result.

A log of a million calls has few of these groups. Each fact is the first call of its group and says how often
it came again. The rates are those of the item by that caller in that state and with that result, whatever
interface served: reading an id by two interfaces in turn is as frequent as by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mingcha.extract.behaviour import rates, stacks
from mingcha.extract.behaviour.apis import Apis
from mingcha.extract.behaviour.collect import YEARS, Clock, Collector, Ints
from mingcha.extract.behaviour.subject import Subject
from mingcha.extract.behaviour.timeline import GIVEN, OWN, PRE, REFUSED, STATES, Steps, combine, legal_at
from mingcha.extract.limits import DEFAULT
from mingcha.extract.package.notes import Notes, clip

# What a recorder writes → the word of the fact. Nothing came (`null`) is no success: rules on what was obtained
# must not count it.
RESULTS = {"value": "ok", "void": "ok", "ok": "ok", "denied": "denied", "null": "error", "error": "error"}
RESULT = ("ok", "denied", "error", "unknown")
TOLD = (None, False, True)


@dataclass(slots=True)
class Times:
    """What decides the state of a call."""

    legal: Steps | None
    screen: Steps
    resolution: int  # ns

    def state(self, t: int) -> str:
        """The state at one moment (ns) by the events alone."""
        at = np.array([t], np.int64)
        allowed = np.zeros(1, np.int64) if self.legal is None else legal_at(self.legal, at, self.resolution)
        return STATES[int(combine(allowed, self.screen.at(at))[0])]


def facts(
    got: Collector, subject: Subject, clock: Clock, times: Times, apis: Apis, who: stacks.Attributor, notes: Notes
) -> Iterator[dict[str, Any]]:
    """All `behaviour` facts, by first time. What could not be used is a limitation."""
    if not len(got.time):
        return
    named = [apis.of(k.api or k.item or "", k.item, k.key) for k in got.kinds]
    owned = [subject.owns(k.package, k.process, k.uid, k.run) for k in got.kinds]
    _unmapped(got, named, owned, notes)
    pairs = sorted({n for n in named if n})
    index = {n: i for i, n in enumerate(pairs)}
    item_of = {item: i for i, item in enumerate(sorted({n.item for n in pairs}))}

    kind = np.frombuffer(got.kind, np.int32)
    t = np.frombuffer(got.time, np.int64).copy()
    walled = np.frombuffer(got.walled, np.int8) != 0
    keep = np.array([n is not None and o for n, o in zip(named, owned, strict=True)], bool)[kind]
    if walled.any():
        run = clock.run_time(t[walled])
        if run is None:
            notes.limitation("clock-unknown", f"{int(walled.sum())} calls have a wall time alone")
            keep &= ~walled
        else:
            t[walled] = run
    if (early := keep & (t < 0)).any():
        notes.limitation("malformed-log", f"{int(early.sum())} calls lie before the run began")
        keep &= ~early
    # In order of time, and of the file where that is the same; then without what was recorded twice.
    at = np.flatnonzero(keep)
    at = at[np.lexsort((at, t[at]))]
    same = np.frombuffer(got.same, np.int64)[at]
    _, firsts = np.unique(same, return_index=True)
    once = walled[at]
    once[firsts] = True
    at = at[once]
    if not len(at):
        return
    t, kind, stack = t[at], kind[at], np.frombuffer(got.stack, np.int32)[at]
    counts, spans = _several(got, at)
    if spans.any():
        notes.limitation("aggregated-counts", f"{int((spans > 0).sum())} records stand for {int(counts[spans > 0].sum())} calls at unknown moments of a span")
    place = np.frombuffer(got.place, np.int64)[at]

    by = [who.of(key) for key in got.stacks]
    owners = {owner: i for i, owner in enumerate(dict.fromkeys(a.owner for a in by))}
    caller = np.array([owners[a.owner] for a in by], np.int64)[stack]
    state = _states(got, kind, t, spans, times, notes)
    result = np.array([RESULT.index(RESULTS.get(k.result or "", "unknown")) for k in got.kinds], np.int64)[kind]
    told = np.array([TOLD.index(k.told) for k in got.kinds], np.int64)[kind]
    pair = np.array([index[n] if n else 0 for n in named], np.int64)[kind]
    item = np.array([item_of[n.item] if n else 0 for n in named], np.int64)[kind]

    # What is counted together, and within it the groups that make a fact.
    wide = ((item * len(owners) + caller) * len(STATES) + state) * len(RESULT) + result
    fine = (wide * len(pairs) + pair) * len(TOLD) + told
    often = {int(g): _rates(t[rows], counts[rows], spans[rows]) for g, rows in _groups(wide)}
    groups = sorted(_groups(fine), key=lambda g: (int(t[g[1][0]]), int(g[0])))
    if len(groups) > DEFAULT.facts_per_kind:
        notes.limitation("reader-limit", f"behaviour facts beyond {DEFAULT.facts_per_kind}")
    for _, rows in groups[: DEFAULT.facts_per_kind]:
        n = int(rows[0])
        name, attribution = pairs[int(pair[n])], by[int(stack[n])]
        seen, known = t[rows], not spans[rows].any()
        yield {
            "kind": "behaviour", "where": got.where(int(place[n])), "t": _seconds(seen[0]), "api": name.api, "item": name.item,
            "owner": attribution.owner.fact(), "state": STATES[int(state[n])], "result": RESULT[int(result[n])],
            "stack": [clip(f.strip()) for f in stacks.frames_of(got.stacks[int(stack[n])])[: stacks.KEPT]],
            "told": TOLD[int(told[n])], **often[int(wide[n])], "count": int(counts[rows].sum()),
            "last": _seconds((seen + np.where(spans[rows] < YEARS, spans[rows], 0)).max()),
            "period": rates.period(seen) if known and len(rows) == counts[rows].sum() else None, "owners": list(attribution.owners), "owner_by": attribution.by,
            "own_share": attribution.own,
        }  # fmt: skip


def _seconds(t: Any) -> float:
    return round(int(t) / 1e9, 6)


def _several(got: Collector, at: Ints) -> tuple[Ints, Ints]:
    """(calls that each record stands for, ns within which they lie), for the records at these positions."""
    counts, spans = np.ones(len(got.time), np.int64), np.zeros(len(got.time), np.int64)
    for n, (count, span) in got.many.items():
        counts[n], spans[n] = count, YEARS if span < 0 else span
    return counts[at], spans[at]


def _rates(t: Ints, counts: Ints, spans: Ints) -> dict[str, Any]:
    single = not spans.any() and len(counts) == counts.sum()
    found: dict[str, Any] = {
        name: rates.highest(t, seconds) if single else rates.surely(t, counts, spans, seconds)
        for name, seconds in rates.WINDOWS.items()
    }
    found["per_minute"] = float(found["per_minute"])
    return found


def _groups(keys: Ints) -> list[tuple[Any, Ints]]:
    """(key, rows in order) of every distinct key."""
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    return list(zip(found, np.split(order, starts[1:]), strict=True))


def _states(got: Collector, kind: Ints, t: Ints, spans: Ints, times: Times, notes: Notes) -> Ints:
    own = [OWN.get(k.state or "", (0, 0)) for k in got.kinds]
    said = np.array([o[0] for o in own], np.int64)[kind]
    allowed = said
    if times.legal is not None:
        allowed = legal_at(times.legal, t, times.resolution)
        wrong = ((said == PRE) | (said == REFUSED)) & (allowed == GIVEN)
        if wrong.any():
            notes.limitation("state-conflict", f"{int(wrong.sum())} calls are marked as before consent or refused, after the consent event")
    shown = np.array([o[1] for o in own], np.int64)[kind]
    shown = np.where(shown == 0, times.screen.at(t), shown)
    state = combine(allowed, shown)
    if spans.any():
        # Of calls at unknown moments the state is known only where it was one and the same all the time.
        mixed = times.screen.changes(t, t + spans) & (np.array([o[1] for o in own], np.int64)[kind] == 0)
        if times.legal is not None:
            mixed |= (spans > 0) & times.legal.changes(t - times.resolution, t + spans + times.resolution)
        state = np.where(mixed, 0, state)
    if (blank := int((state == 0).sum())) > 0:
        notes.limitation("no-state-mark", f"of {blank} calls it is not known whether the app was on screen")
    return state


def _unmapped(got: Collector, named: list[Any], owned: list[bool], notes: Notes) -> None:
    """Calls of interfaces that the catalogue does not know were seen and are no facts: that is said once."""
    names = {i: clip(k.api or k.item) for i, k in enumerate(got.kinds) if owned[i] and named[i] is None}
    if names:
        counts = Counter[str]()
        per = np.bincount(np.frombuffer(got.kind, np.int32), minlength=len(got.kinds))
        for i, name in names.items():
            counts[name] += int(per[i])
        top = ", ".join(name for name, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:5])
        notes.limitation("unmapped-call", f"{counts.total()} calls of {len(counts)} interfaces: {top}")
