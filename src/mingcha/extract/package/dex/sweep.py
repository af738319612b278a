"""The lockstep sweep: all method bodies advance one instruction per step, as one vector.

A linear decode costs one dependent load per instruction, so Python would spend its time in
the interpreter. Here step k decodes the k-th instruction of every body that is still
running; the few hundred longest bodies are finished one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mingcha.extract.package.columns import I32, I64, U16
from mingcha.extract.package.dex.opcodes import ARRAY, KIND, PACKED, SPARSE, WIDTH, payload_units

TAIL = 120  # bodies still running when a vector step costs more than a plain loop
_PAYLOAD = 0x200
# By the first unit of an instruction: its width, above it whether it is an event, above that whether its width
# stands in the instruction itself.
_STEP = WIDTH.astype(np.uint16) | (np.tile(KIND, 256) != 0).astype(np.uint16) << 8
_STEP[[PACKED, SPARSE, ARRAY]] = _PAYLOAD


@dataclass(slots=True)
class Swept:
    """`events`: first unit of every instruction that is an event, ascending; `sizes`: instructions per body."""

    events: I32
    sizes: I64
    cut: int  # bodies whose last instruction runs past their end


def sweep(units: U16, start: I32, end: I32) -> Swept:
    """Walk the bodies [start, end), in code units of `units`.

    Bodies must be sorted by start, lie inside `units` and not overlap (`disjoint` sees to it).
    """
    mark = np.zeros(len(units) + 1, np.uint8)
    sizes = np.zeros(len(start), np.int64)
    body = np.flatnonzero(start < end)
    # Positions as NumPy's own index type: another one would be converted at every step.
    pos, stop = start[body].astype(np.intp), end[body].astype(np.intp)
    cut = steps = 0
    while len(pos) > TAIL:
        steps += 1
        found = _STEP.take(units.take(pos))
        mark[pos] = found >> 8 & 1
        width = (found & 0xFF).astype(np.intp)
        for i in np.flatnonzero(found == _PAYLOAD) if found.max() >= _PAYLOAD else ():
            at = int(pos[i])
            width[i] = min(payload_units(int(units[at]), units, at), int(stop[i]) - at + 1)
        pos += width
        running = pos < stop
        on = np.flatnonzero(running)
        if len(on) < len(pos):
            ended = np.flatnonzero(~running)
            cut += int((pos[ended] > stop[ended]).sum())
            sizes[body[ended]] = steps
            pos, stop, body = pos.take(on), stop.take(on), body.take(on)
    for b, at, last in zip(body.tolist(), pos.tolist(), stop.tolist(), strict=True):
        found_here = _STEP[units[at:last]].tolist()
        p, n, count = 0, last - at, steps
        hits = []
        while p < n:
            step = found_here[p]
            if step & 0x100:
                hits.append(p)
            count += 1
            p += step & 0xFF or payload_units(int(units[at + p]), units, at + p)
        cut += p > n
        sizes[b] = count
        mark[np.array(hits, np.int64) + at] = 1
    return Swept(np.flatnonzero(mark.view(np.bool_)).astype(np.int32), sizes, cut)  # a byte is 0 or 1


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
