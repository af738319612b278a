"""The table of self-start."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.judge import selfstart
from mingcha.judge.inventory import build

from .make import APP, CATALOGUE, fact

SDK = {"kind": "sdk", "id": "jpush", "name": "J"}


def way(cause: str, direction: str = "self", **more: Any) -> dict[str, Any]:
    return fact("self-start", cause=cause, direction=direction, **{"by": "manifest", "owner": SDK, **more})


def test_rows_by_direction_cause_and_owner() -> None:
    rows = selfstart.table([
        way("exported-service", "woken", component="a.S"),
        way("alarm", method="m1", interval=900.0, reached=True), way("alarm", method="m2", interval=60.0, reached=False),
        way("alarm", method="m3", owner={"kind": "app", "id": "a"}),
        way("wakes-other", "wakes", method="m4", target="com.b", action="bindService"),
    ])  # fmt: skip
    assert [(r["direction"], r["cause"], r["owner"]["id"], r["count"]) for r in rows] == [
        ("wakes", "wakes-other", "jpush", 1), ("self", "alarm", "jpush", 2), ("self", "alarm", "a", 1),
        ("woken", "exported-service", "jpush", 1),
    ]  # fmt: skip
    assert rows[1]["interval"] == 60.0 and rows[1]["reached"] == 1 and rows[1]["places"] == ["m1", "m2"]
    assert (
        rows[0]["targets"] == ["com.b"]
        and rows[0]["actions"] == ["bindService"]
        and rows[0]["interval"] is None
    )


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    many = selfstart.table(way("boot", component=f"a.R{n}") for n in range(9))
    assert many[0]["count"] == 9 and len(many[0]["places"]) == selfstart.SHOWN and many[0]["places_more"] == 4
    twice = selfstart.table(way("boot", component="a.R", action=n) for n in "xy")
    assert twice[0]["count"] == 2 and twice[0]["places"] == ["a.R"] and twice[0]["places_more"] == 0
    monkeypatch.setattr(selfstart, "ROWS", 2)
    assert len(selfstart.table(way(f"c{n}") for n in range(5))) == 2


def test_it_stands_in_the_inventory_where_there_is_one() -> None:
    assert build([way("boot")], CATALOGUE, APP)["self_start"][0]["cause"] == "boot"
    assert "self_start" not in build([fact("package")], CATALOGUE, APP)


def test_manifest_and_code_stand_apart() -> None:
    rows = selfstart.table([way("unlock", component="a.R"), way("unlock", by="code", method="m")])
    assert [(r["cause"], r["by"]) for r in rows] == [("unlock", "code"), ("unlock", "manifest")]
