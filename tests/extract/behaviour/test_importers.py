"""Logs of other tools, in the layouts of build.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mingcha import extract
from mingcha.errors import BadInput
from mingcha.extract.behaviour import sniff
from tests.extract.behaviour import build
from tests.extract.behaviour.build import (
    APP,
    APPOPS,
    IMEI,
    LOGCAT,
    ROWS,
    SETTING,
    USAGE,
    codes,
    head,
    jsonl,
    of,
    read,
)

HEADER = '#mingcha-behaviour {"package": "com.shipin.bofang"}\n'


def calls(facts: list[dict[str, Any]]) -> list[tuple[float, str, str, str]]:
    return [(f["t"], f["api"], f["item"], f["owner"]["kind"]) for f in of(facts, "behaviour")]


WANTED = [
    (0, IMEI, "imei", "unknown"), (2, SETTING, "android-id", "sdk"), (4, "android.content.ContentResolver.query", "contacts", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize("subject", [None, "APP本身"], ids=["older", "newer"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_camille_console(tmp_path: Path, charset: str, subject: str | None) -> None:
    exhibit, facts = read(tmp_path / "log.txt", build.console(subject=subject).encode(charset))
    assert exhibit.reader == "behaviour/camille-console"
    assert calls(facts) == WANTED
    assert [f["permission"] for f in of(facts, "permission-ask")] == ["android.permission.READ_CONTACTS"]
    assert {f["result"] for f in of(facts, "behaviour")} == {"unknown"}
    assert {"no-consent-mark", "no-state-mark", "coverage-unknown"} == codes(facts)


def test_a_first_line_names_the_app_and_makes_its_own_code_known(tmp_path: Path) -> None:
    _, facts = read(tmp_path / "log.txt", HEADER + build.console())
    assert [owner for *_, owner in calls(facts)] == ["app", "sdk", "app"]


def test_camille_workbook_with_its_consent_mark(tmp_path: Path) -> None:
    path = build.workbook(tmp_path / "a.xlsx")
    exhibit, facts = read(path)
    assert exhibit.reader == "behaviour/camille-xlsx"
    assert calls(facts) == WANTED
    assert [f["state"] for f in of(facts, "behaviour")] == ["pre-consent", "unknown", "unknown"]
    assert "no-consent-mark" not in codes(facts)
    assert of(facts, "behaviour")[0]["where"] == "row 2"


@pytest.mark.parametrize("form", ["array", "lines", "flat"])
def test_appscan(tmp_path: Path, form: str) -> None:
    entries = build.appscan()
    if form == "flat":
        entries = [{"recordsID": 3, "main": "x", "data": e["data"]["message"]["payload"]} for e in entries]
    text = json.dumps(entries) if form != "lines" else jsonl(entries)
    exhibit, facts = read(tmp_path / "a.json", text)
    assert exhibit.reader == "behaviour/appscan"
    assert calls(facts) == WANTED


@pytest.mark.parametrize(
    ("first", "second", "seconds"),
    [
        ("2026-0-31 23:59:59", "2026-1-1 0:0:0", 1),  # January 31 and February 1, from 0
        ("2026-11-31 23:59:59", "2027-0-1 0:0:1", 2),
        ("2026-1-28 0:0:0", "2026-2-1 0:0:0", 86_400),  # March has a 1st, February a 28th
        ("2026-12-31 23:59:59", "2027-1-1 0:0:0", 1),  # a 12 shows that this tool counts from 1
        ("2026-1-31 0:0:0", "2026-2-1 0:0:0", 86_400),  # February has no 31st, so January is meant
    ],
)
def test_months_that_count_from_0(tmp_path: Path, first: str, second: str, seconds: int) -> None:
    rows = [(when, *ROWS[0][1:]) for when in (first, second)]
    (fact,) = of(read(tmp_path / "a.txt", build.console(rows))[1], "behaviour")
    assert (fact["t"], fact["last"]) == (0, seconds)


def test_a_day_that_is_in_no_month_is_told(tmp_path: Path) -> None:
    rows = [ROWS[0], ("2026-10-32 6:9:5", *ROWS[0][1:]), ("never", *ROWS[0][1:])]
    _, facts = read(tmp_path / "a.json", json.dumps(build.appscan(rows)))
    assert (of(facts, "behaviour")[0]["count"], codes(facts) >= {"malformed-log"}) == (1, True)


def test_logcat_of_one_app_by_its_header(tmp_path: Path) -> None:
    exhibit, facts = read(tmp_path / "events.txt", HEADER + LOGCAT)
    assert exhibit.reader == "behaviour/logcat"
    starts = of(facts, "process-start")
    assert [(f["cause"], f["by"], f["process"], f["chain"]) for f in starts] == [("activity", None, APP, None), ("service", "com.other.app", f"{APP}:push", True)]
    assert starts[1]["t"] - starts[0]["t"] == pytest.approx(23 * 60 + 49.877)
    assert [(f["source"], f["direction"]) for f in of(facts, "wake")] == [("com.other.app", "woken")]
    assert [f["state"] for f in of(facts, "app-state")] == ["foreground", "screen-off", "process-kill"]


def test_logcat_of_many_apps_without_a_header_is_nobodys(tmp_path: Path) -> None:
    _, facts = read(tmp_path / "events.txt", LOGCAT)
    assert {f["kind"] for f in facts} == {"limitation", "behaviour-run"}
    assert of(facts, "behaviour-run")[0]["package"] is None
    assert "mixed-log" in codes(facts)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-27 06:21:10.123  1000  1234 I am_proc_start: [0,1,10123,com.shipin.bofang,service,{com.shipin.bofang/androidx.work.impl.background.systemjob.SystemJobService}]",
        "11-27 06:21:10.123 I/am_proc_start( 1000): [0,1,10123,com.shipin.bofang,service,{com.shipin.bofang/androidx.work.impl.background.systemjob.SystemJobService}]",
        "1780000000.123456  1000  1234 I am_proc_start: [0,1,10123,com.shipin.bofang,service,{com.shipin.bofang/androidx.work.impl.background.systemjob.SystemJobService}]",
        "2026-11-27 06:21:10.123456 +0800  1000  1234 I am_proc_start: [0,1,10123,com.shipin.bofang,service,{com.shipin.bofang/androidx.work.impl.background.systemjob.SystemJobService}]",
    ],
)
def test_the_formats_of_logcat(tmp_path: Path, line: str) -> None:
    _, facts = read(tmp_path / "events.txt", line + "\n")
    assert [(f["t"], f["cause"]) for f in of(facts, "process-start")] == [(0, "job")]


def test_logcat_past_new_year(tmp_path: Path) -> None:
    one = "{} 23:59:59.000  1 2 I am_proc_start: [0,{},10123,com.shipin.bofang,broadcast,{{com.shipin.bofang/.R}}]\n"
    _, facts = read(tmp_path / "events.txt", one.format("12-31", 1) + one.format("01-01", 2) + one.format("12-31", 3))
    assert [f["t"] for f in of(facts, "process-start")] == [0, 0, 86_400]


def test_app_operations(tmp_path: Path) -> None:
    exhibit, facts = read(tmp_path / "appops.txt", APPOPS)
    assert exhibit.reader == "behaviour/appops"
    assert [(f["api"], f["item"], f["state"], f["result"], f["owner"]["kind"]) for f in of(facts, "behaviour")] == [
        ("appops.FINE_LOCATION", "precise-location", "foreground", "ok", "unknown"),
        ("appops.FINE_LOCATION", "precise-location", "background", "ok", "unknown"),
        ("appops.FINE_LOCATION", "precise-location", "background", "denied", "unknown"),
    ]
    assert codes(facts) == {"last-access-only", "no-consent-mark", "coverage-unknown"}


def test_usage_events(tmp_path: Path) -> None:
    exhibit, facts = read(tmp_path / "usage.txt", USAGE)
    assert exhibit.reader == "behaviour/usagestats"
    # The pause and the resume of one second are a change of activity, not a way to the background and back.
    assert [(f["t"], f["state"]) for f in of(facts, "app-state")][-2:] == [(5, "foreground"), (60, "screen-off")]


OTHERS = {
    "a.har": json.dumps({"log": {"version": "1.2", "entries": [{"time": 3, "request": {}, "response": {"status": 200}}]}}, indent=1),
    "a.json": json.dumps({"api": "1", "result": [], "name": "t"}),
    "b.json": json.dumps([{"type": "method", "time": "2026"}]),
    "a.yml": "mingcha-answers: 1\nanswers:\n- {rule: debuggable-release, outcome: failed, by: a}\n",
    "a.txt": "隐私政策\n我们收集您的设备信息。\n",
    "a.csv": "time,api,stack\n1,2,3\n",
    "seeds.yml": "mingcha-seeds: 1\n",
    "a.html": "<html><body>behaviour</body></html>",
    "result.json": json.dumps({"schema": "mingcha.inspection/1", "findings": [{"t": 1, "fact": {"state": "foreground"}}]}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_exhibits_are_not_taken(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(OTHERS[name], "utf-8")
    assert not sniff.sniff(path, path.read_bytes()[:4096])


def test_a_package_stays_one_though_it_holds_a_workbook(tmp_path: Path) -> None:
    import zipfile

    path = build.workbook(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as z:
        z.writestr("AndroidManifest.xml", b"x")
    assert extract.sniff(path) == "package"


def test_a_workbook_of_something_else_is_no_log(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.save(tmp_path / "b.xlsx")
    assert extract.sniff(tmp_path / "b.xlsx") == "package"  # whose reader says what it is not


def test_a_forced_kind_still_needs_a_known_form(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as e:
        read(tmp_path / "x", "nothing of the kind", "behaviour")
    assert e.value.code == "bad-log"
    _, facts = read(tmp_path / "y", jsonl([head(), build.call(1)]), "behaviour")
    assert len(of(facts, "behaviour")) == 1
