"""Logs as the tools write them, made from the same few calls. The layouts follow the tools' own sources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mingcha import extract
from mingcha.model import Exhibit

APP = "com.shipin.bofang"
NS = 10**9
IMEI = "android.telephony.TelephonyManager.getImei"
SETTING = "android.provider.Settings$Secure.getString"
OWN = [f"{IMEI}(Native Method)", f"{APP}.main.Start.a(Start.java:3)", "android.os.Looper.loop(Looper.java:1)"]
SDK = [f"{IMEI}(Native Method)", "com.umeng.commonsdk.statistics.b.a(Unknown Source:2)", f"{APP}.App.onCreate(App.java:9)"]
Facts = list[dict[str, Any]]


def head(**more: Any) -> dict[str, Any]:
    return {"mingcha-behaviour": 1, "event": "run", "package": APP, **more}


def call(seconds: float, **more: Any) -> dict[str, Any]:
    return {"t": round(seconds * NS), "pid": 7, "process": APP, "api": IMEI, "result": "value", "stack": OWN, **more}


def event(name: str, seconds: float, **more: Any) -> dict[str, Any]:
    return {"event": name, "t": round(seconds * NS), **more}


def jsonl(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)


def read(path: Path, data: str | bytes | None = None, kind: str | None = None) -> tuple[Exhibit, Facts]:
    """Read a file, or `data` put there first; it must be sniffed as a behaviour log unless `kind` forces it."""
    if data is not None:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    facts: Facts = []
    exhibit = extract.read_here(path, facts.extend, kind or extract.sniff(path))
    assert exhibit.kind == "behaviour"
    return exhibit, facts


def log(tmp_path: Path, *records: dict[str, Any]) -> Facts:
    """Facts of a canonical log."""
    return read(tmp_path / "behaviour.jsonl", jsonl(records))[1]


def of(facts: Facts, kind: str) -> Facts:
    return [f for f in facts if f["kind"] == kind]


def codes(facts: Facts) -> set[str]:
    return {f["code"] for f in of(facts, "limitation")}


# ---- other tools -------------------------------------------------------------------------------------------

# time as JavaScript prints it (month from 0, nothing padded), action, description, arguments, stack
Row = tuple[str, str, str, str, Sequence[str]]
ROWS: list[Row] = [
    ("2026-10-27 6:9:5", "获取电话相关信息", "获取IMEI", "无参数", OWN),
    ("2026-10-27 6:9:7", "获取系统信息", "获取安卓ID", '参数0：{"$handle":"0x1"}\r\n参数1："android_id"', [f"{SETTING}(Settings.java:1)", *SDK[1:]]),
    ("2026-10-27 6:9:9", "获取系统信息", "获取手机通信录内容", "", ["android.content.ContentResolver.query(ContentResolver.java:1)", *OWN[1:]]),
    ("2026-10-27 6:10:0", "申请权限", '申请具体权限看"参数1"', '参数0：…参数1：["android.permission.READ_CONTACTS"]', ["androidx.core.app.ActivityCompat.requestPermissions(A.java:1)", *OWN[1:]]),
]


def stack(frames: Sequence[str]) -> str:
    return "".join(f"   {frame}\r\n" for frame in frames)


def console(rows: Iterable[Row] = ROWS, subject: str | None = "APP本身") -> str:
    out = ["------------------", "https://github.com/zhengjim/camille", "------------------"]
    for when, action, said, arg, frames in rows:
        who = f"、行为主体：{subject}" if subject else ""
        shown = arg.replace("\r\n", "，")
        out += [
            "------------------------------start---------------------------------",
            f"[*] {when}，APP行为：{action}{who}、行为描述：{said}、传入参数：{shown}",
            "[*] 调用堆栈：", stack(frames), "-------------------------------end----------------------------------",
        ]  # fmt: skip
    return "\n".join(out) + "\n"


def workbook(path: Path, rows: Iterable[Row] = ROWS, consent: Sequence[str] = ("同意隐私政策前", "同意隐私政策后")) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["时间点", "操作行为", "行为主体", "行为描述", "传入参数", "调用堆栈", "隐私政策状态"])
    for n, (when, action, said, arg, frames) in enumerate(rows):
        sheet.append([when, action, "APP本身", said, arg, stack(frames), consent[min(n, len(consent) - 1)]])
    book.save(path)
    return path


def appscan(rows: Iterable[Row] = ROWS) -> list[dict[str, Any]]:
    return [
        {"type": "method_result", "data": {"type": "method_result", "message": {"type": "send", "payload": {
            "type": "method_result", "time": when, "action": action, "messages": said, "arg": arg, "stacks": stack(frames),
        }}, "payload": None}}
        for when, action, said, arg, frames in rows
    ]  # fmt: skip


LOGCAT = """--------- beginning of events
11-27 06:21:10.123  1000  1234 I am_proc_start: [0,4321,10123,com.shipin.bofang,pre-top-activity,{com.shipin.bofang/.Main}]
11-27 06:21:10.300  1000  1234 I wm_set_resumed_activity: [0,com.shipin.bofang/.Main,resumeTopActivityInnerLocked]
11-27 06:22:00.000  1000  1234 I wm_set_resumed_activity: [0,com.vendor.launcher/.Home,x]
11-27 06:22:01.000  1000  1234 I screen_toggled: 0
11-27 06:30:00.000  1000  1234 I am_kill : [0,4321,com.shipin.bofang,900,remove task]
11-27 06:45:00.000  1000  1234 I am_proc_start: [0,4400,10123,com.shipin.bofang:push,service,{com.shipin.bofang/.PushService}]
11-27 06:45:00.100  1000  1234 I ActivityManager: Start proc 4400:com.shipin.bofang:push/u0a123 for service {com.shipin.bofang/.PushService} caller=com.other.app
11-27 06:46:00.000  1000  1234 I am_proc_start: [0,4500,10200,com.third.app,broadcast,{com.third.app/.R}]
"""

APPOPS = """Current AppOps Service state:
  Settings:
  Uid u0a123:
    state=cch
    Package com.shipin.bofang:
      FINE_LOCATION (allow / switch COARSE_LOCATION=allow):
        null=[
          Access: [top-s] 2026-11-27 10:00:00.123 (-1h2m3s456ms)
          Access: [bg-s] 2026-11-27 10:30:00.000 (-32m3s579ms)
          Reject: [cch-s] 2026-11-27 10:40:00.000 (-22m3s579ms)
        ]
      WAKE_LOCK (allow):
        null=[
          Access: [top-s] 2026-11-27 10:00:00.123 (-1h2m3s456ms) duration=+9ms
        ]
"""

USAGE = """user=0
  Last 24 hour events (timeRange="11/26/2026, 10:00 AM – 11/27/2026, 10:00 AM" )
    time="2026-11-27 09:00:00" type=ACTIVITY_RESUMED package=com.shipin.bofang class=com.shipin.bofang.Main instanceId=1 flags=0x0
    time="2026-11-27 09:00:05" type=ACTIVITY_PAUSED package=com.shipin.bofang class=com.shipin.bofang.Main instanceId=1 flags=0x0
    time="2026-11-27 09:00:05" type=ACTIVITY_RESUMED package=com.shipin.bofang class=com.shipin.bofang.Next instanceId=2 flags=0x0
    time="2026-11-27 09:01:00" type=SCREEN_NON_INTERACTIVE package=android flags=0x0
"""
