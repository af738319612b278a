"""From pixels to dp, the density-independent unit of Annex 2 (工信厅信管函〔2021〕67号): px × 160 / dpi.

Devices lay out in whole pixels, so 60 dp at 420 dpi are 157 or 158 px. A size that a whole number of dp explains
within that rounding is taken to be that number.
"""

from __future__ import annotations

from mingcha.extract.screens.trees import Box

EDGE = 0.99  # pixels by which rounding may shift a size of a box
TEXT = 0.5  # likewise the size of text, where the recorder wrote whole pixels


def dp(px: float, dpi: float | None, slack: float = EDGE, step: float = 1.0) -> float | None:
    """Pixels as dp with two decimals; None where the density is not known. `step`: sizes in dp that designers use."""
    if not dpi:
        return None
    exact = px * 160 / dpi
    near = round(exact / step) * step
    return float(near) if abs(near - exact) * dpi / 160 <= slack else round(exact, 2)


def text_dp(px: float, dpi: float | None) -> float | None:
    """A size of text as dp; sizes are designed in halves of one."""
    return dp(px, dpi, TEXT if float(px).is_integer() else 0.01, 0.5)


def bounds(box: Box) -> list[str]:
    """Bounds as the fields of facts hold them."""
    return [str(v) for v in box]
