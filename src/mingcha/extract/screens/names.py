"""What a screen reader would say: names of controls and the order in which it comes to them (clause 4.1 of Annex 2)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

from mingcha.extract.screens.index import Screen
from mingcha.extract.screens.texts import shown
from mingcha.extract.screens.trees import Node
from mingcha.extract.screens.units import bounds

DEEP = 400  # nodes below a control that are asked for its name
EMPTY = ("按钮", "图片", "图标", "image", "icon", "button", "img", "未加标签", "null", "undefined")  # names that name nothing


def role_of(node: Node) -> str:
    """What kind of control a node is: field, switch, image, button, text or group."""
    short = node.short
    if "edit" in short or short in ("textinput", "input"):
        return "field"
    if node.checkable or any(n in short for n in ("switch", "checkbox", "radio", "toggle")):
        return "switch"
    if "image" in short:
        return "image"
    if "button" in short:
        return "button"
    return "text" if "text" in short else "group"


def own_name(node: Node) -> str:
    """The description of a node, else its text, else its hint."""
    return node.desc or node.text or node.hint


def name_of(node: Node) -> str:
    """What a screen reader says of a control: its own name, else those of the nodes inside that are no controls."""
    if own := own_name(node):
        return own
    parts: list[str] = []
    todo, seen = list(reversed(node.children)), 0
    while todo and seen < DEEP:
        inner, seen = todo.pop(), seen + 1
        if inner.clickable:
            continue
        if own := own_name(inner):
            parts.append(own)
        else:
            todo.extend(reversed(inner.children))
    return " ".join(parts)


def controls(screen: Screen) -> list[Node]:
    """Nodes that do something: touched, ticked or written into."""
    return [n for n in shown(screen) if n.enabled and (n.clickable or n.checkable or role_of(n) == "field")]


def facts(screen: Screen, base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """ui-name of every control and ui-order of the screen."""
    found = controls(screen)
    # A control whose only control inside carries the name is one thing for the reader.
    said = {id(n): name_of(n) for n in found}
    wraps = {id(o) for n in found if said[id(n)] for o in n.above() if id(o) in said and not said[id(o)]}
    counts = Counter(n.desc for n in found if n.desc)
    for node in found:
        if id(node) in wraps or (node.area >= 0.9 * screen.size[0] * screen.size[1] and not said[id(node)]):
            continue
        name = said[id(node)]
        yield base | {
            "kind": "ui-name", "where": f"{screen.id}#{node.path}", "bounds": bounds(node.box), "role": role_of(node), "name": name[:60] or None,
            "named": bool(name) and name.strip().lower() not in EMPTY, "doubled": bool(node.desc) and counts[node.desc] > 1 and not node.text, "id": node.id or None,
        }  # fmt: skip
    if len(found) > 1:
        jumps = _jumps([n for n in found if id(n) not in wraps])
        at = jumps[0] if jumps else found[0]
        yield base | {
            "kind": "ui-order", "where": f"{screen.id}#{at.path}", "bounds": bounds(at.box), "controls": len(found), "jumps": len(jumps),
        }  # fmt: skip


def _jumps(found: list[Node]) -> list[Node]:
    """Controls that come after one that lies wholly below them in the same column."""
    return [
        b for a, b in itertools.pairwise(found)
        if b.box[3] <= a.box[1] and min(a.box[2], b.box[2]) - max(a.box[0], b.box[0]) > 0.5 * min(a.w, b.w)
    ]  # fmt: skip
