"""Which kind of behaviour log a file is: asked outside the child process, so little is looked at.

A form is known by marks that only it has; JSON, YAML or ZIP as such is no mark.
"""

from __future__ import annotations

import codecs
import html
import re
import struct
import zipfile
from pathlib import Path
from typing import Literal

Form = Literal["canonical", "camille-xlsx", "camille-console", "appscan", "logcat", "appops", "usagestats"]

DIRECTIVE = "#mingcha-behaviour"  # first line of a text log: what the tool itself does not write down
HEAD = 4096  # bytes that `sniff` is given
DIRECTORY = 64 << 10  # bytes of a workbook's central directory; one of camille's has a dozen entries
SHARED = 256 << 10  # bytes of a workbook's first texts that are inflated to look for the column names

_CALL = (re.compile(rb'"api"\s*:\s*"'), re.compile(rb'"(?:t|wall)"\s*:\s*[-\d]'), re.compile(rb'"(?:stack|args_digest|result|process)"\s*:'))
_EVENT = re.compile(rb'"event"\s*:\s*"(?:clock-sync|consent-[a-z]+|foreground|background|screen-o[nf]+|process-(?:start|kill)|permission|hook-test)"')
_HEADER = re.compile(rb'"mingcha-behaviour"\s*:\s*1\b')
_APPSCAN = re.compile(rb'"type"\s*:\s*"method_result"|"recordsID"\s*:\s*\d')
EVENTS = re.compile(
    r"\b(?:am|wm)_(?:proc_start|proc_died|kill|create_activity|set_resumed_activity|on_resume_called|focused_activity|"
    r"proc_bound|resume_activity|restart_activity|pause_activity|on_paused_called|create_service|schedule_service_restart)\b"
)
_USAGE = re.compile(r'(?m)^\s*time="[^"\n]{8,40}" type=[A-Z_]+ package=|In-memory daily stats|hour events \(timeRange=')
COLUMNS = (("时间点", "调用堆栈"), ("alert_time", "stacks"))  # of camille's workbook, one pair of them


def sniff(path: Path, head: bytes) -> bool:
    """Whether the file is a behaviour log of a known form."""
    return form(path, head) is not None


def form(path: Path, head: bytes) -> Form | None:
    """The form of a log, from its first bytes and, for a workbook, its directory. None where it is no log."""
    if head[:2] == b"PK":
        return "camille-xlsx" if _workbook(path, head) else None
    if b"\0" in head[:16] and head[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return None
    text = decode(head)
    if text.lstrip().startswith(("{", "[")):
        return _json(text.encode("utf-8", "replace"))
    if "APP行为：" in text or "zhengjim/camille" in text:
        return "camille-console"
    if "Current AppOps Service state:" in text:
        return "appops"
    if _USAGE.search(text):
        return "usagestats"
    if EVENTS.search(text) or re.search(r"(?m)^-+ beginning of (?:events|main|system)\s*$", text):
        return "logcat"
    if text.startswith(DIRECTIVE):  # the text below it is beyond what was looked at, or of a form it names
        named = re.search(r'"form"\s*:\s*"(logcat|appops|usagestats|camille-console)"', text.partition("\n")[0])
        return named.group(1) if named else None  # type: ignore[return-value]
    return None


def _json(head: bytes) -> Form | None:
    timed = _CALL[1].search(head)
    if _HEADER.search(head) or (timed and _EVENT.search(head)) or all(mark.search(head) for mark in _CALL):
        return "canonical"
    if _APPSCAN.search(head) and (b'"stacks"' in head or b'"messages"' in head):
        return "appscan"
    return None


def decode(data: bytes) -> str:
    """Text of a head or a line: UTF-16 with its mark (what a Windows shell writes), UTF-8, else GB 18030."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        if len(data) - e.start < 4 and len(data) >= HEAD - 3:  # the head ends within a character
            return data[: e.start].decode("utf-8")
        return data.decode("gb18030", "replace")


def _workbook(path: Path, head: bytes) -> bool:
    """A workbook that is no package and has camille's columns. A package stays one, whatever else it holds."""
    if not head[30:].startswith((b"[Content_Types].xml", b"docProps/", b"xl/", b"_rels/")):
        return False
    with path.open("rb") as f:
        size = f.seek(0, 2)
        f.seek(max(0, size - 65_557))
        tail = f.read(65_557)
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) - at < 22:
            return False
        length, start = struct.unpack("<II", tail[at + 12 : at + 20])
        if length > DIRECTORY or start + length > size:
            return False
        f.seek(start)
        names = f.read(length)
    if b"xl/workbook.xml" not in names or b"AndroidManifest.xml" in names or b".dex" in names:
        return False
    try:
        with zipfile.ZipFile(path) as z:
            for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
                if name in z.NameToInfo:
                    with z.open(name) as part:
                        text = html.unescape(part.read(SHARED).decode("utf-8", "replace"))
                    if any(all(column in text for column in pair) for pair in COLUMNS):
                        return True
    except Exception:  # zipfile, zlib and lzma have errors of their own; what is broken is the package reader's
        return False
    return False
