"""The table of what may run before consent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mingcha.catalogue.schema import Sdk
from mingcha.judge import startup
from mingcha.judge.inventory import build

from .make import APP, CATALOGUE, T, fact

SDK = {"kind": "sdk", "id": "umeng", "name": "Umeng"}
OWN = {"kind": "app", "id": "a.b", "name": "A"}


def path(item: str, verdict: str, owner: Any = OWN, **more: Any) -> dict[str, Any]:
    return fact("startup-path", item=item, verdict=verdict, owner=owner, api=f"A.{item}", caller="c", **more)


def table(*paths: dict[str, Any], reach: Any = ()) -> dict[str, Any]:
    return startup.table(paths, list(reach), CATALOGUE)


def test_nothing_followed_nothing_told() -> None:
    assert table() == {}
    assert "startup" not in build([fact("api-call", item="imei", caller="c")], CATALOGUE, APP)


def test_rows_by_item_and_owner_the_worst_first() -> None:
    found = table(
        path("imei", "not-reachable"), path("imei", "guarded", SDK), path("location", "needs-run"),
        path("location", "reachable"), path("device-info", "reachable"), path("unheard-of", "reachable"),
        reach=[fact("reach", entries=2, definitions=10, reached=5, instantiated=3, blind=["native"])],
    )  # fmt: skip
    told = [(r["item"], r["owner"]["id"], r["verdict"]) for r in found["rows"]]
    assert told == [
        ("location", "a.b", "reachable"), ("device-info", "a.b", "reachable"), ("unheard-of", "a.b", "reachable"),
        ("imei", "umeng", "guarded"), ("imei", "a.b", "not-reachable"),
    ]  # fmt: skip
    assert found["rows"][0]["counts"] == {"reachable": 1, "needs-run": 1, "guarded": 0, "not-reachable": 0}
    assert found["rows"][0]["personal"] and found["rows"][0]["sensitive"] and not found["rows"][1]["personal"]
    assert (
        found["rows"][2]["name"] == {"zh": "unheard-of", "en": "unheard-of"} and found["rows"][0]["name"] == T
    )
    assert found["counts"] == {"reachable": 3, "needs-run": 1, "guarded": 1, "not-reachable": 1}
    assert found["reach"]["reached"] == 5 and found["reach"]["blind"] == ["native"] and found["more"] == 0
    assert found["rows"][4]["calls"] == []  # what no path leads to needs none shown


def test_of_each_method_one_call_the_shortest_and_other_classes_first() -> None:
    def to(caller: str, n: int) -> dict[str, Any]:
        return {**path("imei", "reachable", path=["x"] * n, steps=["call"] * n), "caller": caller}

    paths = [to("La/A;->f()V", 9), to("La/A;->f()V", 4), to("La/A;->g()V", 5), to("La/B;->f()V", 7)]
    calls = table(*paths)["rows"][0]["calls"]
    assert [(c["caller"], len(c["path"])) for c in calls] == [
        ("La/A;->f()V", 4),
        ("La/B;->f()V", 7),
        ("La/A;->g()V", 5),
    ]


@pytest.mark.parametrize(("said", "shown"), [(False, False), ("unknown", True)])
def test_a_pure_library_is_not_personal(said: object, shown: bool) -> None:
    """A framework that serves plug-ins is none: what its code calls is shown."""
    given = {"id": "androidx", "name": T, "vendor": T, "purpose": "ui", "personal": said,
             "sources": [{"by": "ours", "ref": "test"}]}  # fmt: skip
    known = msgspec.structs.replace(CATALOGUE, sdks={"androidx": msgspec.convert(given, Sdk)})
    owners = [{"kind": "sdk", "id": "androidx", "name": ""}, SDK]
    rows = startup.table([path("location", "reachable", o) for o in owners], [], known)["rows"]
    assert {r["owner"]["id"]: r["personal"] for r in rows} == {"umeng": True, "androidx": shown}


def test_a_guard_with_who_sets_it() -> None:
    one = path(
        "imei", "guarded", guard="pref:agreed", guard_kind="consent", guard_set=["a", "b", "c", "d", "e"]
    )
    call = table(one)["rows"][0]["calls"][0]
    assert (
        call["guard"] == "pref:agreed"
        and call["guard_set"] == ["a", "b", "c"]
        and call["guard_set_more"] == 2
    )


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "ROWS", 3)
    monkeypatch.setattr(startup, "ROOM", 5)
    paths = [path(f"item-{n}", "reachable", path=["xx", "y"]) for n in range(5)]
    found = table(*paths)
    assert len(found["rows"]) == 3 and found["more"] == 2
    assert [len(r["calls"]) for r in found["rows"]] == [1, 0, 0]
    assert found["rows"][2]["counts"]["reachable"] == 1


def test_it_stands_in_the_inventory_with_the_state_of_sdks() -> None:
    tables = build([path("imei", "reachable"), fact("sdk", id="umeng", state="dormant")], CATALOGUE, APP)
    assert tables["startup"]["counts"]["reachable"] == 1
    assert tables["sdks"][0]["state"] == "dormant"
