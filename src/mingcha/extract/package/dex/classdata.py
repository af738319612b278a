"""class_data_item of all classes at once (DEX format, "class_data_item", "encoded_method").

The items are pure ULEB128 streams. The whole region is cut into tokens by vector operations;
then every field of every class is an index into the tokens. Classes whose item does not
begin on a token (crafted files) are read one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mingcha.extract.package.columns import I64, U8


@dataclass(slots=True)
class Methods:
    """Encoded methods in file order: class row, method id, access flags, code offset."""

    cls: I64
    method: I64
    flags: I64
    code: I64
    bad: int  # classes whose item could not be read to its end


def _tokens(region: U8) -> tuple[I64, I64]:
    """(start, value) of every ULEB128 in the region."""
    last = np.flatnonzero(region < 0x80)
    if not len(last):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    start = np.empty_like(last)
    start[0] = 0
    start[1:] = last[:-1] + 1
    value = (region[start] & 0x7F).astype(np.int64)
    length = last - start
    for k in range(1, 5):
        more = np.flatnonzero(length >= k)
        if not len(more):
            break
        value[more] |= (region[start[more] + k] & 0x7F).astype(np.int64) << (7 * k)
    return start, value


def _one(data: bytes, at: int, budget: int) -> tuple[list[tuple[int, int, int]], int, bool]:
    """(methods, end, complete) of the single item at `at`, at most `budget` tokens."""
    size = len(data)

    def uleb(p: int) -> tuple[int, int]:
        value = 0
        for shift in range(0, 35, 7):
            if p >= size:
                return value, size + 1
            b = data[p]
            p += 1
            value |= (b & 0x7F) << shift
            if b < 0x80:
                break
        return value, p

    counts = []
    for _ in range(4):
        n, at = uleb(at)
        counts.append(n)
    out: list[tuple[int, int, int]] = []
    for _ in range(2 * (counts[0] + counts[1])):
        if at > size or budget <= 0:
            return out, min(at, size), False
        _, at = uleb(at)
        budget -= 1
    for n in counts[2:]:
        method = 0
        for _ in range(n):
            step, at = uleb(at)
            flags, at = uleb(at)
            code, at = uleb(at)
            budget -= 3
            if at > size or budget <= 0:
                return out, min(at, size), False
            method += step
            out.append((method, flags, code))
    return out, at, at <= size


def read(data: bytes, array: U8, offsets: I64, budget: int) -> Methods:
    """Methods of the classes whose class_data offsets are given (0 = no data).

    `array` is `data` as bytes, `budget` caps the methods read in all.
    """
    size = len(data)
    rows = np.flatnonzero((offsets > 0) & (offsets < size))
    bad = int((offsets >= size).sum())
    empty = np.zeros(0, np.int64)
    if not len(rows):
        return Methods(empty, empty, empty, empty, bad)
    at = offsets[rows]
    low, high = int(at.min()), int(at.max())
    _, stop, _ = _one(data, high, budget)
    start, value = _tokens(array[low : min(stop, size)])
    token = np.searchsorted(start, at - low)
    aligned = token < len(start)
    aligned[aligned] = start[token[aligned]] == at[aligned] - low
    total = len(value)
    first = np.where(aligned, token, 0)
    aligned &= first + 4 <= total
    counts = np.zeros((4, len(rows)), np.int64)
    for k in range(4):
        counts[k, aligned] = value[first[aligned] + k]
    base = first + 4 + 2 * (counts[0] + counts[1])
    whole = aligned & (base + 3 * (counts[2] + counts[3]) <= total)
    counts[:, ~whole] = 0

    n = counts[2] + counts[3]
    if int(n.sum()) > budget:
        keep = np.cumsum(n) <= budget
        bad += int((~keep).sum())
        whole &= keep
        counts[:, ~keep] = 0
        n = counts[2] + counts[3]
    cls = np.repeat(np.arange(len(rows)), n)
    before = np.cumsum(n) - n
    tok = base[cls] + 3 * (np.arange(len(cls)) - before[cls])
    step, flags, code = value[tok], value[tok + 1], value[tok + 2]
    # Method ids are differences that begin anew in the direct and in the virtual list.
    run = np.cumsum(step)
    heads = np.stack((before, before + counts[2]), axis=1).ravel()
    lengths = np.stack((counts[2], counts[3]), axis=1).ravel()
    heads, lengths = heads[lengths > 0], lengths[lengths > 0]
    method = run - np.repeat(run[heads] - step[heads], lengths)

    odd = np.flatnonzero(~whole)
    if len(odd):
        extra: list[tuple[int, int, int, int]] = []
        for k, i in enumerate(odd.tolist()):
            if budget <= 0:
                bad += len(odd) - k
                break
            found, end, complete = _one(data, int(at[i]), budget)
            bad += not complete
            budget -= end - int(at[i]) + 1  # what it costs is the tokens, found or not
            extra += [(i, *f) for f in found]
        if extra:
            more = np.array(extra, np.int64)
            cls, method = np.append(cls, more[:, 0]), np.append(method, more[:, 1])
            flags, code = np.append(flags, more[:, 2]), np.append(code, more[:, 3])
    return Methods(rows[cls], method, flags, code, bad)
