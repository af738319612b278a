"""URLs and word lists in the texts of a package: string constants, resources, assets.

Hundreds of thousands of strings are searched, so nothing here looks at them one by one: the
string data of a DEX file is one region of bytes, all words are looked for in one pass over it,
and only hits are mapped back to strings and to the methods that load them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, AnyStr, NamedTuple

import numpy as np

from mingcha.extract.package import namespaces
from mingcha.extract.package.columns import I64, STRING, Code, decode
from mingcha.extract.package.expressions import Pattern, Span, every
from mingcha.extract.package.needles import Needles, Pairs
from mingcha.extract.package.strings import Mask, among, distinct

_URL = re.compile(
    rb"\b(?:https?|wss?|ftp|mqtts?|rtmp)://[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7c\x7e]{3,2000}",
    re.I,
)
_SCHEME = re.compile(r"(?:https?|wss?|ftp|mqtts?|rtmp)\Z", re.I)
_SCHEME_BYTES = re.compile(rb"(?:https?|wss?|ftp|mqtts?|rtmp)\Z", re.I)
_MARK = b"://"
_HOST = re.compile(r"^[a-z]+://(?:[^/@\s]{0,100}@)?(\[[0-9a-f:]+\]|[a-z0-9_.-]{1,253})", re.I)
_PASSWORD = re.compile(r"(://[^/@:\s]{0,100}:)[^/@\s]{1,500}@")
# A passage of a text that is not plain ASCII: what stands between and just after such characters
# belongs to it (京ICP备12345678号-1A). The two classes are disjoint, so matching is linear.
_PASSAGE = re.compile(r"[^\x00-\x7f]+(?:[ -~]{1,40}[^\x00-\x7f]+)*[ -~]{0,60}")
HITS = 50
_GAP = 64  # bytes of names between two texts from which they are left out
LONG = 20_000  # characters of one constant that are searched; longer ones are tables, not texts


class Match(NamedTuple):
    """One hit of a word list."""

    list: str
    entry: str
    value: str


class Url(NamedTuple):
    """One address."""

    url: str
    host: str
    cleartext: bool


def addresses(text: AnyStr, form: re.Pattern[AnyStr], marks: Iterable[int]) -> Iterator[tuple[AnyStr, int]]:
    """(address, its place) as `form.finditer` would give them. `form` begins like `_URL`; `marks` are the
    places of `://`, in order. To look for the mark first is cheaper than for six names of schemes."""
    scheme, stop = (_SCHEME if isinstance(text, str) else _SCHEME_BYTES), 0
    for mark in marks:
        if mark <= stop:
            continue
        found = scheme.search(text, max(0, mark - 5), mark)
        if found and (begin := found.start()) >= stop and (whole := form.match(text, begin)):
            stop = whole.end()
            yield whole[0], begin


def parse_url(raw: str) -> Url | None:
    """A URL's parts, or None where it is no address of a host (namespaces, templates)."""
    raw = _PASSWORD.sub(r"\1…@", raw.rstrip(".,;)'}"))
    found = _HOST.match(raw)
    if not found:
        return None
    host = found[1].lower().rstrip(".")
    if host.startswith(".") or ("." not in host and not host.startswith("[")):
        return None
    if namespaces.is_name(host, "/" + raw.partition("://")[2].partition("/")[2]):
        return None
    scheme = raw.partition(":")[0].lower()
    return Url(raw[:500], host, scheme in ("http", "ws", "ftp", "mqtt", "rtmp"))


