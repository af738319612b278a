"""Recorded visits as facts: a small one made by hand, damaged ones, hostile ones."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue, extract
from mingcha.errors import BadInput
from mingcha.extract.page import checks, colours, measure
from mingcha.extract.page.reader import read
from mingcha.extract.page.snapshot import decode

STYLES = ["display", "visibility", "opacity", "position", "font-size", "font-weight", "color", "background-color", "background-image", "cursor"]
PLAIN = ["block", "visible", "1", "static", "16px", "400", "rgb(0, 0, 0)", "rgba(0, 0, 0, 0)", "none", "auto"]


class Tree:
    """Builds the protocol's form of a snapshot, node by node."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.nodes: dict[str, Any] = {k: [] for k in ("parentIndex", "nodeType", "nodeName", "nodeValue", "backendNodeId", "attributes")}
        self.nodes |= {"isClickable": {"index": []}}
        self.layout: dict[str, Any] = {k: [] for k in ("nodeIndex", "styles", "bounds", "text")}
        self.ax: list[dict[str, Any]] = []

    def s(self, text: str) -> int:
        if text not in self.strings:
            self.strings.append(text)
        return self.strings.index(text)

    def add(self, parent: int, name: str, attrs: dict[str, str] | None = None, text: str = "", box: list[float] | None = None, role: str = "", ax_name: str = "", clickable: bool = False, **style: str) -> int:
        n = len(self.nodes["nodeName"])
        kind = {"#text": 3, "#document": 9}.get(name, 1)
        for key, value in (("parentIndex", parent), ("nodeType", kind), ("nodeName", self.s(name)), ("nodeValue", self.s(text)), ("backendNodeId", n + 100)):
            self.nodes[key].append(value)
        self.nodes["attributes"].append([self.s(v) for pair in (attrs or {}).items() for v in pair])
        if box is not None:
            self.layout["nodeIndex"].append(n)
            held = dict(zip(STYLES, PLAIN, strict=True)) | {k.replace("_", "-"): v for k, v in style.items()}
            self.layout["styles"].append([self.s(held[k]) for k in STYLES])
            self.layout["bounds"].append(box)
            self.layout["text"].append(self.s(text) if text else -1)
        if role:
            self.ax.append({"id": n + 100, "role": role, "name": ax_name})
        if clickable:
            self.nodes["isClickable"]["index"].append(n)
        return n

    def data(self) -> dict[str, Any]:
        document = {"documentURL": self.s("http://a.example/"), "title": self.s("t"), "nodes": self.nodes, "layout": self.layout}
        return {"styles": STYLES, "dom": {"strings": self.strings, "documents": [document]}, "ax": self.ax}


def small() -> Tree:
    tree = Tree()
    document = tree.add(-1, "#document")
    html = tree.add(document, "html", {"lang": "zh"}, box=[0, 0, 400, 800])
    body = tree.add(html, "body", box=[0, 0, 400, 800], background_color="rgb(255, 255, 255)")
    p = tree.add(body, "p", {"id": "p"}, box=[0, 0, 400, 20], color="rgb(150, 150, 150)")
    tree.add(p, "#text", text="灰色的一段文字", box=[0, 0, 120, 20])
    a = tree.add(body, "a", {"href": "/x"}, box=[0, 40, 30, 18], role="link", ax_name="更多")
    tree.add(a, "#text", text="更多", box=[0, 40, 30, 18])
    div = tree.add(body, "div", {"onclick": "f()"}, box=[0, 80, 100, 30], clickable=True, cursor="pointer")
    tree.add(div, "#text", text="展开", box=[0, 80, 40, 20])
    return tree


def folder(root: Path, tree: Tree | None = None, page: dict[str, Any] | None = None, **index: Any) -> Path:
    """A visit of one page."""
    where = root / "visit" / "pages" / "desktop-01"
    where.mkdir(parents=True)
    raw = {
        "id": "desktop-01", "number": 1, "profile": "desktop", "role": "home", "mode": "ordinary", "url": "http://a.example/", "title": "甲网", "steps": 0, "status": 200, "limitations": [], "probes": {},
        "metrics": {"sizes": {"16": 90, "12": 10}, "nodes": 9, "width": 400, "height": 800, "scroll_height": 800},
    } | (page or {})  # fmt: skip
    (where / "snapshot.json.gz").write_bytes(gzip.compress(json.dumps((tree or small()).data()).encode()))
    told = {"schema": "mingcha.visit/1", "url": "http://a.example/", "limitations": [], "pages": [raw], "visit": {}} | index
    (root / "visit" / "visit.json").write_text(json.dumps(told, indent=1))
    return root / "visit"


