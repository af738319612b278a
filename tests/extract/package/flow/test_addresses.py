"""Addresses put together from constants, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.package.dex import tables
from mingcha.extract.package.flow.addresses import find
from tests.extract.package.dexbuild import Cls, Mth, build

STRING = "Ljava/lang/String;"
BUILDER = "Ljava/lang/StringBuilder;"
VOID = ("return-void",)
NEW = [("new-instance", 0, BUILDER), ("invoke-direct", [0], f"{BUILDER}-><init>()V")]
DONE = [("invoke-virtual", [0], f"{BUILDER}->toString(){STRING}"), ("move-result", 2)]
UNKNOWN = [("invoke-static", [], f"La/A;->host(){STRING}"), ("move-result", 1)]


def put(text: str | None, chained: bool = True) -> list[tuple]:
    load = [("const-string", 1, text)] if text is not None else UNKNOWN
    append = [*load, ("invoke-virtual", [0, 1], f"{BUILDER}->append({STRING}){BUILDER}")]
    return [*append, ("move-result", 0)] if chained else append


def urls(*code: tuple) -> list[str]:
    return [u.url for u, _ in find(tables.read("c", build([Cls("La/A;", [Mth("f", "()V", [*code, VOID])])])))]


def test_a_scheme_and_a_host() -> None:
    assert urls(*NEW, *put("https://"), *put("api.example.cn"), *put("/v1"), *DONE) == ["https://api.example.cn/v1"]
    assert urls(*NEW, *put("http", False), *put("://", False), *put("api.example.cn/x", False), *DONE) == ["http://api.example.cn/x"]
    begin = [("new-instance", 0, BUILDER), ("const-string", 1, "http://"), ("invoke-direct", [0, 1], f"{BUILDER}-><init>({STRING})V")]
    assert urls(*begin, *put("api.example.cn"), *DONE) == ["http://api.example.cn"]


def test_one_of_two_schemes() -> None:
    choice = [("const-string", 1, "https://"), ("raw", [0x0038 | 4 << 8, 4]), ("const-string", 1, "http://")]
    append = [("invoke-virtual", [0, 1], f"{BUILDER}->append({STRING}){BUILDER}")]
    found = urls(*NEW, *choice, *append, *put("api.example.cn/a"), *DONE)
    assert sorted(found) == ["http://api.example.cn/a", "https://api.example.cn/a"]


@pytest.mark.parametrize(
    "code",
    [
        [*put("https://"), *put(None), *put("/api.example.cn/")],  # some host
        [*put("https://"), *put("api."), *put(None)],  # the host goes on
        [*put("https://"), *put("text"), *DONE],
        [*put("https"), *put("api.example.cn"), *DONE],
        [*put("https://")],
        [*put("see "), *put("api.example.cn")],
    ],
)
def test_what_is_no_address(code: list[tuple]) -> None:
    assert urls(*NEW, *code) == []


def test_one_of_two_hosts() -> None:
    choice = [("const-string", 1, "a.example.cn"), ("raw", [0x0038 | 4 << 8, 4]), ("const-string", 1, "b.example.cn")]
    append = [("invoke-virtual", [0, 1], f"{BUILDER}->append({STRING}){BUILDER}"), ("move-result", 0)]
    found = urls(*NEW, *put("https://"), *choice, *append, *put("/x"), *DONE)
    assert sorted(found) == ["https://a.example.cn/x", "https://b.example.cn/x"]


def test_known_up_to_the_path() -> None:
    assert urls(*NEW, *put("https://"), *put("api.example.cn/u?id="), *put(None), *DONE) == ["https://api.example.cn/u?id="]


def test_another_builder_or_a_branch_between_does_not_join() -> None:
    other = [("const-string", 1, "api.example.cn/x"), ("invoke-virtual", [3, 1], f"{BUILDER}->append({STRING}){BUILDER}")]
    assert urls(*NEW, *put("https://"), *other, *DONE) == []
    jump = ("raw", [0x0038 | 4 << 8, 2])  # if-eqz v4, next
    assert urls(*NEW, *put("https://", False), jump, *put("api.example.cn/x", False), *DONE) == []


def test_the_places_that_never_run_are_left_out() -> None:
    import numpy as np

    code = tables.read("c", build([Cls("La/A;", [Mth("f", "()V", [*NEW, *put("https://"), *put("api.example.cn/x"), *DONE, VOID])])]))
    assert len(list(find(code))) == 1
    assert list(find(code, np.ones(1, bool))) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 65535)), max_size=12))
def test_damaged_bodies_never_raise(hits: list[tuple[int, int]]) -> None:
    code = [*NEW, *put("https://"), *put("api.example.cn/x"), *DONE, VOID]
    data = bytearray(build([Cls("La/A;", [Mth("f", "()V", code)])]))
    read = tables.read("c", bytes(data))
    first = int(read.bodies.first[0])  # type: ignore[attr-defined]
    for at, value in hits:
        p = 2 * (first + at % max(int(read.def_size[0]) * 2, 1))
        if p + 2 <= len(data):
            data[p : p + 2] = value.to_bytes(2, "little")
    list(find(tables.read("c", bytes(data))))
