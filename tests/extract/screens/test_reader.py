"""A walk as a whole: what is hostile or missing costs one screen, never the others; facts keep to their declaration."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue, extract, pipeline
from mingcha.catalogue import tree
from mingcha.errors import BadInput
from mingcha.extract.folder import digest
from mingcha.extract.screens.sniff import sniff
from mingcha.settings import Settings

from .make import facts, node, put

GOOD = node((0, 0, 360, 720), node((10, 10, 350, 90), text="常用服务", textSize=24, clickable=True, desc="常用"))


def codes(found: list[dict[str, Any]]) -> set[str]:
    return {f["code"] for f in found if f["kind"] == "limitation"} - {"no-screen-events"}


def test_a_folder_is_told_by_its_schema(tmp_path: Path) -> None:
    assert extract.sniff(put(tmp_path / "a", [{"tree": GOOD}])) == "screens"
    (tmp_path / "b").mkdir()
    assert not sniff(tmp_path / "b")
    assert not sniff(tmp_path / "none")
    (tmp_path / "b/screens.json").write_text('{"schema": "other/1"}')
    assert not sniff(tmp_path / "b")
    (tmp_path / "c").mkdir()
    (tmp_path / "c/screens.json").symlink_to(tmp_path / "a/screens.json")
    assert not sniff(tmp_path / "c")
    os.mkfifo(tmp_path / "d")
    (tmp_path / "e").mkdir()
    os.mkfifo(tmp_path / "e/screens.json")
    assert not sniff(tmp_path / "e")


def test_facts_keep_to_their_declaration_and_name_their_place(tmp_path: Path) -> None:
    steps = [{"from": "s0", "to": "s1", "action": "tap", "x": 20, "y": 20, "t": 1}, {"from": "s0", "to": "s0", "action": "wait"}]
    path = put(tmp_path / "a", [{"tree": GOOD}, {"tree": GOOD, "mode": "ordinary"}], steps=steps)
    exhibit, found = facts(path)
    kinds = catalogue.load().facts
    assert [w for f in found for w in tree.check_fact(f, kinds)] == []
    assert {"ui-screen", "ui-text", "ui-contrast", "ui-target", "ui-name", "ui-entry", "ui-gesture", "ui-wait"} <= {f["kind"] for f in found}
    assert exhibit.sha256 == digest(path)
    assert exhibit.status == "read"
    for f in found:
        assert f["exhibit"] == exhibit.sha256
        if f["kind"] != "limitation":
            assert set(f) - {"kind", "exhibit", "where"} == set(kinds[f["kind"]].fields), f["kind"]
            assert f["where"].startswith(f"{f['screen']}#")
            assert isinstance(f["bounds"], list)


@pytest.mark.parametrize("name", ["../out.json", "/etc/passwd", "a/../../out.json", "..\\out.json", "C:/x", "link.json", "to/x.json", "missing.json", "pipe", "folder", "a//b", "x\0y", ""])
def test_a_tree_that_lies_elsewhere_is_not_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "out.json").write_text(json.dumps(GOOD))
    (tmp_path / "x.json").write_text(json.dumps(GOOD))
    path = put(tmp_path / "a", [{"tree": GOOD}, {"tree": name}])
    (path / "link.json").symlink_to(tmp_path / "out.json")
    (path / "to").symlink_to(tmp_path)
    (path / "folder").mkdir()
    os.mkfifo(path / "pipe")
    exhibit, found = facts(path)
    assert exhibit.status == "partly"
    assert codes(found) == {"screen-unread"}
    assert {f["screen"] for f in found if f["kind"] == "ui-screen"} == {"s0"}


def test_a_picture_of_another_size_or_kind_is_not_used(tmp_path: Path) -> None:
    from PIL import Image

    path = put(tmp_path / "a", [{"tree": GOOD, "image": "a.png"}, {"tree": GOOD, "image": "b.png"}, {"tree": GOOD, "image": "../c.png"}])
    Image.new("RGB", (36, 72)).save(path / "a.png")
    (path / "b.png").write_bytes(b"\xff\xd8\xff" * 40)
    exhibit, found = facts(path)
    assert exhibit.status == "partly"
    assert [f["picture"] for f in found if f["kind"] == "ui-screen"] == [False, False, False]
    assert {f["reason"] for f in found if f["kind"] == "ui-contrast"} == {"picture"}
    assert len([f for f in found if f.get("code") == "screen-unread"]) == 3


@pytest.mark.parametrize("index", ["{", "[]", '{"schema": "mingcha.screens/1"}', '{"schema": "mingcha.screens/1", "screens": {}}', '{"schema": "mingcha.screens/2", "screens": []}', "[" * 100_000, "\0"])
def test_an_index_that_is_none_is_an_error_of_the_input(tmp_path: Path, index: str) -> None:
    (tmp_path / "screens.json").write_text(index)
    with pytest.raises(BadInput, match=r"screens\.json"):
        facts(tmp_path)


def test_entries_that_are_wrong_are_left_out_and_told(tmp_path: Path) -> None:
    wrong: list[Any] = [{"id": "s0", "tree": GOOD}, {"id": "s0", "tree": GOOD}, {"id": "a#b", "tree": GOOD}, {"id": "x", "mode": "other", "tree": GOOD}]
    path = put(tmp_path / "a", wrong, steps=[5, {"from": ["s0"]}, {"from": "s0", "x": "1e999"}], app=7)
    data = json.loads((path / "screens.json").read_text())
    data["screens"] += [7, None, []]
    data["device"] = {"density": 1e308, "width": "x", "height": -4}
    (path / "screens.json").write_text(json.dumps(data))
    exhibit, found = facts(path)
    assert codes(found) == {"screen-unread", "no-density"}
    assert exhibit.status == "partly"
    assert [f["least"] for f in found if f["kind"] == "ui-target"] == [None]


def test_a_walk_without_any_screen_is_refused(tmp_path: Path) -> None:
    assert facts(put(tmp_path / "a", []))[0].status == "refused"
    assert facts(put(tmp_path / "b", [{"tree": "none.json"}]))[0].status == "refused"


def test_in_the_child_process_it_is_the_same(tmp_path: Path) -> None:
    path = put(tmp_path / "a", [{"tree": GOOD}])
    read = pipeline.read([path], Settings(home=str(tmp_path / "home")))
    assert read.facts == facts(path)[1]
    assert read.observed == {"screens"}


def test_rules_of_events_that_a_walk_never_records_do_not_pass(tmp_path: Path) -> None:
    """A walk for measuring says nothing of pop-ups or consent dialogs."""
    read = pipeline.read([put(tmp_path / "a", [{"tree": GOOD}])], Settings(home=str(tmp_path / "home"), isolate=False))
    inspection = pipeline.judge(read, date(2026, 11, 1))
    rules = catalogue.load().rules
    events = {i for i, r in rules.items() if any(leaf["fact"] == "screen-event" for n in (r.match, r.suspect, r.applies) if n for leaf in tree.leaves(n))}
    assert len(events) > 5
    assert {f.rule for f in inspection.findings if f.rule in events and f.outcome in ("passed", "failed", "inapplicable")} == set()
    assert [f.error for f in inspection.findings if f.error] == []


def test_a_walk_of_another_app_is_not_told_of_the_package(tmp_path: Path) -> None:
    from tests.support import apk
    from tests.support import put as keep

    other = put(tmp_path / "a", [{"tree": GOOD}], app={"package": "com.somebody.else"})
    read = pipeline.read([keep(tmp_path / "a.apk", apk()), other], Settings(home=str(tmp_path / "home"), isolate=False))
    assert [e.status for e in read.exhibits if e.kind == "screens"] == ["refused"]
    assert not [f for f in read.facts if f["kind"].startswith("ui-")]
    assert "screens" not in read.observed
