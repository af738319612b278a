"""Events → facts: states of the app, permission dialogs, process starts, who wakes whom, what was hooked."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mingcha.extract.behaviour import rates
from mingcha.extract.behaviour.apis import Apis
from mingcha.extract.behaviour.collect import Event
from mingcha.extract.behaviour.record import ANSWERS, Record
from mingcha.extract.limits import DEFAULT
from mingcha.extract.package.notes import Notes, clip

HOUR = 3600 * 10**9
REFUSALS = ("denied", "denied-forever")
SHOWN = (
    "foreground", "background", "screen-off", "screen-on", "silent", "consent-shown", "consent-accepted",
    "consent-refused", "consent-withdrawn", "cancel-account", "process-kill",
)  # fmt: skip
# Callers that stand for the system or for the user's tap; being started by them is no chain.
SYSTEM_CALLERS = ("android", "system", "root", "shell", "com.android.", "com.google.android.permissioncontroller")
LAUNCHERS = ("launcher", "com.miui.home", "com.huawei.android.launcher", "com.oppo.launcher", "com.bbk.launcher2", "com.sec.android.app.launcher")
ACT = 5 * 10**9  # ns: a dialog that comes so soon after an act of the user may be its answer; ours
STARTED_TWICE = 2 * 10**9  # ns: the event log and the system log tell one start a little apart

Said = list[tuple[int, Event]]


def package_of(r: Record) -> str | None:
    """The app that an event is about: its package, else what its process is named after."""
    return r.package if r.package is not None else ((r.process or "").partition(":")[0] or None)


def facts(events: Said, app: str | None, notes: Notes, state: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Facts of all events, which are in order of run time; events of other apps are passed over. `state`: of the
    app at a run time in ns."""
    limit = DEFAULT.facts_per_kind
    made = (
        ("app-state", _states(events, app)), ("permission-ask", _asks(events, app, state)),
        ("process-start", _starts(events, app)), ("wake", _wakes(events, app)),
    )  # fmt: skip
    for name, found in made:
        for n, fact in enumerate(found):
            if n >= limit:
                notes.limitation("reader-limit", f"{name} facts beyond {limit}")
                break
            yield fact


def _of(events: Said, app: str | None, *names: str) -> Iterator[tuple[int, Event]]:
    for t, event in events:
        about = package_of(event.record)
        if event.record.event in names and (not about or app is None or about == app):
            yield t, event


def _seconds(t: int) -> float:
    return round(t / 1e9, 6)


def _states(events: Said, app: str | None) -> Iterator[dict[str, Any]]:
    last = None
    for t, event in _of(events, app, *SHOWN):
        r = event.record
        said = (r.event, r.consent_id, r.scope)
        if said != last:
            yield {
                "kind": "app-state", "where": event.where, "t": _seconds(t), "state": r.event,
                "detail": clip(r.consent_id or r.component or r.cause) if r.consent_id or r.component or r.cause else None,
                "scope": clip(r.scope) if r.scope else None,
            }  # fmt: skip
        last = said


