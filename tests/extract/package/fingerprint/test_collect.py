"""A package, container after container: whole classes of an SDK say it, single texts among others do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingcha.errors import BadInput
from mingcha.extract.package.columns import Code
from mingcha.extract.package.dex import tables
from mingcha.extract.package.fingerprint import anchors, prints
from mingcha.extract.package.fingerprint.collect import Book, Collector
from mingcha.extract.package.fingerprint.matcher import Found, Matcher
from mingcha.extract.package.fingerprint.prints import Entry
from mingcha.extract.package.owners import Owner, Owners
from tests.extract.package.dexbuild import Cls, Mth, build
from tests.extract.package.fingerprint.test_anchors import cls

SDK = [cls(n) for n in range(30)]


def code(classes: list[Cls]) -> Code:
    return tables.read("classes.dex", build(classes))


LEARNT = prints.make([(Entry(id="a", version="1", part="a", classes=30, count=1), anchors.read(code(SDK)).hashes)])


def found(*containers: list[Cls]) -> list[Found]:
    collector = Collector(Matcher(LEARNT))
    for classes in containers:
        collector.add(code(classes))
    return collector.found()


def moved(classes: list[Cls]) -> list[Cls]:
    return [Cls(f"Lo/{n};", methods=c.methods, interfaces=c.interfaces) for n, c in enumerate(classes)]


def test_a_renamed_sdk_is_found_over_all_containers_with_its_classes() -> None:
    assert [f.id for f in found(SDK)] == ["a"]
    (whole,) = found(moved(SDK[:15]), [cls(99)], [Cls(f"Lp/{n};", methods=c.methods) for n, c in enumerate(SDK[15:])])
    assert whole.id == "a" and whole.share > 0.9
    assert len(whole.classes) == 30 and all(name[:3] in ("Lo/", "Lp/") for name in whole.classes)


def test_code_without_it_holds_nothing() -> None:
    assert found() == found([]) == found([cls(n) for n in range(100, 140)]) == []


def test_its_texts_among_many_others_are_chance() -> None:
    def loads(*texts: str) -> Mth:
        return Mth("m", "()V", [*(("const-string", 0, t) for t in texts), ("return-void",)])

    def package(others: int) -> list[Cls]:
        return [
            Cls(f"Lq/C{n};", methods=[loads(f"a text of class {n}", f"/path/{n}", *(f"other text {n} {k}" for k in range(others)))])
            for n in range(30)
        ]  # fmt: skip

    assert [f.id for f in found(package(0))] == ["a"]
    assert found(package(8)) == []


def test_a_file_is_opened_when_it_is_asked(tmp_path: Path) -> None:
    (tmp_path / "a.mcfp").write_bytes(prints.dump(LEARNT))
    book = Book(tmp_path / "a.mcfp")
    assert book.matcher is book.matcher and book.matcher.ids == ["a"]
    (tmp_path / "b.mcfp").write_bytes(b"none")
    broken = Book(tmp_path / "b.mcfp")
    assert broken.digest != book.digest
    with pytest.raises(BadInput):
        broken.matcher


def test_code_that_stands_under_another_name_is_no_sign_of_an_sdk() -> None:
    names = Owners({"o": Owner("sdk", "other", "Other"), "p": Owner("sdk", "a", "A"), "q": Owner("app", "q", "Q")})

    def owned(package: str) -> list[str]:
        collector = Collector(Matcher(LEARNT), names.of)
        collector.add(code([Cls(f"L{package}/C{n};", methods=c.methods) for n, c in enumerate(SDK)]))
        return [f.id for f in collector.found()]

    assert owned("o") == []  # what another SDK brought along
    assert owned("p") == owned("q") == owned("z") == ["a"]
