"""Stored runs and saved results through the command line: judge, explain, report, diff."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from mingcha import catalogue
from mingcha.errors import Exit
from mingcha.model import Inspection
from mingcha.report import json_
from tests.support import put, run

pytestmark = pytest.mark.usefixtures("place")
RULE = "debuggable-release"


# ---- runs: store, judge, explain ----------------------------------------------------------------


@pytest.fixture
def stored(bad: Path, place: Path) -> Path:
    ran = run("scan", bad, "--store", place / "store", "--format", "json")
    folder = Path(ran.err.strip())
    assert folder.parent == place / "store" / "runs"
    bad.unlink()
    return folder


def test_a_stored_run_is_judged_again_without_its_package(stored: Path) -> None:
    kept = json.loads((stored / "result.json").read_bytes())
    again = run("judge", stored, "--format", "json")
    assert again.code == Exit.FINDINGS
    assert again.document["findings"] == kept["findings"]
    assert again.document["subject"] == kept["subject"]
    assert again.document["exhibits"] == kept["exhibits"]


def test_a_stored_run_is_judged_by_the_rules_of_another_date(stored: Path) -> None:
    then = run("judge", stored, "--at", "2016-06-01", "--format", "json").document
    now = run("judge", stored, "--at", "2026-11-22", "--format", "json").document
    assert then["tool"]["catalogue"]["at"] == "2016-06-01"
    rules = {f["rule"] for f in then["findings"]}
    assert rules < {f["rule"] for f in now["findings"]}
    loaded = catalogue.load()
    assert rules == {r.id for r in loaded.rules_at(datetime.date(2016, 6, 1))}
    assert all(b["mark"] for f in now["findings"] for b in f["basis"])


def test_drafts_are_judged_only_when_asked_for(stored: Path) -> None:
    loaded = catalogue.load()
    drafts = {r.id for r in loaded.rules.values() if r.status == "draft" and "app" in r.subjects}
    seen = {f["rule"] for f in run("judge", stored, "--format", "json").document["findings"]}
    more = {f["rule"] for f in run("judge", stored, "--drafts", "--format", "json").document["findings"]}
    assert not seen & drafts
    assert more - seen <= drafts


def test_several_runs_are_judged_in_one_call(stored: Path, good: Path, place: Path) -> None:
    other = Path(run("scan", good, "--store", place / "store", "--fail-on", "never").err.strip())
    ran = run("judge", stored, other, "--fail-on", "never")
    assert ran.out.count("SHA-256") == 2
    ran = run("judge", stored, other, "--format", "json", "-o", place / "out", "--fail-on", "never")
    assert ran.out == ""
    for folder in (stored, other):
        assert json.loads((place / "out" / folder.name).read_bytes())["schema"] == "mingcha.inspection/1"


def test_explain_walks_a_finding_back_to_its_facts(stored: Path) -> None:
    ran = run("judge", stored, "--explain", RULE)
    assert ran.code == Exit.FINDINGS
    told = ran.document
    assert (told["rule"], told["outcome"], told["error"]) == (RULE, "failed", None)
    tree = told["trees"]["match"]
    assert tree["state"] == "matched"
    assert "debuggable: True" in tree["node"]
    assert (tree["total"], tree["facts"][0].split(":")[0]) == (1, "package")
    ran = run("judge", stored, "--explain", "nope")
    assert (ran.code, ran.error_code) == (Exit.USAGE, "usage")


@pytest.mark.parametrize("spoil", ["run.json", "facts.jsonl"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[]\n", b"\xff\n", b"[" * 100_000, b'{"kind": 5}\n'])
def test_a_damaged_run_is_3(stored: Path, spoil: str, content: bytes | None) -> None:
    path = stored / spoil
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    ran = run("judge", stored)
    if spoil == "facts.jsonl" and content == b"":
        assert ran.code in (Exit.OK, Exit.FINDINGS)  # a run without facts is one that saw nothing
        return
    assert (ran.code, ran.error_code) == (Exit.INPUT, "bad-run")


# ---- report and diff --------------------------------------------------------------------------------


def test_report_renders_a_saved_result_or_a_run(stored: Path, place: Path) -> None:
    saved = put(place / "saved.json", (stored / "result.json").read_bytes())
    for source in (saved, stored):
        zh, en = (run("report", source, "--lang", lang) for lang in ("zh", "en"))
        assert zh.code == en.code == Exit.FINDINGS
        assert zh.out.startswith("检测结果")
        assert en.out.startswith("Inspection result")
        assert RULE in zh.out
        assert RULE in en.out
    again = run("report", saved, "--format", "json").document
    assert again == json.loads(saved.read_bytes())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "not-found"),
        (b"", "bad-result"),
        (b"PK\3\4", "bad-result"),
        (b"{}", "bad-result"),
        (b"{" * 50_000, "bad-result"),
        (b'{"schema": "other/9"}', "bad-result"),
        (b"{\xff", "bad-result"),
    ],
)
def test_what_is_no_saved_result_is_3(place: Path, content: bytes | None, code: str) -> None:
    path = place / "result.json"
    if content is not None:
        put(path, content)
    ran = run("report", path)
    assert (ran.code, ran.error_code) == (Exit.INPUT, code)


def test_a_run_without_its_result_cannot_be_reported(stored: Path) -> None:
    (stored / "result.json").unlink()
    ran = run("report", stored)
    assert (ran.code, ran.error_code) == (Exit.INPUT, "unreadable")
    assert run("judge", stored).code == Exit.FINDINGS


def test_a_saved_result_of_somebody_else_sends_no_terminal_sequences(saved: Callable[..., Path], place: Path) -> None:
    inspection: Inspection = json_.load(saved("r.json", some_rule=("failed", "minor")).read_bytes())
    evil = "a\x1b[2J\x07\u202ed\r\nb"
    subject = msgspec.structs.replace(inspection.subject, name=evil, id=evil, version=evil)
    finding = msgspec.structs.replace(inspection.findings[0], title={"zh": evil, "en": evil}, rule=evil)
    path = put(place / "evil.json", json_.render(msgspec.structs.replace(inspection, subject=subject, findings=(finding,))))
    other = saved("fine.json", some_rule=("failed", "minor"))
    for ran in (run("report", path), run("diff", path, other), run("diff", other, path)):
        assert ran.code == Exit.FINDINGS
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", ran.out)


def test_diff_tells_fixed_remaining_new_and_undecided_apart(saved: Callable[..., Path]) -> None:
    old = saved("old.json", mended=("failed", "minor"), still=("failed", "serious"), unseen=("failed", "minor"),
                gone=("failed", "minor"), off=("failed", "minor"), fine=("passed", "minor"))  # fmt: skip
    new = saved("new.json", mended=("passed", "minor"), still=("failed", "serious"), unseen=("cantTell", "minor"),
                fresh=("failed", "critical"), off=("inapplicable", "minor"), fine=("cantTell", "minor"))  # fmt: skip
    ran = run("diff", old, new, "--format", "json")
    assert ran.code == Exit.FINDINGS
    groups = {k: [line["rule"] for line in ran.document[k]] for k in ("fixed", "remaining", "undecided", "appeared")}
    assert groups == {
        "fixed": ["mended", "off"], "remaining": ["still"], "undecided": ["gone", "unseen"], "appeared": ["fresh"],
    }  # fmt: skip
    zh, en = (run("diff", old, new, "--lang", lang).out for lang in ("zh", "en"))
    for text in ("新增: 1", "未整改: 1", "本次未能判定（不能视为已整改）: 2", "已整改: 2", "fresh"):
        assert text in zh
    for text in ("New: 1", "Remaining: 1", "Could not be decided", "Fixed: 2"):
        assert text in en


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [("failed", "passed", 0), ("passed", "passed", 0), ("failed", "failed", 1), ("passed", "failed", 1), ("failed", "cantTell", 1),
     ("failed", "untested", 1)],
)  # fmt: skip
def test_diff_is_0_only_when_all_is_seen_to_be_mended(
    saved: Callable[..., Path], before: str, after: str, code: int
) -> None:
    old, new = saved("old.json", r=(before, "minor")), saved("new.json", r=(after, "minor"))
    assert run("diff", old, new).code == code


def test_diff_takes_packages_runs_and_results(good: Path, stored: Path, place: Path) -> None:
    saved = put(place / "saved.json", (stored / "result.json").read_bytes())
    for old in (stored, saved):
        groups = run("diff", old, good, "--format", "json").document
        assert RULE in [line["rule"] for line in groups["fixed"]]
    backwards = run("diff", good, saved, "--format", "json")
    assert backwards.code == Exit.FINDINGS
    assert RULE in [line["rule"] for line in backwards.document["appeared"]]
