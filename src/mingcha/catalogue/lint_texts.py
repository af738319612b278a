"""Style of the texts people see: both languages, full-width punctuation, bounded length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from mingcha.catalogue.problem import Problem
from mingcha.catalogue.schema import Text

CJK = re.compile(r"[\u3400-\u9fff]")
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:?!]|[,;:?!][\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|FIXME|XXX)\b")
LIMITS = {"title": (40, 110), "name": (60, 160)}  # characters in zh and en
LONGEST = (500, 1200)
# Products are called by their own names in every language, and laws quote short titles.
PROPER = {
    ("Sdk", "name"), ("Sdk", "vendor"), ("Packer", "name"), ("Item", "name"), ("WordEntry", "name"),
    ("Law", "name"),
}  # fmt: skip


def check(entry: Any, file: str, label: str) -> Iterator[Problem]:
    """Problems of every text inside a struct."""
    todo: list[tuple[Any, str, tuple[str, str]]] = [(entry, label, ("", ""))]
    while todo:
        value, where, place = todo.pop()
        if isinstance(value, Text):
            for zh, en in faults(value, place):
                yield Problem(file, where, zh, en)
        elif isinstance(value, msgspec.Struct):
            owner = type(value).__name__
            for name in value.__struct_fields__:
                todo.append((getattr(value, name), f"{where}.{name}", (owner, name)))
        elif isinstance(value, list):
            todo += [(one, f"{where}[{number}]", place) for number, one in enumerate(value)]


def faults(text: Text, place: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with one text. `place`: name of its struct and field."""
    longest = LIMITS.get(place[1], LONGEST)
    for lang, value, most in (("zh", text.zh, longest[0]), ("en", text.en, longest[1])):
        if not value.strip():
            yield f"{lang} 为空", f"{lang} is empty"
        if len(value) > most:
            yield f"{lang} 超过 {most} 字", f"{lang} is longer than {most} characters"
        if value != value.strip() or "\n" in value.strip():
            yield f"{lang} 含多余空白或换行", f"{lang} has stray blanks or line breaks"
        if PLACEHOLDER.search(value):
            yield f"{lang} 含占位字样", f"{lang} holds a placeholder"
    if text.zh.strip() and place not in PROPER and not CJK.search(text.zh):
        yield "zh 不含汉字", "zh has no Chinese character"
    if CJK.search(text.en):
        yield "en 含汉字", "en holds Chinese characters"
    if HALF_WIDTH.search(text.zh):
        yield "zh 应使用全角标点", "zh needs full-width punctuation"
