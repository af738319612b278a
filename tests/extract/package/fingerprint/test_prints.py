"""Fingerprint files: what is written comes back, and no damage gets past loading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.errors import BadInput
from mingcha.extract.package.fingerprint import prints
from mingcha.extract.package.fingerprint.anchors import U64
from mingcha.extract.package.fingerprint.prints import Entry

Learnt = tuple[Entry, U64]


def entry(sdk: str = "jpush", version: str | None = "1.0", part: str = "jpush", source: str = "") -> Entry:
    return Entry(id=sdk, version=version, part=part, classes=3, count=1, sources=(source,) if source else ())


entries = st.builds(
    lambda sdk, version, part, numbers: (entry(sdk, version, part), np.array(sorted(numbers), np.uint64)),
    st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), st.none() | st.from_regex(r"\d\.\d{1,2}", fullmatch=True),
    st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=12),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(entries, max_size=8))
def test_what_is_written_comes_back(learnt: list[Learnt]) -> None:
    made = prints.make(learnt)
    got = prints.parse(prints.dump(made))
    assert got.entries == made.entries
    for (_, a), (_, b) in zip(got.learnt(), made.learnt(), strict=True):
        assert a.tolist() == b.tolist()
    wanted: dict[tuple[str, str, str], set[int]] = {}
    for e, numbers in learnt:
        wanted.setdefault((e.id, e.part, e.version or ""), set()).update(numbers.tolist())
    assert {(e.id, e.part, e.version or ""): set(n.tolist()) for e, n in got.learnt()} == wanted


@settings(deadline=None)
@given(st.lists(entries, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_learning_changes_nothing(learnt: list[Learnt], random: object) -> None:
    other = list(learnt)
    random.shuffle(other)  # type: ignore[attr-defined]
    assert prints.dump(prints.make(other)) == prints.dump(prints.make(learnt))


def sample() -> bytes:
    return prints.dump(prints.make([
        (entry(version="1.0"), np.array([1, 5, 9], np.uint64)), (entry(version="1.1"), np.array([5, 9, 12], np.uint64)),
    ]))  # fmt: skip


@settings(deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_read_whole(data: st.DataObject) -> None:
    good = sample()
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    for text in (bytes(bad), good[:cut], bytes(bad[:cut])):
        try:
            got = prints.parse(text)
        except ValueError:
            continue
        for _, numbers in got.learnt():
            assert len(numbers) and (numbers[1:] > numbers[:-1]).all()


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_anything_else_is_refused(data: bytes) -> None:
    for text in (data, prints.MAGIC + data):
        with pytest.raises(ValueError, match=r"[a-z]"):
            prints.parse(text)


def header(text: bytes, rest: bytes = b"") -> bytes:
    start = prints.MAGIC + len(text).to_bytes(4, "little") + text
    return start + bytes(-len(start) % 8) + rest


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (header(b"{}"), "header"),
        (header(b'{"features":1,"entries":[]}'), "size"),
        (header(b'{"features":-1,"entries":[]}'), "too many"),
        (header(b'{"features":999999999999,"entries":[]}'), "too many"),
        (prints.MAGIC + b"\xff\xff\xff\xff{}", "length"),
        (header(b'{"features":1,"entries":[{"id":"../a","version":"1","part":"","classes":1,"count":1}]}', bytes(12)), "entry"),
        (header(b'{"features":1,"entries":[{"id":"a","version":"1","part":"","classes":1,"count":9}]}', bytes(44)), "entry"),
        (header(b'{"features":1,"entries":[{"id":"a","version":"\\u001b","part":"","classes":1,"count":1}]}', bytes(12)), "name"),
        (header(b'{"features":1,"entries":[{"id":"a","version":"1","part":"","classes":1,"count":1}]}', bytes(8) + b"\1\0\0\0"), "order"),
        (header(b'{"features":2,"entries":[{"id":"a","version":"1","part":"","classes":1,"count":1}]}', bytes(20)), "order"),
        (header(b"[" * 5000), "header"),
    ],
)  # fmt: skip
def test_hostile_headers(text: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        prints.parse(text)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as e:
        prints.load(tmp_path / "none.mcfp")
    assert e.value.code == "unreadable"
    file = tmp_path / "some.mcfp"
    file.write_bytes(b"PK\3\4")
    with pytest.raises(BadInput, match=r"some\.mcfp") as e:
        prints.load(file)
    assert e.value.code == "bad-fingerprints"


def test_parts_of_one_version_learnt_twice_are_joined() -> None:
    made = prints.make([(entry(source="a"), np.array([3, 1], np.uint64)), (entry(source="b"), np.array([1, 7], np.uint64))])
    assert [(e.count, e.sources) for e in made.entries] == [(3, ("a", "b"))]
    assert made.features.tolist() == [1, 3, 7]
