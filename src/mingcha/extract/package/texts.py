"""URLs and word lists in the texts of a package: string constants, resources, assets.

Hundreds of thousands of strings are searched, so nothing here looks at them one by one: the
string data of a DEX file is one region of bytes, regular expressions and substring searches
run over it in C, and only hits are mapped back to strings and to the methods that load them.
Patterns come from the catalogue, whose linter admits bounded ones only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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
    raw = raw.rstrip(".,;)'}")
    found = _HOST.match(raw)
    if not found:
        return None
    host = found[1].lower().rstrip(".")
    if host in NAMESPACES or ("." not in host and not host.startswith("[")) or host.startswith("."):
        return None
    scheme = raw.partition(":")[0].lower()
    return Url(raw[:500], host, scheme in ("http", "ws", "ftp", "mqtt", "rtmp"))


@dataclass(slots=True)
class Words:
    """The catalogue's word lists, compiled once."""

    wide: list[tuple[str, str, str]] = field(default_factory=list)  # list, entry, word (non-ASCII)
    ascii: dict[str, tuple[str, str]] = field(default_factory=dict)  # lower-case word
    exact: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    prefix: list[tuple[str, str, str]] = field(default_factory=list)
    regex: list[tuple[str, str, re.Pattern[str], re.Pattern[bytes] | None]] = field(default_factory=list)
    masked: set[tuple[str, str]] = field(default_factory=set)
    where: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    alternation: re.Pattern[bytes] | None = None

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
                        w.wide.append((*key, word))
                for word in e.exact:
                    w.exact.setdefault(word, []).append(key)
                w.prefix += [(*key, p) for p in e.prefix]
                if e.regex:
                    in_bytes = re.compile(e.regex.encode()) if e.regex.isascii() else None
                    w.regex.append((*key, re.compile(e.regex), in_bytes))
        if w.ascii:
            body = b"|".join(re.escape(k.encode()) for k in sorted(w.ascii, key=len, reverse=True))
            w.alternation = re.compile(body)
        return w

    def show(self, key: tuple[str, str], text: str) -> str:
        """The text as a report may show it: short, secrets masked to their shape."""
        text = text.strip()[:200]
        if key in self.masked:
            return f"{text[:4]}…{text[-2:] if len(text) > 12 else ''}({len(text)})"
        return text

    def in_text(self, text: str, source: str) -> Iterator[Match]:
        """Hits in running text (resources, assets, manifest), one per entry and value."""
        seen: set[Match] = set()
        low = text.lower()

        def hit(key: tuple[str, str], at: int, size: int) -> Iterator[Match]:
            if source not in self.where[key]:
                return
            start = max(text.rfind("\n", 0, at) + 1, at - 60)
            stop = text.find("\n", at)
            line = text[start : min(len(text) if stop < 0 else stop, at + size + 60)]
            m = Match(*key, self.show(key, text[at : at + size] if key in self.masked else line))
            if m not in seen:
                seen.add(m)
                yield m

        for lst, entry, word in self.wide:
            yield from self._each(text, word, (lst, entry), hit)
        for word, key in self.ascii.items():
            yield from self._each(low, word, key, hit)
        for lst, entry, pattern, _ in self.regex:
            for n, found in enumerate(pattern.finditer(text)):
                if n >= 50:
                    break
                yield from hit((lst, entry), found.start(), found.end() - found.start())

    @staticmethod
    def _each(
        text: str,
        word: str,
        key: tuple[str, str],
        hit: Callable[[tuple[str, str], int, int], Iterator[Match]],
    ) -> Iterator[Match]:
        at = text.find(word)
        n = 0
        while at >= 0 and n < 20:
            yield from hit(key, at, len(word))
            at = text.find(word, at + len(word))
            n += 1


class Strings:
    """The string constants of one container as one searchable region."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.order = np.argsort(code.string_start, kind="stable")
        self.starts: I32 = code.string_start[self.order]
        self.low = int(self.starts[0]) if len(self.starts) else 0
        high = int(code.string_end.max()) if len(self.starts) else 0
        self.region = code.data[self.low : high]
        uses = code.event_kind == STRING
        self._use_string = code.event_operand[uses]
        self._use_def = code.event_def[uses]
        self._by = np.argsort(self._use_string, kind="stable")
        self._sorted = self._use_string[self._by]

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
        if words.alternation:
            low = self.region.lower()
            for found in words.alternation.finditer(low):
                key = words.ascii[found[0].decode()]
                s = self.at(found.start())
                if s >= 0 and "code" in words.where[key]:
                    yield Match(*key, words.show(key, self.code.text(s))), s
        for lst, entry, _, pattern in words.regex:
            if pattern and "code" in words.where[lst, entry]:
                for found in pattern.finditer(self.region):
                    s = self.at(found.start())
                    if s >= 0:
                        yield Match(lst, entry, words.show((lst, entry), decode(found[0]))), s
        for lst, entry, prefix in words.prefix:
            raw = prefix.encode()
            at = self.region.find(raw)
            while at >= 0:
                s = self.at(at)
                if (
                    s >= 0
                    and self.code.string_start[s] == at + self.low
                    and "code" in words.where[lst, entry]
                ):
                    yield Match(lst, entry, words.show((lst, entry), self.code.text(s))), s
                at = self.region.find(raw, at + len(raw))

    def _wide(self, words: Words) -> Iterator[tuple[Match, int]]:
        """Words and patterns beyond ASCII, looked for only in the strings that have such bytes."""
        high = np.flatnonzero(np.frombuffer(self.region, np.uint8) >= 0x80)
        ranks = np.unique(np.searchsorted(self.starts, high + self.low, "right") - 1)
        ids = self.order[ranks[ranks >= 0]].tolist()
        texts = [self.code.text(s).replace("\n", " ") for s in ids]
        if not texts:
            return
        joined = "\n".join(texts)
        begins = np.cumsum([0] + [len(t) + 1 for t in texts])

        def owner(at: int) -> int:
            return int(np.searchsorted(begins, at, "right")) - 1

        for lst, entry, word in words.wide:
            if "code" not in words.where[lst, entry]:
                continue
            at = joined.find(word)
            while at >= 0:
                k = owner(at)
                yield Match(lst, entry, words.show((lst, entry), texts[k])), ids[k]
                at = joined.find(word, int(begins[k + 1]))
        for lst, entry, pattern, in_bytes in words.regex:
            if in_bytes is None and "code" in words.where[lst, entry]:
                for hit in pattern.finditer(joined):
                    yield Match(lst, entry, words.show((lst, entry), hit[0])), ids[owner(hit.start())]

    def _exact(self, words: Words) -> Iterator[tuple[Match, int]]:
        if not words.exact:
            return
        found = among(self.code, {w.encode() for w in words.exact})
        for s in np.flatnonzero(found).tolist():
            text = self.code.text(s)
            for key in words.exact[text]:
                if "code" in words.where[key]:
                    yield Match(*key, words.show(key, text)), s
