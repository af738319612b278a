"""The score report: pictures with marks, both languages, nothing of a page runs in it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from mingcha import catalogue, pipeline
from mingcha.cli import cli
from mingcha.judge.score import scheme_for, score
from mingcha.report import score as reports
from mingcha.settings import Settings
from tests.extract.page.test_reader import folder

AT = date(2026, 11, 27)


def visit(root: Path, title: str = "甲网") -> Path:
    """A recorded visit with a picture, a walk and something wrong."""
    stops = [{"path": "a", "tag": "a", "name": title, "box": [0, 40, 30, 18], "seen": True, "visible": False}, {"path": "b", "tag": "a", "name": "乙", "box": [60, 90, 40, 20], "seen": True, "visible": True}]
    page = {"title": title, "picture": {"width": 400, "height": 800}, "probes": {"keyboard": {"total": 2, "reached": 2, "whole": True, "trap": None, "stops": stops}}}
    path = folder(root, page=page, visit={"elder": {"desktop": None}}, limitations=[{"code": "visit-cut", "detail": "<b>x</b>"}])
    Image.new("RGB", (400, 800), "white").save(path / "pages" / "desktop-01" / "page.png")
    return path


def rendered(path: Path, lang: str) -> str:
    read = pipeline.read([path], Settings(isolate=False))
    inspection = pipeline.judge(read, AT)
    found = score(inspection, scheme_for(catalogue.load(None, AT), "website", str(AT)))
    return reports.render(found, inspection, read.facts, path, lang).decode()


@pytest.mark.parametrize(("lang", "words"), [("zh", ("键盘路径", "人工核验单", "不出分", "标注截图")), ("en", ("Path of the keyboard", "Check sheets", "No score", "Annotated pictures"))])
def test_it_holds_pictures_marks_path_sheets_and_limits(tmp_path: Path, lang: str, words: tuple[str, ...]) -> None:
    page = rendered(visit(tmp_path), lang)
    for word in words:
        assert word in page
    assert page.count("data:image/jpeg;base64,") >= 2
    assert "<polyline" in page
    assert re.search(r'stroke="#8f1d21" stroke-width="2"', page)
    assert 'lang="zh-CN"' in page if lang == "zh" else '<html lang="en">' in page


def test_nothing_of_a_page_runs_or_leaves_its_place(tmp_path: Path) -> None:
    page = rendered(visit(tmp_path, '"><script>alert(1)</script><img src=x onerror=y>'), "zh")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "default-src 'none'; img-src data:" in page.replace("&#39;", "'")


def test_a_visit_without_pictures_still_gives_a_report(tmp_path: Path) -> None:
    path = visit(tmp_path)
    (path / "pages" / "desktop-01" / "page.png").write_bytes(b"\x89PNG nothing")
    assert "data:image" not in rendered(path, "zh")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["score", *arguments])


def test_the_verb_scores_a_recorded_visit_in_every_format(tmp_path: Path) -> None:
    path = visit(tmp_path)
    survey = tmp_path / "s.json"
    survey.write_text('{"mean": 80, "sample": 40}')
    out = tmp_path / "out"
    done = run(str(path), "--survey", str(survey), "--format", "json", "--format", "html", "--format", "table", "-o", str(out))
    assert done.exit_code == 0, done.output
    document = json.loads((out / "score.json").read_bytes())
    assert (document["schema"], document["parts"][0]["points"], document["total"]) == ("mingcha.score/1", 32.0, None)
    assert "甲网" in (out / "score.txt").read_text("utf-8")
    assert (out / "score.html").stat().st_size > 20_000
    assert run(str(path), "--strict", "--format", "json").exit_code == 4


def test_answers_of_two_people_change_a_score(tmp_path: Path) -> None:
    path = visit(tmp_path)
    sheet = tmp_path / "answers.yml"
    sheet.write_text("mingcha-answers: 1\nanswers:\n  - {rule: web-plain-words, outcome: failed, by: a, confirmed_by: b}\n")
    before, after = (json.loads(run(*args, "--format", "json").stdout) for args in ((str(path),), (str(path), str(sheet))))
    rule = {i["id"]: i["rules"] for i in after["items"]}["W10"]["web-plain-words"]
    assert rule == "failed"
    assert after["untested"] < before["untested"]


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [(("http://",), 3, "no-address"), (("http://a.example/", "--allow", "nonsense"), 2, "bad-network"), (("VISIT", "--scheme", "none"), 2, "no-scheme"), (("VISIT", "--survey", "missing.csv"), 3, "unreadable"), (("missing",), 3, "not-found")],
    ids=lambda v: str(v)[:12],
)  # fmt: skip
def test_wrong_use_is_one_line_with_its_code(tmp_path: Path, arguments: tuple[str, ...], status: int, code: str) -> None:
    path = visit(tmp_path)
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-m", "mingcha", "score", *(str(path) if a == "VISIT" else a for a in arguments)], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr.startswith(f"[{code}]"), done.stderr.count("\n")) == (status, True, 1), done.stderr


def test_a_stored_run_of_a_visit_is_scored_as_the_visit_itself(tmp_path: Path) -> None:
    path, kept = visit(tmp_path), tmp_path / "store"
    done = CliRunner().invoke(cli, ["scan", str(path), "--store", str(kept), "--fail-on", "never", "--format", "json"])
    assert done.exit_code == 0, done.output
    (stored,) = (kept / "runs").iterdir()
    before, after = (json.loads(run(str(p), "--format", "json").stdout) for p in (path, stored))
    assert before == after
    parts = {p.name for p in (kept / "blobs").rglob("*") if p.is_file()}
    assert after["subject"]["sha256"] in parts  # the list of its files, by whose digest it is known
    assert len(parts) == 1 + sum(1 for p in path.rglob("*") if p.is_file())
