"""A walk through screens → facts. Only measured here; thresholds stand in the rules.

screens.json → trees and pictures, screen by screen → texts, controls, names, windows, entries, advertisements, steps.
A screen that cannot be read is a limitation and costs none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mingcha.extract import folder
from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.screens import ads, entry, floating, index, names, pixels, targets, texts, trees
from mingcha.extract.screens.index import Screen, Step, Walk
from mingcha.extract.screens.trees import Unread
from mingcha.extract.screens.units import bounds
from mingcha.extract.screens.words import ALIASES, GESTURES
from mingcha.model import Exhibit, Limitation
from mingcha.plain import plain

Emit = Callable[[Iterable[dict[str, Any]]], None]
ENTRIES = ("version", "mode")  # of the word list elder-words: names of the elder version


def read(path: Path, emit: Emit, catalogue: Any, limits: Limits = DEFAULT) -> Exhibit:
    """Read one walk. BadInput where its index is none."""
    walk = index.load(path, limits)
    digest, size, name = folder.digest(path), folder.size(path), plain(path.name)
    words = _words(catalogue)
    over: dict[str, list[floating.Seen]] = {}
    waits = {name for step in walk.steps if step.action == "wait" for name in (step.source, step.target)}
    counts: dict[str, int] = {}
    dropped = 0
    for screen in walk.screens:
        _load(path, screen, walk, limits)
        if screen.root is None:
            continue
        base = {"exhibit": digest, "mode": screen.mode, "screen": screen.id}
        found = floating.windows(screen)
        over[screen.id] = floating.seen(screen, found, base)
        batch = []
        for fact in _screen(screen, found, walk, words, base):
            counts[fact["kind"]] = counts.get(fact["kind"], 0) + 1
            if counts[fact["kind"]] <= limits.facts_per_kind:
                batch.append(_ordered(fact))
            else:
                dropped += 1
        emit(batch)
        screen.said = _said(screen) if screen.id in waits else []
        screen.root = screen.picture = None  # hundreds of trees and pictures would not fit into memory
    floating.returning(over, walk.steps)
    emit(_ordered(window.fact) for windows in over.values() for window in windows)
    emit(map(_ordered, _steps(walk, {s.id: s for s in walk.screens if s.id in over}, digest)))
    if dropped:
        walk.notes.append(("screens", "reader-limit", f"{dropped} facts"))
    if not over:
        walk.notes.append((name, "screen-unread", "no screen could be read"))
    walk.notes.append((name, "no-screen-events", "a walk for measuring, without events of pop-ups and dialogs"))
    emit({"kind": "limitation", "exhibit": digest, "where": where, "code": code, "detail": plain(detail, limits.detail)} for where, code, detail in walk.notes)
    notes = tuple(Limitation(code=code, detail=plain(f"{where}: {detail}", limits.detail)) for where, code, detail in walk.notes)
    real = [n for n in walk.notes if n[1] != "no-screen-events"]
    status = "refused" if not over else "partly" if real else "read"
    return Exhibit(kind="screens", name=name, sha256=digest, size=size, reader="screens", status=status, limitations=notes)  # type: ignore[arg-type]


def _ordered(fact: dict[str, Any]) -> dict[str, Any]:
    return {k: fact[k] for k in ("kind", "exhibit", "where")} | fact


def _words(catalogue: Any) -> list[str]:
    """Names of elder versions; those of clause 3.1 come first."""
    known = catalogue.words.get("elder-words")
    listed = [w for e in known.entries if e.id in ENTRIES for w in e.words] if known else []
    return list(dict.fromkeys([*ALIASES, *listed]))


def _load(path: Path, screen: Screen, walk: Walk, limits: Limits) -> None:
    """Tree and picture of one screen; what cannot be had is noted."""
    try:
        if not screen.tree:
            raise Unread("no tree")
        screen.root = trees.read(index.part(path, screen.tree, limits.screen_tree), limits)
    except Unread as e:
        walk.notes.append((screen.id, "screen-unread", f"tree: {e}"))
        return
    try:
        if screen.image:
            screen.picture = pixels.load(index.part(path, screen.image, limits.screen_picture), limits)
    except Unread as e:
        walk.notes.append((screen.id, "screen-unread", f"picture: {e}"))
    if screen.size[0] <= 0 or screen.size[1] <= 0:
        box = screen.root.box
        screen.size = screen.picture.size if screen.picture else (box[2], box[3])
    if screen.picture and screen.picture.size != screen.size:
        walk.notes.append((screen.id, "screen-unread", f"picture: {screen.picture.width} × {screen.picture.height} on a screen of {screen.size[0]} × {screen.size[1]}"))
        screen.picture = None


def _screen(screen: Screen, found: Sequence[floating.Window], walk: Walk, words: Sequence[str], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    root = screen.root
    assert root is not None
    told = texts.texts(screen, found)
    known = [t for t in told if t.low is not None and t.high is not None]
    facts = list(texts.facts(screen, told, found, base))
    mains = [f for f in facts if f["kind"] == "ui-text" and f["main"] and f["dp_low"] is not None]
    yield base | {
        "kind": "ui-screen", "where": f"{screen.id}#{root.path}", "bounds": bounds(root.box), "main": screen.main, "role": screen.role, "orientation": screen.orientation,
        "activity": screen.activity, "t": screen.t, "setting": screen.setting, "density": screen.dpi, "font_scale": walk.font_scale,
        "device": walk.kind, "package": walk.package, "picture": screen.picture is not None, "texts": len(told), "measured": len(known),
        "largest_low": max((f["dp_low"] for f in mains), default=None), "largest_high": max((f["dp_high"] for f in mains), default=None),
    }  # fmt: skip
    yield from facts
    yield from targets.facts(screen, targets.targets(screen), found, base)
    yield from names.facts(screen, base)
    yield from entry.facts(screen, words, walk.steps, base)
    yield from ads.facts(screen, base)
    for node in texts.shown(screen):
        for pattern, fingers in GESTURES:
            if pattern.search(node.text or node.desc):
                yield base | {"kind": "ui-gesture", "where": f"{screen.id}#{node.path}", "bounds": bounds(node.box), "fingers": fingers, "by": "text", "action": "other", "t": screen.t}
                break


def _steps(walk: Walk, screens: dict[str, Screen], digest: str) -> Iterator[dict[str, Any]]:
    """ui-gesture of every step of the walk, ui-wait of those that only waited."""
    for number, step in enumerate(walk.steps):
        screen = screens.get(step.source)
        if screen is None:
            continue
        base = {"exhibit": digest, "where": f"{screen.id}#steps[{number}]", "mode": screen.mode, "screen": screen.id, "t": step.t}
        spot = [] if step.x is None or step.y is None else [str(round(v)) for v in (step.x, step.y, step.x, step.y)]
        if step.action in ("tap", "swipe", "pinch", "other"):
            yield base | {"kind": "ui-gesture", "bounds": spot, "fingers": step.fingers, "by": "step", "action": step.action}
        if step.action == "wait":
            yield base | _waited(screen, step, screens)


def _waited(screen: Screen, step: Step, screens: dict[str, Screen]) -> dict[str, Any]:
    """What became of a screen on which nothing was done for a while (clause 2.3)."""
    after = screens.get(step.target or "")
    changed = None if after is None else after.id != screen.id and (after.activity != screen.activity or after.said != screen.said)
    seconds = None if after is None or after.t is None or screen.t is None else round(after.t - screen.t, 2)
    return {"kind": "ui-wait", "bounds": [], "seconds": seconds, "changed": changed}


def _said(screen: Screen) -> list[str]:
    """Texts of a screen without digits: a clock that runs is no change of the page."""
    return ["".join(c for c in n.text if not c.isdigit()) for n in texts.shown(screen) if n.text]
