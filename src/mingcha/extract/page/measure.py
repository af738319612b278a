"""What a page measures: sizes of text, spacing, contrast, targets, keyboard, enlarging."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mingcha.extract.page import contrast
from mingcha.extract.page.load import Record
from mingcha.extract.page.snapshot import Box, Node, Snapshot

_MOST = 300  # facts of one kind and page
_CONTROLS = frozenset(("button", "link", "checkbox", "radio", "switch", "tab", "menuitem", "option", "combobox", "listbox", "slider", "spinbutton", "textbox", "searchbox", "menuitemcheckbox", "menuitemradio"))
_NATIVE = frozenset(("button", "input", "select", "textarea", "summary", "area", "option", "label", "video", "audio", "iframe", "details"))


def sizes(record: Record, ordinary: float | None, after: list[float | None]) -> Iterator[dict[str, Any]]:
    """The fact `web-text`. `ordinary`: median of the page by which the elder mode grows; `after`: medians of the elder
    mode after loading anew and on the next page."""
    held = histogram(record.metrics.get("sizes"))
    if not held:
        return
    median = reached(held, 0.5)
    elder = record.mode == "elder"
    tried = [a for a in after if a is not None]
    yield {
        "kind": "web-text", "where": record.id, "page": record.id, "profile": record.profile, "role": record.role, "mode": record.mode,
        "main_px": reached(held, 0.85), "median_px": median, "largest_px": max(held), "smallest_px": min(held), "characters": sum(held.values()),
        "grows": round(median / ordinary, 3) if elder and ordinary and median else None,
        "persists": all(a >= (median or 0) * 0.9 for a in tried) if elder and tried and record.raw.get("variant") == "elder" else None,
    }  # fmt: skip


def histogram(given: Any) -> dict[float, int]:
    """Characters by font size in CSS px."""
    out: dict[float, int] = {}
    for px, count in given.items() if isinstance(given, dict) else ():
        try:
            size = float(px)
        except ValueError:
            continue
        if 0 < size < 1000 and isinstance(count, int) and count > 0:
            out[size] = out.get(size, 0) + count
    return out


def reached(held: dict[float, int], share: float) -> float | None:
    """The size that `share` of the characters have or exceed."""
    total, seen = sum(held.values()), 0
    for size in sorted(held, reverse=True):
        seen += held[size]
        if seen >= total * share:
            return size
    return None


def spacing(record: Record, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """The fact `web-spacing`: the tightest running text, and the tightest pair of paragraphs."""
    line: tuple[float, Node] | None = None
    gap: float | None = None
    for document in snapshot.documents[:1]:
        last: tuple[Node, float, float] | None = None
        for node in document.nodes:
            if node.tag != "#text" or len(node.boxes) < 2 or not node.shown or node.parent is None or len(node.text.strip()) < 20 or node.pseudo:
                continue
            px = contrast.px_of(node.parent.style.get("font-size", ""))
            tops = sorted({round(b[1], 1) for b in node.boxes})
            steps = [b - a for a, b in pairwise(tops) if b - a >= px * 0.5]
            if not steps or px <= 0:
                continue
            pitch = min(steps)
            ratio = round(pitch / px, 2)
            if line is None or ratio < line[0]:
                line = ratio, node.parent
            block = node.within("p")
            if block is not None:
                if last and last[0] is not block and block.parent is last[0].parent and abs(last[2] - pitch) < 1 and _next(last[0]) is block:
                    between = (tops[0] - last[1]) / pitch
                    gap = round(between, 2) if between > 0 and (gap is None or between < gap) else gap
                last = block, tops[-1], pitch
    if line is not None:
        yield {"kind": "web-spacing", "where": f"{record.id}#{line[1].path()}", **_at(record), "line": line[0], "paragraph": gap, "html": line[1].html(), "box": numbers(line[1].box)}


def _next(node: Node) -> Node | None:
    """The element that follows."""
    if node.parent is None:
        return None
    after = iter(node.parent.children)
    for child in after:
        if child is node:
            break
    return next((c for c in after if not c.tag.startswith("#")), None)


def contrasts(record: Record, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Facts `web-contrast`, one for each pair of colours, size and reading; the first place stands for all."""
    seen: set[tuple[Any, ...]] = set()
    for text in contrast.texts(snapshot):
        holder = text.node.parent
        assert holder is not None
        if text.ratio is not None and text.ratio >= 7:
            continue
        key = (text.ratio, text.px, text.icon, holder.style.get("color"), holder.tag if text.ratio is None else "")
        if key in seen or len(seen) >= _MOST:
            continue
        seen.add(key)
        yield {
            "kind": "web-contrast", "where": f"{record.id}#{holder.path()}", **_at(record), "variant": record.raw.get("variant"), "ratio": text.ratio, "px": text.px,
            "what": "icon" if text.icon else "text", "text": text.node.words()[:80], "target": holder.path(), "html": holder.html(), "box": numbers(text.node.box),
        }  # fmt: skip


def interactive(node: Node) -> bool:
    """Whether an element is a control by its markup or role."""
    if node.tag == "a":
        return "href" in node.attrs
    if node.tag == "input":
        return node.attrs.get("type", "").lower() != "hidden"
    return node.tag in ("button", "select", "textarea", "summary") or node.attrs.get("role", "") in _CONTROLS


def extent(node: Node) -> Box | None:
    """The box of a control with all that lies in it."""
    boxes = [n.box for n in (node, *node.down()) if n.box is not None and n.box[2] > 0 and n.box[3] > 0]
    if not boxes:
        return None
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    return left, top, max(b[0] + b[2] for b in boxes) - left, max(b[1] + b[3] for b in boxes) - top


