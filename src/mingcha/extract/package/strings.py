"""Which strings of a container are among a set of texts, without looking at each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.package.columns import I32, Code

Mask = NDArray[np.bool_]


def among(code: Code, exact: set[bytes], prefixes: tuple[bytes, ...] = (), only: I32 | None = None) -> Mask:
    """Mask over strings, one longer so that index -1 reads False.

    `only` restricts the search to these string indices. Lengths and first bytes sort out
    nearly everything as vectors; what is left is compared as bytes.
    """
    mask = np.zeros(len(code.string_start) + 1, bool)
    ids = np.unique(only) if only is not None else np.arange(len(code.string_start))
    ids = ids[ids >= 0]
    if not len(ids):
        return mask
    start, size = code.string_start[ids], code.string_end[ids] - code.string_start[ids]
    data = np.frombuffer(code.data, np.uint8)
    head = data[np.minimum(start, len(data) - 1)]
    if exact:
        first = np.zeros(256, bool)
        first[[t[0] for t in exact if t]] = True
        lengths = np.zeros(max(map(len, exact)) + 1, bool)
        lengths[[len(t) for t in exact]] = True
        second = np.zeros(256, bool)
        second[[t[1] if len(t) > 1 else 0 for t in exact]] = True
        fits = (size < len(lengths)) & (size > 0)
        fits &= lengths[np.minimum(size, len(lengths) - 1)] & first[head]
        fits &= second[data[np.minimum(start + 1, len(data) - 1)]] | (size == 1)
        for s in ids[fits].tolist():
            mask[s] = code.raw(s) in exact
    if prefixes:
        first = np.zeros(256, bool)
        first[[p[0] for p in prefixes]] = True
        second = np.zeros(256, bool)
        second[[p[1] for p in prefixes]] = True
        fits = (size >= min(map(len, prefixes))) & first[head]
        fits &= second[data[np.minimum(start + 1, len(data) - 1)]]
        for s in ids[fits].tolist():
            if code.raw(s).startswith(prefixes):
                mask[s] = True
    return mask
