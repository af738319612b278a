"""Every text exists in both languages, and every text is used."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from mingcha.report import words as module
from mingcha.report.words import table, words

REPORT = Path(module.__file__).parent
CJK = re.compile("[\u3400-\u9fff]")
SAME_IN_BOTH = {"subject.sha256", "owner.sdk", "kind.sdk", "platform.ios", "sink.sdk"}
# Groups whose keys are codes of the result: looked up as `group.<code>`.
BY_CODE = (
    "kind", "platform", "severity", "confidence", "status", "group", "purpose", "sure", "by", "level", "used", "needed",
    "component", "field", "value", "channel.name", "channel.supply", "mark.name", "mark.means", "owner", "reason", "note", "section", "path",
    "deviation", "component_one", "protection", "start_verdict", "start_means", "sdk_state", "entry_kind", "step", "blind_spot", "guard_kind", "guard_store", "self_start", "start_direction", "sink",
    "consistency_verdict", "consistency_means", "consistency_declared", "consistency_code", "consistency_ground", "state", "run_event",
    "seen_field", "seen_result", "seen_answer", "seen_party", "seen_transport", "seen_form", "seen_cause", "seen_present", "seen_unit", "seen_document", "seen_language", "seen_weakness",
    "wording_when", "wording_event",
    "score.outcome", "score.rule", "score.role", "score.profile", "score.why",
)  # fmt: skip


def sources() -> str:
    files = [*REPORT.glob("*.py"), *REPORT.glob("templates/*.j2")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_both_languages_are_there_and_are_what_they_claim() -> None:
    assert len(table()) > 200
    for key, texts in table().items():
        assert all(texts.values()), key
        assert not CJK.search(texts["en"]) or key == "page.also", key
        if key not in SAME_IN_BOTH:
            assert CJK.search(texts["zh"]), key


def test_chinese_punctuation_is_full_width() -> None:
    for key, texts in table().items():
        assert not re.search("[\u3400-\u9fff][,;:?!]", texts["zh"]), key


def test_placeholders_agree() -> None:
    def names(text: str) -> set[str | None]:
        return {field for _, field, _, _ in Formatter().parse(text) if field is not None}

    for key, texts in table().items():
        assert names(texts["zh"]) == names(texts["en"]), key


def test_every_key_asked_for_exists_and_every_key_is_asked_for() -> None:
    text = sources()
    asked = set(re.findall(r"""\b(?:w|other)\(\s*["']([a-z0-9_.:-]+)["']\s*[,)]""", text))
    counted = set(re.findall(r"""w\.count\(\s*["']([a-z_.]+)["']""", text))
    asked |= {f"{key}.{n}" for key in counted for n in ("one", "many")}
    assert asked - set(table()) == set()
    named = set(re.findall(r"""["']([a-z_]+\.[a-z0-9_.-]+)["']""", text))
    unused = {
        k for k in table() if k not in asked | named and not k.startswith(tuple(f"{g}." for g in BY_CODE))
    }
    assert unused == set()


def test_an_unknown_key_is_an_error_but_an_unknown_code_is_shown() -> None:
    w = words("zh")
    with pytest.raises(KeyError):
        w("no.such.key")
    assert w.get("purpose", "teleport") == "teleport"
    assert w.coded("reason", "answer:confirmed") == table()["reason.answer:confirmed"]["zh"]
    assert w.coded("reason", "check:sdk-list") == "专项检查：sdk-list"
    assert w.coded("reason", "moon:full") == "moon:full"


def test_counts_and_shares() -> None:
    en = words("en")
    assert en.count("summary.rule", 1).startswith("1 rule ")
    assert en.count("summary.rule", 2).startswith("2 rules ")
    assert [en.percent(x) for x in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0%", "1%", "50%", "99%", "100%"]
    assert words("zh").join(["甲", "乙"]) == "甲、乙"
    with pytest.raises(ValueError):
        words("fr")
