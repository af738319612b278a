"""Features of one package, container after container, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from mingcha.extract.package.columns import Code
from mingcha.extract.package.fingerprint import anchors, prints
from mingcha.extract.package.fingerprint.anchors import U64
from mingcha.extract.package.fingerprint.matcher import Found, Matcher

LEAST = 0.25  # of the texts of a class that one SDK alone was learnt with, for the class to be looked at
CLASSES = 200_000  # of a package that are told whose they are


class Collector:
    """Takes in containers; `found` says which SDKs they hold."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self._hit = np.zeros(len(matcher.prints.features), bool)
        self._classes: dict[str, str] = {}
        self._texts: dict[str, list[U64]] = defaultdict(list)
        self._known: list[Found] | None = None

    def add(self, code: Code) -> None:
        """Take in one container."""
        found = anchors.texts(code)
        classes = len(code.class_type)
        told = found.rows[self.matcher.telling(found.hashes)]
        # One known text among many is chance: a class of the SDK has more of them.
        known = np.bincount(told, minlength=classes)
        some = (known > 0) & (known >= LEAST * np.bincount(found.rows, minlength=classes))
        hashes, rows = anchors.read(code, some)
        places = self.matcher.places(hashes)
        self._hit[places[places >= 0]] = True
        whose = self.matcher.owners(hashes, rows, places)
        by: dict[str, list[int]] = defaultdict(list)
        for row, sdk in whose.items():
            by[sdk].append(row)
            if len(self._classes) < CLASSES:
                self._classes.setdefault(code.class_name(row), sdk)
        text = hashes & np.uint64(3) == anchors.TEXT
        for sdk, mine in by.items():  # what is new in them tells another version
            some[:] = False
            some[mine] = True
            self._texts[sdk].append(np.unique(hashes[some[rows] & text]))

    def found(self) -> list[Found]:
        """SDKs of all containers so far."""
        if self._known is None:
            texts = {sdk: np.unique(np.concatenate(parts)) for sdk, parts in self._texts.items()}
            self._known = self.matcher.find(self._hit, self._classes, texts)
        return self._known


class Book:
    """A fingerprint file, opened when it is first needed: code that is in the cache needs only its digest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = prints.content(path)
        self.digest = prints.digest(self._data)
        self._matcher: Matcher | None = None

    @property
    def matcher(self) -> Matcher:
        """The fingerprints in the form that they are looked up in. BadInput where the file is none."""
        if self._matcher is None:
            self._matcher = Matcher(prints.parsed(self.path, self._data))
        return self._matcher
