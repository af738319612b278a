"""Node trees of one screen: dumps of uiautomator (XML) and trees of recorders (JSON).

XML is read with expat; a document type declaration ends the reading before any entity is defined. Files, nodes,
depth and texts are bounded; what breaks a bound raises `Unread` with a short reason.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from mingcha.extract.limits import DEFAULT, Limits

Box = tuple[int, int, int, int]
_BOUNDS = re.compile(r"\[(-?\d{1,6}),(-?\d{1,6})\]\[(-?\d{1,6}),(-?\d{1,6})\]")
_SIZE = re.compile(r"(\d{1,5}(?:\.\d{1,6})?)(?:px)?")
_FAR = 100_000  # no screen is as wide: what lies beyond is no coordinate


class Unread(ValueError):
    """A tree or picture that cannot be used; the text says why."""


@dataclass(slots=True, eq=False)
class Node:
    """One node. Bounds are pixels of the screen: left, top, right, bottom. Sizes of text are pixels."""

    path: str
    box: Box
    parent: Node | None = None
    text: str = ""
    desc: str = ""
    hint: str = ""
    id: str = ""
    cls: str = ""
    clickable: bool = False
    checkable: bool = False
    focusable: bool = False
    scrollable: bool = False
    enabled: bool = True
    main: bool = True
    text_size: float | None = None
    line_height: float | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def w(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def h(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def area(self) -> int:
        return max(0, self.w) * max(0, self.h)

    @property
    def short(self) -> str:
        """The last part of the class name, in small letters."""
        return self.cls.rpartition(".")[2].lower()

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the tree."""
        todo = [self]
        while todo:
            node = todo.pop()
            yield node
            todo.extend(reversed(node.children))

    def above(self) -> Iterator[Node]:
        """Its ancestors, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def inside(self, other: Node) -> bool:
        """Whether it is `other` or lies below it in the tree."""
        return self is other or any(n is other for n in self.above())


def overlap(a: Box, b: Box) -> int:
    """Pixels that two boxes share."""
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def read(data: bytes, limits: Limits = DEFAULT) -> Node:
    """The tree of one screen, from the bytes of its file. Unread where it is none or breaks a limit."""
    if len(data) > limits.screen_tree:
        raise Unread("the tree is too large")
    head = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return _xml(data, limits) if head.startswith(b"<") else _json(data, limits)


# ---- uiautomator ------------------------------------------------------------------------------------------


def _xml(data: bytes, limits: Limits) -> Node:
    root = Node("0", (0, 0, 0, 0), cls="hierarchy")
    stack, count = [root], 0
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > limits.screen_nodes:
            raise Unread(f"more than {limits.screen_nodes} nodes")
        if len(stack) > limits.screen_depth:
            raise Unread(f"nested deeper than {limits.screen_depth}")
        if tag == "hierarchy":
            stack.append(root)
            return
        # A dump with --compressed names elements by their class instead of `node`.
        attributes.setdefault("class", "" if tag == "node" else tag)
        stack.append(_node(attributes, stack[-1], limits))

    def no_types(*_: Any) -> None:
        raise Unread("a document type declaration")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    parser.StartDoctypeDeclHandler = no_types
    try:
        parser.Parse(data, True)
    except Unread:
        raise
    except expat.ExpatError as e:
        raise Unread(f"no XML: {expat.errors.messages.get(e.code, str(e.code))}") from None
    except (ValueError, LookupError):  # an encoding that nobody knows, or that is none of text
        raise Unread("no XML: its encoding") from None
    return _whole(root)


# ---- JSON -------------------------------------------------------------------------------------------------


def _json(data: bytes, limits: Limits) -> Node:
    try:
        value = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as e:
        raise Unread("no JSON" if isinstance(e, ValueError) else "nested too deep") from None
    if isinstance(value, dict) and isinstance(value.get("root"), dict):
        value = value["root"]
    root = Node("0", (0, 0, 0, 0), cls="hierarchy")
    todo: list[tuple[Any, Node, int]] = [(value, root, 1)]
    count = 0
    while todo:
        raw, parent, depth = todo.pop()
        if not isinstance(raw, dict):
            raise Unread("a node is no object")
        count += 1
        if count > limits.screen_nodes:
            raise Unread(f"more than {limits.screen_nodes} nodes")
        if depth > limits.screen_depth:
            raise Unread(f"nested deeper than {limits.screen_depth}")
        node = _node(raw, parent, limits)
        children = raw.get("children") or []
        if not isinstance(children, list):
            raise Unread("children are no list")
        todo.extend((child, node, depth + 1) for child in reversed(children))
    return _whole(root)


def _whole(root: Node) -> Node:
    if not root.children:
        raise Unread("no nodes")
    if len(root.children) == 1:
        top = root.children[0]
        top.parent = None
        return top
    boxes = [n.box for n in root.children]
    root.box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return root


# ---- one node ---------------------------------------------------------------------------------------------


def _node(raw: dict[str, Any], parent: Node, limits: Limits) -> Node:
    """A node under its parent. What the recorder says is not visible has no area; passwords are not kept."""

    def text(*names: str) -> str:
        for name in names:
            value = raw.get(name)
            if isinstance(value, str) and value:
                # Lone surrogates cannot be written out again; other control characters only disturb.
                clean = value[: limits.screen_string].encode("utf-8", "replace").decode()
                return "".join(c for c in clean if c.isprintable() or c in "\n\u3000\u00a0").strip()
        return ""

    def flag(name: str, otherwise: bool = False) -> bool:
        value = raw.get(name, raw.get(name.replace("_", "-")))
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower(), otherwise)

    seen = flag("visible-to-user", True) and flag("visible", True)
    node = Node(
        f"{parent.path}/{len(parent.children)}" if parent.cls != "hierarchy" or parent.parent else f"{len(parent.children)}",
        _box(raw.get("bounds")) if seen else (0, 0, 0, 0), parent, "•••" if flag("password") and text("text") else text("text"), text("content-desc", "desc"), text("hint"), text("resource-id", "id"),
        text("class"), flag("clickable") or flag("long_clickable"), flag("checkable"), flag("focusable"), flag("scrollable"),
        flag("enabled", True), flag("main", True), _pixels(raw, "textSize", "text-size"), _pixels(raw, "lineHeight", "line-height"),
    )  # fmt: skip
    parent.children.append(node)
    return node


def _box(value: Any) -> Box:
    """Bounds as uiautomator writes them, a list of four or an object; an empty box where they are none."""
    if isinstance(value, str) and (found := _BOUNDS.fullmatch(value.strip())):
        value = [int(x) for x in found.groups()]
    elif isinstance(value, dict):
        value = [value.get(k) for k in ("left", "top", "right", "bottom")]
    if not isinstance(value, list) or len(value) != 4:
        return (0, 0, 0, 0)
    if any(isinstance(v, bool) or not isinstance(v, int | float) or not math.isfinite(v) or abs(v) > _FAR for v in value):
        return (0, 0, 0, 0)
    left, top, right, bottom = (round(v) for v in value)
    return (left, top, max(left, right), max(top, bottom))


def _pixels(raw: dict[str, Any], *names: str) -> float | None:
    """A size in pixels; None where there is none that could be true."""
    for name in names:
        value = raw.get(name)
        if isinstance(value, str) and (found := _SIZE.fullmatch(value.strip())):
            value = float(found[1])
        if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 2000:
            return float(value)
    return None
