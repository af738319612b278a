"""Merkle trees as in RFC 6962, section 2.1 (the same in RFC 9162, section 2.1), over SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH = 32
EMPTY = hashlib.sha256(b"").digest()
Subtree = Callable[[int, int], bytes]
"""Hash of the tree over the leaves [low, high)."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees together."""
    return hashlib.sha256(b"\1" + left + right).digest()


def split(n: int) -> int:
    """The largest power of two below n (n > 1): where a tree of n leaves is cut."""
    return 1 << (n - 1).bit_length() - 1


def over(leaves: Sequence[bytes]) -> Subtree:
    """Subtrees of leaf hashes held in memory."""

    def tree(low: int, high: int) -> bytes:
        if high <= low:
            return EMPTY
        if high - low == 1:
            return leaves[low]
        cut = low + split(high - low)
        return node_hash(tree(low, cut), tree(cut, high))

    return tree


def inclusion(tree: Subtree, index: int, size: int) -> list[bytes]:
    """Audit path of leaf `index` in the tree of `size` leaves. ValueError for a leaf that it does not have."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    out: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        cut = low + split(high - low)
        if index < cut:
            out.append(tree(cut, high))
            high = cut
        else:
            out.append(tree(low, cut))
            low = cut
    return out[::-1]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from a leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, got = index, size - 1, leaf
    for step in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            got = node_hash(step, got)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            got = node_hash(got, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and got == root


def consistency(tree: Subtree, old: int, new: int) -> list[bytes]:
    """Proof that the tree of `new` leaves begins with the one of `old`. ValueError for sizes that cannot be."""
    if not 0 <= old <= new:
        raise ValueError(f"no proof from {old} to {new}")
    if old in (0, new):
        return []
    out: list[bytes] = []
    low, high, whole = 0, new, True
    while old - low != high - low:
        cut = low + split(high - low)
        if old <= cut:
            out.append(tree(cut, high))
            high = cut
        else:
            out.append(tree(low, cut))
            low, whole = cut, False
    if not whole:
        out.append(tree(low, high))
    return out[::-1]


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof ties the two roots together (RFC 9162, 2.1.4.2)."""
    if old == new:
        return old_root == new_root and not proof
    if old == 0:
        return old_root == EMPTY and not proof
    if not 0 < old < new:
        return False
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(step, first), node_hash(step, second)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root
