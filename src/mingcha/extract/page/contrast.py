"""Contrast of every text of a page with what lies behind it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from mingcha.extract.page import colours
from mingcha.extract.page.snapshot import Node, Snapshot

# Icon fonts draw with characters for private use.
_ICON = re.compile(r"^[\ue000-\uf8ff\U000f0000-\U0010ffff\s]+$")
_PICTURES = frozenset(("img", "video", "canvas", "svg", "iframe", "object", "embed"))
_ROW, _ROWS = 100, 400  # px of a row of the index, and rows of one element that are entered
_WORD = re.compile(r"[^\W_]|[^\x00-\x7f]")


class Seen(NamedTuple):
    """Contrast of one text. `ratio` is None where a picture, gradient, shadow or filter makes it untold."""

    node: Node
    ratio: float | None
    px: float
    bold: bool
    icon: bool


def texts(snapshot: Snapshot) -> list[Seen]:
    """Every shown text that is not of a disabled control."""
    out = []
    for document in snapshot.documents:
        labels = {i for n in document.nodes if n.attrs.get("aria-disabled") == "true" or "disabled" in n.attrs for i in n.attrs.get("aria-labelledby", "").split()}
        painted = _Painted(document.nodes)
        for node in document.nodes:
            if node.tag != "#text" or not node.shown or node.parent is None or not _WORD.search(node.text):
                continue
            holder = node.parent
            if _disabled(holder) or any(n.attrs.get("id") in labels for n in (holder, *holder.up())) or holder.within("svg") or holder.tag in ("option", "title"):
                continue
            px = px_of(holder.style.get("font-size", "")) or px_of(node.style.get("font-size", ""))
            if px <= 0:
                continue
            weight = holder.style.get("font-weight", "400")
            out.append(Seen(node, None if painted.under(node) else _ratio(node, holder), px, weight.isdigit() and int(weight) >= 700, bool(_ICON.match(node.text))))
    return out


class _Painted:
    """What is painted beside its own ancestors where a text stands: pictures, coloured boxes, decorations. A text over (or
    under) one of them has a background that the document's tree does not tell."""

    def __init__(self, nodes: list[Node]) -> None:
        self._rows: dict[int, list[Node]] = defaultdict(list)
        for node in nodes:
            if node.tag.startswith("#") or node.tag in ("html", "body") or node.box is None or node.box[2] < 1 or node.box[3] < 1 or node.style.get("visibility") == "hidden":
                continue
            own = colours.parse(node.style.get("background-color", ""))
            if node.tag in _PICTURES or node.style.get("background-image", "none") != "none" or (own and own[3] > 0):
                for row in range(int(node.box[1] // _ROW), min(int((node.box[1] + node.box[3]) // _ROW), int(node.box[1] // _ROW) + _ROWS) + 1):
                    self._rows[row].append(node)

    def under(self, text: Node) -> bool:
        """Whether more than a tenth of the text's box lies in the box of such an element."""
        if text.box is None:
            return False
        left, top, width, height = text.box
        related = {id(n) for n in text.up()}
        for row in {int(top // _ROW), int((top + height) // _ROW)}:
            for node in self._rows.get(row, ()):
                if id(node) in related or node.box is None:
                    continue
                x = min(left + width, node.box[0] + node.box[2]) - max(left, node.box[0])
                y = min(top + height, node.box[1] + node.box[3]) - max(top, node.box[1])
                if x > 0 and y > 0 and x * y > width * height / 10:
                    return True
        return False


def px_of(text: str) -> float:
    try:
        return float(text.removesuffix("px"))
    except ValueError:
        return 0.0


def _disabled(node: Node) -> bool:
    """Inactive controls and their labels are exempt (WCAG 1.4.3)."""
    for n in (node, *node.up()):
        if "disabled" in n.attrs and n.tag in ("button", "input", "select", "textarea", "fieldset", "optgroup", "option"):
            return True
        if n.attrs.get("aria-disabled") == "true" or n.has.get("disabled") is True or "inert" in n.attrs:
            return True
        if n.tag == "label" and n.document >= 0 and any(c.attrs.get("disabled") is not None and c.tag in ("input", "select", "textarea") for c in n.down()):
            return True
    return False


def _ratio(node: Node, holder: Node) -> float | None:
    style = holder.style
    if style.get("text-shadow", "none") != "none":
        return None
    front = colours.parse(style.get("color", ""))
    if front is None:
        return None
    opacity = 1.0
    stack: list[colours.Colour] = []
    box = node.box
    for n in (holder, *holder.up()):
        if n.tag.startswith("#"):
            continue
        if n.style.get("filter", "none") != "none" or n.style.get("mix-blend-mode", "normal") != "normal":
            return None
        share = px_of(n.style.get("opacity", "1")) if n.style.get("opacity", "1") != "" else 1.0
        opacity *= share
        if n.style.get("background-image", "none") != "none":
            return None
        own = colours.parse(n.style.get("background-color", ""))
        if own and own[3] > 0:
            if box is not None and n.box is not None and not _covers(n.box, box):
                return None  # the text runs out of what colours it
            stack.append((own[0], own[1], own[2], own[3] * share))
            if own[3] >= 1 and share >= 1:
                break
    back: colours.Colour = (255.0, 255.0, 255.0, 1.0)
    for layer in reversed(stack):
        back = colours.over(layer, back)
    return round(colours.ratio((front[0], front[1], front[2], front[3] * opacity), back), 2)


def _covers(outer: tuple[float, float, float, float], inner: tuple[float, float, float, float]) -> bool:
    return outer[0] - 2 <= inner[0] and outer[1] - 2 <= inner[1] and outer[0] + outer[2] + 2 >= inner[0] + inner[2] and outer[1] + outer[3] + 2 >= inner[1] + inner[3]
