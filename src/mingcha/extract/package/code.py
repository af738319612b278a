"""All code of a package → facts: sensitive calls, patterns, URLs, word hits, class owners.

Containers are read one after another and dropped again; what stays are the hits. The first
definition of a class wins over the containers, as on Android; later ones are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mingcha.extract.package import patterns, versions
from mingcha.extract.package.apis import Matcher, Table
from mingcha.extract.package.columns import Code, Counts
from mingcha.extract.package.fingerprint.collect import Book, Collector
from mingcha.extract.package.fingerprint.matcher import Found
from mingcha.extract.package.flow import addresses
from mingcha.extract.package.owners import UNKNOWN, Owner, Owners
from mingcha.extract.package.texts import Strings, Words
from mingcha.extract.package.uses import Uses

Fact = dict[str, Any]
URLS, MATCHES, PATTERNS = 4000, 300, 5000  # facts of one package, of one word-list entry, of one pattern
USERS = 64  # methods looked at to tell whose a string is
_PERSONAL = (
    "imei",
    "imsi",
    "iccid",
    "phone-number",
    "precise-location",
    "mac-address",
    "contacts",
    "sms",
    "call-log",
)


@dataclass(slots=True)
class CodeFacts:
    """Collects over containers; `facts` gives the result."""

    table: Table
    words: Words
    owners: Owners
    vendors: dict[str, str]  # domain -> SDK id
    rivals: frozenset[str]
    book: Book | None = None
    counts: Counts = field(default_factory=Counts)
    containers: int = 0
    duplicates: int = 0
    classes: set[str] = field(default_factory=set)
    sdk_classes: Counter[str] = field(default_factory=Counter)
    notes: list[tuple[str, str]] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)
    """What there was more of than is kept."""
    _matcher: Matcher = field(init=False)
    _patterns: list[Fact] = field(default_factory=list)
    _urls: dict[tuple[str, str], Fact] = field(default_factory=dict)
    _matches: dict[tuple[str, str, str, str], Fact] = field(default_factory=dict)
    stated: list[tuple[str, str]] = field(default_factory=list)
    """What SDKs say of their versions, see `versions.of_code`."""
    _prints: Collector | None = None
    _found: list[Found] = field(default_factory=list)
    _per_entry: Counter[tuple[str, str]] = field(default_factory=Counter)
    _per_pattern: Counter[str] = field(default_factory=Counter)
    _known: list[Fact] | None = None  # calls of a restored state
    _values: set[tuple[str, ...]] = field(default_factory=set)  # addresses and matches, of whatever owner

    def __post_init__(self) -> None:
        self._matcher = Matcher(self.table)

    def add(self, code: Code) -> None:
        """Take in one container (in Android's order)."""
        self.containers += 1
        self.counts.add(code.counts)
        self.notes += [(code.name, note) for note in code.malformed]
        skip = self._own(code)
        before = len(self._matcher.calls)
        uses = Uses(code)
        self._matcher.add(code, skip, uses)
        personal = frozenset(c.definition for c in self._matcher.calls[before:] if c.member.item in _PERSONAL)
        for pattern, d, detail in patterns.find(code, self.rivals, personal, uses):
            if skip is not None and skip[d]:
                continue
            self._per_pattern[pattern] += 1
            if self._per_pattern[pattern] > PATTERNS:
                self.cut.add(f"more than {PATTERNS} places of {pattern}")
                continue
            method = code.definition(d)
            self._patterns.append(
                {
                    "kind": "code-pattern", "where": f"{code.name}:{method}", "pattern": pattern, "method": method,
                    "detail": detail, "owner": self._owner(method).fact(), "dex": code.name,
                }
            )  # fmt: skip
        self._texts(code, skip)
        self.stated += versions.of_code(code, self.owners.defined)
        if self.book is not None:
            if self._prints is None:
                self._prints = Collector(self.book.matcher, self.owners.of)
            self._prints.add(code)

    def fingerprints(self) -> list[Found]:
        """SDKs told without their names; none where there are no fingerprints to compare with."""
        return self._prints.found() if self._prints is not None else self._found

    def settle(self) -> None:
        """Once all containers are taken in: what stands in classes that a fingerprint gives to an SDK is the SDK's."""
        told = self.fingerprints()
        for found in told:
            self.owners.tell(found.id, found.classes)
        if not told:
            return
        for fact in (*self._patterns, *self._urls.values(), *self._matches.values()):
            method = fact["where"].rpartition(":")[2]
            if fact["owner"]["kind"] == "unknown" and "->" in method:
                fact["owner"] = self._owner(method).fact()
        urls, matches = list(self._urls.values()), list(self._matches.values())
        # Of two that come to be the same the first stays.
        self._urls = {(f["url"], f["owner"]["id"]): f for f in reversed(urls)}
        self._urls = dict(reversed(self._urls.items()))
        self._matches = {(f["list"], f["entry"], f["value"], f["owner"]["id"]): f for f in reversed(matches)}
        self._matches = dict(reversed(self._matches.items()))

    def _own(self, code: Code) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
        """Count classes by owner; mask of the definitions of classes seen before, None if none."""
        types = code.types
        names = [types[t] for t in code.class_type.tolist()]
        fresh = set(names)
        again: list[bool] = []
        if len(fresh) < len(names) or not self.classes.isdisjoint(fresh):
            fresh = set()
            for name in names:
                again.append(name in fresh or name in self.classes)
                fresh.add(name)
            fresh -= self.classes
        self.classes |= fresh
        self.sdk_classes.update(self.owners.count(fresh))
        if not again:
            return None
        self.duplicates += sum(again)
        return np.array(again, bool)[code.def_class]

    def defines(self, dotted: str) -> bool:
        """Whether the code has the class of that name."""
        return "/" not in dotted and f"L{dotted.replace('.', '/')};" in self.classes

    def _owner(self, method: str) -> Owner:
        return self.owners.defined(method.partition("->")[0])

    def _texts(self, code: Code, skip: np.ndarray[tuple[int], np.dtype[np.bool_]] | None) -> None:
        strings = Strings(code, self.words.needles)
        owned: dict[int, list[tuple[Owner, str]]] = {}

        def users(s: int) -> list[tuple[Owner, str]]:
            """Each owner whose code loads the string, with the first of its methods that does."""
            if s not in owned:
                defs = strings.users(s)
                if skip is not None:  # a class that never runs is not the one to name
                    defs = [d for d in defs if not skip[d]] or defs
                found: dict[str, tuple[Owner, str]] = {}
                for where in map(code.definition, defs[:USERS]):
                    owner = self._owner(where)
                    found.setdefault(owner.id, (owner, f"{code.name}:{where}"))
                owned[s] = [*found.values()] or [(UNKNOWN, f"{code.name}:string {s}")]
            return owned[s]

        # Who uses a string costs a search: not for what would not be kept.
        for url, s in strings.urls():
            if len(self._urls) >= URLS and (url.url,) not in self._values:
                self.cut.add(f"more than {URLS} addresses")
                continue
            for owner, where in users(s):
                self.url(url.url, url.host, url.cleartext, owner, where)
        for url, d in addresses.find(code, skip):
            method = code.definition(d)
            self.url(url.url, url.host, url.cleartext, self._owner(method), f"{code.name}:{method}")
        for match, s in strings.words(self.words):
            if self._per_entry[match.list, match.entry] >= MATCHES and match not in self._values:
                self.cut.add(f"more than {MATCHES} matches of {match.list}/{match.entry}")
                continue
            for owner, where in users(s):
                self.match(match.list, match.entry, match.value, "code", owner, where)

    def url(self, url: str, host: str, cleartext: bool, owner: Owner, where: str) -> None:
        """Keep one address, once per owner; secrets in it are masked."""
        url = self.words.veil(url)
        if (url, owner.id) in self._urls:
            return
        if len(self._urls) >= URLS:
            self.cut.add(f"more than {URLS} addresses")
            return
        self._values.add((url,))
        self._urls[url, owner.id] = {
            "kind": "url", "where": where, "url": url, "host": host, "cleartext": cleartext,
            "owner": owner.fact(), "vendor": self._vendor(host),
        }  # fmt: skip

    def match(self, words: str, entry: str, value: str, source: str, owner: Owner, where: str) -> None:
        """Keep one word hit, once per value and owner."""
        key = (words, entry, value, owner.id)
        if key in self._matches:
            return
        if self._per_entry[words, entry] >= MATCHES:
            self.cut.add(f"more than {MATCHES} matches of {words}/{entry}")
            return
        self._per_entry[words, entry] += 1
        self._values.add((words, entry, value))
        self._matches[key] = {
            "kind": "text-match", "where": where, "list": words, "entry": entry, "value": value,
            "source": source, "owner": owner.fact(),
        }  # fmt: skip

    def _vendor(self, host: str) -> str | None:
        while "." in host:
            if host in self.vendors:
                return self.vendors[host]
            host = host.partition(".")[2]
        return None

    def state(self) -> dict[str, Any]:
        """All that `add` has found so far, as plain values; `restore` takes it in again."""
        self.cut |= self._matcher.cut
        return {
            "counts": {name: getattr(self.counts, name) for name in self.counts.__slots__},
            "containers": self.containers, "duplicates": self.duplicates, "classes": sorted(self.classes),
            "sdk_classes": dict(self.sdk_classes), "cut": sorted(self.cut), "calls": list(self._calls()),
            "stated": self.stated,
            "prints": [[*f[:5], sorted(f.classes)] for f in self.fingerprints()], "patterns": self._patterns, "urls": list(self._urls.values()), "matches": list(self._matches.values()),
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Be as after `add` of all the containers that a state was taken from."""
        self.counts = Counts(**state["counts"])
        self.containers, self.duplicates = state["containers"], state["duplicates"]
        self.classes, self.cut = set(state["classes"]), set(state["cut"])
        self.sdk_classes.update(state["sdk_classes"])
        self._known, self._patterns = state["calls"], state["patterns"]
        self.stated = [(sdk, text) for sdk, text in state["stated"]]
        self._found = [Found(i, tuple(v), p, share, worth, frozenset(c)) for i, v, p, share, worth, c in state["prints"]]
        for f in state["urls"]:
            self._urls[f["url"], f["owner"]["id"]] = f
            self._values.add((f["url"],))
        for f in state["matches"]:
            self._matches[f["list"], f["entry"], f["value"], f["owner"]["id"]] = f
            self._per_entry[f["list"], f["entry"]] += 1
            self._values.add((f["list"], f["entry"], f["value"]))

    def facts(self) -> Iterable[Fact]:
        """Everything found, without `exhibit`."""
        yield from self._calls() if self._known is None else self._known
        yield from self._patterns
        yield from self._urls.values()
        yield from self._matches.values()

    def _calls(self) -> Iterable[Fact]:
        calls: dict[tuple[str, str, str], Fact] = {}
        found = self._matcher.finish()
        self.cut |= self._matcher.cut
        for call in found:
            item = call.member.item or call.member.capability
            fact = {
                "kind": "api-call", "where": f"{call.dex}:{call.caller}", "caller": call.caller, "callee": call.callee,
                "api": call.api, "item": item, "group": "item" if call.member.item else "capability",
                "via": call.member.via, "constant": call.constant, "permission": call.member.permission,
                "owner": self._owner(call.caller).fact(), "dex": call.dex, "count": call.count,
            }  # fmt: skip
            calls.setdefault((call.caller, call.callee, item), fact)
        return calls.values()