def targets(record: Record, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Facts `web-target`: every control that is shown, with the label of a field counted in where it surrounds it."""
    count = 0
    for node in snapshot.page.nodes:
        if not interactive(node) or any(interactive(n) for n in node.up()) or not any(n.shown for n in (node, *node.down())):
            continue
        if "disabled" in node.attrs or node.style.get("pointer-events") == "none":
            continue
        around = node.within("label")
        box = extent(around if around is not None and node.tag == "input" else node)
        if box is None or box[2] < 2 or box[3] < 2 or box[0] + box[2] < 0 or box[1] + box[3] < 0:
            continue
        parent = node.parent
        inline = node.tag == "a" and node.style.get("display") == "inline" and parent is not None and any(c.tag == "#text" and len(c.text.strip()) > 1 for c in parent.children)
        count += 1
        if count > _MOST:
            return
        yield {
            "kind": "web-target", "where": f"{record.id}#{node.path()}", **_at(record), "w": round(box[2], 1), "h": round(box[3], 1), "least": round(min(box[2], box[3]), 1),
            "inline": inline, "role": node.role or node.tag, "name": (node.name or node.words())[:80], "target": node.path(), "html": node.html(), "box": numbers(box),
        }  # fmt: skip


def mouse_only(snapshot: Snapshot) -> list[Node]:
    """Elements that act on a click, are no control and cannot get the focus (WCAG 2.1.1). Containers of controls are
    left out: their handler serves what they hold."""
    out = []
    for node in snapshot.page.nodes:
        if not node.clickable or node.tag in _NATIVE or node.tag in ("html", "body", "a", "form", "main") or not node.shown:
            continue
        if "tabindex" in node.attrs or "contenteditable" in node.attrs or interactive(node) or any(interactive(n) or n.tag == "label" or "tabindex" in n.attrs for n in node.up()):
            continue
        if any(interactive(n) or "tabindex" in n.attrs for n in node.down()):
            continue
        box = node.box
        if box is None or box[2] * box[3] > 400_000 or not (node.seen_words() or any(n.tag in ("img", "svg") for n in node.down())):
            continue
        if node.style.get("cursor") != "pointer" and "onclick" not in node.attrs:
            continue  # a listener for something else than a click on this element
        if any(n in out for n in node.up()):
            continue
        out.append(node)
    return out


def keyboard(record: Record, snapshot: Snapshot | None) -> Iterator[dict[str, Any]]:
    """Facts `web-keyboard` and `web-focus` of a recorded walk."""
    walk = record.probes.get("keyboard")
    if not isinstance(walk, dict) or not isinstance(walk.get("stops"), list):
        return
    total, stops = _int(walk.get("total")), [s for s in walk["stops"] if isinstance(s, dict)]
    reached = _int(walk.get("reached"))
    whole = bool(walk.get("whole"))
    alone = mouse_only(snapshot) if snapshot else []
    trap = walk.get("trap")
    at = next((s for s in stops if s.get("path") == trap), None) if trap else None
    yield {
        "kind": "web-keyboard", "where": record.id if not trap else f"{record.id}#{trap}", **_at(record), "total": total, "reached": reached, "whole": whole,
        "missed": max(0, total - reached) if whole else 0, "mouse_only": len(alone), "trap": str(trap)[:300] if trap else None,
        "box": numbers(at.get("box") if at else alone[0].box if alone else None),
    }  # fmt: skip
    for step, stop in enumerate(stops[:_MOST], 1):
        visible = stop.get("visible")
        yield {
            "kind": "web-focus", "where": f"{record.id}#{stop.get('path', '')}", **_at(record), "step": step, "visible": visible if isinstance(visible, bool) else None,
            "seen": bool(stop.get("seen")), "name": str(stop.get("name", ""))[:80], "target": str(stop.get("path", ""))[:300], "html": f"<{stop.get('tag', '')}> {str(stop.get('name', ''))[:60]}", "box": numbers(stop.get("box")),
        }  # fmt: skip


def enlarged(record: Record) -> Iterator[dict[str, Any]]:
    """Facts `web-zoom`: what was whole before and is cut off now. A text is known by its words."""
    found = record.probes.get("zoom")
    if not isinstance(found, dict) or not isinstance(found.get("plain"), dict):
        return
    def cut(state: Any) -> dict[str, Any]:
        return {str(c.get("text")): c for c in state.get("clipped", []) if isinstance(c, dict)} if isinstance(state, dict) else {}

    before = cut(found["plain"])
    for how in ("200", "320", "spacing"):
        if not isinstance(found.get(how), dict):
            continue
        new = [c for text, c in cut(found[how]).items() if text not in before]
        yield {
            "kind": "web-zoom", "where": record.id, "page": record.id, "profile": record.profile, "how": how, "clipped": len(new), "over": max(0, _int(found[how].get("over")) - (_int(found["plain"].get("over")) if how == "spacing" else 0)),
            "text": str(new[0].get("text", ""))[:80] if new else "", "box": numbers(new[0].get("box") if new else None),
        }  # fmt: skip


def _int(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _at(record: Record) -> dict[str, Any]:
    return {"page": record.id, "profile": record.profile, "mode": record.mode}


def numbers(box: Any) -> list[str]:
    """A box as the fact's list of strings; empty where there is none."""
    if not isinstance(box, list | tuple) or len(box) != 4 or not all(isinstance(v, int | float) for v in box):
        return []
    return [str(round(v)) for v in box]
