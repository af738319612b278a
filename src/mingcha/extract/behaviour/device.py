"""What Android itself writes down → canonical records: the event log, app operations, usage events.

Formats after the platform's sources (event-log-tags of ActivityManager and WindowManager, the dump methods of
AppOpsService and UsageStatsService); docs/behaviour-log.md says what was checked on real output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mingcha.extract.behaviour import lines
from mingcha.extract.behaviour.apis import Apis
from mingcha.extract.behaviour.importers import header
from mingcha.extract.behaviour.record import Record
from mingcha.extract.package.notes import Notes

Records = Iterator[tuple[str, Record]]

# ---- logcat ------------------------------------------------------------------------------------------------

LINE = 4096  # characters; the log daemon itself cuts messages at about as much
_PREFIX = re.compile(
    r"^(?:(?P<year>\d{4})-)?(?:(?P<month>\d\d)-(?P<day>\d\d) (?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)|(?P<epoch>\d{9,12}))(?P<f>\.\d{3,9})"
    r"(?: [+-]\d{4})?\s+(?P<rest>.*)$"
)
_EVENT = re.compile(r"\b((?:am|wm)_[a-z_]+|screen_toggled|power_screen_state)\s*(?:\(\s*\d+\))?\s*: (\[.*\]|\d+)\s*$")
_STARTED = re.compile(r"\bActivityManager\s*(?:\(\s*\d+\))?\s*: Start proc (\d+):(\S+?)/\S+ for ([a-z -]+?) ?(\{[^}]*\}|\S*)(?: caller=(\S+))?\s*$")
# Type of the hosting record of am_proc_start → cause of the start.
CAUSES = {
    "activity": "activity", "top-activity": "activity", "next-top-activity": "activity", "pre-top-activity": "activity",
    "next-activity": "activity", "service": "service", "bound-service": "service", "broadcast": "broadcast",
    "content provider": "provider", "restart": "restart", "backup": "backup", "added application": "system", "system": "system",
    "empty": "system", "on-hold": "system",
}  # fmt: skip
_WORK = ("SystemJobService", "JobIntentService", "JobInfoSchedulerService", "JobService")
_SYNC, _ACCOUNT = ("SyncService", "SyncAdapter"), ("AuthenticatorService", "AccountAuthenticator", "AuthService")


def logcat(path: Path, apis: Apis, notes: Notes) -> Records:
    """Event lines of `logcat -b events` (and the start lines of the system log) in the formats threadtime,
    time, year and epoch. Other lines are passed over. A log without years that passes New Year goes on."""
    clock = _Clock()
    names: dict[int, str] = {}
    yield "line 1", Record(event="run", resolution=0.001)
    for number, line in lines.text(path, notes):
        if number == 1 and (told := header(line)):
            told.resolution = max(told.resolution or 0.0, 0.001)
            yield "line 1", told
            continue
        found = _PREFIX.match(line) if len(line) <= LINE else None
        if found is None:
            continue
        rest = found["rest"]
        record: Record | None = None
        if started := _STARTED.search(rest):
            pid, process, kind, what, caller = started.groups()
            record = _start(process, int(pid), kind.strip(), what, caller)
        elif event := _EVENT.search(rest):
            parts = _parts(event[2])
            record = _event(event[1], parts, names)
        if record is None:
            continue
        wall = clock.millis(found)
        if wall is None:
            notes.limitation("malformed-log", "an impossible time", f"line {number}")
            continue
        record.wall = wall
        yield f"line {number}", record


class _Clock:
    """Times of lines, which mostly have no year: 2000 stands for it, and a fall by half a year is New Year."""

    def __init__(self) -> None:
        self._year, self._last = 2000, 0

    def millis(self, found: re.Match[str]) -> int | None:
        part = round(float(found["f"]) * 1000)
        if found["epoch"]:
            return int(found["epoch"]) * 1000 + part
        clock = [int(found[k]) for k in ("month", "day", "h", "m", "s")]
        try:
            at = datetime(int(found["year"] or self._year), *clock, tzinfo=UTC)  # type: ignore[arg-type,misc]
        except ValueError:
            return None
        if not found["year"]:
            month = clock[0]
            if month <= 2 and self._last >= 11:
                self._year += 1 if self._year < 2400 else 0
                try:
                    at = at.replace(year=self._year)
                except ValueError:
                    return None
            elif month >= 11 and 0 < self._last <= 2 and self._year > 2000:  # a late line of the old year
                return int(at.replace(year=self._year - 1).timestamp()) * 1000 + part
            self._last = month
        return int(at.timestamp()) * 1000 + part


def _parts(text: str) -> list[str]:
    """Values of `[0,1234,com.x,{com.x/.A}]`; braces keep their commas."""
    out, depth, start, inner = [], 0, 0, text.strip("[]") if text.startswith("[") else text
    for at, c in enumerate(inner):
        if c in "{(":
            depth += 1
        elif c in ")}":
            depth -= 1
        elif c == "," and depth <= 0:
            out.append(inner[start:at])
            start = at + 1
    return [*out, inner[start:]]


def _start(process: str, pid: int, kind: str, what: str, caller: str | None) -> Record:
    cause = CAUSES.get(kind, "unknown")
    if cause == "service":
        for cause_, marks in (("job", _WORK), ("sync", _SYNC), ("account", _ACCOUNT)):
            if any(mark in what for mark in marks):
                cause = cause_
    return Record(
        event="process-start", process=process, pid=pid, cause=cause, component=what.strip("{}") or None, by=caller,
    )  # fmt: skip


def _event(tag: str, parts: list[str], names: dict[int, str]) -> Record | None:
    def number(n: int) -> int | None:
        return int(parts[n]) if n < len(parts) and parts[n].strip().isdecimal() and len(parts[n]) < 12 else None

    name = tag[3:]
    if name == "proc_start" and len(parts) >= 5 and (pid := number(1)) is not None:
        if len(names) < 100_000:
            names[pid] = parts[3]
        record = _start(parts[3], pid, parts[4].strip(), parts[5] if len(parts) > 5 else "", None)
        record.uid = number(2)
        return record
    if name in ("proc_died", "kill") and len(parts) >= 3:
        return Record(event="process-kill", pid=number(1), process=parts[2], cause=parts[-1][:80] if name == "kill" else None)
    if name in ("set_resumed_activity", "focused_activity", "resume_activity", "restart_activity"):
        component = next((p for p in parts if "/" in p), None)
        if component:
            return Record(event="foreground", package=component.strip("{} ").partition("/")[0], component=component)
    if tag in ("screen_toggled", "power_screen_state"):
        return Record(event="screen-on" if parts[0].strip() == "1" else "screen-off", package="")
    return None


# ---- dumpsys appops ----------------------------------------------------------------------------------------

# Operation → what it opens. Only operations that stand for one item; READ_PHONE_STATE and its like do not.
OPERATIONS = {
    "COARSE_LOCATION": "approximate-location", "FINE_LOCATION": "precise-location", "MONITOR_LOCATION": "location",
    "MONITOR_HIGH_POWER_LOCATION": "precise-location", "GPS": "precise-location", "WIFI_SCAN": "wifi-list",
    "NEIGHBORING_CELLS": "cell-info", "READ_CONTACTS": "contacts", "READ_CALL_LOG": "call-log", "READ_SMS": "sms",
    "RECEIVE_SMS": "sms", "READ_CELL_BROADCASTS": "sms", "RECEIVE_MMS": "mms", "READ_CALENDAR": "calendar", "CAMERA": "camera-image",
    "RECORD_AUDIO": "audio-recording", "READ_CLIPBOARD": "clipboard", "GET_ACCOUNTS": "device-accounts",
    "READ_MEDIA_IMAGES": "photos", "READ_MEDIA_VIDEO": "videos", "READ_PHONE_NUMBERS": "phone-number",
    "READ_DEVICE_IDENTIFIERS": "unchangeable-id", "GET_USAGE_STATS": "usage-stats", "QUERY_ALL_PACKAGES": "query-all-packages",
}  # fmt: skip
# State of the app at the operation. A foreground service shows no screen; `fg` and `pers` may or may not.
_UID_STATES = {"top": "foreground", "fgsvcl": "background", "fgsvc": "background", "bg": "background", "cch": "background"}
_PACKAGE = re.compile(r"^\s+Package ([\w.]{1,200}):\s*$")
_OPERATION = re.compile(r"^\s+([A-Z][A-Z_]{2,60}) \([a-z]+")
HELD = 100_000  # last accesses that wait for the counts of the same dump
_ACCESS = re.compile(r"^\s+(Access|Reject): (?:\[([a-z]+)-[a-z]+\] )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d{3})")


# Of `--history` (Android 11 and later): snapshots of a span with counts by operation and state.
_SNAPSHOT = re.compile(r"^\s+(begin|end) = (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d{3})\b")
_COUNTED = re.compile(r"^\s+([A-Z][A-Z_]{2,60}):\s*$")
_COUNT = re.compile(r"^\s+\[([a-z]+)-[a-z]+\] = (.{1,200})$")
_PART = re.compile(r"\b(access|reject)=(\d{1,9})\b")


def appops(path: Path, apis: Apis, notes: Notes) -> Records:
    """`dumpsys appops` of Android 10 and later: of each operation and state the last time, and with `--history` how
    often within each snapshot. A last access within a snapshot is one of those counted there."""
    yield "line 1", Record(event="run", resolution=0.001)
    notes.limitation("last-access-only", "dumpsys appops keeps the last access of each operation and state only")
    package = operation = None
    begin = end = None
    last: list[tuple[str, Record]] = []
    counted: dict[tuple[str | None, ...], list[tuple[float, float]]] = {}
    for number, line in lines.text(path, notes):
        if number == 1 and (told := header(line)):
            yield "line 1", told
        elif found := _PACKAGE.match(line):
            package, operation = found[1], None
        elif found := _OPERATION.match(line) or _COUNTED.match(line):
            operation = found[1]
        elif found := _SNAPSHOT.match(line):
            wall = _stamp(found[2])
            at = None if wall is None else wall + int(found[3])
            begin, end = (at, None) if found[1] == "begin" else (begin, at)
            package = operation = None
        elif package and operation in OPERATIONS and (found := _ACCESS.match(line)):
            wall = _stamp(found[3])
            if wall is not None and len(last) < HELD:
                last.append((f"line {number}", _operation(package, operation, found[1] == "Access", found[2], wall + int(found[4]))))
        elif package and operation in OPERATIONS and begin is not None and end is not None and (found := _COUNT.match(line)):
            for word, n in _PART.findall(found[2]):
                if int(n) and end >= begin:
                    record = _operation(package, operation, word == "access", found[1], begin)
                    record.count, record.span = int(n), (end - begin) * 1_000_000
                    counted.setdefault(_same(record), []).append((begin, end))
                    yield f"line {number}", record
    for where, record in last:
        if not any(low <= (record.wall or 0) <= high for low, high in counted.get(_same(record), ())):
            yield where, record


def _operation(package: str, operation: str, allowed: bool, state: str | None, wall: int) -> Record:
    return Record(
        api=f"appops.{operation}", item=OPERATIONS[operation], package=package, wall=wall,
        result="value" if allowed else "denied", state=_UID_STATES.get(state or ""),
    )  # fmt: skip


def _same(r: Record) -> tuple[str | None, ...]:
    return r.package, r.api, r.result, r.state


def _stamp(text: str) -> int | None:
    try:
        return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()) * 1000
    except ValueError:
        return None


# ---- dumpsys usagestats ------------------------------------------------------------------------------------

_USAGE = re.compile(r'^\s*time="(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)" type=([A-Z_]+) package=([\w.]{1,200})(?: class=(\S+))?')
_SCREEN = {
    "ACTIVITY_RESUMED": "foreground", "MOVE_TO_FOREGROUND": "foreground", "ACTIVITY_PAUSED": "background",
    "MOVE_TO_BACKGROUND": "background", "SCREEN_NON_INTERACTIVE": "screen-off", "SCREEN_INTERACTIVE": "screen-on",
    "USER_INTERACTION": "input",
}  # fmt: skip


def usagestats(path: Path, apis: Apis, notes: Notes) -> Records:
    """Usage events of `dumpsys usagestats`: when an app was on screen, to the second."""
    yield "line 1", Record(event="run", resolution=1.0)
    for number, line in lines.text(path, notes):
        if number == 1 and (told := header(line)):
            yield "line 1", told
        elif (found := _USAGE.match(line)) and found[2] in _SCREEN:
            wall, event = _stamp(found[1]), _SCREEN[found[2]]
            if wall is not None:
                package = "" if event.startswith("screen") else found[3]
                yield f"line {number}", Record(event=event, package=package, component=found[4], wall=wall)