@dataclass(slots=True)
class Words:
    """The catalogue's word lists, compiled once."""

    wide: list[tuple[tuple[str, str], str]] = field(default_factory=list)  # words beyond ASCII
    ascii: dict[str, tuple[str, str]] = field(default_factory=dict)  # lower-case word
    exact: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    prefix: list[tuple[tuple[str, str], str]] = field(default_factory=list)
    regex: list[Pattern] = field(default_factory=list)
    masked: set[tuple[str, str]] = field(default_factory=set)
    where: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    hints: set[str] = field(default_factory=set)
    """Lower-case texts; one without any of them holds no secret."""
    needles: Needles = field(default_factory=lambda: Needles([_MARK]))
    """All that is looked for in ASCII."""
    _pairs: Pairs | None = None

    @classmethod
    def build(cls, lists: Iterable[Any]) -> Words:
        """From the WordList entries."""
        w = cls()
        for words in lists:
            for e in words.entries:
                key = (words.id, e.id)
                w.where[key] = frozenset(e.where)
                if e.mask:
                    w.masked.add(key)
                for word in e.words:
                    if word.isascii():
                        w.ascii[word.lower()] = key
                    else:
                        w.wide.append((key, word))
                for word in e.exact:
                    w.exact.setdefault(word, []).append(key)
                w.prefix += [(key, p) for p in e.prefix]
                if e.regex:
                    pattern = Pattern.build(key, e.regex, e.literals)
                    w.regex.append(pattern)
                    if e.mask:
                        w.hints.update([x.lower() for x in pattern.literals] or [""])
        w.needles = Needles(
            [
                _MARK,
                *(word.encode() for word in w.ascii),
                *(prefix.encode() for _, prefix in w.prefix),
                *(needle for pattern in w.regex if pattern.raw for needle in pattern.needles()),
            ]
        )
        return w

    def show(self, key: tuple[str, str], text: str) -> str:
        """The text as a report may show it: short, secrets masked to their shape."""
        if key in self.masked:
            return _shape(text.strip()[:200])
        return self.veil(text.strip()[:600])[:200]

    def veil(self, text: str) -> str:
        """The text with every secret in it masked: what one list masks, no other fact may show."""
        low = text.lower()
        for word in self.hints:
            if word in low:
                break
        else:
            return text
        return self._veil([p for p in self.regex if p.key in self.masked], text, low)

    def _veil(self, patterns: Iterable[Pattern], text: str, low: str) -> str:
        for pattern in patterns:
            if pattern.may(text, low):
                text = pattern.text.sub(lambda m: _shape(m[0]), text)
        return text

    def in_text(self, text: str, source: str, cut: set[str] | None = None) -> list[Match]:
        """Hits in running text (resources, assets), one per entry and line or passage, in a fixed order. Patterns
        that match more than `HITS` different passages are named in `cut`."""
        found: set[Match] = set()

        def hit(key: tuple[str, str], within: str, at: int, size: int) -> None:
            first, last = max(0, at - 60), min(len(within), at + size + 60)
            start = max(within.rfind("\n", first, at) + 1, first)
            stop = within.find("\n", at, last)
            line = within[start : last if stop < 0 else stop]
            shown = self.show(key, within[at : at + size] if key in self.masked else line)
            found.add(Match(*key, shown))

        def hits(pattern: Pattern, within: str, spans: Iterable[Span]) -> None:
            most = len(found) + HITS
            for begin, end in spans:
                if len(found) >= most:
                    if cut is not None:
                        cut.add(f"more than {HITS} matches of {'/'.join(pattern.key)} in one text")
                    return
                hit(pattern.key, within, begin, end - begin)

        places = self._places(text)
        here = [p for p in self.regex if source in self.where[p.key]]
        for pattern in here:
            if pattern.raw and pattern.key in self.masked:
                hits(pattern, text, pattern.spans_of(text, places))
        # From here on without them, so that no line shown for another hit holds half of one.
        secret = [p for p in self.regex if p.key in self.masked and (p.raw is None or p.here(text, places))]
        veiled = self._veil(secret, text, text.lower()) if secret else text
        if veiled != text:
            text, places = veiled, self._places(veiled)
        for word, key in self.ascii.items():
            if source in self.where[key]:
                for at in _first(places.get(word.encode(), ()), len(word)):
                    hit(key, text, at, len(word))
        for pattern in here:
            if pattern.raw and pattern.key not in self.masked:
                hits(pattern, text, pattern.spans_of(text, places))
        if not text.isascii():
            passages = "\n".join(_PASSAGE.findall(text))
            for key, word in self.wide_in(passages, source):
                for at in _first(every(passages, word), len(word)):
                    hit(key, passages, at, len(word))
            for pattern in here:
                if pattern.raw is None:
                    hits(pattern, passages, pattern.spans_by_line(passages))
        return sorted(found)

    def _places(self, text: str) -> dict[bytes, list[int]]:
        """Places, in characters, of all that is looked for in ASCII."""
        data = text.encode("utf-8", "surrogatepass")
        found = self.needles.find(data)
        if found and len(data) != len(text):
            follows = (np.frombuffer(data, np.uint8) & 0xC0) == 0x80
            before = np.cumsum(follows)
            found = {word: (np.array(at) - before[at]).tolist() for word, at in found.items()}
        return found

    def wide_in(self, text: str, source: str) -> Iterator[tuple[tuple[str, str], str]]:
        """(entry, word) of the words beyond ASCII that a text of that source holds, in their order."""
        if self._pairs is None:
            self._pairs = Pairs([word for _, word in self.wide])
        some = (self.wide[k] for k in self._pairs.maybe(text))
        return ((key, word) for key, word in some if source in self.where[key] and word in text)


