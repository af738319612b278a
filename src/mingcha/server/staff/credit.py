"""The unified social credit code with its check digit (GB 32100-2015)."""

from __future__ import annotations

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # none of I, O, S, V, Z
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def completed(first: str) -> str:
    """The code that begins with these 17 characters, with its check digit."""
    total = sum(w * _LETTERS.index(c) for w, c in zip(_WEIGHTS, first, strict=True))
    return first + _LETTERS[(31 - total % 31) % 31]


def valid(code: str) -> bool:
    """Whether it has 18 characters of that alphabet and its last one checks the others (modulus 31)."""
    if len(code) != 18 or any(c not in _LETTERS for c in code):
        return False
    return completed(code[:17]) == code
