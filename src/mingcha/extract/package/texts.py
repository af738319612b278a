"""URLs and word lists in the texts of a package: string constants, resources, assets.

Hundreds of thousands of strings are searched, so nothing here looks at them one by one: the
string data of a DEX file is one region of bytes, regular expressions and substring searches
run over it in C, and only hits are mapped back to strings and to the methods that load them.
Patterns come from the catalogue, whose linter admits bounded ones only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from mingcha.extract.package.columns import I32, STRING, Code, decode
from mingcha.extract.package.strings import among

_URL = re.compile(
    rb"\b(?:https?|wss?|ftp|mqtts?|rtmp)://[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7c\x7e]{3,2000}",
    re.I,
)
_HOST = re.compile(r"^[a-z]+://(?:[^/@\s]{0,100}@)?(\[[0-9a-f:]+\]|[a-z0-9_.-]{1,253})", re.I)
_PASSWORD = re.compile(r"(://[^/@:\s]{0,100}:)[^/@\s]{1,500}@")
# A passage of a text that is not plain ASCII: what stands between and just after such characters
# belongs to it (京ICP备12345678号-1A). The two classes are disjoint, so matching is linear.
_PASSAGE = re.compile(r"[^\x00-\x7f]+(?:[ -~]{1,40}[^\x00-\x7f]+)*[ -~]{0,60}")
HITS = 50
LONG = 20_000  # characters of one constant that are searched; longer ones are tables, not texts
# Names that look like addresses but are XML namespaces and the like; nobody connects to them.
NAMESPACES = frozenset(
    ["schemas.android.com", "www.w3.org", "w3.org", "ns.adobe.com", "xmlpull.org", "xml.org", "xml.apache.org", "java.sun.com", "schemas.xmlsoap.org", "schemas.microsoft.com", "schemas.openxmlformats.org", "purl.org", "docs.oasis-open.org", "apache.org", "javax.xml.xmlconstants", "relaxng.org", "iptc.org", "www.example.com", "example.com", "localhost", "127.0.0.1"]
)


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


def parse_url(raw: str) -> Url | None:
    """A URL's parts, or None where it is no address of a host (namespaces, templates)."""
    raw = _PASSWORD.sub(r"\1…@", raw.rstrip(".,;)'}"))
    found = _HOST.match(raw)
    if not found:
        return None
    host = found[1].lower().rstrip(".")
    # "javax.xml.transform..." is how XML parsers name their features.
    if host in NAMESPACES or host.startswith((".", "javax.")) or ("." not in host and not host.startswith("[")):
        return None
    scheme = raw.partition(":")[0].lower()
    return Url(raw[:500], host, scheme in ("http", "ws", "ftp", "mqtt", "rtmp"))


class Pattern(NamedTuple):
    """A regular expression of a word list. ASCII ones run over bytes, and only where one of
    `literals` (lower case where `fold`) occurs."""

    key: tuple[str, str]
    text: re.Pattern[str]
    raw: re.Pattern[bytes] | None
    literals: tuple[str, ...]
    fold: bool

    def may(self, region: str, low: str) -> bool:
        """Whether the pattern can match at all."""
        where = low if self.fold else region
        return not self.literals or any(word in where for word in self.literals)

    def may_bytes(self, region: bytes, low: bytes) -> bool:
        """The same over bytes."""
        where = low if self.fold else region
        return not self.literals or any(word.encode() in where for word in self.literals)


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
                    in_bytes = re.compile(e.regex.encode()) if e.regex.isascii() else None
                    fold = e.regex.startswith("(?i)")
                    literals = tuple(x.lower() if fold else x for x in e.literals)
                    if e.mask:
                        w.hints.update([x.lower() for x in e.literals] or [""])
                    w.regex.append(Pattern(key, re.compile(e.regex), in_bytes, literals, fold))
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
        for pattern in self.regex:
            if pattern.key in self.masked and pattern.may(text, low):
                text = pattern.text.sub(lambda m: _shape(m[0]), text)
        return text

    def in_text(self, text: str, source: str, cut: set[str] | None = None) -> set[Match]:
        """Hits in running text (resources, assets), one per entry and line or passage. Patterns that
        match more than `HITS` different passages are named in `cut`."""
        found: set[Match] = set()

        def hit(key: tuple[str, str], within: str, at: int, size: int) -> None:
            first, last = max(0, at - 60), min(len(within), at + size + 60)
            start = max(within.rfind("\n", first, at) + 1, first)
            stop = within.find("\n", at, last)
            line = within[start : last if stop < 0 else stop]
            shown = self.show(key, within[at : at + size] if key in self.masked else line)
            found.add(Match(*key, shown))

        def hits(pattern: Pattern, within: str) -> None:
            most = len(found) + HITS
            for m in pattern.text.finditer(within):
                if len(found) >= most:
                    if cut is not None:
                        cut.add(f"more than {HITS} matches of {'/'.join(pattern.key)} in one text")
                    return
                hit(pattern.key, within, m.start(), m.end() - m.start())

        low = text.lower()
        here = [p for p in self.regex if source in self.where[p.key]]
        for pattern in here:
            if pattern.raw and pattern.key in self.masked and pattern.may(text, low):
                hits(pattern, text)
        # From here on without them, so that no line shown for another hit holds half of one.
        text = self.veil(text)
        low = text.lower()
        for word, key in self.ascii.items():
            if source in self.where[key]:
                for at in _places(low, word):
                    hit(key, text if len(low) == len(text) else low, at, len(word))
        for pattern in here:
            if pattern.raw and pattern.key not in self.masked and pattern.may(text, low):
                hits(pattern, text)
        if not text.isascii():
            passages = "\n".join(_PASSAGE.findall(text))
            for key, word in self.wide:
                if source in self.where[key]:
                    for at in _places(passages, word):
                        hit(key, passages, at, len(word))
            for pattern in here:
                if pattern.raw is None:
                    hits(pattern, passages)
        return found