def facts(path: Path) -> tuple[Any, list[dict[str, Any]]]:
    out: list[dict[str, Any]] = []
    return read(path, out.extend, catalogue.load()), out


def test_a_visit_is_told_by_its_index_and_read_as_what_it_measured(tmp_path: Path) -> None:
    path = folder(tmp_path)
    assert extract.sniff(path) == "page"
    exhibit, found = facts(path)
    by = {k: [f for f in found if f["kind"] == k] for k in ("page", "web-text", "web-contrast", "web-target", "web-check", "engine-run")}
    assert (exhibit.kind, exhibit.status, by["page"][0]["title"], by["page"][0]["whole"]) == ("page", "read", "甲网", False)
    assert (by["web-text"][0]["main_px"], by["web-text"][0]["median_px"], by["web-text"][0]["smallest_px"]) == (16.0, 16.0, 12.0)
    assert [(f["ratio"], f["px"], f["target"]) for f in by["web-contrast"]] == [(2.96, 16.0, "#p")]
    assert [(f["w"], f["h"], f["role"]) for f in by["web-target"]] == [(30, 18, "link")]
    assert {f["check"] for f in by["web-check"]} == {"link-name-generic", "link-name-alone", "mouse-only"}
    assert all(f["exhibit"] == exhibit.sha256 for f in found)


def test_every_fact_has_the_fields_that_its_kind_declares(tmp_path: Path) -> None:
    probes = {
        "keyboard": {"total": 3, "reached": 2, "whole": True, "trap": None, "stops": [{"path": "a", "tag": "a", "name": "更多", "box": [0, 40, 30, 18], "seen": True, "visible": False}]},
        "zoom": {"plain": {"clipped": [], "over": 0}, "200": {"clipped": [{"text": "长", "box": [1, 2, 3, 4]}], "over": 0}, "320": {"clipped": [], "over": 30}},
        "floating": [{"path": "#f", "text": "活动", "box": [100, 100, 200, 100], "cover": 0.1, "close": {"box": [260, 100, 40, 40]}, "closed": True, "returns": False}],
        "tools": {"voice": {"name": "朗读", "hover": True, "focus": False, "click": False, "box": [0, 0, 9, 9]}, "size": {"name": "大", "sizes": [{"16": 5}, {"24": 5}], "box": [0, 0, 9, 9]}},
    }
    path = folder(tmp_path, page={"probes": probes, "events": [{"kind": "dialog-alert", "detail": "x"}], "events_loaded": 1}, visit={"elder": {"desktop": {"entry": {"name": "长辈版", "real": True, "focusable": True, "box": [1, 2, 3, 4], "by": "name"}}}})
    kinds = catalogue.load().facts
    found = facts(path)[1]
    assert {"web-keyboard", "web-focus", "web-zoom", "web-floating", "web-tool", "web-popup", "elder-entry", "elder-search"} <= {f["kind"] for f in found}
    for fact in found:
        declared = kinds[fact["kind"]].fields
        assert set(fact) == {"kind", "exhibit", "where", *declared}, fact["kind"]
    zoom = {f["how"]: (f["clipped"], f["over"]) for f in found if f["kind"] == "web-zoom"}
    assert zoom == {"200": (1, 0), "320": (0, 30)}
    assert next(f["corner"] for f in found if f["kind"] == "web-floating") == "top-right"
    assert {f["tool"]: f["works"] for f in found if f["kind"] == "web-tool"} == {"voice": True, "size": True}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "mingcha.visit/1"}', '{"schema": "other/1", "pages": []}', '{"schema": "mingcha.visit/1", "pages": 5}'])
def test_an_index_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "visit.json").write_text(text)
    with pytest.raises(BadInput) as caught:
        facts(tmp_path)
    assert caught.value.code == "bad-visit"


def test_damaged_parts_cost_only_themselves(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "pages" / "desktop-01" / "snapshot.json.gz").write_bytes(b"\x1f\x8bnothing")
    (path / "pages" / "desktop-01" / "axe.json.gz").write_bytes(gzip.compress(b"[" * 100_000))
    exhibit, found = facts(path)
    assert exhibit.status == "partly"
    assert {lim.code for lim in exhibit.limitations} == {"malformed-visit"}
    assert any(f["kind"] == "web-text" for f in found)


