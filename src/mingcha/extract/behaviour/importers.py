"""Logs of other tools → canonical records. What was and was not checked on real output: docs/behaviour-log.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from mingcha.extract.behaviour import lines
from mingcha.extract.behaviour.apis import Apis, split
from mingcha.extract.behaviour.record import Record
from mingcha.extract.behaviour.sniff import COLUMNS, DIRECTIVE
from mingcha.extract.package.notes import Notes

Records = Iterator[tuple[str, Record]]
WHOLE = 64 << 20  # bytes of one JSON document that is decoded at once
NESTED = 8  # levels that are looked through for a payload
HELD = 1 << 30  # bytes of records that wait for all dates to be seen, roughly
PIECE = 200_000  # characters of one console record

_STAMP = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{1,2}):(\d{1,2})")
_MARK = "，APP行为："  # of a console record's first line
_PERMISSION = re.compile(r"android\.permission\.[A-Z_]{3,60}")
_ARGUMENT = re.compile(r'参数\d+："((?:[^"\\]|\\.){1,200})"')
# Descriptions of calls whose constant argument the tool leaves out, in the tool's words, and what they mean.
SAID = {
    "获取安卓ID": "android-id", "获取手机通信录内容": "contacts", "获取日历内容": "calendar", "获取相册内容": "photos",
    "获取相册信息": "photos", "获取浏览器内容": "browsing-history", "获取IMEI": "imei", "读取剪切板信息": "clipboard",
}  # fmt: skip


def header(line: str) -> Record | None:
    """The run header that a person or recorder puts on the first line of a text log: `#mingcha-behaviour {…}`."""
    if not line.startswith(DIRECTIVE):
        return None
    try:
        found = msgspec.json.decode(line[len(DIRECTIVE) :].strip().encode(), type=Record)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    found.event = "run"
    return found


def opening(line: str) -> tuple[str, str, str, str] | None:
    """(time, action, description, arguments) of a console record's first line. Cut by its marks one after the
    other: an expression with as many gaps would take cubic time on a hostile line."""
    stamp, mark, rest = line.partition(_MARK)
    if not mark or not stamp.startswith("[*] ") or len(stamp) > 40:
        return None
    before, mark, after = rest.partition("、行为描述：")
    if not mark:
        return None
    said, _, arg = after.partition("、传入参数：")
    return stamp[4:], before.partition("、行为主体：")[0], said, arg


class Months:
    """Wall times of tools that write JavaScript's month, counted from 0. A date that cannot be one shows that
    this tool counted from 1, so nothing is moved before all dates were seen."""

    def __init__(self) -> None:
        self.plain = False
        self._raw: list[tuple[Record, tuple[int, ...]]] = []

    def add(self, record: Record, stamp: str) -> bool:
        """Note the time of a record; False where it has none."""
        found = _STAMP.search(stamp)
        if found is None:
            return False
        parts = tuple(int(g) for g in found.groups())
        if _millis((parts[0], parts[1] + 1, *parts[2:])) is None:
            if _millis(parts) is None:
                return False
            self.plain = True
        self._raw.append((record, parts))
        return True

    def settle(self) -> int:
        """Write the times into the records; returns how many have none after all."""
        lost = 0
        for record, parts in self._raw:
            month = parts[1] + (0 if self.plain else 1)
            record.wall = _millis((parts[0], month, *parts[2:]))
            lost += record.wall is None
        return lost


def _millis(parts: tuple[int, ...]) -> int | None:
    """Milliseconds of a local time, as if it were UTC: only differences within one log count."""
    try:
        return int(datetime(*parts[:6], tzinfo=UTC).timestamp()) * 1000  # type: ignore[arg-type,misc]
    except (ValueError, OverflowError):
        return None


class Hooked:
    """Records of camille and of AppScan, which took camille's hooks over: an action, a description, arguments
    and a stack, whose innermost frame is the hooked interface itself."""

    def __init__(self, apis: Apis, notes: Notes) -> None:
        self.apis, self.notes, self.months = apis, notes, Months()
        self.made: list[tuple[str, Record]] = []
        self._held = 0

    def add(self, where: str, stamp: str, action: str, said: str, arg: str, stack: str, consent: str = "") -> None:
        frames = [f.strip() for f in stack.replace("\r", "\n").split("\n") if "(" in f][:200]
        state = {"同意隐私政策前": "pre-consent", "同意隐私政策后": "consented"}.get(consent.strip())
        if action.strip() == "申请权限":
            for name in dict.fromkeys(_PERMISSION.findall(arg)):
                self._keep(where, stamp, Record(event="permission", permission=name, answer="unknown", stack=frames or None))
            return
        api, item, keys = None, SAID.get(said.strip()), _ARGUMENT.findall(arg)
        for frame in frames[:6]:
            name = frame.removeprefix("at ").partition("(")[0]
            found = next((n for k in (*keys[:4], None) if (n := self.apis.of(name, item, k))), None)
            if found is not None:
                api, item = found
                break
            if split(name)[0].partition(".")[0] not in ("android", "java", "androidx", "javax"):
                break  # an app frame: the hooked interface would have stood further in
        name = api or said.strip()[:200] or action[:200]
        self._keep(where, stamp, Record(api=name, item=item, result="unknown", stack=frames or None, state=state))

    def _keep(self, where: str, stamp: str, record: Record) -> None:
        self._held += 1000 + sum(len(f) + 60 for f in record.stack or ())
        if self._held > HELD:
            self.notes.limitation("reader-limit", "more records than are held at once", "")
        elif not self.months.add(record, stamp):
            self.notes.limitation("malformed-log", "a record without a time", where)
        else:
            self.made.append((where, record))

    def finish(self, first: Record | None) -> Records:
        """The header, then all records with their times."""
        if lost := self.months.settle():
            self.notes.limitation("malformed-log", f"{lost} records without a possible date")
        head = first or Record(event="run")
        head.resolution = max(head.resolution or 0.0, 1.0)
        yield "line 1", head
        for where, record in self.made:
            if record.wall is not None:
                yield where, record


def camille_console(path: Path, apis: Apis, notes: Notes) -> Records:
    """What camille prints: a line of time, action, description and arguments, then the stack."""
    hooked, first = Hooked(apis, notes), None
    current: tuple[str, tuple[str, str, str, str]] | None = None
    stack: list[str] = []
    held = 0

    def close() -> None:
        if current is not None:
            hooked.add(current[0], *current[1], "\n".join(stack))

    for number, line in lines.text(path, notes):
        if number == 1 and (told := header(line)):
            first = told
        elif found := opening(line):
            close()
            current, stack, held = (f"line {number}", found), [], 0
        elif line.startswith("-----") and "end" in line:
            close()
            current = None
        elif current is not None and held < PIECE:
            stack.append(line)
            held += len(line)
    if current is not None:
        notes.limitation("truncated", "the last record has no end")
        close()
    yield from hooked.finish(first)


def camille_xlsx(path: Path, apis: Apis, notes: Notes) -> Records:
    """The workbook that camille writes."""
    from mingcha.extract.behaviour.workbook import rows

    names = {
        "时间点": "time", "alert_time": "time", "操作行为": "action", "action": "action", "行为描述": "said", "messages": "said",
        "传入参数": "arg", "arg": "arg", "调用堆栈": "stack", "stacks": "stack", "隐私政策状态": "consent", "privacy_policy_status": "consent",
    }  # fmt: skip
    hooked = Hooked(apis, notes)
    columns: dict[str, int] = {}
    for number, row in enumerate(rows(path, notes), 1):
        if not columns:
            if any(all(c in row for c in pair) for pair in COLUMNS):
                columns = {names[text]: n for n, text in enumerate(row) if text in names}
            elif number > 50:
                break
            continue
        cell = {name: row[at] for name, at in columns.items() if at < len(row)}
        # The column of the consent mark is known by its values where its title is another one.
        consent = cell.get("consent") or next((c for c in row if c in ("同意隐私政策前", "同意隐私政策后")), "")
        if any(row):
            time, action, said, arg, stack = (cell.get(name, "") for name in ("time", "action", "said", "arg", "stack"))
            hooked.add(f"row {number}", time, action, said, arg, stack, consent)
    if not columns:
        notes.limitation("malformed-log", "the workbook has no row of column names")
    yield from hooked.finish(None)


def appscan(path: Path, apis: Apis, notes: Notes) -> Records:
    """AppScan: messages or exported rows, one JSON document or one a line; the payload lies some levels down."""
    hooked, first = Hooked(apis, notes), None
    if path.stat().st_size <= WHOLE:
        try:
            whole = msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            pass
        else:
            for n, entry in enumerate(whole if isinstance(whole, list) else [whole]):
                first = _payloads(entry, f"[{n}]", hooked) or first
            yield from hooked.finish(first)
            return
    bad = 0
    for number, line in lines.raw(path, notes):
        if line.strip():
            try:
                first = _payloads(msgspec.json.decode(line), f"line {number}", hooked) or first
            except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
                bad += 1
    if bad:
        notes.limitation("malformed-log", f"{bad} lines are no JSON")
    yield from hooked.finish(first)


def _payloads(entry: Any, where: str, hooked: Hooked) -> Record | None:
    """Add every payload at or below `entry`; the subject where an exported row names it."""
    found: Record | None = None
    todo: list[tuple[Any, int]] = [(entry, 0)]
    while todo:
        at, depth = todo.pop()
        if isinstance(at, dict):
            if isinstance(at.get("appPackage"), str):
                found = Record(event="run", package=at["appPackage"])
            stack, stamp = at.get("stacks"), at.get("time")
            if isinstance(stamp, str) and isinstance(stack, str):
                if at.get("type") != "request_result":  # traffic is another exhibit
                    texts = [str(at.get(k) or "")[:PIECE] for k in ("action", "messages", "arg")]
                    hooked.add(where, stamp, texts[0], texts[1], texts[2], stack[:PIECE])
                continue
            at = list(at.values())
        if isinstance(at, list) and depth < NESTED:
            todo += [(v, depth + 1) for v in reversed(at) if isinstance(v, dict | list)]
    return found
