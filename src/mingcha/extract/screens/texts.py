"""Text of one screen: size (clause 1.1), spacing (1.2) and contrast (1.3) of Annex 2, in dp and as plain ratios."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mingcha.extract.screens import pixels
from mingcha.extract.screens.index import Screen
from mingcha.extract.screens.trees import Box, Node, overlap
from mingcha.extract.screens.units import bounds, dp, text_dp
from mingcha.extract.screens.words import HAN

if TYPE_CHECKING:
    from mingcha.extract.screens.floating import Window

INK = (0.84, 0.97)  # height of a line of Han characters, as a share of the size of the text; fonts differ
BAND = 1.5  # dp by which a size from pixels may be wrong at least
ICON = 96  # dp: a picture in a control up to this size is an icon
BAR = 0.12  # share of the height in which navigation bars lie
QUOTE = 60


@dataclass(slots=True)
class Lines:
    """Rows of text in one box: tops and bottoms of their ink in pixels of the screen."""

    rows: list[tuple[int, int]]

    @property
    def height(self) -> int:
        return max(b - t for t, b in self.rows)

    @property
    def pitch(self) -> float | None:
        """Distance of lines in pixels; None for a single line or where distances differ."""
        ends = [b for _, b in self.rows]
        gaps = [b - a for a, b in itertools.pairwise(ends)]
        if not gaps or max(gaps) - min(gaps) > max(2, 0.12 * max(gaps)):
            return None
        return statistics.mean(gaps)


@dataclass(slots=True)
class Text:
    """One node with text: its size in pixels (low, high), its lines and how the size was got."""

    node: Node
    low: float | None
    high: float | None
    by: str
    lines: Lines | None


def shown(screen: Screen) -> Iterator[Node]:
    """Nodes that lie on the screen with some area, in the order of the tree."""
    width, height = screen.size
    for node in screen.root.walk() if screen.root else ():
        left, top, right, bottom = node.box
        if node.area and left < width and top < height and right > 0 and bottom > 0:
            yield node


def texts(screen: Screen, covers: Sequence[Window] = ()) -> list[Text]:
    """Every node with text of its own. Sizes come from the tree where a recorder wrote them, else from pixels with a
    band of error, else they are None. What lies behind a window of `covers` or is cut off by scrolling shows no size."""
    found = []
    for node in shown(screen):
        if not node.text or (node.checkable and not HAN.search(node.text)):
            continue
        hidden = _hidden(node, covers) or cut(node)
        lines = None if hidden else _lines(screen, node)
        if node.text_size is not None:
            found.append(Text(node, node.text_size, node.text_size, "tree", lines))
        elif lines and len(HAN.findall(node.text)) >= 2 and screen.dpi:
            ink, band = lines.height, BAND * screen.dpi / 160
            middle = ink / (sum(INK) / 2)
            found.append(Text(node, min((ink - 1) / INK[1], middle - band), max((ink + 1) / INK[0], middle + band), "pixels", lines))
        else:
            found.append(Text(node, None, None, "hidden" if hidden else "pixels" if screen.picture else "none", lines))
    return found


def _lines(screen: Screen, node: Node) -> Lines | None:
    if screen.picture is None:
        return None
    rows = pixels.ink_rows(screen.picture, _clipped(node))
    if not rows:
        return None
    # Characters of separate strokes (二, 言) leave gaps within a line; those between lines are wider.
    size = node.text_size or max(b - t for t, b in rows)
    merged = [rows[0]]
    for top, bottom in rows[1:]:
        if bottom - merged[-1][0] <= 1.02 * size and top - merged[-1][1] < 0.3 * size:
            merged[-1] = (merged[-1][0], bottom)
        else:
            merged.append((top, bottom))
    whole = [r for r in merged if r[1] - r[0] >= 0.3 * size]
    return Lines(whole) if whole else None


def _clipped(node: Node) -> Box:
    """The part of a node that its scrolling ancestors show."""
    left, top, right, bottom = node.box
    for outer in node.above():
        if outer.scrollable and outer.area:
            left, top, right, bottom = max(left, outer.box[0]), max(top, outer.box[1]), min(right, outer.box[2]), min(bottom, outer.box[3])
    return (left, top, max(left, right), max(top, bottom))


def is_main(screen: Screen, node: Node) -> bool:
    """Whether a text counts as main text: on a main screen, no mark of a digit or two, not set aside by the recorder."""
    return screen.main and node.main and all(n.main for n in node.above()) and len(node.text) >= 2 and not node.text.replace("+", "").isdigit()


def facts(screen: Screen, found: list[Text], covers: Sequence[Window], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """ui-text, ui-spacing and ui-contrast of one screen. `covers`: windows that lie over others; what they hide is not
    measured by its colours."""
    for text in found:
        node = text.node
        low = text_dp(text.low, screen.dpi) if text.low is not None and text.by == "tree" else _dp(text.low, screen.dpi)
        high = text_dp(text.high, screen.dpi) if text.high is not None and text.by == "tree" else _dp(text.high, screen.dpi)
        here = {"where": f"{screen.id}#{node.path}", "bounds": bounds(node.box), "text": node.text[:QUOTE]}
        main = is_main(screen, node)
        yield base | {"kind": "ui-text", "dp_low": low, "dp_high": high, "by": text.by, "main": main, "setting": screen.setting} | here
        contrast = _contrast(screen, node, covers)
        yield base | here | {
            "kind": "ui-contrast", "of": "text", "ratio": contrast.ratio, "reason": contrast.reason, "dp_low": low, "dp_high": high,
            "ground": contrast.ground, "ink": contrast.ink, "enabled": node.enabled,
        }  # fmt: skip
    yield from _spacing(screen, found, covers, base)
    yield from _icons(screen, covers, base)


def _contrast(screen: Screen, node: Node, covers: Sequence[Window]) -> pixels.Contrast:
    if screen.picture is None:
        return pixels.Contrast(None, "picture")
    return pixels.Contrast(None, "covered") if _hidden(node, covers) else pixels.contrast(screen.picture, _clipped(node))


def _hidden(node: Node, covers: Sequence[Window]) -> bool:
    """Whether a window or the veil behind it lies over a node."""
    return any(
        not node.inside(w.node) and not w.node.inside(node) and (overlap(node.box, w.box) or overlap(node.box, w.node.box)) for w in covers
    )


def cut(node: Node) -> bool:
    """Whether a scrolling ancestor may show only a part of a node: it ends where that one ends."""
    for outer in node.above():
        if outer.scrollable and outer.area:
            (left, top, right, bottom), (ol, ot, orr, ob) = node.box, outer.box
            return top <= ot < bottom or bottom >= ob > top or left < ol or right > orr
    return False


def _dp(px: float | None, dpi: float | None) -> float | None:
    return None if px is None or not dpi else round(px * 160 / dpi, 2)


def _spacing(screen: Screen, found: list[Text], covers: Sequence[Window], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Distance of lines as a multiple of the size, of paragraphs as a multiple of the distance of lines (clause 1.2).
    Paragraphs are neighbours under one parent with two lines or more each."""
    before: Text | None = None
    for text in found:
        node = text.node
        many = node.h > 1.7 * (text.high or node.h)  # room for two lines
        pitch = node.line_height or (text.lines.pitch if text.lines else None)
        many = many or (text.high is None and len(HAN.findall(node.text)) >= 20)
        if not many or len(HAN.findall(node.text)) < 8 or text.by == "hidden" or (text.lines is None and (_hidden(node, covers) or cut(node))):
            continue
        here = {"where": f"{screen.id}#{node.path}", "bounds": bounds(node.box), "text": node.text[:QUOTE]}
        single = text.lines is not None and len(text.lines.rows) == 1
        if not single:
            low = high = None
            if pitch and text.low and text.high:
                slack = 0.0 if node.line_height else 0.6 / max(1, len(text.lines.rows) - 1 if text.lines else 1)
                low, high = round((pitch - slack) / text.high, 3), round((pitch + slack) / text.low, 3)
            yield base | here | {"kind": "ui-spacing", "of": "line", "ratio_low": low, "ratio_high": high, "by": text.by}
        if before and _neighbours(before.node, node):
            gap = _gap(before, text)
            one = before.node.line_height or (before.lines.pitch if before.lines else None)
            if gap is not None and one:
                yield base | here | {"kind": "ui-spacing", "of": "paragraph", "by": text.by,
                                     "ratio_low": round((gap - 1) / one, 3), "ratio_high": round((gap + 1) / one, 3)}  # fmt: skip
            else:
                yield base | here | {"kind": "ui-spacing", "of": "paragraph", "by": text.by, "ratio_low": None, "ratio_high": None}
        before = text


