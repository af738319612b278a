"""Finding many words in a text at once: data items by their names and synonyms, SDKs by theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mingcha.catalogue.schema import Item


class Hit(NamedTuple):
    """`value` was found at `start` up to `end`."""

    start: int
    end: int
    value: str


class Matcher:
    """Words → values. One pass over a text; at each place the longest word wins, and hits do not overlap. Letters
    match whatever their case, Latin words only as whole words."""

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        self.words: dict[str, str] = {}
        for word, value in words:
            key = word.strip().lower()
            if len(key) >= 2:
                self.words.setdefault(key, value)
        lengths: dict[str, set[int]] = {}
        for key in self.words:
            lengths.setdefault(key[:2], set()).add(len(key))
        self.lengths = {start: sorted(known, reverse=True) for start, known in lengths.items()}

    def find(self, text: str) -> list[Hit]:
        """All hits in order. `text` keeps its length under lower(), or it is searched as it is."""
        low = text.lower()
        if len(low) != len(text):
            low = text
        out, at, end = [], 0, len(low) - 1
        while at < end:
            for size in self.lengths.get(low[at : at + 2], ()):
                word = low[at : at + size]
                if len(word) == size and word in self.words and _whole(low, at, at + size):
                    out.append(Hit(at, at + size, self.words[word]))
                    at += size
                    break
            else:
                at += 1
        return out


def _latin(c: str) -> bool:
    return c.isascii() and c.isalnum()


def _whole(text: str, start: int, end: int) -> bool:
    before = start and _latin(text[start]) and _latin(text[start - 1])
    return not (before or (end < len(text) and _latin(text[end - 1]) and _latin(text[end])))


# Words of the ontology that mean something else as often as not when they stand in running text.
_COMMON = frozenset({"name", "age", "sex", "race", "address", "income", "posts", "school", "files", "photo", "video", "weight", "height"})


def items(known: Mapping[str, Item]) -> Matcher:
    """Matcher of the item ontology: names and synonyms, also without blanks."""

    def words() -> Iterable[tuple[str, str]]:
        for item in known.values():
            for word in (item.name.zh, *item.synonyms.get("zh", ())):
                yield word, item.id
                if " " in word:
                    yield word.replace(" ", ""), item.id
                if (apart := _SCRIPTS.sub(" ", word)) != word:  # MAC 地址
                    yield apart, item.id
        for item in known.values():
            for word in (item.name.en, *item.synonyms.get("en", ())):
                if word.lower() not in _COMMON:
                    yield word, item.id
                    if " " in word and len(word) <= 12:
                        yield word.replace(" ", ""), item.id

    return Matcher(words())


_SCRIPTS = re.compile(r"(?<=[A-Za-z0-9])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[A-Za-z0-9])")  # where typesetters put a blank
_BRACKETS = re.compile(r"[（(【\[].{0,60}?[）)】\]]")
_SUFFIX = re.compile(r"(?:sdk|软件开发工具包|开发工具包|组件|插件|服务|for android|安卓版?|android版?)+$", re.I)
_JOINTS = re.compile(r"[\s·\-_/&+，,。.:：\"'“”]+")


def core(name: str) -> str:
    """A name of an SDK or company without what is said of it in brackets, blanks, “SDK” and the like."""
    text = _JOINTS.sub("", _BRACKETS.sub("", name).lower())
    while (shorter := _SUFFIX.sub("", text)) != text and len(shorter) >= 2:
        text = shorter
    return text
