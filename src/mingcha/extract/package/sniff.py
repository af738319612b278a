"""Whether a file is a package: asked outside the child process, so little is looked at and
nothing heavy is imported."""

from __future__ import annotations

from pathlib import Path

from mingcha.extract.policy.word import is_word


def sniff(path: Path, head: bytes) -> bool:
    """Whether the file is a package of a known kind. A ZIP or DEX that is broken beyond opening
    also is ours: the reader says what is wrong with it. No more than its two ends is looked at."""
    if is_word(path, head):
        return False  # a Word file is a ZIP too
    dex = head[:4] == b"dex\n" and head[7:8] == b"\0"
    return dex or head[:2] == b"PK" or _ends_like_zip(path)


def _ends_like_zip(path: Path) -> bool:
    """An end record in the last 64 KB: a ZIP with something put before it."""
    with path.open("rb") as f:
        size = f.seek(0, 2)
        f.seek(max(0, size - 65_557))
        return b"PK\5\6" in f.read(65_557)
