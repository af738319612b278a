"""Regular expressions of the word lists, tried only where they can match.

A search for a literal costs a thirtieth of one for an expression, and all literals together are
found in one pass (`needles`). So each expression names, or shows by its form, literals one of which
stands in every match, and is tried where they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import AnyStr, NamedTuple

from mingcha.extract.package.needles import LEAST

Span = tuple[int, int]
Places = Mapping[bytes, Sequence[int]]

# An address with a word in it. As a plain expression it is tried at every head and looks as far as
# it may each time, so that a text of nothing but heads costs a microsecond per byte.
_AROUND = re.compile(
    r"\(\?i\)(https\?://|file:///[a-z_/]+)\[!-~\]\{(\d+),(\d+)\}\?\(\?:([a-z]+(?:\|[a-z]+)*)\)\[!-~\]\{0,(\d+)\}"
)
_CROSSES = re.compile(r"\[\^|\\[sSWDn]|\n")  # what may match the end of a line
_BREAK, _BREAK_BYTES = re.compile(r"[^!-~]", re.I), re.compile(rb"[^!-~]")
_HTTP = b"://"


class Around(NamedTuple):
    """`HEAD[!-~]{least,most}?(?:words)[!-~]{0,tail}`, matched in linear time."""

    mark: bytes
    """What every head ends with (`://`), or all of it."""
    least: int
    most: int
    words: tuple[bytes, ...]
    tail: int

    @classmethod
    def of(cls, regex: str) -> Around | None:
        """From an expression of that form; None for any other."""
        found = _AROUND.fullmatch(regex)
        if not found:
            return None
        mark = _HTTP if found[1].startswith("http") else found[1].encode()
        words = tuple(w.encode() for w in found[4].split("|"))
        return cls(mark, int(found[2]), int(found[3]), words, int(found[5]))

    def spans(self, text: str | bytes, places: Places) -> Iterator[Span]:
        """The matches that `finditer` would give. `places`: those of `mark` and `words` in the text."""
        words = sorted(
            (place, order, len(word))
            for order, word in enumerate(self.words)
            for place in places.get(word, ())
        )
        if not words:
            return
        stop, clear = 0, -1  # end of the last match; first break at or after a place looked at before
        for mark in places.get(self.mark, ()):
            begin = self._head(text, mark)
            if begin is None or begin < stop:
                continue
            body = mark + len(self.mark)
            k = bisect_left(words, (body + self.least,))
            if k == len(words) or words[k][0] > body + self.most:
                continue
            if clear < body:
                clear = _next_break(text, body)
            place, _, size = words[k]
            if clear > place:
                stop = min(clear, place + size + self.tail)
                yield begin, stop

    def _head(self, text: str | bytes, mark: int) -> int | None:
        """Where the head begins whose mark stands there; None where that is no head."""
        if self.mark is not _HTTP and self.mark != _HTTP:
            return mark
        before = text[max(0, mark - 5) : mark].lower()
        if isinstance(before, str):
            before = before.encode("utf-8", "replace")
        return mark - 4 if before.endswith(b"http") else mark - 5 if before == b"https" else None


def _next_break(text: str | bytes, at: int) -> int:
    found = _BREAK.search(text, at) if isinstance(text, str) else _BREAK_BYTES.search(text, at)
    return found.start() if found else len(text)


class Pattern(NamedTuple):
    """A regular expression of a word list. ASCII ones run over bytes too."""

    key: tuple[str, str]
    text: re.Pattern[str]
    raw: re.Pattern[bytes] | None
    literals: tuple[str, ...]
    """One of them stands in every match, lower case where `fold`; empty where none is known."""
    fold: bool
    around: Around | None
    short: tuple[str, ...] = ()
    """As `literals`, but so short that every text has them somewhere; not every line does."""

    @classmethod
    def build(cls, key: tuple[str, str], regex: str, literals: Sequence[str]) -> Pattern:
        """From an entry's expression and the literals that it names."""
        fold = regex.startswith("(?i)")
        named = tuple(x.lower() if fold else x for x in literals) or required(regex)
        short = any(len(x.encode()) < LEAST for x in named)
        return cls(
            key, re.compile(regex), re.compile(regex.encode()) if regex.isascii() else None, () if short else named, fold,
            Around.of(regex), named if short and not fold and not _CROSSES.search(regex) else (),
        )  # fmt: skip

    def needles(self) -> Iterator[bytes]:
        """What to look for before the expression is tried."""
        yield from (word.encode() for word in self.literals)
        if self.around:
            yield self.around.mark
            yield from self.around.words

    def may(self, text: str, low: str) -> bool:
        """Whether the pattern can match at all."""
        where = low if self.fold else text
        return not self.literals or any(word in where for word in self.literals)

    def here(self, text: str, places: Places) -> bool:
        """`may`, where the places of the needles in the text are known."""
        return not self.literals or any(
            word.lower().encode() in places and (self.fold or word in text) for word in self.literals
        )

    def spans_of(self, text: str, places: Places) -> Iterator[Span]:
        """Matches in a running text. `places`: those of the needles in it, in characters."""
        if self.around:
            yield from self.around.spans(text, places)
        elif self.short:
            found = [place for word in self.short for place in every(text, word)]
            yield from _within(self.text, text, sorted(found), "\n")
        elif self.here(text, places):
            yield from (m.span() for m in self.text.finditer(text))

    def spans_in(self, region: bytes, places: Places) -> Iterator[Span]:
        """Matches in a region of many strings with NUL between them; none reaches beyond its string."""
        assert self.raw
        if self.around:
            yield from self.around.spans(region, places)
        elif not self.literals:
            yield from (m.span() for m in self.raw.finditer(region))
        else:
            found = [
                place
                for word in map(str.encode, self.literals)
                for place in places.get(word.lower(), ())
                if self.fold or region.startswith(word, place)
            ]
            yield from _within(self.raw, region, sorted(found), b"\0")

    def spans_by_line(self, text: str) -> Iterator[Span]:
        """Matches in a text of many lines; none reaches beyond its line."""
        low = text.lower() if self.fold else text
        if self.literals and len(low) == len(text):
            found = [place for word in self.literals for place in every(low, word)]
            yield from _within(self.text, text, sorted(found), "\n")
        else:
            yield from (m.span() for m in self.text.finditer(text))