def _shape(secret: str) -> str:
    return f"{secret[:4]}…{secret[-2:] if len(secret) > 12 else ''}({len(secret)})"


def _places(text: str, word: str) -> Iterator[int]:
    """Where a word stands, the first few times."""
    at = text.find(word)
    for _ in range(HITS):
        if at < 0:
            return
        yield at
        at = text.find(word, at + len(word))


class Strings:
    """The string constants of one container as one searchable region."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.order = np.argsort(code.string_start, kind="stable")
        self.starts: I32 = code.string_start[self.order]
        self.low = int(self.starts[0]) if len(self.starts) else 0
        self.region = self._region()
        uses = code.event_kind == STRING
        self._use_string = code.event_operand[uses]
        self._use_def = code.event_def[uses]
        self._by = np.argsort(self._use_string, kind="stable")
        self._sorted = self._use_string[self._by]

    def _region(self) -> bytes:
        """The string data with the last byte of every length prefix blanked: it may well be a letter
        or a digit (DEX format, string_data_item), and `\\b` would see none between it and the text."""
        if not len(self.starts):
            return b""
        end = self.code.string_end[self.order]
        region = np.frombuffer(self.code.data, np.uint8)[self.low : int(end.max())].copy()
        prefix = self.starts[1:] - 1
        # A string that begins inside another one (crafted) has no prefix of its own.
        prefix = prefix[prefix >= np.maximum.accumulate(end)[:-1]]
        region[prefix - self.low] = 0
        return region.tobytes()

    def at(self, offset: int) -> int:
        """String that holds byte `offset` of the region, -1 where it lies between strings."""
        absolute = offset + self.low
        k = int(np.searchsorted(self.starts, absolute, "right")) - 1
        if k < 0:
            return -1
        s = int(self.order[k])
        return s if absolute < self.code.string_end[s] else -1

    def users(self, s: int) -> list[int]:
        """Definitions that load string `s`."""
        low, high = np.searchsorted(self._sorted, (s, s + 1))
        return sorted(set(self._use_def[self._by[low:high]].tolist()))

    def urls(self) -> Iterator[tuple[Url, int]]:
        """(address, string) of every URL in the constants."""
        for found in _URL.finditer(self.region):
            s = self.at(found.start())
            if s >= 0 and (url := parse_url(found[0].decode("ascii", "replace"))):
                yield url, s

    def words(self, words: Words) -> Iterator[tuple[Match, int]]:
        """(hit, string) of the word lists in the constants."""
        yield from self._wide(words)
        yield from self._exact(words)
        region, low = self.region, self.region.lower()
        for word, key in words.ascii.items():
            if "code" in words.where[key]:
                yield from self._whole(words, key, low, word.encode())
        for key, prefix in words.prefix:
            if "code" in words.where[key]:
                yield from self._whole(words, key, region, prefix.encode(), begin=True)
        for pattern in words.regex:
            if pattern.raw and "code" in words.where[pattern.key] and pattern.may_bytes(region, low):
                for found in pattern.raw.finditer(region):
                    s = self.at(found.start())
                    if s >= 0:
                        yield Match(*pattern.key, words.show(pattern.key, decode(found[0]))), s

    def _whole(
        self, words: Words, key: tuple[str, str], region: bytes, word: bytes, begin: bool = False
    ) -> Iterator[tuple[Match, int]]:
        """Strings that hold a word, or begin with it."""
        at = region.find(word)
        while at >= 0:
            s = self.at(at)
            if s >= 0 and (not begin or self.code.string_start[s] == at + self.low):
                yield Match(*key, words.show(key, self.code.text(s))), s
            at = region.find(word, at + len(word))

    def _wide(self, words: Words) -> Iterator[tuple[Match, int]]:
        """Words and patterns beyond ASCII, looked for only in the strings that have such bytes."""
        # E4 to E9 begin the CJK ideographs in UTF-8; every word of the lists has one.
        data = np.frombuffer(self.region, np.uint8)
        high = np.flatnonzero((data >= 0xE4) & (data <= 0xE9))
        ranks = np.unique(np.searchsorted(self.starts, high + self.low, "right") - 1)
        ids = self.order[ranks[ranks >= 0]].tolist()
        texts = [self.code.text(s)[:LONG].replace("\n", " ") for s in ids]
        if not texts:
            return
        joined = "\n".join(texts)
        begins = np.cumsum([0] + [len(t) + 1 for t in texts])

        def owner(at: int) -> int:
            return int(np.searchsorted(begins, at, "right")) - 1

        for key, word in words.wide:
            if "code" not in words.where[key]:
                continue
            at = joined.find(word)
            while at >= 0:
                k = owner(at)
                yield Match(*key, words.show(key, texts[k])), ids[k]
                at = joined.find(word, int(begins[k + 1]))
        for pattern in words.regex:
            if pattern.raw is None and "code" in words.where[pattern.key]:
                for hit in pattern.text.finditer(joined):
                    yield Match(*pattern.key, words.show(pattern.key, hit[0])), ids[owner(hit.start())]

    def _exact(self, words: Words) -> Iterator[tuple[Match, int]]:
        if not words.exact:
            return
        found = among(self.code, {w.encode() for w in words.exact})
        for s in np.flatnonzero(found).tolist():
            text = self.code.text(s)
            for key in words.exact[text]:
                if "code" in words.where[key]:
                    yield Match(*key, words.show(key, text)), s
