"""What a picture shows inside one box: contrast of the two main colours (clause 1.3), height of the text's ink.

Text is drawn with smoothed edges: between the colour of the ground and the full colour of the ink lie mixtures of
both. They are left out. A ground of more than one colour (gradient, photograph) gives no figure at all.
"""

from __future__ import annotations

import math
import struct
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.screens.trees import Box, Unread

Colour = tuple[int, int, int]
SAME = 10  # of 255, per channel: still the same colour
GROUND = 0.35  # share of a box that its ground must have
RIM = 0.85  # share of the rim that must be ground
STRAY = 0.03  # share of a box that may be neither ground, ink nor a mixture
MIX = 30  # distance in RGB from the line between two colours, within which a colour is a mixture of them
FULL = 0.06  # share of what is not ground that must be full ink, else the ink's colour is not known
COLOURS = 8_192  # smoothed text has some hundred colours; what has more is a picture
MOST = 2_000_000  # pixels of one box; larger ones are looked at in their upper part


@dataclass(frozen=True, slots=True)
class Contrast:
    """`ratio` after WCAG 2.x, None where it cannot be told; `reason` then says why: ground, colours, empty, small."""

    ratio: float | None
    reason: str | None = None
    ground: str | None = None
    ink: str | None = None


def load(data: bytes, limits: Limits = DEFAULT) -> Image.Image:
    """A PNG as RGB. Unread where it is none, is broken or has more pixels than allowed (looked up before inflating)."""
    if len(data) < 33 or not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        raise Unread("no PNG")
    width, height = struct.unpack(">II", data[16:24])
    if not width or not height or width * height > limits.screen_pixels:
        raise Unread(f"a picture of {width} × {height}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(BytesIO(data), formats=["PNG"])
            if picture.size != (width, height):  # a second header
                raise Unread("two sizes in one PNG")
            return picture.convert("RGB")
    except Unread:
        raise
    except Exception as e:  # Pillow raises what its plug-ins meet: SyntaxError, struct.error, zlib.error, OSError …
        raise Unread(f"a broken PNG: {type(e).__name__}") from None


def luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.x), 0 to 1."""
    r, g, b = (c / 255 / 12.92 if c <= 10 else math.pow((c / 255 + 0.055) / 1.055, 2.4) for c in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def ratio(a: Colour, b: Colour) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    one, two = luminance(a), luminance(b)
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)


def contrast(picture: Image.Image, box: Box) -> Contrast:
    """Contrast of the two main colours in a box, anti-aliased colours trimmed (clause 1.3 of Annex 2)."""
    found = crop(picture, box)
    if found is None:
        return Contrast(None, "small")
    part, ground, counts = found
    total = sum(counts.values())
    rest = {c: n for c, n in counts.items() if not _same(c, ground)}
    if not total or total - sum(rest.values()) < GROUND * total or not _rim(part, ground):
        return Contrast(None, "ground")
    inked = sum(rest.values())
    if inked < max(4, 0.001 * total):
        return Contrast(None, "empty")
    # The full colour of the ink is the commonest among the tenth that is farthest from the ground.
    far = sorted(rest.items(), key=lambda item: (-_distance(item[0], ground), item[0]))
    kept: dict[Colour, int] = {}
    seen = 0
    for colour, n in far:
        kept[colour] = n
        seen += n
        if seen >= max(4, 0.12 * inked):
            break
    ink = max(kept, key=lambda c: (kept[c], _distance(c, ground)))
    if _stray(rest, ground, ink) > max(3, STRAY * total, 0.12 * inked):
        return Contrast(None, "colours")
    full = sum(n for c, n in rest.items() if _same(c, ink))
    if full < FULL * inked:
        return Contrast(None, "small")
    return Contrast(round(ratio(ground, ink), 2), None, _hex(ground), _hex(ink))


def crop(picture: Image.Image, box: Box) -> tuple[Image.Image, Colour, dict[Colour, int]] | None:
    """The inside of a box without its border and rounded corners, its ground and its colours (none where they are too
    many); None where too little is left."""
    left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(picture.width, box[2]), min(picture.height, box[3])
    if right - left < 6 or bottom - top < 6:
        return None
    if (right - left) * (bottom - top) > MOST:
        bottom = top + max(6, MOST // (right - left))
    part = picture.crop((left, top, right, bottom))
    if not (colours := _colours(part)):
        return part, (0, 0, 0), {}
    inset = _inset(part, _ground(colours))
    if inset:
        part = part.crop((inset, inset, part.width - inset, part.height - inset))
        colours = _colours(part)
    return part, _ground(colours), colours


def ink_rows(picture: Image.Image, box: Box) -> list[tuple[int, int]] | None:
    """Top and bottom (pixels of the screen, bottom exclusive) of every row of ink in a box; None where the ground is
    no single colour."""
    found = crop(picture, box)
    if found is None:
        return None
    part, ground, counts = found
    if not counts or sum(n for c, n in counts.items() if _same(c, ground)) < GROUND * sum(counts.values()) or not _rim(part, ground):
        return None
    difference = ImageChops.difference(part, Image.new("RGB", part.size, ground))
    mask = None
    for band in difference.split():
        one = band.point(lambda v: 255 if v > 48 else 0)
        mask = one if mask is None else ImageChops.lighter(mask, one)
    assert mask is not None
    lit = mask.getprojection()[1]
    offset = max(0, box[1]) + (min(picture.height, box[3]) - max(0, box[1]) - part.height) // 2
    if (min(picture.width, box[2]) - max(0, box[0])) * (min(picture.height, box[3]) - max(0, box[1])) > MOST:
        return None  # only a part was looked at
    rows: list[tuple[int, int]] = []
    begun: int | None = None
    for y, value in enumerate([*lit, 0]):
        if value and begun is None:
            begun = y
        elif not value and begun is not None:
            rows.append((begun + offset, y + offset))
            begun = None
    return rows


def _colours(part: Image.Image) -> dict[Colour, int]:
    counted = part.getcolors(COLOURS) or []
    return {(c[0], c[1], c[2]): n for n, c in counted if isinstance(c, tuple)}


def _ground(colours: dict[Colour, int]) -> Colour:
    return max(colours, key=lambda c: (colours[c], c))


def _inset(part: Image.Image, ground: Colour) -> int:
    """Pixels to leave out on all sides so that borders and rounded corners are gone."""
    w, h = part.size
    most = min(w, h) // 4
    probes = ((0, 0, 1, 1), (w - 1, 0, -1, 1), (0, h - 1, 1, -1), (w - 1, h - 1, -1, -1),
              (0, h // 2, 1, 0), (w - 1, h // 2, -1, 0), (w // 2, 0, 0, 1), (w // 2, h - 1, 0, -1))  # fmt: skip
    deep = 0
    for x, y, dx, dy in probes:
        if _same(_at(part, x, y), ground):
            continue
        step = next((s for s in range(1, most + 1) if _same(_at(part, x + s * dx, y + s * dy), ground)), 0)
        deep = max(deep, step + 1 if step else 0)
    return min(deep, most) if min(w, h) - 2 * deep >= 6 else 0


def _at(part: Image.Image, x: int, y: int) -> Colour:
    value = part.getpixel((x, y))
    assert isinstance(value, tuple)
    return value[0], value[1], value[2]


def _rim(part: Image.Image, ground: Colour) -> bool:
    """Whether the outermost pixels are ground: those of a gradient or a photograph are not."""
    w, h = part.size
    sides = [part.crop(b) for b in ((0, 0, w, 1), (0, h - 1, w, h), (0, 0, 1, h), (w - 1, 0, w, h))]
    total = same = 0
    for side in sides:
        for colour, n in _colours(side).items():
            total += n
            same += n if _same(colour, ground) else 0
    return same >= RIM * total


def _same(a: Colour, b: Colour) -> bool:
    return abs(a[0] - b[0]) <= SAME and abs(a[1] - b[1]) <= SAME and abs(a[2] - b[2]) <= SAME


def _distance(a: Colour, b: Colour) -> float:
    return math.dist(a, b)


def _stray(colours: dict[Colour, int], ground: Colour, ink: Colour) -> int:
    """Pixels whose colour lies farther than MIX from the line between ground and ink."""
    gr, gg, gb = ground
    lr, lg, lb = ink[0] - gr, ink[1] - gg, ink[2] - gb
    length, total = lr * lr + lg * lg + lb * lb, 0
    for (r, g, b), n in colours.items():
        dr, dg, db = r - gr, g - gg, b - gb
        along = min(1.05, max(0.0, (dr * lr + dg * lg + db * lb) / length))
        er, eg, eb = dr - along * lr, dg - along * lg, db - along * lb
        if er * er + eg * eg + eb * eb > MIX * MIX:
            total += n
    return total


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
