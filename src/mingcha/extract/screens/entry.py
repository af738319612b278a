"""The way into the elder version: on home, in a prompt, in the settings, by search (clause 3.1 of Annex 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mingcha.extract.screens.index import Screen, Step
from mingcha.extract.screens.names import role_of
from mingcha.extract.screens.texts import shown
from mingcha.extract.screens.trees import Node
from mingcha.extract.screens.units import bounds, dp
from mingcha.extract.screens.words import ALIASES

PLACES = {"home": "home", "settings": "settings", "dialog": "prompt"}


def facts(screen: Screen, words: Sequence[str], steps: Sequence[Step], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """ui-entry of an ordinary screen: found, not found, or null where unnamed pictures may hold the word."""
    if screen.mode != "ordinary" or screen.root is None:
        return
    if screen.role == "search":
        word = screen.query or next((s.text for s in steps if s.target == screen.id and s.action == "search" and s.text), None)
        if word:
            yield _search(screen, word.strip(), words, base)
    elif screen.role in PLACES:
        hits = [n for n in shown(screen) if any(w in t for t in (n.text, n.desc) for w in words)]
        touch = [n for n in hits if n.clickable or any(o.clickable for o in n.above())]
        if screen.role == "dialog" and not hits:
            return  # any other window
        node = (touch or hits or [screen.root])[0]
        blind = any(_blind(n) for n in shown(screen))
        word = next((w for w in words if w in node.text or w in node.desc), None)
        yield _fact(screen, PLACES[screen.role], word, True if touch else None if blind or hits else False, node, base)


def _search(screen: Screen, word: str, words: Sequence[str], base: dict[str, Any]) -> dict[str, Any]:
    """Whether the results name the elder version: outside the field and beyond the echo of what was asked."""
    results = [
        n for n in shown(screen)
        if role_of(n) != "field" and any(w in t for t in (n.text, n.desc) for w in words) and not _echo(n, word)
    ]  # fmt: skip
    blind = any(_blind(n) for n in shown(screen))
    node = results[0] if results else screen.root
    assert node is not None
    return _fact(screen, "search", word if word in ALIASES else f"?{word}"[:40], True if results else None if blind else False, node, base)


def _echo(node: Node, word: str) -> bool:
    """A text that only repeats the question, such as “没有找到“亲情版””."""
    said = node.text or node.desc
    if any(no in said for no in ("没有找到", "未找到", "无结果", "暂无", "未搜索到", "搜索不到", "没有相关", "无相关")):
        return True
    return said.strip("“”\"' ") == word and not (node.clickable or any(n.clickable for n in node.above()))


def _blind(node: Node) -> bool:
    """A page of the web without nodes, or a touchable picture without a name: a word may be drawn there."""
    if "webview" in node.short and not node.children:
        return True
    named = node.text or node.desc or any(n.text or n.desc for n in node.walk())
    return "image" in node.short and node.clickable and not named


def _fact(screen: Screen, at: str, word: str | None, found: bool | None, node: Node, base: dict[str, Any]) -> dict[str, Any]:
    size = node.text_size
    return base | {
        "kind": "ui-entry", "where": f"{screen.id}#{node.path}", "bounds": bounds(node.box), "at": at, "word": word, "found": found,
        "dp": None if size is None else dp(size, screen.dpi, 0.5, 0.5),
    }  # fmt: skip
