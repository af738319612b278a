"""Features: names, order and the form of the file leave them as they are."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.package.dex import tables
from mingcha.extract.package.fingerprint import anchors
from tests.extract.package.dexbuild import Cls, Mth, build

LOG = "Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I"
MODEL = "Landroid/os/Build;->getSerial()Ljava/lang/String;"
CLOCK = "Landroid/os/SystemClock;->elapsedRealtime()J"
THREAD = "Ljava/lang/Thread;->currentThread()Ljava/lang/Thread;"


def cls(n: int, package: str = "com/vendor") -> Cls:
    text = [("const-string", 0, f"a text of class {n}"), ("const-string", 1, f"/path/{n}"), ("invoke-static", [0, 1], LOG)]
    calls = [("invoke-static", [], m) for m in (MODEL, CLOCK, THREAD)] * (1 + n % 2)
    own = f"L{package}/C{(n + 1) % 5};"
    return Cls(f"L{package}/C{n};", methods=[
        Mth("run", "()V", [*text, ("return-void",)]), Mth("ask", f"(I{own})V", [*calls, ("return-void",)]),
        Mth("more", "(J)V", [("return-void",)]), Mth("most", "()I", [("const/4", 0, n % 7), ("return", 0)]),
    ], interfaces=("Ljava/lang/Runnable;",) if n % 2 else ())  # fmt: skip


def features(classes: list[Cls]) -> set[int]:
    return set(anchors.read(tables.read("classes.dex", build(classes))).hashes.tolist())


SDK = [cls(n) for n in range(5)]
WHOLE = features(SDK)


def kinds(found: set[int]) -> set[int]:
    return {f & 3 for f in found}


def test_every_kind_is_there() -> None:
    assert kinds(WHOLE) == {anchors.TEXT, anchors.PAIR, anchors.CALLS, anchors.SHAPE}


@settings(deadline=None)
@given(st.permutations(range(5)))
def test_the_order_of_classes_does_not_matter(order: list[int]) -> None:
    assert features([SDK[n] for n in order]) == WHOLE


@settings(deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_methods_does_not_matter(order: list[int]) -> None:
    assert features([replace(c, methods=[c.methods[k] for k in order]) for c in SDK]) == WHOLE


def test_renamed_and_moved_code_is_the_same() -> None:
    def renamed(c: Cls) -> Cls:
        methods = [replace(m, name="abcdefg"[k], proto=re.sub(r"com/vendor/C", "o/c", m.proto)) for k, m in enumerate(c.methods)]
        return replace(c, name=c.name.replace("com/vendor/C", "o/c"), methods=methods)

    assert features([renamed(c) for c in SDK]) == WHOLE


def test_among_other_code_all_of_it_is_found() -> None:
    assert features([*SDK, *(cls(n, "com/other") for n in range(20, 24))]) > WHOLE


def test_a_class_that_calls_itself_the_platform_is_not_it() -> None:
    ours = Cls("Landroid/util/Log;", methods=[
        Mth("d", "(Ljava/lang/String;Ljava/lang/String;)I", [("const/4", 0, 0), ("return", 0)])])  # fmt: skip
    kept = features([*SDK, ours])
    lost = {f for f in WHOLE - kept if f & 3 == anchors.PAIR}
    assert lost, "pairs with the call must not be taken for those with the platform's"
    assert {f for f in WHOLE if f & 3 == anchors.TEXT} <= kept


@pytest.mark.parametrize("size", [6, 7, 8, 9, 15, 16, 17, 40, 47, 48])
def test_texts_that_differ_in_one_place_differ(size: int) -> None:
    texts = {bytes(b"a" * k + b"b" + b"a" * (size - 1 - k)).decode() for k in range(size)}
    code = [("const-string", 0, t) for t in sorted(texts)]
    found = features([Cls("La/B;", methods=[Mth("f", "()V", [*code, ("return-void",)])])])
    assert len({f for f in found if f & 3 == anchors.TEXT}) == size


def test_short_texts_say_nothing_alone() -> None:
    found = features([Cls("La/B;", methods=[Mth("f", "()V", [("const-string", 0, "short"), ("return-void",)])])])
    assert found == set()


def test_no_code_has_no_features() -> None:
    got = anchors.read(tables.read("classes.dex", build([])))
    assert got.hashes.dtype == np.uint64
    assert not len(got.hashes)
    assert not len(got.rows)


@settings(deadline=None)
@given(st.data())
def test_damaged_code_never_raises(data: st.DataObject) -> None:
    good = bytearray(build(SDK))
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0x70, len(good) - 1))] = data.draw(st.integers(0, 255))
    got = anchors.read(tables.read("classes.dex", bytes(good)))
    assert len(got.hashes) == len(got.rows)


def test_only_classes_that_load_a_text_count() -> None:
    silent = Cls("Lcom/vendor/Silent;", methods=[
        Mth(n, "()V", [("invoke-static", [], MODEL)] * 4 + [("return-void",)]) for n in "abcde"
    ])  # fmt: skip
    assert features([silent]) == set()
    assert features([*SDK, silent]) == WHOLE


def test_only_the_classes_asked_for_are_read() -> None:
    code = tables.read("classes.dex", build(SDK))
    one = np.zeros(5, bool)
    one[2] = True
    got, every = anchors.read(code, one), anchors.read(code)
    assert set(got.rows.tolist()) == {2}
    assert sorted(got.hashes.tolist()) == sorted(every.hashes[every.rows == 2].tolist())
    assert not len(anchors.read(code, np.zeros(5, bool)).hashes)
    told = anchors.texts(code)
    wanted = every.hashes & np.uint64(3) == anchors.TEXT
    assert sorted(told.hashes.tolist()) == sorted(every.hashes[wanted].tolist())
    assert sorted(told.rows.tolist()) == sorted(every.rows[wanted].tolist())


def test_where_a_text_is_loaded_and_how_often_does_not_matter() -> None:
    loads = [("const-string", n, f"text number {n}") for n in range(4)]
    calls = [("invoke-static", [], m) for m in (MODEL, CLOCK, THREAD)]

    def of(*body: tuple[object, ...]) -> set[int]:
        return features([Cls("La/B;", methods=[Mth("m", "()V", [*body, ("return-void",)])])])

    plain = of(*loads, *calls)
    assert of(*calls, *reversed(loads)) == plain == of(*loads, *calls, *loads)
    assert of(*loads[1:], *calls) != plain


def test_a_short_text_counts_if_it_is_a_version() -> None:
    def texts(text: str) -> int:
        body = [("const-string", 0, text), ("return-void",)]
        return len(anchors.texts(tables.read("classes.dex", build([Cls("La/B;", methods=[Mth("m", "()V", body)])]))).hashes)

    assert [texts(t) for t in ("3.1.0", "3.1.x", "a.b.c", "short", "longer")] == [1, 0, 0, 0, 1]


def test_texts_that_are_not_asked_for_are_not_read() -> None:
    code = tables.read("classes.dex", build(SDK))
    every = anchors.texts(code)
    table = np.zeros(1 << anchors.TOP, bool)
    assert len(anchors.texts(code, table).hashes) == 0
    table[int(every.hashes[0]) >> (64 - anchors.TOP)] = True
    some = anchors.texts(code, table)
    assert int(every.hashes[0]) in some.hashes.tolist() and len(some.hashes) < len(every.hashes)
    assert set(some.hashes.tolist()) < set(every.hashes.tolist())
    each = np.bincount(every.rows, minlength=len(code.class_type)).tolist()
    assert some.counts.tolist() == each == every.counts.tolist()


def test_pieces_of_a_text() -> None:
    code = tables.read("classes.dex", build([cls(1)]))
    every = anchors.texts(code)
    at = int(np.flatnonzero([code.text(int(s)) == "a text of class 1" for s in every.strings])[0])
    parts, which, sizes = anchors.pieces(code, every.strings[at : at + 1].astype(np.int64))
    assert set(which.tolist()) == {0} and every.hashes[at] not in parts
    assert sizes.tolist() == 2 * list(range(anchors.SHORTEST, len("a text of class 1")))
    body = [("const-string", 0, "a text"), ("const-string", 1, "class 1"), ("return-void",)]
    known = anchors.texts(tables.read("classes.dex", build([Cls("La/B;", methods=[Mth("m", "()V", body)])]))).hashes
    assert np.isin(known, parts).all()