def every(text: AnyStr, word: AnyStr) -> Iterator[int]:
    """All places of a word, also those that overlap."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _within(form: re.Pattern[AnyStr], text: AnyStr, places: Sequence[int], between: AnyStr) -> Iterator[Span]:
    """Matches in those parts of a text, set apart by `between`, that hold one of the places."""
    done = -1
    for place in places:
        if place > done:
            begin, done = text.rfind(between, 0, place) + 1, text.find(between, place)
            done = done if done >= 0 else len(text)
            yield from (m.span() for m in form.finditer(text, begin, done))


_META = frozenset("\\.^$*+?{}[]|()")


def required(regex: str) -> tuple[str, ...]:
    """Literals one of which stands in every match, read off a simple expression; () where unsure.

    Looked for is the longest run of plain characters, or a group of alternatives that are plain; both
    only outside of other groups and not made optional by what follows.
    """
    if re.match(r"\(\?[a-zA-Z]", regex):  # flags may give plain characters another meaning
        return ()
    best: tuple[str, ...] = ()
    run, at = "", 0

    def better(found: Sequence[str]) -> None:
        nonlocal best
        if found and min(map(len, found)) > (min(map(len, best)) if best else 0):
            best = tuple(found)

    while at < len(regex):
        c = regex[at]
        if c not in _META:
            run, at = run + c, at + 1
            continue
        if c in "?*{":
            run = run[:-1]
        better([run] if run else [])
        run = ""
        if c in "|)":
            return ()
        if c == "\\":
            at += 2
        elif c == "[":
            at = _end_of_class(regex, at)
        elif c == "(":
            end = _end_of_group(regex, at)
            inner = regex[at + 3 : end - 1] if regex.startswith("(?:", at) else ""
            parts = inner.split("|")
            if regex[end : end + 1] not in ("?", "*", "{") and inner and all(parts) and not _META & {*inner} - {"|"}:
                better(parts)
            at = end
        elif c == "{":
            at = regex.index("}", at) + 1
        else:
            at += 1
    better([run] if run else [])
    return best


def _end_of_class(regex: str, at: int) -> int:
    at += 2 if regex[at + 1] != "^" else 3  # a bracket in the first place is a member
    while regex[at] != "]":
        at += 2 if regex[at] == "\\" else 1
    return at + 1


def _end_of_group(regex: str, at: int) -> int:
    depth = 0
    while True:
        c = regex[at]
        if c == "\\":
            at += 2
            continue
        if c == "[":
            at = _end_of_class(regex, at)
            continue
        depth += (c == "(") - (c == ")")
        at += 1
        if not depth:
            return at