def test_a_name_that_leads_out_of_the_folder_is_no_page(tmp_path: Path) -> None:
    path = folder(tmp_path, page={"id": "../../etc"})
    exhibit, found = facts(path)
    assert exhibit.status == "refused"
    assert not [f for f in found if f["kind"] == "page"]


def test_limitations_of_codes_nobody_knows_are_not_repeated(tmp_path: Path) -> None:
    path = folder(tmp_path, limitations=[{"code": "<script>", "detail": "x"}, {"code": "visit-cut", "detail": "x"}, 7])
    assert {lim.code for lim in facts(path)[0].limitations} == {"visit-cut"}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_no_damage_to_a_page_raises(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)
    junk: list[Any] = [None, -1, 10**9, 1.5, "x", [], {}, [[]], {"a": 1}, True]

    def spoil(value: Any, depth: int = 0) -> Any:
        if rng.random() < 0.04:
            return rng.choice(junk)
        if isinstance(value, dict) and depth < 6:
            return {k: spoil(v, depth + 1) for k, v in value.items() if rng.random() > 0.01}
        if isinstance(value, list) and depth < 6:
            return [spoil(v, depth + 1) for v in value]
        return value

    root = tmp_path_factory.mktemp("v")
    path = folder(root)
    where = path / "pages" / "desktop-01"
    data = json.loads(gzip.decompress((where / "snapshot.json.gz").read_bytes()))
    (where / "snapshot.json.gz").write_bytes(gzip.compress(json.dumps(spoil(data)).encode()))
    index = json.loads((path / "visit.json").read_text())
    index["pages"] = [spoil(index["pages"][0], 2)]
    (path / "visit.json").write_text(json.dumps(index, indent=1))
    facts(path)


def test_own_checks_and_their_words_in_the_catalogue_agree() -> None:
    known = catalogue.load().web_checks
    own = {c.id: c for c in known.values() if c.engine == "mingcha"}
    assert {k: (a.group, a.level, list(a.wcag)) for k, a in checks.load().items()} == {k: (c.group, c.level, c.wcag) for k, c in own.items()}


@pytest.mark.parametrize(
    ("front", "back", "expected"),
    [("rgb(0, 0, 0)", "rgb(255, 255, 255)", 21.0), ("rgb(255,255,255)", "#ffffff", 1.0), ("rgb(119, 119, 119)", "rgb(255, 255, 255)", 4.48), ("rgba(0, 0, 0, 0.6)", "rgb(255, 255, 255)", 5.74)],
)
def test_contrast_is_that_of_wcag(front: str, back: str, expected: float) -> None:
    a, b = colours.parse(front), colours.parse(back)
    assert a and b
    assert round(colours.ratio(a, b), 2) == expected


@given(st.dictionaries(st.floats(1, 90).map(lambda v: round(v, 1)), st.integers(1, 500), min_size=1), st.floats(0.01, 1))
def test_the_size_that_a_share_reaches_is_reached_by_it(held: dict[float, int], share: float) -> None:
    size = measure.reached(held, share)
    assert size in held
    assert sum(n for px, n in held.items() if px >= size) >= sum(held.values()) * share - 1e-6


def test_a_snapshot_with_parents_that_point_ahead_is_read_without_them() -> None:
    tree = small()
    tree.nodes["parentIndex"][4] = 8
    assert decode(tree.data()).page.nodes[4].parent is None


def test_a_second_engine_agrees_where_it_names_the_same_element_for_the_same_criterion(tmp_path: Path) -> None:
    path = folder(tmp_path)
    where = path / "pages" / "desktop-01"
    node = {"target": "#p", "html": "<p>", "why": "", "data": None, "box": [0, 0, 400, 20]}
    axe = {"version": "4", "passes": [], "rules": [{"id": "color-contrast", "act": [], "tags": ["wcag143"]}], "violations": [], "incomplete": [{"id": "color-contrast", "total": 2, "nodes": [node, node | {"box": [9, 9, 9, 9]}]}]}
    (where / "axe.json.gz").write_bytes(gzip.compress(json.dumps(axe).encode()))
    told = [f["agreed"] for f in facts(path)[1] if f["kind"] == "web-check" and f["engine"] == "axe"]
    assert told == [None, None]
    (where / "second.json.gz").write_bytes(gzip.compress(json.dumps([{"id": "x", "wcag": ["1.4.3"], "box": [0, 0, 400, 20]}, 7, {"wcag": 5}]).encode()))
    told = [f["agreed"] for f in facts(path)[1] if f["kind"] == "web-check" and f["engine"] == "axe"]
    assert told == [True, False]