def _shape(secret: str) -> str:
    return f"{secret[:4]}…{secret[-2:] if len(secret) > 12 else ''}({len(secret)})"


def _first(places: Iterable[int], size: int) -> Iterator[int]:
    """The first few places of a word that do not overlap."""
    end = told = 0
    for at in places:
        if at >= end:
            if told == HITS:
                return
            yield at
            end, told = at + size, told + 1


class Strings:
    """The string constants of one container as one searchable region.

    Names of types and members are no texts, unless code loads the same string; what is neither may
    stand in a static value or an annotation, and is searched too.
    """

    def __init__(self, code: Code, needles: Needles) -> None:
        self.code = code
        uses = code.event_kind == STRING
        self._use_string = code.event_operand[uses]
        self._use_def = code.event_def[uses]
        self._by = np.argsort(self._use_string, kind="stable")
        self._sorted = self._use_string[self._by]
        order = np.argsort(code.string_start, kind="stable")
        self.order = order[self._texts()[order]]
        self.region, self.starts = self._region()
        self.places = needles.find(self.region)

    def _texts(self) -> Mask:
        code = self.code
        texts = np.ones(len(code.string_start) + 1, bool)
        for names in (code.type_string, code.field_name, code.method_name):
            texts[names] = False
        texts[self._use_string] = True
        return texts[:-1]

    def _region(self) -> tuple[bytes, I64]:
        """(texts with NUL between them, where each of `order` begins).

        They are copied in runs, with names that stand between them where these are short. The last
        byte of every length prefix is blanked: it may well be a letter or a digit (DEX format,
        string_data_item), and `\\b` would see none between it and the text.
        """
        if not len(self.order):
            return b"", np.zeros(0, np.int64)
        start = self.code.string_start[self.order].astype(np.int64)
        end = np.maximum.accumulate(self.code.string_end[self.order].astype(np.int64))
        first = np.append(True, start[1:] - end[:-1] > _GAP)
        begins, ends = start[first], end[np.append(first[1:], True)]
        data = self.code.data
        region = bytearray(b"\0".join([data[a:b] for a, b in zip(begins.tolist(), ends.tolist(), strict=True)]))
        moved = np.cumsum(ends - begins + 1) - (ends - begins + 1) - begins
        starts = start + moved[np.cumsum(first) - 1]
        # A string that begins inside another one (crafted) has no prefix of its own.
        own = ~first[1:] & (start[1:] > end[:-1])
        np.frombuffer(region, np.uint8)[starts[1:][own] - 1] = 0
        return bytes(region), starts

    def at(self, offsets: Sequence[int]) -> list[int]:
        """String that holds each byte offset of the region, -1 where it lies between strings."""
        at = np.array(offsets, np.int64)
        k = np.searchsorted(self.starts, at, "right") - 1
        if not len(self.starts):
            return [-1] * len(at)
        s = self.order[np.maximum(k, 0)]
        size = self.code.string_end[s] - self.code.string_start[s]
        found: list[int] = np.where((k >= 0) & (at - self.starts[np.maximum(k, 0)] < size), s, -1).tolist()
        return found

    def users(self, s: int) -> list[int]:
        """Definitions that load string `s`."""
        low, high = np.searchsorted(self._sorted, (s, s + 1))
        return sorted(set(self._use_def[self._by[low:high]].tolist()))

    def urls(self) -> Iterator[tuple[Url, int]]:
        """(address, string) of every URL in the constants."""
        found = list(addresses(self.region, _URL, self.places.get(_MARK, ())))
        for (raw, _), s in zip(found, self.at([place for _, place in found]), strict=True):
            if s >= 0 and (url := parse_url(raw.decode("ascii", "replace"))):
                yield url, s

    def words(self, words: Words) -> Iterator[tuple[Match, int]]:
        """(hit, string) of the word lists in the constants."""
        yield from self._wide(words)
        yield from self._exact(words)
        region, places = self.region, self.places
        for word, key in words.ascii.items():
            if "code" in words.where[key]:
                yield from self._whole(words, key, self.at(places.get(word.encode(), ())))
        for key, prefix in words.prefix:
            if "code" in words.where[key]:
                begin = prefix.encode()
                at = [p for p in places.get(begin.lower(), ()) if region.startswith(begin, p)]
                if at:
                    first = self.starts[np.searchsorted(self.starts, at, "right") - 1] == at
                    yield from self._whole(words, key, self.at(np.array(at)[first].tolist()))
        for pattern in words.regex:
            if pattern.raw and "code" in words.where[pattern.key]:
                spans = list(pattern.spans_in(region, places))
                for (begin_, end), s in zip(spans, self.at([b for b, _ in spans]), strict=True):
                    if s >= 0:
                        yield Match(*pattern.key, words.show(pattern.key, decode(region[begin_:end]))), s

    def _whole(self, words: Words, key: tuple[str, str], strings: Iterable[int]) -> Iterator[tuple[Match, int]]:
        for s in strings:
            if s >= 0:
                yield Match(*key, words.show(key, self.code.text(s))), s

    def _wide(self, words: Words) -> Iterator[tuple[Match, int]]:
        """Words and patterns beyond ASCII, looked for only in the strings that have such bytes."""
        # E4 to E9 begin the CJK ideographs in UTF-8; every word of the lists has one.
        data = np.frombuffer(self.region, np.uint8)
        high = np.flatnonzero((data >= 0xE4) & (data <= 0xE9))
        ranks = distinct(np.searchsorted(self.starts, high, "right") - 1)
        ids = self.order[ranks[ranks >= 0]].tolist()
        texts = [self.code.text(s)[:LONG].replace("\n", " ") for s in ids]
        if not texts:
            return
        joined = "\n".join(texts)
        begins = np.cumsum([0] + [len(t) + 1 for t in texts])

        def owner(at: int) -> int:
            return int(np.searchsorted(begins, at, "right")) - 1

        for key, word in words.wide_in(joined, "code"):
            at = joined.find(word)
            while at >= 0:
                k = owner(at)
                yield Match(*key, words.show(key, texts[k])), ids[k]
                at = joined.find(word, int(begins[k + 1]))
        for pattern in words.regex:
            if pattern.raw is None and "code" in words.where[pattern.key]:
                for begin, end in pattern.spans_by_line(joined):
                    yield Match(*pattern.key, words.show(pattern.key, joined[begin:end])), ids[owner(begin)]

    def _exact(self, words: Words) -> Iterator[tuple[Match, int]]:
        if not words.exact:
            return
        found = among(self.code, {w.encode() for w in words.exact}, only=self.order)
        for s in np.flatnonzero(found).tolist():
            text = self.code.text(s)
            for key in words.exact[text]:
                if "code" in words.where[key]:
                    yield Match(*key, words.show(key, text)), s
