"""What a policy says, and that exactly that is missed which is taken out."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.extract.policy import reader
from mingcha.extract.policy.elements import counted
from tests.extract.policy import sample

KNOWN = catalogue.load()


def elements(text: str, folder: Path, name: str = "p.txt") -> dict[str, dict[str, Any]]:
    """Elements of a text by their ids."""
    path = folder / name
    path.write_text(text, "utf-8")
    document, encoding = reader.load(path)
    return {f["element"]: f for f in reader.facts(document, path.stem, KNOWN, encoding) if f["kind"] == "policy-element"}


def test_every_element_of_the_catalogue_has_a_section() -> None:
    assert set(sample.SECTIONS) == set(KNOWN.policy_elements)
    assert len(KNOWN.policy_elements) >= 40


@pytest.mark.parametrize("form", ["txt", "html"])
def test_all_sections_are_found_where_they_stand(form: str, tmp_path: Path) -> None:
    found = elements(sample.text() if form == "txt" else sample.html(), tmp_path, f"p.{form}")
    assert {e for e, f in found.items() if f["present"]} == set(sample.SECTIONS)
    for element, (head, body) in sample.SECTIONS.items():
        if found[element]["by"] != "model":
            assert found[element]["quote"] in body or found[element]["quote"] == head, element


@pytest.mark.parametrize("element", sample.SECTIONS)
def test_a_section_that_goes_takes_its_element_and_no_other(element: str, tmp_path: Path) -> None:
    found = elements(sample.text(without=element), tmp_path)
    assert {e for e, f in found.items() if not f["present"]} == {element}
    assert found[element]["by"] is None


def test_the_order_of_sections_changes_nothing(tmp_path: Path) -> None:
    parts = [f"{head}\n{body}" for head, body in sample.SECTIONS.values()]
    random.Random(1).shuffle(parts)
    found = elements("示例应用隐私政策\n" + "\n".join(parts), tmp_path)
    assert all(f["present"] for f in found.values())


def test_time_limits_are_read_as_numbers(tmp_path: Path) -> None:
    found = elements(sample.text(), tmp_path)
    assert [(found[e]["value"], found[e]["unit"]) for e in ("cancellation-limit", "reply-limit", "storage-period")] == [
        (15.0, "workday"), (15.0, "day"), (3.0, "year"),
    ]  # fmt: skip
    assert [counted(x) for x in ("7", "十五", "三十", "五", "二十一", "十", "百", "")] == [7, 15, 30, 5, 21, 10, None, None]


def test_nothing_is_said_to_be_absent_of_a_list_or_of_a_text_read_in_part(tmp_path: Path) -> None:
    listed = elements("第三方SDK目录\nSDK名称：示例推送\n提供方：某公司\n使用目的：推送\n", tmp_path)
    assert all(f["present"] for f in listed.values())
    path = tmp_path / "cut.txt"
    path.write_bytes(sample.text(without="cessation").encode("utf-8")[:-40] + b"\xff\xfe\xff" * 9)
    document, encoding = reader.load(path)
    assert not document.whole
    assert all(f["present"] for f in reader.facts(document, "cut", KNOWN, encoding) if f["kind"] == "policy-element")
