"""Where many words stand in one text, found in one pass over it.

Searching for a hundred words one after another reads the text a hundred times. Here a vector pass
looks at every second byte pair and marks the places where some word can be; only these are
compared. A word is looked for by four of its bytes, at both alignments, so none is missed.

Letters are folded in ASCII only, as `bytes.lower` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

SHORT = 16 << 10  # bytes below which one search after another is cheaper
_BLOCK = 1 << 16  # pairs looked at in one go: what they need stays in the processor's cache
_BUCKETS = 16
_PAIR_BITS = 18
LEAST = 3  # bytes of a word worth looking for; shorter ones are everywhere
_FOLD = 0x20202020
# How common a byte is in code and prose, roughly; all that is not named here is rare.
_COMMON = bytearray(256)
for _weight, _group in enumerate((b"bgvkwyq", b"fhpum/", b"dlc.", b"sor", b"aint", b"e"), 1):
    for _byte in _group:
        _COMMON[_byte] = _weight
_ANY = -1

Window = tuple[int, int, int, int]
U32 = NDArray[np.uint32]


class Needles:
    """Words to look for at once, all without regard to the case of ASCII letters.

    `find` gives every occurrence, also those that overlap; who needs the case compares again.
    """

    def __init__(self, words: Iterable[bytes]) -> None:
        self.words = sorted({w.lower() for w in words if w})
        self._tiny = [w for w in self.words if len(w) < LEAST]
        # For each set of known bytes of a window: the bytes -> (word, where it begins from there).
        self._known: dict[int, dict[int, list[tuple[bytes, int]]]] = {}
        # Low half: the first pair of a window; high half: the second. One bit per bucket.
        self._pairs = np.zeros(1 << 16, np.uint32)
        self._bits: dict[int, int] = {}
        large = [w for w in self.words if len(w) >= LEAST]
        for n, word in enumerate(large):
            for window, offset in _windows(word):
                self._add(window, word, offset, n * _BUCKETS // len(large))
        self._pairs[list(self._bits)] |= np.fromiter(self._bits.values(), np.uint32, len(self._bits))
        self._bits.clear()

    def _add(self, window: Window, word: bytes, offset: int, bucket: int) -> None:
        a, b, c, d = window
        for first, second, bit in ((a, b, 1 << bucket), (c, d, 1 << bucket + _BUCKETS)):
            if first == _ANY:
                for two in _cases(second):
                    self._pairs[two << 8 : (two << 8) + 256] |= np.uint32(bit)
            elif second == _ANY:
                for one in _cases(first):
                    self._pairs[one::256] |= np.uint32(bit)
            else:
                for one in _cases(first):
                    for two in _cases(second):
                        pair = one | two << 8
                        self._bits[pair] = self._bits.get(pair, 0) | bit
        mask = value = 0
        for i, byte in enumerate(window):
            if byte != _ANY:
                mask |= 0xFF << 8 * i
                value |= (byte | 0x20) << 8 * i
        self._known.setdefault(mask, {}).setdefault(value, []).append((word, offset))

    def find(self, data: bytes) -> dict[bytes, list[int]]:
        """word (lower case) -> its places in ascending order; words that do not occur are left out."""
        if len(data) < SHORT:
            low = data.lower()
            return {w: places for w in self.words if (places := [*_every(low, w)])}
        found: dict[bytes, list[int]] = {}
        for word in self._tiny:
            if places := [*_every(data.lower(), word)]:
                found[word] = places
        pairs = np.frombuffer(data + bytes(4 + len(data) % 2), np.uint16)
        at = self._marked(pairs)
        windows = pairs[at].astype(np.uint32) | pairs[at + 1].astype(np.uint32) << 16
        for window, places in _groups((windows | _FOLD).astype(np.uint32), 2 * at):
            for mask, known in self._known.items():
                for word, offset in known.get(window & mask, ()):
                    size = len(word)
                    hits = [
                        p - offset for p in places if p >= offset and data[p - offset : p - offset + size].lower() == word
                    ]
                    if hits:
                        found.setdefault(word, []).extend(hits)
        for word, hits in found.items():
            found[word] = sorted(set(hits))
        return found

    def _marked(self, pairs: NDArray[np.uint16]) -> NDArray[np.int64]:
        """Indices of the pairs at which a window of some word may begin."""
        out = []
        for begin in range(0, len(pairs) - 1, _BLOCK):
            bits = self._pairs[pairs[begin : begin + _BLOCK + 1]]
            out.append(np.flatnonzero(bits[:-1] & bits[1:] >> _BUCKETS) + begin)
        return np.concatenate(out)


def _every(data: bytes, word: bytes) -> Iterator[int]:
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + 1)


def _groups(windows: U32, places: NDArray[np.int64]) -> Iterator[tuple[int, list[int]]]:
    """(window, its places) of each different window."""
    order = np.argsort(windows, kind="stable")
    windows, places = windows[order], places[order]
    cuts = np.flatnonzero(np.diff(windows)) + 1
    begins = [0, *cuts.tolist()]
    for begin, end in zip(begins, [*begins[1:], len(windows)], strict=True):
        if end > begin:
            yield int(windows[begin]), places[begin:end].tolist()


def _cases(byte: int) -> tuple[int, ...]:
    """The bytes that fold to this one."""
    return (byte, byte - 0x20) if 0x61 <= byte <= 0x7A else (byte,)


def _windows(word: bytes) -> list[tuple[Window, int]]:
    """(four bytes, their place in the word) such that one of them begins at an even place of the text,
    wherever the word begins. The rarest of the word are taken; a short one leaves some open."""
    a, b, c = word[:3]
    if len(word) == LEAST:
        return [((a, b, c, _ANY), 0), ((_ANY, a, b, c), -1)]
    if len(word) == LEAST + 1:
        return [((a, b, c, word[3]), 0), ((_ANY, a, b, c), -1)]
    weights = [_COMMON[x] for x in word]
    best = min(range(len(word) - 4), key=lambda k: sum(weights[k : k + 5]))
    return [((word[k], word[k + 1], word[k + 2], word[k + 3]), k) for k in (best, best + 1)]


class Pairs:
    """Words beyond ASCII, sorted out by the pairs of UTF-16 units that a text has: of hundreds of words
    hardly one stays that the text does not hold."""

    def __init__(self, words: Sequence[str]) -> None:
        parts = [_pairs(np.frombuffer(w.encode("utf-16-le", "surrogatepass"), np.uint16)) for w in words]
        self._long = np.array([len(p) > 0 for p in parts], bool)
        parts = [p for p in parts if len(p)]
        self._begin = np.cumsum([0, *map(len, parts[:-1])]) if parts else np.zeros(0, np.int64)
        self._all = np.concatenate(parts) if parts else np.zeros(0, np.uint32)

    def maybe(self, text: str) -> list[int]:
        """Indices of the words that the text may hold; those left out it does not."""
        known = np.zeros(1 << _PAIR_BITS, bool)
        units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
        for begin in range(0, len(units), _BLOCK):
            known[_pairs(units[begin : begin + _BLOCK + 1])] = True
        hit = np.ones(len(self._long), bool)  # a word of one unit has no pair
        if len(self._begin):
            hit[self._long] = np.logical_and.reduceat(known[self._all], self._begin)
        found: list[int] = np.flatnonzero(hit).tolist()
        return found


def _pairs(units: NDArray[np.uint16]) -> U32:
    """A hash of each pair of neighbours."""
    mixed = (units[:-1].astype(np.uint32) << np.uint32(16) | units[1:]) * np.uint32(0x9E3779B1)
    return mixed >> np.uint32(32 - _PAIR_BITS)
