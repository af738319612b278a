"""Screens put together in memory, and walks written to a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mingcha import catalogue
from mingcha.extract.screens import trees
from mingcha.extract.screens.index import Screen
from mingcha.extract.screens.reader import read

SCHEMA = "mingcha.screens/1"


def node(bounds: tuple[int, int, int, int], *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"bounds": list(bounds), "children": list(children)} | more


def screen(*children: dict[str, Any], **more: Any) -> Screen:
    """A screen of 360 × 720 at one pixel per dp."""
    root = trees.read(json.dumps(node((0, 0, 360, 720), *children)).encode())
    given: dict[str, Any] = {"mode": "elder", "main": True, "role": "home", "dpi": 160.0, "size": (360, 720)} | more
    return Screen("s", "s.json", None, None, None, orientation=None, setting=None, query=given.pop("query", None), root=root, **given)


def put(folder: Path, screens: list[dict[str, Any]], **more: Any) -> Path:
    """A walk; trees that are given as objects are written beside the index."""
    folder.mkdir(exist_ok=True)
    entries = []
    for n, entry in enumerate(screens):
        entry = {"id": f"s{n}", "mode": "elder", "main": True, "role": "home"} | entry
        if isinstance(entry.get("tree"), dict):
            (folder / f"{n}.json").write_text(json.dumps(entry["tree"]), "utf-8")
            entry["tree"] = f"{n}.json"
        entries.append(entry)
    device = {"width": 360, "height": 720, "density": 160}
    (folder / "screens.json").write_text(json.dumps({"schema": SCHEMA, "device": device, "screens": entries} | more), "utf-8")
    return folder


def facts(path: Path) -> tuple[Any, list[dict[str, Any]]]:
    """Exhibit and facts of a walk."""
    found: list[dict[str, Any]] = []
    return read(path, found.extend, catalogue.load()), found
