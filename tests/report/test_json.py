"""The result document goes out and comes back the same."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from mingcha.errors import BadInput, Usage
from mingcha.model import Evidence, Inspection
from mingcha.report import FORMATS, render
from mingcha.report.json_ import load

from .fixture import clean, finding, inspection


def as_json(value: Inspection) -> bytes:
    raw = render(value, "json")
    assert isinstance(raw, bytes)
    return raw


@pytest.mark.parametrize("make", [inspection, clean])
def test_round_trip(make: Any) -> None:
    raw = as_json(make())
    assert raw.endswith(b"\n")
    again = load(raw)
    assert as_json(again) == raw
    assert again.findings == load(as_json(again)).findings
    assert again.subject == make().subject


def test_chinese_is_written_as_itself_and_keys_are_stable() -> None:
    raw = as_json(inspection())
    assert "好运记账".encode() in raw
    shuffled = msgspec.structs.replace(inspection(), inventory=dict(reversed(inspection().inventory.items())))
    assert as_json(shuffled) == raw
    assert list(json.loads(raw))[:3] == ["schema", "tool", "subject"]


def test_lone_surrogates_do_not_stop_the_result() -> None:
    bad = Evidence(
        exhibit="x", where="y", text="a\ud800b", fact={"kind": "url", "k\udfff": ["\ud800", {"z": "\udc00"}]}
    )
    raw = as_json(inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=[bad])]))
    shown = load(raw).findings[0].evidence[0]
    assert shown.text.startswith("a\ufffd")
    assert "\ufffd" in json.dumps(shown.fact, ensure_ascii=False)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"{}", b'{"schema": 1}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut", "list", "bare", "wrong", "bytes", "deep"],
)
def test_what_is_no_result_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        load(data)
    assert caught.value.code == "bad-result"
    assert caught.value.line("zh").startswith("[bad-result]")


def test_a_result_of_another_schema_is_refused() -> None:
    with pytest.raises(BadInput, match="unknown schema"):
        load(as_json(inspection()).replace(b"mingcha.inspection/1", b"mingcha.inspection/9", 1))


def test_only_known_formats_and_languages() -> None:
    with pytest.raises(Usage, match="no report format"):
        render(inspection(), "papyrus")
    with pytest.raises(Usage, match="language"):
        render(inspection(), "json", "fr")


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_saved_result_renders_as_the_original(fmt: str) -> None:
    original = inspection()
    assert render(load(as_json(original)), fmt, "en") == render(original, fmt, "en")
