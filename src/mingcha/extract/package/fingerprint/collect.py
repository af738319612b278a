"""Features of one package, container after container, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.package.columns import Code
from mingcha.extract.package.fingerprint import anchors, prints
from mingcha.extract.package.fingerprint.anchors import U64, Bool
from mingcha.extract.package.fingerprint.matcher import Found, Matcher
from mingcha.extract.package.fingerprint.telling import Own
from mingcha.extract.package.owners import Owner

ANY, OTHER = -1, -2  # no SDK's name, that of one that was not learnt
LEAST = 0.25  # of the texts of a class that one SDK alone was learnt with, for the class to be looked at
CLASSES = 200_000  # of a package that are told whose they are


class Collector:
    """Takes in containers; `found` says which SDKs they hold. `owner` tells whose a class is by its name: a class that
    stands under one SDK's name is no sign of another one, which may have brought the same code along."""

    def __init__(self, matcher: Matcher, owner: Callable[[str], Owner] | None = None) -> None:
        self.matcher, self.owner = matcher, owner
        self._number = {sdk: n for n, sdk in enumerate(matcher.ids)}
        self._hit = np.zeros(len(matcher.prints.features), bool)
        self._classes: dict[str, str] = {}
        self._own: dict[str, list[U64]] = defaultdict(list)
        self._where: dict[str, list[tuple[Code, Bool]]] = defaultdict(list)
        self._known: list[Found] | None = None

    def add(self, code: Code) -> None:
        """Take in one container."""
        found = anchors.texts(code, self.matcher.texts)
        classes = len(code.class_type)
        places = self.matcher.places(found.hashes)
        sdk = self.matcher.whose(places)
        # One known text among many is chance: a class of the SDK has more of them.
        known = np.bincount(found.rows[sdk >= 0], minlength=classes)
        some = (known > 0) & (known >= LEAST * found.counts)
        named = self._named(code, np.flatnonzero(some))
        fits = (sdk >= 0) & ((named[found.rows] == ANY) | (named[found.rows] == sdk))
        known = np.bincount(found.rows[fits], minlength=classes)
        some &= (known > 0) & (known >= LEAST * found.counts)
        if not some.any():
            return
        hashes, rows = anchors.read(code, some)
        places = self.matcher.places(hashes)
        sdk = self.matcher.whose(places)
        places[(sdk >= 0) & (named[rows] != ANY) & (named[rows] != sdk)] = -1
        self._hit[places[places >= 0]] = True
        whose = self.matcher.owners(hashes, rows, places)
        by: dict[str, list[int]] = defaultdict(list)
        for row, name in whose.items():
            by[name].append(row)
            if len(self._classes) < CLASSES:
                self._classes.setdefault(code.class_name(row), name)
        for name, mine in by.items():
            its = np.zeros(classes, bool)
            its[mine] = True
            self._own[name].append(hashes[its[rows]])
            self._where[name].append((code, its))

    def _named(self, code: Code, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """[C] The SDK under whose name a class stands, ANY where its name says nothing; asked for some rows only."""
        out = np.full(len(code.class_type), ANY, np.int64)
        if self.owner is not None:
            for row in rows.tolist():
                owner = self.owner(code.class_name(row))
                if owner.kind == "sdk":
                    out[row] = self._number.get(owner.id, OTHER)
        return out

    def found(self) -> list[Found]:
        """SDKs of all containers so far."""
        if self._known is None:
            own = {sdk: Own(np.unique(np.concatenate(p)), self._where[sdk]) for sdk, p in self._own.items()}
            self._known = self.matcher.find(self._hit, self._classes, own)
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
