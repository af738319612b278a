"""Which version: what a shrinker makes of texts speaks against none, what the code says of itself against all others."""

from __future__ import annotations

import numpy as np
import pytest

from mingcha.extract.package.dex import tables
from mingcha.extract.package.fingerprint import anchors
from mingcha.extract.package.fingerprint.anchors import TEXT
from mingcha.extract.package.fingerprint.telling import Learnt, Own, tell
from tests.extract.package.dexbuild import Cls, Mth, build

COMMON = [f"text number {n} of both" for n in range(60)]
OLD, NEW = [f"an old text, {n}" for n in range(20)], [f"a new text, {n}" for n in range(20)]


def own(texts: list[str]) -> Own:
    """A package whose one class loads these texts."""
    body = [*(("const-string", 0, t) for t in texts), ("return-void",)]
    code = tables.read("classes.dex", build([Cls("La/B;", [Mth("m", "()V", body)])]))
    hashes, _ = anchors.loaded(code, np.ones(1, bool))
    return Own(np.unique(hashes), ((code, np.ones(1, bool)),))


def learnt(*versions: tuple[str, list[str]]) -> Learnt:
    found = [own(texts).features for _, texts in versions]
    every = np.unique(np.concatenate(found))
    has = np.array([np.isin(every, f) for f in found])
    return Learnt(tuple(v for v, _ in versions), every, has, tuple(found), every)


TWO = learnt(("1.0.0", COMMON + OLD), ("1.1.0", COMMON + NEW))


def said(texts: list[str], among: Learnt = TWO) -> tuple[str, ...]:
    package = own(texts)
    return tell(among, np.isin(among.features, package.features), package, among.all)


def test_the_version_itself_and_of_one_none() -> None:
    assert (said(COMMON + OLD), said(COMMON + NEW)) == (("1.0.0",), ("1.1.0",))
    assert said(COMMON + OLD, learnt(("1.0.0", COMMON + OLD))) == ()


def test_where_nothing_that_differs_is_left_both() -> None:
    assert said(COMMON) == ("1.0.0", "1.1.0")


def test_parts_of_both_are_neither() -> None:
    assert said(COMMON + OLD + NEW) == () and said(COMMON + OLD + NEW[:2]) == ()


@pytest.mark.parametrize(("text", "version"), [
    ("an old text, 3text number 7 of both", True), ("an old text, 3 true 17", True), ("an old text, 3 of a kind", True),
    ("nobody ever said this", False), ("something ends in an old text, 3", True), ("0 false 3.5", True),
    ("an old text, 3 1.0.5", False), ("1.0.5", False), ("an old text, 3 1.0.0", True),
])  # fmt: skip
def test_what_a_shrinker_joins_speaks_against_no_version(text: str, version: bool) -> None:
    assert said([*COMMON, *OLD, text]) == (("1.0.0",) if version else ())


def test_a_text_of_another_version_has_to_be_joined_of_this_one_s() -> None:
    whole = "an old text, 3text number 7 of both"
    assert said([*COMMON, *OLD, whole], learnt(("1.0.0", COMMON + OLD), ("1.1.0", [*COMMON, *NEW, whole]))) == ("1.0.0",)
    part = "an old text, 3 and something else"
    assert said([*COMMON, *OLD, part], learnt(("1.0.0", COMMON + OLD), ("1.1.0", [*COMMON, *NEW, part]))) == ()


def test_features_of_texts_are_texts() -> None:
    assert set((TWO.features & np.uint64(3)).tolist()) == {TEXT}