def _neighbours(a: Node, b: Node) -> bool:
    return a.parent is not None and a.parent is b.parent and abs(a.box[0] - b.box[0]) <= 2 and 0 <= b.box[1] - a.box[3] < 4 * a.h and a.text_size == b.text_size


def _gap(a: Text, b: Text) -> float | None:
    """From the last line of one paragraph to the first of the next, foot to foot."""
    return float(b.lines.rows[0][1] - a.lines.rows[-1][1]) if a.lines and b.lines else None


def _icons(screen: Screen, covers: Sequence[Window], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Contrast of pictures in controls that have no text (clause 1.3 names icons)."""
    for node in shown(screen):
        # Icons are often drawn by the ground of an empty text or by a font of their own.
        if node.text or node.children or not ("image" in node.short or (node.clickable and "edit" not in node.short)) or not _icon(screen, node):
            continue
        contrast = _contrast(screen, node, covers)
        if contrast.reason == "empty":
            continue  # nothing is drawn there
        yield base | {
            "kind": "ui-contrast", "where": f"{screen.id}#{node.path}", "bounds": bounds(node.box), "of": "icon", "text": node.desc[:QUOTE],
            "ratio": contrast.ratio, "reason": contrast.reason, "dp_low": None, "dp_high": None, "ground": contrast.ground,
            "ink": contrast.ink, "enabled": node.enabled,
        }  # fmt: skip


def _icon(screen: Screen, node: Node) -> bool:
    side = dp(max(node.w, node.h), screen.dpi)
    return (side is None or side <= ICON) and (node.clickable or any(n.clickable for n in node.above()))
