"""Colours as the browser writes them, and their contrast (WCAG 2.2, relative luminance and contrast ratio)."""

from __future__ import annotations

import re
from functools import lru_cache

Colour = tuple[float, float, float, float]
_RGB = re.compile(r"rgba?\(\s*([\d.]+)[ ,]+([\d.]+)[ ,]+([\d.]+)(?:[ ,/]+([\d.]+%?))?\s*\)")
_HEX = re.compile(r"#([0-9a-fA-F]{6})([0-9a-fA-F]{2})?")


@lru_cache(4096)
def parse(text: str) -> Colour | None:
    """Red, green, blue from 0 to 255 and alpha from 0 to 1; None where it is another form."""
    if found := _RGB.fullmatch(text.strip()):
        alpha = found[4] or "1"
        return float(found[1]), float(found[2]), float(found[3]), float(alpha.rstrip("%")) / (100 if alpha.endswith("%") else 1)
    if found := _HEX.fullmatch(text.strip()):
        r, g, b = (int(found[1][i : i + 2], 16) for i in (0, 2, 4))
        return float(r), float(g), float(b), int(found[2], 16) / 255 if found[2] else 1.0
    return None


def over(front: Colour, back: Colour) -> Colour:
    """`front` laid over an opaque `back`."""
    a = front[3]
    r, g, b = (front[i] * a + back[i] * (1 - a) for i in range(3))
    return r, g, b, 1.0


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1."""
    parts = []
    for value in colour[:3]:
        c = value / 255
        parts.append(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def ratio(front: Colour, back: Colour) -> float:
    """Contrast ratio, 1 to 21, of `front` over an opaque `back`."""
    a, b = luminance(over(front, back)), luminance(back)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
