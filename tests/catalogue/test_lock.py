"""lock.json: one version, one meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mingcha.catalogue import Catalogue, build, lock
from mingcha.catalogue.schema import Rule, Text
from mingcha.errors import RuleError


@pytest.fixture
def rule(write: Any) -> Rule:
    found: Rule = build.build(write()).catalogue.rules["cleartext"]
    return found


def holding(*rules: Rule) -> Catalogue:
    return Catalogue(rules={r.id: r for r in rules})


def test_written_lock_agrees(rule: Rule, tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    assert [p.en for p in lock.check(holding(rule), path)] == ["is not locked yet"]
    assert lock.write(holding(rule), path) == path
    assert lock.check(holding(rule), path) == []
    stored = lock.read(path)
    assert (stored["cleartext"].version, stored["cleartext"].digest) == (1, lock.digest(rule))
    assert path.read_bytes().endswith(b"}\n")


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "minor"},
        {"needs": ["package", "policy"]},
        {"match": {"fact": "package", "where": {"cleartext": False}}},
        {"blocked_by": []},
        {"basis": []},
        {"params": {"n": 2}},
        {"in_force": {"from": "2022-01-01"}},
        {"sheet": {"question": {"zh": "问", "en": "q"}, "attach": {"zh": "附", "en": "a"}}},
    ],
)
def test_a_changed_meaning_needs_a_new_version(rule: Rule, tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "lock.json"
    lock.write(holding(rule), path)
    before = path.read_bytes()
    other = msgspec.convert({**msgspec.to_builtins(rule), **change}, Rule)
    assert [p.en for p in lock.check(holding(other), path)] == ["its meaning changed without a new version"]
    with pytest.raises(RuleError, match="cleartext: its meaning changed") as caught:
        lock.write(holding(other), path)
    assert "含义已变" in caught.value.text["zh"]
    assert path.read_bytes() == before
    newer = msgspec.structs.replace(other, version=2)
    assert [p.en for p in lock.check(holding(newer), path)] == ["its new version is not locked yet"]
    lock.write(holding(newer), path)
    assert lock.check(holding(newer), path) == []
    assert [p.en for p in lock.check(holding(other), path)] == ["its version went back"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": {"zh": "新题", "en": "New"}},
        {"status": "stable"},
        {"tests": []},
        {"evidence": {"suspect": {"zh": "新", "en": "new"}, "confirm": {"zh": "新", "en": "new"}}},
    ],
)
def test_texts_tests_and_status_are_free(rule: Rule, change: dict[str, Any]) -> None:
    other = msgspec.convert({**msgspec.to_builtins(rule), **change}, Rule)
    assert lock.digest(other) == lock.digest(rule)


def test_the_wording_of_a_sheet_is_free(rule: Rule) -> None:
    def asking(zh: str) -> Rule:
        text = {"zh": zh, "en": "q"}
        return msgspec.convert(
            {**msgspec.to_builtins(rule), "sheet": {"question": text, "attach": text}}, Rule
        )

    assert lock.digest(asking("问")) == lock.digest(asking("请问"))
    assert asking("问").sheet.question == Text(zh="问", en="q")  # type: ignore[union-attr]


def test_published_rules_stay(rule: Rule, tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    lock.write(holding(rule), path)
    for without in (holding(), holding(msgspec.structs.replace(rule, status="draft"))):
        assert [p.en for p in lock.check(without, path)] == ["a published rule was removed or made a draft"]
        with pytest.raises(RuleError):
            lock.write(without, path)
    assert lock.check(holding(msgspec.structs.replace(rule, status="retired")), path) == []


def test_drafts_are_not_locked(rule: Rule, tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    lock.write(holding(msgspec.structs.replace(rule, status="draft")), path)
    assert lock.read(path) == {}


def test_a_damaged_lock_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.write_text('{"a": {"version": "1"}}')
    with pytest.raises(RuleError, match=r"lock\.json is wrong"):
        lock.read(path)
