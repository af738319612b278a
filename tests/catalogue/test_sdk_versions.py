"""Known versions of SDKs: their order, their ranges, what lint objects to, and the list itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.catalogue import build, lint_lists, pages, sdk_versions
from mingcha.catalogue.schema import SdkVersion, Text

T = Text(zh="甲。", en="A.")
ENTRY = """
- id: a-old
  sdk: a
  from: '1.0'
  below: '2.0'
  what: {zh: 甲。, en: A.}
  known: '2024-01-01'
  source: https://a.example/notes
  mark: official
"""
SDK = """
- id: a
  name: {zh: 甲, en: A}
  vendor: {zh: 甲, en: A}
  purpose: push
  prefixes: [com.a.push]
  sources: [{by: ours, ref: test}]
"""


def entry(below: str, start: str | None = None, **more: str) -> SdkVersion:
    given: dict[str, Any] = {
        "id": "e", "sdk": "a", "what": T, "known": "2024-01-01", "source": "https://a.example", "mark": "official", **more
    }  # fmt: skip
    return SdkVersion(start=start, below=below, **given)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("2.8.9", "2.8.10"),
        ("4.9.1", "4.9.2"),
        ("4.9", "4.9.0.1"),
        ("v3.5.2.152", "3.5.13"),
        ("5.0.0-alpha.2", "5.0.0"),
        ("5.0.0-SNAPSHOT", "5.0"),
        ("4.9.1", "5.0.0-alpha.2"),
        ("2016.0811.1207", "2016.1222.1756"),
    ],
)
def test_versions_in_order(low: str, high: str) -> None:
    assert sdk_versions.below(low, high) is True
    assert sdk_versions.below(high, low) is False


def test_what_is_equal_and_what_cannot_be_compared() -> None:
    assert sdk_versions.below("4.5", "4.5.0") is sdk_versions.below("4.5.0", "4.5") is False
    assert sdk_versions.below("3.1.0-proguard", "3.1") is False
    for odd in ("r5756", "20160223", "", "unknown", "1", "9" * 400, "2016.1222.1756"):
        assert sdk_versions.below(odd, "3.5.7") is None, odd
    assert sdk_versions.order("1.2.3.4.5.6.7") is not None  # what follows the sixth number is a suffix


def test_a_range_begins_and_ends() -> None:
    line = entry("10.1.60.19", "10.1.60")
    told = {v: sdk_versions.concerned(v, line) for v in ("10.1.32.5", "10.1.60", "10.1.60.18", "10.1.60.19", "r1")}
    assert told == {"10.1.32.5": False, "10.1.60": True, "10.1.60.18": True, "10.1.60.19": False, "r1": None}
    assert sdk_versions.concerned("0.0.1", entry("2.0"))


def test_entries_count_from_the_day_on_which_they_were_known() -> None:
    entries = [entry("2.0"), entry("3.0", sdk="b"), entry("4.0", known="2025-01-01")]
    assert [e.below for e in sdk_versions.known(entries, "a", "2024-01-01")] == ["2.0"]
    assert [e.below for e in sdk_versions.known(entries, "a", "2025-01-01")] == ["2.0", "4.0"]
    assert not list(sdk_versions.known(entries, "a", "2023-12-31"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("sdk: a", "sdk: b", "a-old sdk: unknown b"),
        ("id: a-old", "id: A_old", "A_old id: only small letters"),
        ("below: '2.0'", "below: r12", "a-old below: r12 is no version"),
        ("from: '1.0'", "from: '2.0.0'", "a-old from: must be lower than below"),
        ("2024-01-01", "2024-01", "a-old known: 2024-01 is no ISO date"),
        ("https://a.example/notes", "memory", "a-old source: the source must be a public address"),
    ],
)
def test_lint_objects(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in ENTRY
    assert any(told in line for line in problems(tmp_path, ENTRY.replace(old, new)))


def test_lint_is_content(tmp_path: Path) -> None:
    assert problems(tmp_path, ENTRY) == []


def problems(root: Path, text: str) -> list[str]:
    (root / "lists" / "sdks").mkdir(parents=True)
    (root / "lists" / "sdks" / "a.yml").write_text(SDK, "utf-8")
    (root / "lists" / "sdk-versions.yml").write_text(text, "utf-8")
    (root / "facts.yml").write_text("{}", "utf-8")
    built = build.build(root)
    return [p.line("en") for p in [*built.problems, *lint_lists.check(built)]]


def test_every_entry_of_the_list_is_on_its_page() -> None:
    loaded = catalogue.load()
    page = pages.version_pages(loaded)["sdk-versions.md"]
    assert loaded.sdk_versions
    for found in loaded.sdk_versions.values():
        assert f"| `{found.sdk}` |" in page and found.known in page
        assert sdk_versions.concerned(found.below, found) is False
        assert found.start is None or sdk_versions.concerned(found.start, found)


def test_the_page_in_the_documentation_is_the_list() -> None:
    found = Path(__file__).parents[2] / "docs" / "sdk-versions.md"
    assert found.read_text("utf-8") == pages.version_pages(catalogue.load())["sdk-versions.md"]
