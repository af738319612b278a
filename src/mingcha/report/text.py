"""Text that came from a package, made safe to look at.

A name, a URL or a string constant of an inspected package is written by its maker, who may
want the reader of the report to misread it: bidirectional overrides reverse a file name,
zero-width characters split a word, escape sequences drive a terminal. Such characters are
never passed on; each is shown as `[U+202E]`, so that the reader sees that it was there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LIMIT = 2000  # characters of one shown string; the JSON result keeps all
_COMBINING_RUN = 4  # marks stacked on one letter; more serves no script in use

# Controls, soft hyphen, joiners, fillers that look like nothing, bidi controls and isolates, line
# and paragraph separators, surrogates, invisible operators, variation selectors (but for U+FE0F of
# ordinary emoji), interlinear marks, musical and tag characters.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    f"\u20d0-\u20ff\ufe20-\ufe2f]{{{_COMBINING_RUN}}})([\u0300-\u036f\u0483-\u0489\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+)"
)


def _mark(match: re.Match[str]) -> str:
    return f"[U+{ord(match.group()):04X}]"


def visible(text: str, limit: int = LIMIT) -> str:
    """The text with unseen characters shown as `[U+XXXX]`, and cut after `limit` characters."""
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    cut = len(text) - limit
    if cut > 0:
        text = text[:limit]
    text = _UNSEEN.sub(_mark, text)
    text = _STACKED.sub(lambda m: f"{m.group(1)}[+{len(m.group(2))}]", text)
    return f"{text}… [+{cut}]" if cut > 0 else text


def flat(text: str) -> str:
    """Running text of the catalogue on one line: folded YAML leaves line ends that mean nothing."""
    return " ".join(text.split())


def prose(text: str) -> list[str]:
    """Running text as paragraphs."""
    return [line for part in text.splitlines() if (line := " ".join(part.split()))]


def pick(texts: Any, lang: str) -> str:
    """The text in `lang`, else in the other language; empty where there is none."""
    if isinstance(texts, str):
        return texts
    if not isinstance(texts, Mapping):
        return ""
    for key in (lang, "zh" if lang == "en" else "en"):
        value = texts.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def shorten(text: str, room: int) -> str:
    """Cut in the middle to `room` characters: both ends of a class name carry meaning."""
    if len(text) <= room:
        return text
    head = (room - 1) // 3
    return f"{text[:head]}…{text[len(text) - (room - 1 - head) :]}"


def css_string(text: str) -> str:
    """A quoted CSS string in which nothing but ASCII letters, digits and spaces stands unescaped.

    It goes into a style element, where neither a quote nor `</style` may end it early. One blank after
    an escape belongs to the escape, so each brings its own.
    """
    parts = [
        c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):06x} " for c in visible(text, 120)
    ]
    return '"' + "".join(parts) + '"'


def digest_name(code: str) -> str:
    """What people call a digest: SHA-256 for `sha256`, MD5 for `md5`; other text unchanged."""
    return re.sub(r"^SHA(?=\d+$)", "SHA-", code.upper()) if re.fullmatch(r"md5|sha\d{1,3}", code) else code


def octets(size: int) -> str:
    """A size in bytes for people: 12.3 MB (decimal units)."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


_PRIMITIVES = {
    "V": "void", "Z": "boolean", "B": "byte", "S": "short", "C": "char", "I": "int", "J": "long",
    "F": "float", "D": "double",
}  # fmt: skip
_METHOD = re.compile(
    r"^(\[*L([^;()]{1,1000});)->([^():]{1,500})(?:\(([^()]{0,4000})\)(\S{1,1000})|:(\S{1,1000}))?$"
)
_TYPE = re.compile(r"(\[*)(?:L([^;]+);|([VZBSCIJFD]))")


def _short_type(match: re.Match[str]) -> str:
    name = match.group(2)
    plain = re.split(r"[/$]", name)[-1] if name else _PRIMITIVES[match.group(3)]
    return plain + "[]" * len(match.group(1))


def member(descriptor: str) -> tuple[str, str]:
    """(class with dots, member with short argument types) of `Lpkg/Cls;->name(args)ret`.

    Anything else is given back whole as the member: package text need not keep the form.
    """
    found = _METHOD.match(descriptor)
    if not found:
        return "", descriptor
    cls = found.group(2).replace("/", ".")
    name = found.group(3)
    if found.group(4) is None:
        return cls, name
    arguments = [_short_type(part) for part in _TYPE.finditer(found.group(4))]
    if len(arguments) > 6:
        arguments = [*arguments[:5], "…"]
    return cls, f"{name}({', '.join(arguments)})"


def dotted(descriptor: str) -> str:
    """`pkg.Cls.name` of a method descriptor; other text unchanged."""
    found = _METHOD.match(descriptor)
    return f"{found.group(2).replace('/', '.')}.{found.group(3)}" if found else descriptor
