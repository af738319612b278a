"""Matching: what is there is found, what others have too says little, versions only where they can be told."""

from __future__ import annotations

import numpy as np
import pytest

from mingcha.extract.package.fingerprint import prints
from mingcha.extract.package.fingerprint.anchors import CALLS, PAIR, TEXT, U64
from mingcha.extract.package.fingerprint.matcher import Found, Matcher
from mingcha.extract.package.fingerprint.prints import Entry
from mingcha.extract.package.fingerprint.telling import Own


def some(seed: int, n: int, kind: int = TEXT) -> U64:
    numbers = np.random.default_rng(seed).integers(0, 2**63, n, np.uint64)
    return np.unique((numbers << np.uint64(2)) | np.uint64(kind))


def matcher(*learnt: tuple[str, str | None, U64]) -> Matcher:
    rows = ((Entry(id=i, version=v, part=i, classes=1, count=1), f) for i, v, f in learnt)
    return Matcher(prints.make(rows))


def find(m: Matcher, package: U64, texts: U64 | None = None) -> dict[str, Found]:
    hit = np.zeros(len(m.prints.features), bool)
    places = m.places(package)
    hit[places[places >= 0]] = True
    return {f.id: f for f in m.find(hit, {}, dict.fromkeys(m.ids, Own(texts)) if texts is not None else None)}


A, B, COMMON = some(1, 200), some(2, 200), some(3, 200)


def test_only_what_is_there_is_found() -> None:
    m = matcher(("a", "1", A), ("b", "1", B))
    assert set(find(m, np.concatenate([A[::2], some(9, 5000)]))) == {"a"}
    assert find(m, some(9, 5000)) == {}
    assert find(m, np.zeros(0, np.uint64)) == {}


def test_what_several_have_tells_none_of_them() -> None:
    learnt = [(name, "1", np.concatenate([COMMON, some(10 + n, 200)])) for n, name in enumerate("abcd")]
    assert find(matcher(*learnt), COMMON) == {}


def test_a_few_signs_are_none() -> None:
    m = matcher(("a", "1", A))
    assert find(m, A[:7]) == {}
    assert find(m, A[:29]) == {}  # of so small a share more is asked
    assert set(find(m, A[:31])) == {"a"}
    assert set(find(matcher(("a", "1", A[:30])), A[:10])) == {"a"}
    assert find(matcher(("a", "1", some(4, 200, CALLS))), some(4, 200, CALLS)[:30]) == {}


@pytest.mark.parametrize(("there", "classes", "found"), [
    (110, 0, False), (110, 3, False), (110, 4, True), (60, 4, False), (60, 10, True), (30, 10, False), (250, 0, True),
])  # fmt: skip
def test_of_a_large_one_little_is_enough_where_classes_are_its_own(there: int, classes: int, found: bool) -> None:
    large = some(5, 2000)
    m = matcher(("a", "1", large), ("b", "1", B))
    hit = np.zeros(len(m.prints.features), bool)
    hit[m.places(large[:there])] = True
    names = {f"L{n};": "a" for n in range(classes)}
    assert [f.id for f in m.find(hit, names)] == ["a"] * found
    assert [f.id for f in m.find(hit, dict.fromkeys(names, "b"))] == ["a"] * (found and there == 250)


OLD, NEW = np.union1d(COMMON, some(21, 30)), np.union1d(COMMON, some(22, 30))


@pytest.mark.parametrize(("package", "version"), [(OLD, "1.0"), (NEW, "1.1"), (COMMON, None), (np.union1d(OLD, NEW), None)])
def test_a_version_where_it_can_be_told(package: U64, version: str | None) -> None:
    assert find(matcher(("a", "1.0", OLD), ("a", "1.1", NEW)), package)["a"].version == version


def test_one_learnt_version_is_not_said() -> None:
    assert find(matcher(("a", "1.0", OLD)), OLD)["a"].version is None


def test_after_shrinking_the_version_is_still_told() -> None:
    m = matcher(("a", "1.0", OLD), ("a", "1.1", NEW))
    rng = np.random.default_rng(7)
    assert find(m, OLD[rng.random(len(OLD)) < 0.5])["a"].version == "1.0"


def test_a_version_between_two_is_neither() -> None:
    m = matcher(("a", "1.0", OLD), ("a", "1.1", NEW))
    assert find(m, NEW, NEW)["a"].version == "1.1"
    assert find(m, NEW, np.union1d(NEW, some(33, 20)))["a"].version is None


def test_versions_between_which_nothing_differs_are_told_together() -> None:
    found = find(matcher(("a", "1.0", OLD), ("a", "1.1", NEW), ("a", "2.0", some(23, 200))), COMMON, COMMON)["a"]
    assert found.versions == ("1.0", "1.1") and found.version is None
    assert find(matcher(("a", "1.0", OLD), ("a", "1.1", OLD)), OLD, OLD)["a"].versions == ("1.0", "1.1")
    # What speaks for a third one speaks against both.
    m = matcher(("a", "1.0", OLD), ("a", "1.1", OLD), ("a", "0.9", np.union1d(OLD, some(24, 40, PAIR))))
    assert find(m, OLD, np.union1d(OLD, some(24, 40, PAIR)[:2]))["a"].versions == ()


def test_whose_a_class_is() -> None:
    m = matcher(("a", "1", A), ("b", "1", B))
    other = some(50, 20)
    hashes = np.concatenate([A[:10], B[:6], other[:6], A[10:12], other[6:]])
    rows = np.concatenate([np.full(10, 0), np.full(6, 1), np.full(6, 1), np.full(2, 2), np.full(14, 3)]).astype(np.int32)
    assert m.owners(hashes, rows, m.places(hashes)) == {0: "a"}


def test_nothing_learnt_finds_nothing() -> None:
    assert find(matcher(), A) == {}
