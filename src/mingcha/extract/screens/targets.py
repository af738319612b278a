"""What can be touched: sizes of responding areas in dp (clause 2.1 of Annex 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mingcha.extract.screens.floating import Window
from mingcha.extract.screens.index import Screen
from mingcha.extract.screens.names import name_of, role_of
from mingcha.extract.screens.texts import cut, shown
from mingcha.extract.screens.trees import Box, Node, overlap
from mingcha.extract.screens.units import bounds, dp

MOST = 1_500  # controls of one screen that are compared with each other


@dataclass(slots=True)
class Target:
    """One control with the area that responds, in pixels of the screen."""

    node: Node
    box: Box
    clipped: bool


def targets(screen: Screen) -> list[Target]:
    """Controls of a screen. A clickable node inside another one that holds no other control and no text of its own
    responds in the area of the outer one."""
    found: list[Target] = []
    for node in shown(screen):
        if not node.clickable or not node.enabled or node.area >= 0.9 * screen.size[0] * screen.size[1]:
            continue
        box = node.box
        for outer in node.above():
            if outer.clickable and outer.enabled and outer.area and _holds_only(outer, node):
                box = outer.box
        if any(_holds_only(node, inner) for inner in node.walk() if inner is not node and inner.clickable and inner.enabled):
            continue  # the inner one stands for both
        found.append(Target(node, box, cut(node)))
    return found


def _holds_only(outer: Node, inner: Node) -> bool:
    """Whether `outer` has no control and no text beside `inner`."""
    if not inner.inside(outer) or outer.text:
        return False
    return all(n is outer or n.inside(inner) or inner.inside(n) or not (n.clickable or n.text) for n in outer.walk())


def _scroller(node: Node) -> str | None:
    """Path of the nearest ancestor that scrolls."""
    return next((n.path for n in node.above() if n.scrollable), None)


def facts(screen: Screen, found: list[Target], covers: Sequence[Window], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """ui-target of one screen. `w`, `h` in dp; null without a density. `covers`: windows over others; what they lie over
    does not clash with what is in them, nor what can be scrolled away with what stays, and their close controls have a clause of their own (2.4)."""
    few = found[:MOST]
    over = {id(t): (next((n for n, w in enumerate(covers) if t.node.inside(w.node)), -1), _scroller(t.node)) for t in few}
    closes = {id(w.close) for w in covers if w.close is not None}
    for target in found:
        node = target.node
        clash = len(found) <= MOST and any(
            overlap(target.box, o.box) > 0.1 * min(target.node.area, o.node.area) and not node.inside(o.node) and not o.node.inside(node)
            for o in few if o is not target and over[id(o)] == over[id(target)]
        )  # fmt: skip
        w, h = (dp(v, screen.dpi) for v in (target.box[2] - target.box[0], target.box[3] - target.box[1]))
        yield base | {
            "kind": "ui-target", "where": f"{screen.id}#{node.path}", "bounds": bounds(target.box), "w": w, "h": h,
            "least": None if w is None or h is None else min(w, h), "main": screen.main, "home": screen.role == "home",
            "minor": not node.main or not all(n.main for n in node.above()), "closes": id(node) in closes, "role": role_of(node), "name": name_of(node)[:60] or None, "clipped": target.clipped, "overlaps": clash,
        }  # fmt: skip
