"""The compiled engine: one pass over all bodies, by numba. Optional (extra `fast`), for resident workers.

Numba checks no bounds: every index below is inside by construction (`start` and `end` lie in `units`,
as `events.plain` demands), and what a payload states of its size is capped by its body.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from mingcha.extract.package.columns import I32, U16
from mingcha.extract.package.dex.events import Events, use
from mingcha.extract.package.dex.opcodes import ARRAY, KIND, PACKED, WIDTH


@njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _walk(units, start, end, width, kind, pos, op, low, high, sizes):  # type: ignore[no-untyped-def]
    k = cut = 0
    total = len(units)
    for b in range(len(start)):
        p, stop = start[b], end[b]
        low[b] = k
        n = 0
        while p < stop:
            first = units[p]
            n += 1
            o = first & 0xFF
            if kind[o] != 0:
                pos[k] = p
                op[k] = o
                k += 1
            w = np.int64(width[first])
            if w == 0:
                if p + 4 > total:
                    w = np.int64(1)
                else:
                    size = np.int64(units[p + 1])
                    if first == PACKED:
                        w = 2 * size + 4
                    elif first == ARRAY:
                        count = np.int64(units[p + 2]) | np.int64(units[p + 3]) << 16
                        w = (count * size + 1) // 2 + 4
                    else:
                        w = 4 * size + 2
            p += w
        sizes[b] = n
        high[b] = k
        if p > stop:
            cut += 1
    return k, cut


def events(units: U16, start: I32, end: I32) -> Events:
    """See `events.plain`."""
    most = int((end.astype(np.int64) - start).clip(0).sum())
    pos, op = np.empty(most, np.int32), np.empty(most, np.uint8)
    low, high, sizes = (np.empty(len(start), np.int64) for _ in range(3))
    k, cut = _walk(units, start.astype(np.int64), end.astype(np.int64), WIDTH, KIND, pos, op, low, high, sizes)
    return Events(pos[:k], op[:k], low, high, sizes, int(cut))


def enable() -> None:
    """Use this engine in this process. Compiles, or loads what was compiled before."""
    units = np.frombuffer(bytes(8), np.uint16)  # read-only, as a file's are: numba tells them apart
    events(units, np.zeros(1, np.int32), np.full(1, 4, np.int32))
    use(events)
