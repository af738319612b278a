"""A behaviour log → facts. The straight line: form → records → columns → subject → clock → states → facts.

The log comes from outside and may be anything; it is read in the child process under limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from mingcha.errors import BadInput
from mingcha.extract.behaviour import calls, device, happenings, importers, timeline
from mingcha.extract.behaviour import sniff as forms
from mingcha.extract.behaviour.apis import Apis, build
from mingcha.extract.behaviour.canonical import canonical
from mingcha.extract.behaviour.collect import Clock, Collector, Event
from mingcha.extract.behaviour.record import Record
from mingcha.extract.behaviour.stacks import Attributor
from mingcha.extract.behaviour.subject import Subject, find
from mingcha.extract.package.notes import Notes, clip
from mingcha.model import Exhibit, Limitation
from mingcha.plain import plain
from mingcha.store import sha256

sniff = forms.sniff
Source = Callable[[Path, Apis, Notes], Iterator[tuple[Any, Record]]]
SOURCES: dict[str, Source] = {
    "canonical": canonical, "camille-console": importers.camille_console, "camille-xlsx": importers.camille_xlsx,
    "appscan": importers.appscan, "logcat": device.logcat, "appops": device.appops, "usagestats": device.usagestats,
}  # fmt: skip
RESOLUTION = 3600.0  # seconds; a coarser clock decides nothing
# With these the log was not read as a whole.
PARTLY = frozenset(("truncated", "malformed-log", "too-large", "reader-limit", "mixed-log", "clock-unknown"))


def read(path: Path, emit: Callable[[Iterable[dict[str, Any]]], None], catalogue: Any) -> Exhibit:
    """Read one log of any known form. BadInput (`bad-log`) where it is of none, or holds no record."""
    with path.open("rb") as f:
        form = forms.form(path, f.read(forms.HEAD))
    if form is None:
        raise BadInput(
            f"{path.name} 不是可识别的行为记录", f"{path.name} is no behaviour log of a known form",
            {
                "zh": "可读：behaviour.jsonl、camille、AppScan、logcat 事件、dumpsys appops/usagestats",
                "en": "readable: behaviour.jsonl, camille, AppScan, logcat events, dumpsys appops and usagestats",
            },
            code="bad-log",
        )  # fmt: skip
    notes, apis = Notes(), build(catalogue)
    got = Collector(notes)
    for where, record in SOURCES[form](path, apis, notes):
        got.add(where, record)
    digest = sha256(path)
    if not (len(got.time) or got.events or got.headers) or not _any(got, form):
        raise BadInput(
            f"{path.name} 中没有可用的记录", f"{path.name} holds no usable record",
            {"zh": "请核对格式并重新导出", "en": "see docs/behaviour-log.md and export it again"}, code="bad-log",
        )  # fmt: skip
    for fact in _facts(got, apis, catalogue, notes, form):
        emit([{"exhibit": digest, **fact}])
    emit(notes.facts(digest))
    limits = tuple(Limitation(code=code, detail=detail) for code, detail in notes.limitations)
    return Exhibit(
        kind="behaviour", name=plain(path.name), sha256=digest, size=path.stat().st_size, reader=f"behaviour/{form}",
        status="partly" if any(lim.code in PARTLY for lim in limits) else "read", limitations=limits,
    )  # fmt: skip


def _any(got: Collector, form: str) -> bool:
    """Importers put a header before whatever they find; alone it is no log. One that a recorder wrote is: a run
    in which nothing was called."""
    return form == "canonical" or bool(len(got.time) or got.events)


def _facts(got: Collector, apis: Apis, catalogue: Any, notes: Notes, form: str) -> Iterator[dict[str, Any]]:
    subject = find(got, notes)
    clock = got.clock()
    events = _ordered(got, subject, clock, notes)
    header = subject.header
    if got.bad_times:
        notes.limitation("malformed-log", f"{got.bad_times} records have no possible time")
    if got.nameless:
        notes.limitation("malformed-log", f"{got.nameless} records name neither interface nor event")
    if got.unknown_events:
        notes.limitation("malformed-log", f"{got.unknown_events} events are of no known kind")
    yield from happenings.coverage(header, events, apis, notes)
    own = [(t, e.record) for t, e in events if subject.app is None or happenings.package_of(e.record) in (None, "", subject.app)]
    times = calls.Times(
        legal=timeline.legal(own, header), screen=timeline.screen([(t, e.record) for t, e in events], header, subject.app),
        resolution=round(min(header.resolution or 0.0, RESOLUTION) * 1e9),
    )  # fmt: skip
    yield from happenings.facts(events, subject.app, notes, times.state)
    # A recorder that brings the clocks together at the end says by it that it watched until then.
    last = max((t for t, e in events if happenings.package_of(e.record) in (None, "", subject.app)), default=0) / 1e9
    last = max([last, *(run / 1e9 for _, run, _ in got.synced), *(run / 1e9 for _, run in got.pairs)])
    for fact in calls.facts(got, subject, clock, times, apis, Attributor(catalogue, subject.app), notes):
        last = max(last, fact["last"])
        yield fact
    consent = times.legal is not None or any(timeline.OWN.get(k.state or "", (0, 0))[0] for k in got.kinds)
    screen = len(times.screen.times) > 0 or any(timeline.OWN.get(k.state or "", (0, 0))[1] for k in got.kinds)
    # Of a log without calls as well: that nothing was called before consent must not follow from it.
    if not consent:
        notes.limitation("no-consent-mark", "no event and no call says when the user consented")
    if not screen and not len(got.time):
        notes.limitation("no-state-mark", "nothing says when the app was on screen")
    yield {
        "kind": "behaviour-run", "where": "line 1", "package": _name(subject.app), "form": form, "tool": _name(header.tool),
        "device": _name(header.device), "calls": len(got.time), "events": len(got.events), "seconds": round(last, 6),
        "consent": consent, "screen": screen, "consent_at_start": header.consent_at_start if header.consent_at_start in ("none", "given") else None,
        "resolution": times.resolution / 1e9, **_begin(got, clock, form),
    }  # fmt: skip


def _begin(got: Collector, clock: Clock, form: str) -> dict[str, Any]:
    """When the run began, by the device's clock and by that of what recorded the traffic, each with the seconds that
    it may be off. Tools that write local times without a zone do not say it."""
    found: dict[str, Any] = {"begin": None, "begin_within": None, "recorder_begin": None, "recorder_within": None}
    # The times that a single call happens to show are no reading of the clocks.
    if form == "canonical" and (got.pairs or got.loose is None) and (device := clock.begin()):
        found |= {"begin": _iso(device[0]), "begin_within": (device[1] + 1) / 1000}
    if got.synced:
        low = min(wall - run // 1_000_000 - within for wall, run, within in got.synced)
        high = max(wall - run // 1_000_000 + within for wall, run, within in got.synced)
        found |= {"recorder_begin": _iso((low + high) // 2), "recorder_within": ((high - low + 1) // 2 + 1) / 1000}
    return found


def _iso(millis: int) -> str | None:
    try:
        return datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):
        return None


def _name(text: str | None) -> str | None:
    return clip(text) if text else None


def _ordered(got: Collector, subject: Subject, clock: Clock, notes: Notes) -> list[tuple[int, Event]]:
    """Events of the subject's run in order of run time, each once; those of other apps stay, because they say who
    took the screen and who woke whom."""
    if subject.mixed and subject.app is None:
        return []
    header = subject.header
    found: dict[Any, tuple[int, Event]] = {}
    lost = 0
    for event in got.events:
        r = event.record
        if r.run and header.run and r.run != header.run:
            continue
        if subject.mixed and not (r.run or r.package or r.process):
            continue
        t = event.t
        if event.wall:
            run = clock.run_time(np.array([t], np.int64))
            if run is None or run[0] < 0:
                lost += 1
                continue
            t = int(run[0])
        if r.package is None:
            r.package = happenings.package_of(r)
        key = (t, r.event, r.package, r.process, r.pid, r.permission, r.answer, r.cause, r.by, r.api, r.scope, r.consent_id)
        found.setdefault(key, (t, event))
    if lost:
        notes.limitation("clock-unknown", f"{lost} events have a wall time that cannot be placed in the run")
    return [found[key] for key in sorted(found, key=lambda k: tuple(("" if v is None else str(v)) if n else v for n, v in enumerate(k)))]
