"""LEB128 numbers one at a time (DEX format, "LEB128"); at most five bytes, as the format has them.

IndexError where the data ends first.
"""

from __future__ import annotations


def uleb(data: bytes, at: int) -> tuple[int, int]:
    """(value, position behind it) of an unsigned number."""
    value = 0
    for shift in range(0, 35, 7):
        b = data[at]
        at += 1
        value |= (b & 0x7F) << shift
        if b < 0x80:
            break
    return value, at


def sleb(data: bytes, at: int) -> tuple[int, int]:
    """(value, position behind it) of a signed number."""
    value, end = uleb(data, at)
    bits = 7 * (end - at)
    return value - (1 << bits) if value >> (bits - 1) & 1 else value, end
