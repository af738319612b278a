"""Node trees: both forms give the same nodes; what is hostile or broken is refused with a reason."""

from __future__ import annotations

import dataclasses
import json

import pytest

from mingcha.extract.limits import DEFAULT
from mingcha.extract.screens import trees
from mingcha.extract.screens.trees import Node, Unread
from tests.support import within

XML = b"""<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<hierarchy rotation="0"><node index="0" text="" resource-id="" class="android.widget.FrameLayout" content-desc="" clickable="false" enabled="true" bounds="[0,0][720,1440]">
<node text="&#38271;&#36744;&#29256;" resource-id="com.example:id/entry" class="android.widget.TextView" content-desc="" clickable="true" enabled="true" bounds="[32,100][688,228]" />
<node text="" class="android.widget.ImageView" content-desc="close" clickable="true" enabled="false" long-clickable="false" bounds="[600,10][700,110]" /></node></hierarchy>"""
JSON = {
    "class": "android.widget.FrameLayout", "bounds": [0, 0, 720, 1440], "children": [
        {"text": "长辈版", "id": "com.example:id/entry", "class": "android.widget.TextView", "clickable": True, "bounds": {"left": 32, "top": 100, "right": 688, "bottom": 228}},
        {"class": "android.widget.ImageView", "desc": "close", "clickable": True, "enabled": False, "bounds": "[600,10][700,110]"},
    ],
}  # fmt: skip


def flat(root: Node) -> list[tuple[object, ...]]:
    return [(n.path, n.box, n.text, n.desc, n.id, n.cls, n.clickable, n.enabled) for n in root.walk()]


def test_both_forms_give_the_same_nodes() -> None:
    one, two = trees.read(XML), trees.read(json.dumps(JSON).encode())
    assert flat(one) == flat(two)
    assert [n.path for n in one.walk()] == ["0", "0/0", "0/1"]
    assert one.children[0].text == "长辈版"
    assert one.parent is None


def test_a_compressed_dump_names_elements_by_class() -> None:
    root = trees.read(b'<hierarchy><android.widget.TextView text="a" bounds="[0,0][9,9]"/></hierarchy>')
    assert (root.cls, root.text) == ("android.widget.TextView", "a")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><hierarchy><node text="&b;"/></hierarchy>', "type declaration"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><hierarchy/>', "type declaration"),
        (b"<hierarchy><node></hierarchy>", "no XML"), (b"<hierarchy/>", "no nodes"), (b"<", "no XML"), (b'<?xml version="1.0" encoding="utft8"?><a/>', "no XML"), (b'<?xml version="1.0" encoding="rot13"?><a/>', "no XML"), (b'<?xml version="1.0" encoding="base64"?><a/>', "no XML"),
        (b"[1, 2]", "no object"), (b"{", "no JSON"), (b"\xff\xfe\x00", "no JSON"), (b"", "no JSON"), (b'{"children": 5}', "no list"), (b'{"children": [5]}', "no object"),
        (b'{"children":[' * 300 + b"{}" + b"]}" * 300, "nested deeper"), (b'{"children":[' * 200_000, "nested too deep"),
        (b"<node>" * 300 + b"</node>" * 300, "nested deeper"),
    ],
)  # fmt: skip
def test_what_is_hostile_or_broken_is_refused(data: bytes, why: str) -> None:
    with within(20), pytest.raises(Unread, match=why):
        trees.read(data)


def test_a_million_nodes_are_refused_in_time() -> None:
    with within(20), pytest.raises(Unread, match="more than 20000 nodes"):
        trees.read(b"<hierarchy>" + b"<node/>" * 1_000_000 + b"</hierarchy>")
    with within(20), pytest.raises(Unread, match="more than 20000 nodes"):
        trees.read(b'{"children":[' + b"{}," * 1_000_000 + b"{}]}")
    with pytest.raises(Unread, match="too large"):
        trees.read(XML, dataclasses.replace(DEFAULT, screen_tree=10))


@pytest.mark.parametrize("bounds", [None, "x", [1, 2, 3], [1, 2, "3", 4], [0, 0, float("inf"), 1], [True, 0, 1, 1], [0, 0, 1e9, 1], {"left": 1}, "[1,2][3,99999999]"])
def test_bounds_that_are_none_are_an_empty_box(bounds: object) -> None:
    assert trees.read(json.dumps({"bounds": bounds, "text": "a"}).encode()).area == 0


def test_bounds_never_turn_over() -> None:
    root = trees.read(b'{"bounds": [50, 50, 10, 10]}')
    assert (root.w, root.h, root.area) == (0, 0, 0)


@pytest.mark.parametrize(("size", "read"), [(47.25, 47.25), ("47", 47.0), ("47.5px", 47.5), (-1, None), (1e9, None), ("big", None), (True, None), (None, None)])
def test_sizes_of_text_are_taken_where_they_can_be_true(size: object, read: float | None) -> None:
    assert trees.read(json.dumps({"bounds": [0, 0, 9, 9], "textSize": size}).encode()).text_size == read


def test_texts_are_cut_and_made_fit_to_be_written() -> None:
    root = trees.read(json.dumps({"text": "长" * 9000, "desc": "a\x1b[31m\u202e\udce4b"}).encode())
    assert len(root.text) == DEFAULT.screen_string
    assert root.desc == "a[31m?b"
    root.desc.encode()


def test_what_is_not_visible_has_no_area_and_passwords_are_not_kept() -> None:
    root = trees.read(b'<hierarchy><node bounds="[0,0][9,9]" visible-to-user="false" text="a"/><node bounds="[0,0][9,9]" password="true" text="secret"/></hierarchy>')
    assert [(n.area, n.text) for n in root.children] == [(0, "a"), (81, "\u2022\u2022\u2022")]
