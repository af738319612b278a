"""The lockstep sweep: all method bodies advance one instruction per step, as one vector.

A linear decode costs one dependent load per instruction, so Python would spend its time in
the interpreter. Here step k decodes the k-th instruction of every body that is still
running; the few hundred longest bodies are finished one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mingcha.extract.package.columns import I32, I64, U16
from mingcha.extract.package.dex.opcodes import WIDTH, payload_units

TAIL = 160  # bodies still running when a vector step costs more than a plain loop
_WIDTH = WIDTH.astype(np.int32)


@dataclass(slots=True)
class Swept:
    """`starts`: first unit of every instruction, ascending; `sizes`: instructions per body."""

    starts: I32
    sizes: I64
    cut: int  # bodies whose last instruction runs past their end


def sweep(units: U16, start: I32, end: I32) -> Swept:
    """Mark every instruction of the bodies [start, end), in code units of `units`.

    Bodies must be sorted by start, lie inside `units` and not overlap (`disjoint` sees to it).
    """
    mark = np.zeros(len(units) + 1, np.uint8)
    pos = start[start < end].astype(np.int32)
    stop = end[start < end].astype(np.int32)
    cut = 0
    while len(pos) > TAIL:
        mark[pos] = 1
        first = units[pos]
        width = _WIDTH[first]
        if not width.all():
            for i in np.flatnonzero(width == 0):
                at = int(pos[i])
                width[i] = min(payload_units(int(first[i]), units, at), int(stop[i]) - at + 1)
        pos = pos + width
        running = pos < stop
        if not running.all():
            cut += int((pos > stop).sum())
            pos, stop = pos[running], stop[running]
    for at, last in zip(pos.tolist(), stop.tolist(), strict=True):
        widths = WIDTH[units[at:last]].tolist()
        p, n = 0, last - at
        found = []
        while p < n:
            found.append(p)
            width1 = widths[p]
            p += width1 or payload_units(int(units[at + p]), units, at + p)
        cut += p > n
        mark[np.array(found, np.int64) + at] = 1
    starts = np.flatnonzero(mark).astype(np.int32)
    bounds = np.searchsorted(starts, np.concatenate((start, end)).astype(np.int32))
    return Swept(starts, bounds[len(start) :] - bounds[: len(start)], cut)


def disjoint(start: I64, end: I64) -> tuple[I64, int]:
    """Ends of bodies (sorted by start) cut so that none reaches into the next one.

    Bodies that overlap only occur in files made to mislead; Android would run both readings,
    we keep the one that begins first up to the next begin and say how many were cut.
    """
    if len(start) < 2:
        return end, 0
    limit = np.append(start[1:], np.iinfo(np.int64).max)
    over = end > limit
    return np.where(over, limit, end), int(over.sum())
