"""Encodings, radicals, sentences."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.extract.policy.text import chinese_share, clean, decode, sentences

POLICY = "我们收集您的个人信息，用于提供服务。您可以随时撤回同意。" * 4


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_of_every_usual_encoding(code: str) -> None:
    text = POLICY + "\n1. SDK 2025\n" * 3
    found = decode(text.encode(code))
    assert (found.text, found.damaged) == (text, False)


@pytest.mark.parametrize(("said", "real"), [("utf-8", "gbk"), ("gbk", "utf-8"), ("iso-8859-1", "gb18030"), ("big5", "gbk"), ("nonsense", "gbk"), ("rot13", "gbk"), ("unicode_escape", "gbk")])
def test_what_a_page_declares_of_itself_is_not_believed(said: str, real: str) -> None:
    text = f'<meta charset="{said}">{POLICY}'
    assert decode(text.encode(real)).text == text


def test_traditional_pages_in_big5() -> None:
    text = '<meta charset="big5">' + "我們收集您的個人資料，用於提供服務。您可以隨時撤回同意。" * 3
    assert decode(text.encode("big5")).text == text


def test_damaged_bytes_are_said_to_be_so() -> None:
    found = decode(POLICY.encode() + b"\xff\xfe\xff" + POLICY.encode())
    assert found.damaged
    assert "个人信息" in found.text


@given(st.binary(max_size=400))
def test_any_bytes_have_some_text(data: bytes) -> None:
    found = decode(data)
    clean(found.text).encode("utf-8", "surrogatepass")


def test_radicals_of_pdf_files_are_the_characters_they_stand_for() -> None:
    assert clean("⾸⻚⽤⼾⻓⻅⻛⻋⻢") == "首页用户长见风车马"
    for code in set(range(0x2F00, 0x2FD6)) - {0x2F3E}:
        assert clean(chr(code)) == unicodedata.normalize("NFKC", chr(code))


def test_nothing_invisible_comes_between_the_characters_of_a_word() -> None:
    assert clean("隐\u200b私\ufeff政 策") == "隐私政策"
    assert clean("ＳＤＫ　名称") == "SDK 名称"
    assert clean("Android  ID 和 手机\u3000号") == "Android ID 和手机号"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet="我们收集。！；\n信息 abc.", max_size=120))
def test_sentences_stand_where_they_say(text: str) -> None:
    for at, sentence in sentences(text):
        assert text[at : at + len(sentence)] == sentence


def test_sentences_end_at_stops_of_both_languages() -> None:
    assert [s for _, s in sentences("我们收集。您同意！好；是\n否")] == ["我们收集。", "您同意！", "好；", "是", "否"]
    english = "We collect your phone number when you sign in. We never sell personal data. See www.example.com for more."
    assert len(sentences(english)) == 3


def test_share_of_chinese_letters() -> None:
    assert chinese_share("隐私ab") == 0.5
    assert chinese_share("") == 0.0
