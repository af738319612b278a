"""Contrast of every text of a page with what lies behind it."""

from __future__ import annotations

import re
from typing import NamedTuple

from mingcha.extract.page import colours
from mingcha.extract.page.snapshot import Node, Snapshot

# Icon fonts draw with characters for private use.
_ICON = re.compile(r"^[\ue000-\uf8ff\U000f0000-\U0010ffff\s]+$")
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
            out.append(Seen(node, _ratio(node, holder), px, weight.isdigit() and int(weight) >= 700, bool(_ICON.match(node.text))))
    return out


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
        if n.style.get("position") in ("absolute", "fixed", "sticky") and not (own and own[3] >= 1):
            # It lies over something that is not its ancestor: what the browser blended decides, where it says so.
            behind = colours.parse(node.background or holder.background)
            if behind is None or _over_picture(node):
                return None
            return round(colours.ratio((front[0], front[1], front[2], front[3] * opacity), (behind[0], behind[1], behind[2], 1.0)), 2)
    back: colours.Colour = (255.0, 255.0, 255.0, 1.0)
    for layer in reversed(stack):
        back = colours.over(layer, back)
    return round(colours.ratio((front[0], front[1], front[2], front[3] * opacity), back), 2)


def _covers(outer: tuple[float, float, float, float], inner: tuple[float, float, float, float]) -> bool:
    return outer[0] - 2 <= inner[0] and outer[1] - 2 <= inner[1] and outer[0] + outer[2] + 2 >= inner[0] + inner[2] and outer[1] + outer[3] + 2 >= inner[1] + inner[3]


def _over_picture(node: Node) -> bool:
    """Whether a positioned text has pictures among its surroundings."""
    around = next((n for n in node.up() if n.style.get("position") in ("absolute", "fixed", "sticky")), None)
    base = around.parent if around else None
    return base is not None and any(c.tag in ("img", "video", "canvas", "svg", "picture") or c.style.get("background-image", "none") != "none" for c in base.down() if c is not around)
