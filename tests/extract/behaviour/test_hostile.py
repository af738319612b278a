"""A log may be anything: the reader ends, in bounded time, with facts, limitations or one clear error."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha import catalogue, extract
from mingcha.catalogue import tree
from mingcha.errors import BadInput
from mingcha.extract.behaviour import collect, lines, workbook
from tests.extract.behaviour import build
from tests.extract.behaviour.build import APPOPS, LOGCAT, USAGE, call, codes, event, head, jsonl, of, read

GOOD = jsonl([head(), event("foreground", 0), event("consent-accepted", 10), call(5), call(15)])


def test_the_whole_way_through_the_child_process(tmp_path: Path) -> None:
    path = tmp_path / "behaviour.jsonl"
    path.write_text(GOOD, "utf-8")
    with extract.Worker() as worker:
        reading = worker.read(path, "behaviour")
    assert (reading.exhibit.status, reading.exhibit.kind) == ("read", "behaviour")
    assert [f["state"] for f in reading.facts if f["kind"] == "behaviour"] == ["pre-consent", "foreground"]


def test_a_cut_last_line_is_truncated_and_the_rest_counts(tmp_path: Path) -> None:
    exhibit, facts = read(tmp_path / "a", GOOD[:-40])
    assert (exhibit.status, len(of(facts, "behaviour"))) == ("partly", 1)
    assert {"truncated"} == codes(facts) - {"coverage-unknown"}


@pytest.mark.parametrize(
    "line",
    [
        b'{"t": NaN, "api": "a.B.c"}', b'{"t": 1e400, "api": "a.B.c"}', b'{"t": -5, "api": "a.B.c"}', b'{"t": "1", "api": "a.B.c"}', b'{"t": 99999999999999999999999, "api": "a.B.c"}',
        b'{"t": 1}', b'{"api": "a.B.c"}', b"[" * 100_000, b'{"x":' * 50_000, b"\xff\xfe\xfa", b"\0\0\0", b'{"t": 1, "api": "\xff\xfe"}', b"null", b"{}", b"3",
        b'{"t": 1, "api": "a.B.c", "stack": "x"}', b'{"t": 1, "event": "no-such"}', b'{"t": 1, "wall": -3, "event": 7}', b'{"t": true, "api": "a.B.c"}',
    ],
)  # fmt: skip
def test_one_bad_line_is_left_out_and_told(tmp_path: Path, line: bytes) -> None:
    exhibit, facts = read(tmp_path / "a", GOOD.encode() + line + b"\n" + jsonl([call(16)]).encode())
    assert [f["count"] for f in of(facts, "behaviour")] == [1, 2]
    assert (exhibit.status, "malformed-log" in codes(facts)) == ("partly", True)


def test_a_huge_line(tmp_path: Path) -> None:
    huge = json.dumps(call(1, stack=["a.b.C.d(E.java:1)"] * 60_000))
    assert len(huge) > lines.LINE
    _, facts = read(tmp_path / "a", GOOD + huge + "\n" + jsonl([call(16)]))
    assert [f["count"] for f in of(facts, "behaviour")] == [1, 2]
    assert "malformed-log" in codes(facts)


def test_long_names_and_stacks_are_cut(tmp_path: Path) -> None:
    api = "android.telephony.TelephonyManager.getImei"
    wide = call(1, stack=[f"{'x' * 5000}.A.b(A.java:{n})" for n in range(150)])
    _, facts = read(tmp_path / "a", jsonl([head(), wide, call(2, api="a." + "y" * 90_000), event("permission", 1, permission="p" * 90_000)]))
    assert max(len(json.dumps(f)) for f in facts) < 20_000
    assert of(facts, "behaviour")[0]["api"] == api


@pytest.mark.parametrize("limit", ["CALLS", "EVENT_LIMIT", "KINDS"])
def test_limits_are_told(tmp_path: Path, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, limit, 1)
    records = [head(), event("foreground", 0), event("background", 1), call(1), call(2, result="denied")]
    exhibit, facts = read(tmp_path / "a", jsonl(records))
    assert (exhibit.status, "reader-limit" in codes(facts)) == ("partly", True)


def test_stacks_beyond_the_limit_still_have_their_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "STACKS", 2)
    records = [head(), *(call(n, stack=[*build.OWN, f"a.b.C{n}.d(E.java:1)"]) for n in range(50))]
    _, facts = read(tmp_path / "a", jsonl(records))
    assert [(f["owner"]["kind"], f["count"]) for f in of(facts, "behaviour")] == [("app", 50)]


def test_a_file_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LOG", 600)
    exhibit, facts = read(tmp_path / "a", GOOD * 5)
    assert (exhibit.status, "too-large" in codes(facts)) == ("partly", True)


@pytest.mark.parametrize("data", [b"", b"\n\n\n", b"\0" * 5000, b"\xff\xfe", b"{", b"PK\3\4", b"#mingcha-behaviour", b'#mingcha-behaviour {"form": "logcat"}\n'])
def test_what_is_no_log_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadInput) as e:
        read(tmp_path / "a", data, "behaviour")
    assert e.value.code == "bad-log"


def test_several_headers_that_contradict(tmp_path: Path) -> None:
    _, facts = read(tmp_path / "a", jsonl([head(run="1"), call(1), head(run="2"), call(2, run="1")]))
    assert "mixed-log" in codes(facts)
    assert [f["t"] for f in of(facts, "behaviour")] == [1]


@pytest.mark.parametrize("piece", ["、行为主体：", "、行为描述：", "、传入参数：", "，APP行为：", "参数0：\"", "[*] "])
def test_a_console_line_full_of_marks_takes_no_long_time(tmp_path: Path, piece: str) -> None:
    line = "[*] 2026-10-27 6:9:5，APP行为：x" + piece * (900_000 // len(piece.encode()))
    _, facts = read(tmp_path / "a", build.console() + line + "\n" + build.console())
    assert next(f["count"] for f in of(facts, "behaviour")) == 2


@pytest.mark.parametrize("piece", ["am_am_", "am_kill: [", "Start proc 1:a/b for ", "{", "11-27 06:21:10.123 "])
def test_a_logcat_line_full_of_marks_takes_no_long_time(tmp_path: Path, piece: str) -> None:
    line = "11-27 06:21:10.123  1000  1234 I " + piece * (900_000 // len(piece))
    _, facts = read(tmp_path / "a", '#mingcha-behaviour {"package": "com.shipin.bofang"}\n' + LOGCAT + line + "\n" + line[:4000] + "\n")
    assert len(of(facts, "process-start")) == 2


def bomb(path: Path, **parts: bytes) -> Path:
    """camille's workbook with some parts replaced."""
    build.workbook(path)
    with zipfile.ZipFile(path) as old:
        kept = {n: old.read(n) for n in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in (kept | {n.replace("__", "/"): d for n, d in parts.items()}).items():
            new.writestr(name, data)
    return path


def test_a_workbook_that_would_expand_without_end(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as e:
        read(bomb(tmp_path / "a.xlsx", **{"xl__media__a.bin": b"\0" * (workbook.INFLATED + 1)}), kind="behaviour")
    assert e.value.code == "bomb"


def test_a_workbook_that_defines_entities(tmp_path: Path) -> None:
    xml = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><a>&b;</a>'
    for data in (xml, xml.decode().encode("utf-16")):
        with pytest.raises(BadInput) as e:
            read(bomb(tmp_path / "a.xlsx", **{"docProps__core.xml": data}), kind="behaviour")
        assert e.value.code == "bomb"


@pytest.mark.parametrize("cut", [200, 2000, 4000])
def test_a_workbook_that_is_cut(tmp_path: Path, cut: int) -> None:
    path = build.workbook(tmp_path / "a.xlsx")
    path.write_bytes(path.read_bytes()[:cut])
    assert extract.sniff(path) == "package"
    with pytest.raises(BadInput):
        read(path, kind="behaviour")


def test_a_workbook_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build.workbook(tmp_path / "a.xlsx")
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(BadInput) as e:
        read(path)
    assert e.value.code == "unsupported-format"
    assert "evidence" in e.value.hint["zh"]


SEEDS = [GOOD.encode(), build.console().encode(), json.dumps(build.appscan()).encode(), LOGCAT.encode(), APPOPS.encode(), USAGE.encode()]
KINDS = catalogue.load().facts


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6), st.integers(0, 40)), max_size=8))
def test_mutated_logs_end_in_facts_or_one_error(tmp_path: Path, seed: bytes, edits: list[tuple[int, bytes, int]]) -> None:
    data = bytearray(seed)
    for at, put, drop in edits:
        at %= len(data) + 1
        data[at : at + drop] = put
    path = tmp_path / "a"
    path.write_bytes(bytes(data))
    facts: list[dict[str, Any]] = []
    try:
        extract.read_here(path, facts.extend, "behaviour")
    except BadInput as e:
        assert e.code == "bad-log"
    assert [w for f in facts for w in tree.check_fact(f, KINDS)] == []
    json.dumps(facts, ensure_ascii=False).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(["t", "wall", "api", "item", "key", "state", "stack", "event", "package", "process", "uid", "permission", "by", "result", "run", "told"]),
       st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.text(max_size=5), max_size=3), st.sampled_from(["foreground", "permission", "process-start", build.IMEI, "imei"]))), max_size=12))  # fmt: skip
def test_any_records_at_all(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    path = tmp_path / "a"
    path.write_text(jsonl([head(), *records]), "utf-8", "surrogatepass")
    facts: list[dict[str, Any]] = []
    extract.read_here(path, facts.extend, "behaviour")
    assert [w for f in facts for w in tree.check_fact(f, KINDS)] == []