def _asks(events: Said, app: str | None, state: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    asked: dict[str, tuple[int, int]] = {}
    refused: dict[str, int] = {}
    inputs = [t for t, _ in _of(events, app, "input")]
    for t, event in _of(events, app, "permission"):
        r = event.record
        name = clip(r.permission or "")
        if not name:
            continue
        before = asked.get(name)
        if before is not None and before[0] == t:
            continue  # one dialog, told twice
        answer = r.answer if r.answer in ANSWERS else "unknown"
        before_it = bisect_right(inputs, t)
        yield {
            "kind": "permission-ask", "where": event.where, "t": _seconds(t), "permission": name, "answer": answer,
            "interval": round((t - before[0]) / HOUR, 6) if before else None,
            "since_refusal": round((t - refused[name]) / HOUR, 6) if name in refused else None,
            "ask": before[1] + 1 if before else 1, "state": state(t),
            "user": r.user if r.user is not None else bool(before_it and t - inputs[before_it - 1] <= ACT) if inputs else None,
        }  # fmt: skip
        asked[name] = (t, before[1] + 1 if before else 1)
        if answer in REFUSALS:
            refused[name] = t
        elif answer == "granted":
            refused.pop(name, None)


def _distinct(events: Said) -> Iterator[tuple[int, Event]]:
    """Process starts, without those that two logs tell of one process. The later record's caller is kept."""
    seen: dict[tuple[int, str], tuple[int, Record]] = {}
    kept: list[tuple[int, Event]] = []
    for t, event in events:
        r = event.record
        if r.event != "process-start":
            continue
        key = (r.pid or 0, r.process or r.package or "")
        before = seen.get(key)
        if before is not None and r.pid is not None and t - before[0] <= STARTED_TWICE:
            for name in ("by", "cause", "component", "user"):
                if getattr(before[1], name) in (None, "unknown"):
                    setattr(before[1], name, getattr(r, name))
            continue
        seen[key] = (t, r)
        kept.append((t, event))
    yield from kept


def foreign(caller: str | None, target: str | None) -> bool:
    """Whether one app started another: neither the system nor the launcher, and not the app itself."""
    if not caller or not target or caller == target:
        return False
    return not caller.startswith(SYSTEM_CALLERS) and not any(mark in caller for mark in LAUNCHERS)


def _starts(events: Said, app: str | None) -> Iterator[dict[str, Any]]:
    for t, event in _distinct(events):
        r, target = event.record, package_of(event.record)
        if target and app is not None and target != app:
            continue
        user = r.user
        if user is None and r.by is not None and any(mark in r.by for mark in LAUNCHERS):
            user = True
        yield {
            "kind": "process-start", "where": event.where, "t": _seconds(t), "cause": clip(r.cause or "unknown"),
            "by": clip(r.by) if r.by else None, "process": clip(r.process or target or ""), "user": user,
            "component": clip(r.component) if r.component else None, "chain": foreign(r.by, target) if r.by else None,
        }  # fmt: skip


def _wakes(events: Said, app: str | None) -> Iterator[dict[str, Any]]:
    pairs: dict[tuple[str, str], list[tuple[int, Event]]] = defaultdict(list)
    for t, event in _distinct(events):
        caller, target = event.record.by, package_of(event.record)
        if foreign(caller, target) and caller and target and (app is None or app in (caller, target)):
            pairs[clip(caller), clip(target)].append((t, event))
    for (caller, target), found in pairs.items():
        first, times = found[0][1], np.array([t for t, _ in found], np.int64)
        yield {
            "kind": "wake", "where": first.where, "t": _seconds(found[0][0]), "source": caller, "target": target,
            "direction": "unknown" if app is None else "wakes" if caller == app else "woken", "count": len(found),
            "per_hour": float(rates.highest(times, 3600)), "last": _seconds(found[-1][0]), "cause": clip(first.record.cause or "unknown"),
        }  # fmt: skip


def coverage(header: Record, events: Said, apis: Apis, notes: Notes) -> Iterator[dict[str, Any]]:
    """What was hooked, one fact for each item: without it a log that shows nothing says nothing. A hook that
    failed its self-test covers nothing."""
    tests = {r.api: r.result for _, e in events if (r := e.record).event == "hook-test" and r.api}
    hooked = list(dict.fromkeys([*(header.hooks or []), *tests]))[:20_000]
    if not hooked:
        notes.limitation("coverage-unknown", "the log does not say which interfaces were hooked")
        return
    found: dict[str, dict[str, bool | None]] = {}
    failed, strange = [], 0
    for name in hooked:
        passed = None if name not in tests else tests[name] in ("ok", "value", "void", "null")
        if passed is False:
            failed.append(name)
            continue
        entries = apis.all_of(name)
        strange += not entries
        for entry in entries:
            found.setdefault(entry.item, {})[entry.api] = passed
    if failed:
        notes.limitation("hook-failed", f"{len(failed)} hooks failed their self-test: {', '.join(clip(f) for f in failed[:5])}")
    for item, names in sorted(found.items()):
        yield {
            "kind": "hook-coverage", "where": "line 1", "item": item, "apis": sorted(names), "hooked": len(names),
            "known": len(apis.of_item.get(item, ())), "tested": all(p is True for p in names.values()),
        }  # fmt: skip
