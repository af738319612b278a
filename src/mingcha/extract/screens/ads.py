"""Advertisements, buttons that lure and captchas, by words and by names of views (clauses 5.1.1, 5.1.2 and 1.5 of Annex 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mingcha.extract.screens import words
from mingcha.extract.screens.index import Screen
from mingcha.extract.screens.names import name_of
from mingcha.extract.screens.texts import shown
from mingcha.extract.screens.trees import Node
from mingcha.extract.screens.units import bounds


def facts(screen: Screen, base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """ui-ad, ui-inducement and ui-captcha of one screen."""
    for node in shown(screen):
        here = {"where": f"{screen.id}#{node.path}", "bounds": bounds(node.box)}
        if told := _ad(node):
            by, word = told
            yield base | here | {"kind": "ui-ad", "by": by, "word": word[:60]}
        if node.clickable and node.enabled and (name := name_of(node)):
            strong = words.LURES.search(name)
            weak = strong or words.LURES_WEAK.search(name.strip())
            if weak:
                yield base | here | {"kind": "ui-inducement", "word": name[:60], "strength": "strong" if strong else "weak"}
    yield from _captcha(screen, base)


def _ad(node: Node) -> tuple[str, str] | None:
    if any(t.strip() in words.AD_LABELS for t in (node.text, node.desc)):
        return "text", node.text or node.desc
    if node.cls.startswith(words.AD_CLASSES):
        return "class", node.cls
    name = node.id.rpartition("/")[2]
    # Names of views are chosen freely: one alone is a hint, the rule says what it is worth.
    return ("id", node.id) if name and words.AD_IDS.search(name) else None


def _captcha(screen: Screen, base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    said = [(n, f"{n.text} {n.desc} {n.hint}") for n in shown(screen)]
    kind, node = None, None
    for one, text in said:
        kind = next((k for k, pattern in words.CAPTCHAS.items() if pattern.search(text)), None)
        if kind is None and one.id and words.CAPTCHA_IDS.search(one.id.rpartition("/")[2]):
            kind = "unknown"
        if kind:
            node = one
            break
    if kind is None or node is None:
        return
    offered = [k for k, pattern in words.ALTERNATIVES.items() if any(pattern.search(t) for n, t in said if n.enabled)]
    yield base | {
        "kind": "ui-captcha", "where": f"{screen.id}#{node.path}", "bounds": bounds(node.box), "of": kind, "alternatives": offered,
    }  # fmt: skip
