"""Expressions of the word lists, tried where they can match: the same matches as trying everywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue
from mingcha.extract.package import expressions
from mingcha.extract.package.expressions import Around, Pattern, required
from mingcha.extract.package.needles import Needles

ENTRIES = {
    f"{words.id}/{e.id}": (e, Pattern.build((words.id, e.id), e.regex, e.literals))
    for words in catalogue.load().words.values()
    for e in words.entries
    if e.regex
}
PATTERNS = [p for _, p in ENTRIES.values()]
FIND = Needles(n for p in PATTERNS if p.raw for n in p.needles())
# Pieces of which matches and near misses are made.
PIECES = [
    "http://", "https://", "HTTPS://", "httpx://", "xhttp://", "file:///android_asset/", "privacy", "Policy", "terms",
    "agreement", "protocol", "yhxy", "a.cn/", " ", "\0", "\n", "x" * 150, "/" * 9, "LTAI5tAbCdEfGhIjKlMn", "AKIA", "A" * 20,
    "sts.", "STS.", "secret", "wx_secret=", "0123456789abcdef" * 2, "://u:pass@h.cn", "注销", "7个工作日", "京ICP备12345678号-1A",
    "客服电话", "95555", "400-800-1234", "00", "é", "İ",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@pytest.mark.parametrize("name", ENTRIES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_one_of_the_literals_stands_in_every_match(name: str, data: st.DataObject) -> None:
    _, pattern = ENTRIES[name]
    if pattern.literals:
        text = data.draw(st.from_regex(pattern.text))
        found = pattern.text.search(text)
        assert found
        shown = found[0].lower() if pattern.fold else found[0]
        assert any(word in shown for word in pattern.literals)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_region_gives_the_same_matches(text: str) -> None:
    region = text.encode()
    places = FIND.find(region)
    for pattern in PATTERNS:
        if pattern.raw:
            expected = [m.span() for m in pattern.raw.finditer(region)]
            assert list(pattern.spans_in(region, places)) == expected, pattern.key


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_running_text_gives_the_same_matches(text: str) -> None:
    data = text.encode()
    places = {w: [len(data[:p].decode()) for p in at] for w, at in FIND.find(data).items()}
    for pattern in PATTERNS:
        expected = [m.span() for m in pattern.text.finditer(text)]
        if pattern.raw:
            assert list(pattern.spans_of(text, places)) == expected, pattern.key
        if "\n" not in text:
            assert list(pattern.spans_by_line(text)) == expected, pattern.key


def test_both_address_lists_take_the_linear_way() -> None:
    linear = {name for name, (_, p) in ENTRIES.items() if p.around}
    assert linear == {"policy-link/policy-url", "policy-link/asset-file", "policy-link/agreement-url"}
    assert Around.of(r"https?://[!-~]{3,160}?(?:privacy)[!-~]{0,120}") is None  # regards the case


@pytest.mark.parametrize("text", [b"http://" * 4000, b"http://" * 20 + b" privacy ", (b"http://" * 20 + b"\0privacy/") * 300])
def test_a_flood_of_heads_is_looked_through_once(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    real = expressions._next_break

    def counted(within: bytes, at: int) -> int:
        end = real(within, at)
        looked.append(end - at)
        return end

    monkeypatch.setattr(expressions, "_next_break", counted)
    pattern = ENTRIES["policy-link/policy-url"][1]
    assert pattern.raw
    assert list(pattern.spans_in(text, FIND.find(text))) == [m.span() for m in pattern.raw.finditer(text)]
    assert sum(looked) <= len(text)


@pytest.mark.parametrize(
    ("regex", "literals"),
    [
        ("注销[^\\n]{0,40}天", ("注销",)), ("[京沪] ?ICP ?备 ?\\d{5}", ("ICP",)), ("(?:反馈|投诉)\\d", ("反馈", "投诉")),
        ("abc?d", ("ab",)), ("abc{0,1}defg", ("defg",)), ("abc|defg", ()), ("(?:abc)?de", ("de",)), ("(?:abc|)de", ("de",)),
        ("(?i)abc", ()), ("a\\.bcd+", ("bcd",)), ("[]a]bc[^]d]", ("bc",)), ("(abc)", ()), ("(?:a[b)]c|d)xy", ("xy",)),
        ("ab*c", ("a",)), ("", ()),
    ],
)  # fmt: skip
def test_literals_read_off_an_expression(regex: str, literals: tuple[str, ...]) -> None:
    assert required(regex) == literals
    re.compile(regex)
