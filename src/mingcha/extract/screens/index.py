"""screens.json, schema mingcha.screens/1: device, app, screens and steps (docs/screens.md)."""

from __future__ import annotations

import json
import math
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from mingcha.errors import BadInput
from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.screens.sniff import INDEX, SCHEMA
from mingcha.extract.screens.trees import Node, Unread
from mingcha.plain import plain

MODES = ("ordinary", "elder", "elder-app")
ROLES = ("home", "settings", "search", "dialog", "other")
ACTIONS = ("tap", "back", "wait", "search", "swipe", "pinch")
_ID = re.compile(r"[\w.-]{1,64}")


@dataclass(slots=True)
class Screen:
    """One screen of the walk; `t` in seconds since the walk began, `dpi` None where nothing says it. `said`: its texts,
    kept for steps that only waited."""

    id: str
    tree: str | None
    image: str | None
    t: float | None
    activity: str | None
    mode: str
    main: bool
    role: str
    orientation: str | None
    setting: str | None
    query: str | None
    dpi: float | None
    size: tuple[int, int]
    root: Node | None = None
    picture: Image.Image | None = None
    said: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Step:
    """What was done on one screen, and where it led. `x`, `y` in pixels."""

    source: str
    target: str | None
    t: float | None
    action: str
    x: float | None
    y: float | None
    text: str
    fingers: int


@dataclass(slots=True)
class Walk:
    """The whole index. `notes`: what of it could not be used."""

    model: str | None
    os: str | None
    kind: str | None
    font_scale: float | None
    dpi: float | None
    package: str | None
    version: str | None
    name: str | None
    screens: list[Screen] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)


def load(folder: Path, limits: Limits = DEFAULT) -> Walk:
    """The index of a walk. BadInput where it is none: without it nothing else can be read."""
    path = folder / INDEX
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _bad(folder, "不是普通文件", "is no regular file")
        if path.stat().st_size > limits.screen_index:
            raise _bad(folder, "过大", "is too large")
        data = json.loads(path.read_bytes().decode("utf-8-sig", "replace"))
    except OSError as e:
        raise _bad(folder, "无法读取", "cannot be read") from e
    except (ValueError, RecursionError) as e:
        raise _bad(folder, "不是有效的 JSON", "is no JSON") from e
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("screens"), list):
        raise _bad(folder, f"不符合 {SCHEMA}", f"is not of the schema {SCHEMA}")
    device, app = _dict(data.get("device")), _dict(data.get("app"))
    dpi = _number(device.get("density"), 60, 1000)
    if dpi is None and (scale := _number(device.get("scale"), 0.4, 8)):
        dpi = scale * 160
    walk = Walk(
        _text(device.get("model")), _text(device.get("os")), _text(device.get("kind")), _number(device.get("font_scale"), 0.3, 10),
        dpi, _text(app.get("package")), _text(app.get("version")), _text(app.get("name")),
    )  # fmt: skip
    size = (int(_number(device.get("width"), 1, 20_000) or 0), int(_number(device.get("height"), 1, 20_000) or 0))
    seen: set[str] = set()
    for number, raw in enumerate(data["screens"][: limits.screens]):
        entry = _dict(raw)
        name = str(entry.get("id", ""))
        if not _ID.fullmatch(name) or name in seen or entry.get("mode") not in MODES:
            walk.notes.append((f"screens[{number}]", "screen-unread", "no id of its own, or no known mode"))
            continue
        seen.add(name)
        walk.screens.append(_screen(entry, name, dpi, size))
    if len(data["screens"]) > limits.screens:
        walk.notes.append(("screens", "reader-limit", f"{len(data['screens']) - limits.screens} screens"))
    steps = data.get("steps") or []
    for raw in steps[: limits.screen_steps] if isinstance(steps, list) else []:
        if (step := _step(_dict(raw))).source in seen:
            walk.steps.append(step)
    if dpi is None:
        walk.notes.append(("device", "no-density", "device.density"))
    return walk


def _screen(entry: dict[str, Any], name: str, dpi: float | None, size: tuple[int, int]) -> Screen:
    role, setting = entry.get("role"), entry.get("text_setting")
    across = entry.get("orientation") == "landscape"
    return Screen(
        name, _text(entry.get("tree"), 300), _text(entry.get("image"), 300), _number(entry.get("t"), 0, 1e9), _text(entry.get("activity")),
        str(entry["mode"]), entry.get("main") is True, str(role) if role in ROLES else "other",
        "landscape" if across else "portrait" if entry.get("orientation") == "portrait" else None,
        str(setting) if setting in ("largest", "default") else None, _text(entry.get("query")), dpi,
        (max(size), min(size)) if across else size,
    )  # fmt: skip


def _step(entry: dict[str, Any]) -> Step:
    action = entry.get("action")
    return Step(
        str(entry.get("from", "")), _text(entry.get("to")), _number(entry.get("t"), 0, 1e9), str(action) if action in ACTIONS else "other",
        _number(entry.get("x"), 0, 1e5), _number(entry.get("y"), 0, 1e5), _text(entry.get("text")) or "",
        int(_number(entry.get("fingers"), 1, 10) or (2 if action == "pinch" else 1)),
    )  # fmt: skip


def part(folder: Path, name: str, most: int) -> bytes:
    """Bytes of a file of the walk. Unread where it lies elsewhere, is a link, is missing or is too large."""
    steps = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in steps or "" in steps or ":" in steps[0] or "\0" in name:
        raise Unread("a path that leads out of the folder")
    path = folder
    try:
        for step in steps:
            path = path / step
            if path.is_symlink():
                raise Unread("a link")
        info = path.lstat()
        if not stat.S_ISREG(info.st_mode):
            raise Unread("no regular file")
        if info.st_size > most:
            raise Unread("the file is too large")
        return path.read_bytes()
    except FileNotFoundError:
        raise Unread("the file is missing") from None
    except OSError as e:
        raise Unread(f"cannot be read: {e.strerror}") from None


def _bad(folder: Path, zh: str, en: str) -> BadInput:
    return BadInput(
        f"{plain(folder.name)} 中的 {INDEX} {zh}", f"{INDEX} in {plain(folder.name)} {en}",
        {"zh": "格式见 docs/screens.md", "en": "its form is told in docs/screens.md"}, code="bad-screens",
    )  # fmt: skip


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, most: int = 200) -> str | None:
    return plain(value, most) if isinstance(value, str) and value else None


def _number(value: Any, least: float, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not least <= value <= most:
        return None
    return float(value)
