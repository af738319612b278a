"""Hostile text is made visible and never acts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.report.text import (
    css_string,
    dotted,
    flat,
    member,
    octets,
    pick,
    prose,
    shorten,
    visible,
)

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))  # surrogates too


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("支付宝 3.0", "支付宝 3.0"),
        ("a\u202egpj.exe", "a[U+202E]gpj.exe"),
        ("a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"),
        ("\x1b[31m\x07\x00", "[U+001B][31m[U+0007][U+0000]"),
        ("a\r\nb\u2028c", "a[U+000D][U+000A]b[U+2028]c"),
        ("\ud800", "[U+D800]"),
        ("\u3164\u2800\u034f", "[U+3164][U+2800][U+034F]"),
        ("\U000e0041", "[U+E0041]"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 4 + "[+5]"),
    ],
)
def test_unseen_characters_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY_TEXT)
def test_nothing_unseen_passes(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    left = {unicodedata.category(c) for c in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not left
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown)


def test_long_text_is_cut_and_says_so() -> None:
    assert visible("x" * 30, limit=10) == "x" * 10 + "… [+20]"


@given(ANY_TEXT)
def test_css_string_cannot_be_left(text: str) -> None:
    assert re.fullmatch(r'"(?:[A-Za-z0-9 ]|\\[0-9a-f]{6} )*"', css_string(text))


def test_css_string_keeps_blanks() -> None:
    def read(css: str) -> str:  # as a browser does
        return re.sub(r"\\([0-9a-f]{1,6})\s?", lambda m: chr(int(m[1], 16)), css[1:-1])

    for text in ("Hello, Activity! 4.0", "应用 检测", "a  b", "中 文", "é f"):
        assert read(css_string(text)) == text


@pytest.mark.parametrize(
    ("descriptor", "cls", "name"),
    [
        ("La/b/C$D;->run(ILjava/lang/String;[B)V", "a.b.C$D", "run(int, String, byte[])"),
        ("La/B;->FIELD:Ljava/lang/String;", "a.B", "FIELD"),
        ("La/B;-><init>()V", "a.B", "<init>()"),
        ("La/B;->many(IIIIIIII)V", "a.B", "many(int, int, int, int, int, …)"),
        ("no descriptor", "", "no descriptor"),
        ("L;->()", "", "L;->()"),
    ],
)
def test_members_are_read(descriptor: str, cls: str, name: str) -> None:
    assert member(descriptor) == (cls, name)


@given(ANY_TEXT)
def test_member_takes_anything(text: str) -> None:
    cls, name = member(text)
    assert cls or name == text


def test_small_helpers() -> None:
    assert dotted("La/B;->c()V") == "a.B.c"
    assert dotted("x y") == "x y"
    assert flat(" a\n  b ") == "a b"
    assert prose("a\nb c\n\n d\n") == ["a", "b c", "d"]
    assert pick({"en": "x"}, "zh") == "x"
    assert pick({"zh": "", "en": "x"}, "zh") == "x"
    assert pick({"zh": 3}, "zh") == ""
    assert pick(None, "zh") == ""
    assert pick("as is", "zh") == "as is"
    assert shorten("com.example.Something", 11) == "com…mething"
    assert len(shorten("x" * 99, 11)) == 11
    assert [octets(n) for n in (0, 999, 1000, 84_213_907, 5 * 10**12)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "84.2 MB",
        "5000.0 GB",
    ]
