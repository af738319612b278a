"""A page's snapshot as a tree: elements and texts with styles, boxes and what assistive technology is told of them.

The recorded form is that of the browser's protocol (DOMSnapshot.captureSnapshot and Accessibility.getFullAXTree). Numbers
of nodes, strings and depth come from the page: everything that points outside its table is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_NODES = 200_000
MAX_DEPTH = 400

Box = tuple[float, float, float, float]
_SPACE = re.compile(r"\s+")


@dataclass(slots=True, eq=False)
class Node:
    """One element (`tag` in lower case) or text (`tag` is `#text`). `box`: left, top, width, height in CSS px of its own
    document, None where it has none. `style`: computed values by name, empty without a box."""

    tag: str
    document: int
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    attrs: dict[str, str] = field(default_factory=dict)
    text: str = ""
    box: Box | None = None
    style: dict[str, str] = field(default_factory=dict)
    background: str = ""
    paint: int = 0
    clickable: bool = False
    value: str = ""
    content: int = -1
    """Number of the document that a frame shows, -1 where it is none or of another process."""
    role: str = ""
    name: str = ""
    description: str = ""
    ignored: bool = True
    why: tuple[str, ...] = ()
    has: dict[str, Any] = field(default_factory=dict)
    pseudo: bool = False
    boxes: list[Box] = field(default_factory=list)
    """Boxes of the lines of a text."""

    def up(self) -> Iterator[Node]:
        """Its ancestors, nearest first."""
        node = self.parent
        for _ in range(MAX_DEPTH):
            if node is None:
                return
            yield node
            node = node.parent

    def down(self) -> Iterator[Node]:
        """Everything below it in document order."""
        todo = list(reversed(self.children))
        while todo:
            node = todo.pop()
            yield node
            todo += reversed(node.children)

    def words(self) -> str:
        """The text below it, shown or not, spaces collapsed."""
        if self.tag == "#text":
            return _SPACE.sub(" ", self.text).strip()
        return _SPACE.sub(" ", " ".join(n.text for n in self.down() if n.tag == "#text" and not n.pseudo and n.parent and n.parent.tag not in ("script", "style", "template", "noscript"))).strip()

    def seen_words(self) -> str:
        """The text below it that is shown."""
        return _SPACE.sub(" ", " ".join(n.text for n in self.down() if n.tag == "#text" and n.shown)).strip()

    @property
    def shown(self) -> bool:
        """Whether it has a box, is not hidden and not wholly transparent."""
        holder = self if self.tag != "#text" else self.parent
        if holder is None or self.box is None or self.box[2] <= 0 or self.box[3] <= 0:
            return False
        if holder.style.get("visibility", "visible") != "visible":
            return False
        return all(n.style.get("opacity", "1") not in ("0", "0.0") for n in (holder, *holder.up()))

    def within(self, *tags: str) -> Node | None:
        """The nearest ancestor of one of these tags."""
        return next((n for n in self.up() if n.tag in tags), None)

    def path(self) -> str:
        """Where it is, as a selector: from the nearest id down."""
        steps: list[str] = []
        node: Node | None = self if self.tag != "#text" else self.parent
        while node is not None and node.tag != "#document" and len(steps) < 40:
            own = node.attrs.get("id", "")
            if own and re.fullmatch(r"[\w-]+", own):
                steps.append(f"#{own}")
                break
            same = [c for c in node.parent.children if c.tag == node.tag] if node.parent else []
            steps.append(node.tag + (f":nth-of-type({next(i for i, c in enumerate(same, 1) if c is node)})" if len(same) > 1 else ""))
            node = node.parent
        return " > ".join(reversed(steps))

    def html(self, most: int = 200) -> str:
        """Its opening tag, and its text where that is short."""
        if self.tag == "#text":
            return self.words()[:most]
        attrs = "".join(f' {k}="{v[:80]}"' if v else f" {k}" for k, v in list(self.attrs.items())[:8])
        words = self.words()
        return f"<{self.tag}{attrs}>{words[:60]}"[:most]


@dataclass(slots=True)
class Document:
    """One document of a page: its nodes in order, the root first."""

    url: str
    title: str
    nodes: list[Node]
    root: Node
    lang: str = ""

    def all(self, *tags: str) -> list[Node]:
        """Its elements of these tags in order."""
        return [n for n in self.nodes if n.tag in tags]

    def by_id(self, name: str) -> Node | None:
        """The first element with this id."""
        return next((n for n in self.nodes if n.attrs.get("id") == name), None) if name else None


@dataclass(slots=True)
class Snapshot:
    """All documents of a page; the first is the page itself."""

    documents: list[Document]
    cut: bool = False

    @property
    def page(self) -> Document:
        """The page's own document."""
        return self.documents[0]

    @property
    def nodes(self) -> Iterator[Node]:
        """The nodes of all documents."""
        for document in self.documents:
            yield from document.nodes


