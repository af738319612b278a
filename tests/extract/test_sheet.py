"""Answered check sheets: the user's own file, strict because half of it must not count."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue, extract
from mingcha.catalogue import tree
from mingcha.errors import BadInput
from mingcha.extract import sheet
from mingcha.model import Exhibit

HEAD = "mingcha-answers: 1\nanswers:\n"
RULE = "debuggable-release"
ONE = f"- {{rule: {RULE}, outcome: failed, by: 张三}}\n"


def read(tmp_path: Path, text: str | bytes) -> tuple[Exhibit, list[dict[str, Any]]]:
    path = tmp_path / "answers.yml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    assert extract.sniff(path) == "sheet"
    facts: list[dict[str, Any]] = []
    return sheet.read(path, facts.extend, catalogue.load()), facts


def test_answers_become_facts(tmp_path: Path) -> None:
    text = HEAD + ONE + (
        f"- rule: {RULE}\n  outcome: passed\n  by: 李四\n  confirmed_by: 王五\n"
        "  note: 见截图\n  attachments: [a.png, b.png]\n"
    )  # fmt: skip
    exhibit, facts = read(tmp_path, text)
    assert (exhibit.kind, exhibit.status, exhibit.name) == ("sheet", "read", "answers.yml")
    assert exhibit.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert exhibit.size == len(text.encode())
    assert facts == [
        {"kind": "answer", "exhibit": exhibit.sha256, "where": "answers[0]", "rule": RULE, "outcome": "failed",
         "by": "张三", "confirmed_by": None, "note": None, "attachments": []},
        {"kind": "answer", "exhibit": exhibit.sha256, "where": "answers[1]", "rule": RULE, "outcome": "passed",
         "by": "李四", "confirmed_by": "王五", "note": "见截图", "attachments": ["a.png", "b.png"]},
    ]  # fmt: skip
    assert [w for f in facts for w in tree.check_fact(f, catalogue.load().facts)] == []


@pytest.mark.parametrize("text", [HEAD + ONE, ("# 注释\n" * 30) + HEAD + ONE, "---\n" + HEAD + ONE, (HEAD + ONE).replace("\n", "\r\n")])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_comments_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path, text: str, mark: str) -> None:
    _, facts = read(tmp_path, mark + text)
    assert [f["by"] for f in facts] == ["张三"]


def test_what_yaml_would_turn_into_something_else_stays_text(tmp_path: Path) -> None:
    _, facts = read(tmp_path, HEAD + f"- {{rule: {RULE}, outcome: failed, by: no, note: 2026-11-22, confirmed_by: on}}\n")
    assert (facts[0]["by"], facts[0]["note"], facts[0]["confirmed_by"]) == ("no", "2026-11-22", "on")


def test_no_answers_at_all_is_a_sheet_without_facts(tmp_path: Path) -> None:
    assert read(tmp_path, "mingcha-answers: 1\nanswers: []\n")[1] == []


WRONG = {
    "no answers": "mingcha-answers: 1\n",
    "other version": "mingcha-answers: 2\nanswers: []\n",
    "version as text": "mingcha-answers: '1'\nanswers: []\n",
    "unknown field": HEAD + f"- {{rule: {RULE}, outcome: failed, by: 张三, sure: true}}\n",
    "unknown top field": HEAD + ONE + "more: 1\n",
    "unknown outcome": HEAD + f"- {{rule: {RULE}, outcome: bad, by: 张三}}\n",
    "untested is no answer": HEAD + f"- {{rule: {RULE}, outcome: untested, by: 张三}}\n",
    "nobody": HEAD + f"- {{rule: {RULE}, outcome: failed}}\n",
    "an empty name": HEAD + f"- {{rule: {RULE}, outcome: failed, by: ''}}\n",
    "a number as name": HEAD + f"- {{rule: {RULE}, outcome: failed, by: 5}}\n",
    "duplicate key": HEAD + f"- {{rule: {RULE}, outcome: failed, outcome: passed, by: 张三}}\n",
    "unknown rule": HEAD + "- {rule: nope, outcome: failed, by: 张三}\n",
    "no yaml": HEAD + "- {rule: [\n",
    "a list": "mingcha-answers: 1\n- a\n",
    "two documents": HEAD + ONE + "---\n" + HEAD,
    "anchors": HEAD + f"- &a {{rule: {RULE}, outcome: failed, by: 张三}}\n- *a\n",
    "a python object": HEAD + "- !!python/object/apply:os.system ['true']\n",
    "deep": HEAD + "- " + "[" * 5000 + "]" * 5000 + "\n",
    "control characters": HEAD + f"- {{rule: {RULE}, outcome: failed, by: '\x1b[31m'}}\n",
}


@pytest.mark.parametrize("name", WRONG)
def test_one_wrong_thing_refuses_the_whole_sheet(tmp_path: Path, name: str) -> None:
    path = tmp_path / "answers.yml"
    path.write_text(WRONG[name])
    facts: list[dict[str, Any]] = []
    with pytest.raises(BadInput) as e:
        sheet.read(path, facts.extend, catalogue.load())
    assert e.value.code == "bad-sheet"
    assert facts == []
    for lang in ("zh", "en"):
        assert "\n" not in e.value.text[lang]
        assert len(e.value.text[lang]) < 400


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as e:
        read(tmp_path, HEAD.encode() + b"- {rule: \xff}\n")
    assert e.value.code == "bad-sheet"


def test_a_sheet_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "SIZE", 10)
    monkeypatch.setattr(sheet.files, "parse", lambda _: pytest.fail("was read"))
    with pytest.raises(BadInput) as e:
        read(tmp_path, HEAD + ONE)
    assert e.value.code == "too-large"


@pytest.mark.parametrize("text", ["answers: []\n", "x: mingcha-answers:\n", "\n" * 60 + HEAD, " mingcha-answers: 1\n"])
def test_what_does_not_say_so_at_its_beginning_is_no_sheet(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yml"
    path.write_text(text)
    assert not sheet.sniff(path, path.read_bytes()[:4096])
    with pytest.raises(BadInput) as e:
        extract.sniff(path)
    assert e.value.code == "unknown-kind"
