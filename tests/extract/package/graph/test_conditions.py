"""What a library does only once the app has asked for it."""

from __future__ import annotations

import pytest

from mingcha import catalogue
from mingcha.catalogue.schema import Asking, Condition
from mingcha.extract.package.dex import tables
from mingcha.extract.package.graph.conditions import closed
from mingcha.extract.package.graph.world import World
from tests.extract.package.dexbuild import Cls, Mth, build

VOID = ("return-void",)
SUN = Condition(
    cls="lib.Sun", source="x", methods=["set"], home="lib", asked_by=[Asking(cls="lib.Mode", name="choose", value=0)]
)
CHOOSE = ("invoke-static", [0], "Llib/Mode;->choose(I)V")


def method(name: str, *code: tuple, proto: str = "()V") -> Mth:
    return Mth(name, proto, [*code, VOID], flags=9, virtual=False)


def events(*more: Cls) -> dict[int, frozenset[str]]:
    library = [
        Cls("Llib/Sun;", [method("set")]),
        Cls("Llib/Mode;", [
            method("choose", proto="(I)V"), method("apply", ("invoke-static", [], "Llib/Sun;->set()V")),
            method("reset", ("const/4", 0, 0), CHOOSE),
        ]),
    ]  # fmt: skip
    world = World.of([tables.read("classes.dex", build([*library, *more]))], {})
    return closed(world, [SUN])


def app(*code: tuple) -> Cls:
    return Cls("Lapp/Main;", [method("run", *code)])


def test_where_nobody_asks_the_call_is_closed_and_says_by_what() -> None:
    assert list(events().values()) == [frozenset(["method:Llib/Mode;->choose"])]


def test_the_library_itself_asking_counts_for_nothing_and_another_number_neither() -> None:
    assert len(events(app(("const/4", 0, 2), CHOOSE))) == 1


@pytest.mark.parametrize("number", [[("const/4", 0, 0)], [("invoke-static", [], "Lapp/B;->mode()I"), ("move-result", 0)]])
def test_asking_with_the_number_or_an_unknown_one_opens_it(number: list[tuple]) -> None:
    assert events(app(*number, CHOOSE)) == {}


def test_a_package_without_the_library_has_nothing_closed() -> None:
    world = World.of([tables.read("classes.dex", build([app()]))], {})
    assert closed(world, [SUN]) == {} and closed(world, catalogue.load().conditions.values()) == {}
