"""Many words at once: the same places as one search after another."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue
from mingcha.extract.package import needles
from mingcha.extract.package.needles import Needles, Pairs

SHIPPED = Needles(
    word.encode()
    for words in catalogue.load().words.values()
    for e in words.entries
    for word in (*e.words, *e.prefix, *e.literals)
)


def slow(words: list[bytes], data: bytes) -> dict[bytes, list[int]]:
    """What `find` must give, written down as directly as can be."""
    low, out = data.lower(), {}
    for word in {w.lower() for w in words if w}:
        if places := [k for k in range(len(low) - len(word) + 1) if low[k : k + len(word)] == word]:
            out[word] = places
    return out


# Few letters, both cases and their neighbours in the table, so that words overlap and nearly match.
SOME = st.binary(min_size=1, max_size=9).map(lambda b: bytes(b"aAbB@`[{\xe9\x00"[x % 10] for x in b))


@settings(max_examples=300, deadline=None)
@given(st.lists(SOME, max_size=12), st.lists(SOME, max_size=60), st.booleans())
def test_the_same_as_one_search_after_another(words: list[bytes], texts: list[bytes], odd: bool) -> None:
    data = b"".join(texts) + b"x" * odd
    found = Needles(words)
    short, needles.SHORT = needles.SHORT, 0  # the pass over pairs, however short the text
    try:
        assert found.find(data) == slow(words, data)
    finally:
        needles.SHORT = short
    assert found.find(data) == slow(words, data)


def test_every_shipped_word_is_found_at_every_alignment() -> None:
    rng = random.Random(7)
    parts = [w for w in SHIPPED.words for _ in range(2)]
    rng.shuffle(parts)
    data = b"".join(w + b"\0" * rng.randint(0, 3) for w in parts).upper() + b"\0" * needles.SHORT
    assert set(SHIPPED.find(data)) == set(SHIPPED.words)
    assert SHIPPED.find(data) == slow(SHIPPED.words, data)


def test_nothing_to_look_for_and_nothing_to_look_in() -> None:
    assert Needles([]).find(b"x" * 100_000) == {}
    assert SHIPPED.find(b"") == {}


def test_a_flood_of_one_word_is_found_whole() -> None:
    data = b"privacy" * 20_000
    assert len(SHIPPED.find(data)[b"privacy"]) == 20_000


WIDE = st.text(alphabet="隐私政策A \U0001f600é", max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.lists(WIDE.filter(bool), max_size=12), st.text(alphabet="隐私政策A \U0001f600é", max_size=300))
def test_pairs_leave_out_no_word_of_a_text(words: list[str], text: str) -> None:
    kept = set(Pairs(words).maybe(text))
    assert {k for k, w in enumerate(words) if w in text} <= kept


def test_pairs_leave_out_what_is_not_there() -> None:
    words = [w for words in catalogue.load().words.values() for e in words.entries for w in e.words if not w.isascii()]
    text = "请阅读《隐私政策》" * 20_000
    kept = [words[k] for k in Pairs(words).maybe(text)]
    assert "隐私政策" in kept
    assert len(kept) < 10
