"""Which strings of a container are among a set of texts, without looking at each of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.package.columns import I64, Code

Mask = NDArray[np.bool_]
_HEAD = 4  # bytes of a prefix that sort out


def among(code: Code, exact: set[bytes], prefixes: tuple[bytes, ...] = (), only: NDArray[np.integer[Any]] | None = None) -> Mask:
    """Mask over strings, one longer so that index -1 reads False.

    `only` restricts the search to these string indices. Lengths, first and last bytes sort out
    nearly everything as vectors; what is left is compared as bytes.
    """
    count = len(code.string_start)
    mask = np.zeros(count + 1, bool)
    ids = np.arange(count)
    if only is not None:
        wanted = np.zeros(count + 1, bool)
        wanted[only] = True
        ids = np.flatnonzero(wanted[:count])
    if not len(ids):
        return mask
    start = code.string_start[ids].astype(np.int64)
    size = code.string_end[ids] - start
    ids, start, size = ids[size > 0], start[size > 0], size[size > 0]
    data = np.frombuffer(code.data, np.uint8)
    if exact:
        for s in ids[_sieve(frozenset(exact))[_ends(data, start, size)]].tolist():
            mask[s] = code.raw(s) in exact
    if prefixes:
        width = min(_HEAD, *map(len, prefixes))
        long = size >= width
        ids, start = ids[long], start[long]
        heads = np.zeros(1 << 16, bool)
        heads[[int(h[0]) for h in (_mix(_word(p[:width])) for p in prefixes)]] = True
        word = np.zeros(len(start), np.uint32)
        for k in range(width):
            word |= data[start + k].astype(np.uint32) << np.uint32(8 * k)
        for s in ids[heads[_mix(word)]].tolist():
            if code.raw(s).startswith(prefixes):
                mask[s] = True
    return mask


def distinct(values: NDArray[np.integer[Any]] | list[int]) -> I64:
    """Values in order, each once. The first call of `np.unique` without more imports numpy.ma: 8 ms."""
    found: I64 = np.unique(values, return_index=True)[0].astype(np.int64)
    return found


def _word(head: bytes) -> NDArray[np.uint32]:
    return np.array([int.from_bytes(head, "little")], np.uint32)


def _mix(word: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """32 bits to 16 (Knuth's multiplicative hash)."""
    return (word * np.uint32(0x9E3779B1)) >> np.uint32(16)


def _ends(data: NDArray[np.uint8], start: I64, size: I64) -> NDArray[np.uint32]:
    """A hash of length, first two and last two bytes of texts that are not empty."""
    end = start + size
    word = data[start].astype(np.uint32)
    word |= data[start + np.minimum(size - 1, 1)].astype(np.uint32) << np.uint32(8)
    word |= data[end - 1].astype(np.uint32) << np.uint32(16)
    word |= data[end - np.minimum(size, 2)].astype(np.uint32) << np.uint32(24)
    length = size.astype(np.uint32)
    return _mix(word ^ length ^ (length << np.uint32(20)))


@lru_cache(maxsize=16)
def _sieve(texts: frozenset[bytes]) -> Mask:
    """The hashes (`_ends`) that one of the texts has."""
    some = [t for t in texts if t]
    size = np.array([len(t) for t in some], np.int64)
    data = np.frombuffer(b"".join(some), np.uint8)
    out = np.zeros(1 << 16, bool)
    out[_ends(data, np.cumsum(size) - size, size)] = True
    return out
