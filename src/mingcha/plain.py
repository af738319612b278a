"""Text of unknown origin made fit for one line of a terminal, a log or a fact.

File names may hold anything but NUL and a slash: line ends that forge a second line, escape
sequences, direction marks, bytes that are no UTF-8 (which Python keeps as lone surrogates and
no encoder accepts).
"""

from __future__ import annotations

_SPACES = "\u00a0\u3000"  # not "printable" for Python, harmless and usual in Chinese text


def plain(text: object, longest: int = 400) -> str:
    """`text` on one line: what is not printable is escaped, and the middle of what is longer than
    `longest` characters is left out."""
    s = str(text)
    if len(s) > longest:
        s = f"{s[: longest // 2]}…{s[-longest // 2 :]}"
    if s.isprintable():
        return s
    return "".join(c if c.isprintable() or c in _SPACES else _escaped(c) for c in s)


def _escaped(c: str) -> str:
    return c.encode("unicode_escape", "surrogatepass").decode("ascii")
