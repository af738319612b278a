"""Events of method bodies, found by the plain engine or, where it was switched on, by the compiled one.

Both give the same arrays; the compiled one (dex/fast.py, extra `fast`) pays off only in a process that
reads many packages, because starting it costs a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mingcha.extract.package.columns import I32, I64, U8, U16
from mingcha.extract.package.dex.sweep import sweep


class Events(NamedTuple):
    """Events in the order of bodies. E events, B bodies."""

    pos: I32  # [E] code unit
    op: U8  # [E] opcode
    low: I64  # [B] first event of each body
    high: I64  # [B] one past its last event
    sizes: I64  # [B] instructions
    cut: int  # bodies whose last instruction runs past their end


Find = Callable[[U16, I32, I32], Events]


def plain(units: U16, start: I32, end: I32) -> Events:
    """Events of the bodies [start, end), sorted and not overlapping, by the lockstep sweep."""
    swept = sweep(units, start, end)
    pos = swept.events
    op = units.take(pos).astype(np.uint8)  # the low byte
    low = np.searchsorted(pos, start)
    high = np.append(low, len(pos))[1:]  # bodies do not overlap, and between them there are no events
    return Events(pos, op, low, high, swept.sizes, swept.cut)


_find: Find = plain


def find(units: U16, start: I32, end: I32) -> Events:
    """Events by the engine in use."""
    return _find(units, start, end)


def use(engine: Find) -> None:
    """Take another engine from now on; it must give what `plain` gives."""
    global _find  # noqa: PLW0603 - one choice for the whole process, made at its start
    _find = engine
