"""Windows over others, and the controls that close them (clause 2.4 of Annex 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingcha.extract.screens.index import Screen, Step
from mingcha.extract.screens.names import name_of
from mingcha.extract.screens.texts import shown
from mingcha.extract.screens.trees import Box, Node, overlap
from mingcha.extract.screens.units import bounds, dp
from mingcha.extract.screens.words import CLOSE_IDS, CLOSE_TEXTS

SIBLINGS = 400  # children of one node that are compared
CORNER = 0.25  # share of a window's width and height that is its corner
MIDDLE = (0.35, 0.65)  # share of its width that is its middle
TINY = 0.05  # share of the screen below which a window must lie over the page as a whole
SMALL = 56  # dp: an unnamed control up to this size, last in its window, is taken for the one that closes


@dataclass(slots=True)
class Window:
    """A window that lies over other content: the node that holds it, the box that is seen, its control."""

    node: Node
    box: Box
    close: Node | None
    by: str | None


def windows(screen: Screen) -> list[Window]:
    """Windows over others on one screen: what is drawn after content that it covers, or a dialog as a whole."""
    root = screen.root
    if root is None:
        return []
    width, height = screen.size
    found: list[Window] = []
    for node in shown(screen):
        if any(node.inside(w.node) for w in found):
            continue
        if node.parent is None:
            if screen.role == "dialog" and 0 < node.area < 0.9 * width * height:
                found.append(_window(screen, node))
            continue
        if _covers(node, width, height):
            found.append(_window(screen, node))
    return found


def _covers(node: Node, width: int, height: int) -> bool:
    """Whether most of a node lies over content of siblings drawn before it; bars along an edge do not count."""
    assert node.parent is not None
    before = []
    for sibling in node.parent.children[:SIBLINGS]:
        if sibling is node:
            break
        before.append(sibling)
    else:
        return False
    if node.w >= 0.95 * width and node.h <= 0.2 * height and (node.box[1] <= 0.06 * height or node.box[3] >= 0.94 * height):
        return False
    if not (node.children or node.clickable) or not before:
        return False
    under = [s for s in before if overlap(node.box, s.box) >= 0.6 * node.area and s.children]
    # A button upon a card is no window; a ball that floats over the page is.
    if node.area < TINY * width * height:
        under = [s for s in under if s.area >= 0.5 * width * height]
    if not under:
        return False
    # A badge or a label on a picture belongs to it: a window covers what can be touched or read.
    return any(
        (n.text or n.clickable) and n.area < 0.5 * width * height and overlap(node.box, n.box) >= 0.15 * min(n.area, node.area)
        for s in before if overlap(node.box, s.box) for n in s.walk()
    )  # fmt: skip


def _window(screen: Screen, node: Node) -> Window:
    """The window without the veil behind it, and the control that closes it."""
    panel = node
    whole = screen.size[0] * screen.size[1]
    while panel.area >= 0.85 * whole:
        inner = [c for c in panel.children if c.area and any(n.text or n.clickable for n in c.walk())]
        if not inner:
            break
        panel = max(inner, key=lambda c: c.area)
    close, by = _close(screen, node, panel)
    return Window(node, panel.box, close, by)


def _close(screen: Screen, node: Node, panel: Node) -> tuple[Node | None, str | None]:
    inside = [n for n in node.walk() if n.clickable and n.enabled and n.area]
    for control in inside:
        if any(part.strip() in CLOSE_TEXTS for part in (name_of(control), control.text, control.desc)):
            return control, "text"
    for control in inside:
        if CLOSE_IDS.search(control.id.rpartition("/")[2]):
            return control, "id"
    last = inside[-1] if inside else None
    if last is not None and last is not panel and not name_of(last) and screen.dpi and max(last.w, last.h) * 160 / screen.dpi <= SMALL:
        return last, "shape"
    return None, None


def corner(close: Box, box: Box) -> str:
    """Where in (or at) a window a control lies: top-left, top-right, bottom-centre or other."""
    w, h = max(1, box[2] - box[0]), max(1, box[3] - box[1])
    x, y = ((close[0] + close[2]) / 2 - box[0]) / w, ((close[1] + close[3]) / 2 - box[1]) / h
    # A small window may be hardly larger than its control: then its nearer side counts.
    if y <= CORNER or (close[1] <= box[1] + 0.1 * h and y <= 0.5):
        if x <= CORNER or (close[0] <= box[0] + 0.05 * w and x <= 0.4):
            return "top-left"
        if x >= 1 - CORNER or (close[2] >= box[2] - 0.05 * w and x >= 0.6):
            return "top-right"
    if y >= 1 - CORNER and MIDDLE[0] <= x <= MIDDLE[1]:
        return "bottom-centre"
    return "other"


@dataclass(slots=True)
class Seen:
    """What is kept of a window when its screen has been read: its fact, what it is told by, where its control lies."""

    fact: dict[str, Any]
    mark: str
    close: Box | None


def seen(screen: Screen, found: Sequence[Window], base: dict[str, Any]) -> list[Seen]:
    """ui-floating of one screen, `returns` still unknown. `w`, `h`: the control's responding area in dp; `share` of the
    screen's area."""
    whole, kept = max(1, screen.size[0] * screen.size[1]), []
    for window in found:
        close, box = window.close, window.box
        place = close or window.node
        fact = base | {
            "kind": "ui-floating", "where": f"{screen.id}#{place.path}", "bounds": bounds(close.box if close else box), "window": bounds(box),
            "share": round((box[2] - box[0]) * (box[3] - box[1]) / whole, 3), "corner": corner(close.box, box) if close else "none", "by": window.by,
            "w": dp(close.w, screen.dpi) if close else None, "h": dp(close.h, screen.dpi) if close else None,
            "least": dp(min(close.w, close.h), screen.dpi) if close else None, "returns": None, "name": name_of(window.node)[:60] or None,
        }  # fmt: skip
        kept.append(Seen(fact, _mark(window.node), close.box if close else None))
    return kept


def _mark(node: Node) -> str:
    """What a window is told by when it comes again: its id and its texts without digits."""
    said = "|".join(n.text for n in node.walk() if n.text)
    return node.id + "#" + "".join(c for c in said if not c.isdigit())[:200]


def returning(walk: Mapping[str, Sequence[Seen]], steps: Sequence[Step]) -> None:
    """Say of windows whose control a step touched whether the same one is shown on a later screen. `walk`: windows by
    screen, in the order of the walk."""
    order = {name: n for n, name in enumerate(walk)}
    last = {w.mark: order[name] for name, windows_ in walk.items() for w in windows_}
    back: dict[str, bool] = {}
    for step in steps:
        if step.action != "tap" or step.x is None or step.y is None:
            continue
        for window in walk.get(step.source, ()):
            if window.close and window.close[0] <= step.x < window.close[2] and window.close[1] <= step.y < window.close[3]:
                back[window.mark] = back.get(window.mark, False) or last[window.mark] > order[step.source]
    for windows_ in walk.values():
        for window in windows_:
            window.fact["returns"] = back.get(window.mark)