def decode(data: dict[str, Any]) -> Snapshot:
    """The tree of a recorded snapshot; boxes are in CSS px of the document, whatever the device's scale. ValueError, KeyError, TypeError or IndexError where it is none."""
    strings: list[str] = data["dom"]["strings"]
    names: list[str] = list(data["styles"])
    told = {n["id"]: n for n in data.get("ax", [])}
    documents, cut, total = [], False, 0
    for number, raw in enumerate(data["dom"]["documents"]):
        total += len(raw["nodes"]["nodeName"])
        if total > MAX_NODES:
            cut = True
            break
        documents.append(_document(raw, number, strings, names, told))
    if not documents:
        raise ValueError("no document")
    return Snapshot(documents, cut)


def _document(raw: dict[str, Any], number: int, strings: list[str], names: list[str], told: dict[int, Any]) -> Document:
    def text(index: int) -> str:
        return strings[index] if 0 <= index < len(strings) else ""

    given = raw["nodes"]
    count = len(given["nodeName"])
    nodes: list[Node] = []
    for i in range(count):
        kind = given["nodeType"][i]
        tag = {3: "#text", 9: "#document", 8: "#comment", 11: "#fragment", 10: "#doctype"}.get(kind) or text(given["nodeName"][i]).lower()
        node = Node(tag=tag, document=number)
        if kind == 3:
            node.text = text(given["nodeValue"][i])
        pairs = given["attributes"][i]
        node.attrs = {text(k).lower(): text(v) for k, v in zip(pairs[::2], pairs[1::2], strict=False)}
        above = given["parentIndex"][i]
        if 0 <= above < i:
            node.parent = nodes[above]
            nodes[above].children.append(node)
        if (ax := told.get(given["backendNodeId"][i])) is not None:
            node.ignored, node.role, node.name = bool(ax.get("ignored")), str(ax.get("role", "")), str(ax.get("name", ""))
            node.description, node.has, node.why = str(ax.get("description", "")), dict(ax.get("has", {})), tuple(ax.get("why", ()))
        nodes.append(node)
    for i in given.get("isClickable", {}).get("index", []):
        nodes[i].clickable = True
    for i in given.get("pseudoType", {}).get("index", []):
        nodes[i].pseudo = True
        for below in nodes[i].down():
            below.pseudo = True
    for i, value in zip(*_rare(given, "inputValue"), strict=True):
        nodes[i].value = text(value)
    for i, value in zip(*_rare(given, "contentDocumentIndex"), strict=True):
        nodes[i].content = value
    layout = raw["layout"]
    held: list[Node] = []
    for i, at in enumerate(layout["nodeIndex"]):
        node = nodes[at]
        held.append(node)
        left, top, width, height = layout["bounds"][i]
        node.box = (left, top, width, height)
        node.style = {name: text(v) for name, v in zip(names, layout["styles"][i], strict=False)}
        if node.tag == "#text" and layout["text"][i] >= 0:
            node.text = text(layout["text"][i]) or node.text
        node.paint = layout.get("paintOrders", [0] * (i + 1))[i]
        backgrounds = layout.get("blendedBackgroundColors", [])
        node.background = text(backgrounds[i]) if i < len(backgrounds) else ""
    lines = raw.get("textBoxes", {})
    for at, bounds in zip(lines.get("layoutIndex", []), lines.get("bounds", []), strict=False):
        left, top, width, height = bounds
        held[at].boxes.append((left, top, width, height))
    root = next((n for n in nodes if n.tag == "html"), nodes[0])
    return Document(url=text(raw["documentURL"]), title=text(raw["title"]), nodes=nodes, root=root, lang=root.attrs.get("lang", ""))


def _rare(given: dict[str, Any], name: str) -> tuple[list[int], list[int]]:
    found = given.get(name, {})
    return list(found.get("index", [])), list(found.get("value", []))
