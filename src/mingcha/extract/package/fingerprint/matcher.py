"""Which learnt SDKs a package holds, and which version, by features alone.

A feature that several SDKs were learnt with counts little or nothing; what is left is a sign of one SDK.
An SDK is there where enough of its own signs are, by number and by share. Its version: see `telling`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.package.columns import I32
from mingcha.extract.package.fingerprint.anchors import CALLS, PAIR, SHAPE, TEXT, TOP, U64, Bool
from mingcha.extract.package.fingerprint.prints import Prints
from mingcha.extract.package.fingerprint.telling import Learnt, Own, tell

F64 = NDArray[np.float64]
# What a feature of one SDK alone is worth, by kind: a text can hardly be anybody else's, three calls can.
WORTH = {TEXT: 1.0, PAIR: 1.0, CALLS: 0.25, SHAPE: 0.25}
MOST = 3  # SDKs with a feature that still counts
# (share of an entry's worth, worth, classes that are surely its own): one row of them has to be there. Of a large SDK
# little may survive, and of a small one there is little.
ENOUGH = ((0.3, 8.0, 0), (0.12, 30.0, 0), (0.05, 20.0, 4), (0.02, 30.0, 10))
CLASS_SIGNS, CLASS_SHARE = 3.0, 0.75  # of one class, to say whose it is


class Found(NamedTuple):
    """One SDK in a package. `share` and `worth`: of the features learnt, of the part most of which is there."""

    id: str
    versions: tuple[str, ...]
    """One, or several between which nothing that is left differs; none where it cannot be told."""
    part: str
    share: float
    worth: float
    classes: frozenset[str]

    @property
    def version(self) -> str | None:
        """The version, where it is one."""
        return self.versions[0] if len(self.versions) == 1 else None


class Matcher:
    """The forms that fingerprints are looked up in; built once."""

    def __init__(self, prints: Prints) -> None:
        self.prints = prints
        size = len(prints.features)
        self.ids = sorted({e.id for e in prints.entries})
        number = {sdk: n for n, sdk in enumerate(self.ids)}
        counts = np.array([e.count for e in prints.entries], np.int64)
        self.begin = np.cumsum(counts) - counts
        self.entry_id = np.array([number[e.id] for e in prints.entries], np.int32)
        groups: dict[int, list[int]] = defaultdict(list)
        for k, n in enumerate(self.entry_id.tolist()):
            groups[n].append(k)
        users, self.only = np.zeros(size, np.int32), np.full(size, -1, np.int32)
        for n, group in groups.items():
            mine = np.unique(np.concatenate([self.rows(k) for k in group]))
            users[mine] += 1
            self.only[mine] = n
        self.only[users != 1] = -1  # otherwise: the SDK that alone was learnt with the feature
        worth = np.array([WORTH[k] for k in range(4)])[(prints.features & np.uint64(3)).astype(np.int64)]
        self.weight: F64 = np.where(users <= MOST, worth / np.maximum(users, 1) ** 2, 0.0)
        self.whole: F64 = np.add.reduceat(self.weight[prints.rows], self.begin) if size else np.zeros(0)
        order = np.argsort(prints.rows, kind="stable")  # which entries have each feature
        self._entry = np.repeat(np.arange(len(counts)), counts)[order].astype(np.int32)
        self._first = np.searchsorted(prints.rows[order], np.arange(size + 1))
        self._learnt: dict[tuple[str, str], tuple[NDArray[np.uint32], Learnt]] = {}
        heads = (prints.features >> np.uint64(64 - TOP)).astype(np.int64)
        self.table, self.texts = np.zeros(1 << TOP, bool), np.zeros(1 << TOP, bool)
        self.table[heads] = True
        self.texts[heads[(self.only >= 0) & (prints.features & np.uint64(3) == TEXT)]] = True

    def rows(self, entry: int) -> NDArray[np.uint32]:
        """Places of the features of an entry."""
        at = int(self.begin[entry])
        return self.prints.rows[at : at + self.prints.entries[entry].count]

    def places(self, hashes: U64) -> I32:
        """Place of each feature among those learnt, -1 where it is not learnt."""
        out = np.full(len(hashes), -1, np.int32)
        if not len(self.prints.features):
            return out
        likely = np.flatnonzero(self.table[(hashes >> np.uint64(64 - TOP)).astype(np.int64)])
        at = np.searchsorted(self.prints.features, hashes[likely])
        at = np.minimum(at, len(self.prints.features) - 1)
        right = self.prints.features[at] == hashes[likely]
        out[likely[right]] = at[right]
        return out

    def whose(self, places: I32) -> I32:
        """The SDK that alone was learnt with each feature, by its number; -1 where there is none."""
        if not len(self.only):
            return np.full(len(places), -1, np.int32)
        return np.where(places >= 0, self.only[np.maximum(places, 0)], -1)

    def find(
        self, hit: Bool, classes: Mapping[str, str] | None = None, own: Mapping[str, Own] | None = None
    ) -> list[Found]:
        """SDKs whose features are there. `hit`: which of the learnt features the package has; `classes`:
        descriptor -> SDK, as `owners` told; `own`: features of those classes by SDK."""
        if not len(self.prints.entries):
            return []
        whole = self.whole
        there = self._there(np.flatnonzero(hit))
        best: dict[str, int] = {}
        by: dict[str, set[str]] = defaultdict(set)
        for name, sdk in (classes or {}).items():
            by[sdk].add(name)
        surely = np.array([len(by[e.id]) if e.id in by else 0 for e in self.prints.entries])
        good = np.zeros(len(whole), bool)
        for share, worth, n in ENOUGH:
            good |= (there >= worth) & (there >= share * whole) & (surely >= n)
        for k in np.flatnonzero(good).tolist():
            sdk = self.prints.entries[k].id
            if sdk not in best or there[k] > there[best[sdk]]:
                best[sdk] = k
        out = []
        for sdk, k in sorted(best.items()):
            share, worth = float(there[k] / whole[k]), float(there[k])
            part = self.prints.entries[k].part
            said = self.versions(sdk, part, hit, (own or {}).get(sdk, Own(np.zeros(0, np.uint64))))
            out.append(Found(sdk, said, part, share, worth, frozenset(by[sdk])))
        return out

    def _there(self, places: NDArray[np.int64]) -> F64:
        """Worth of these features by entry."""
        low, high = self._first[places], self._first[places + 1]
        n = high - low
        at = np.repeat(low - (np.cumsum(n) - n), n) + np.arange(int(n.sum()))
        return np.bincount(self._entry[at], np.repeat(self.weight[places], n), minlength=len(self.whole)).astype(np.float64)

    def versions(self, sdk: str, part: str, hit: Bool, own: Own) -> tuple[str, ...]:
        """Which learnt version of a part it is, as `telling.tell` says."""
        if (sdk, part) not in self._learnt:
            self._learnt[sdk, part] = self._learn(sdk, part)
        places, learnt = self._learnt[sdk, part]
        return tell(learnt, hit[places], own, self.prints.features)

    def _learn(self, sdk: str, part: str) -> tuple[NDArray[np.uint32], Learnt]:
        """What `tell` asks for, with the places of its features."""
        entries = [k for k, e in enumerate(self.prints.entries) if e.id == sdk]
        rivals = [k for k in entries if self.prints.entries[k].part == part and self.prints.entries[k].version]
        rows = {k: self.rows(k) for k in entries}
        nothing = np.zeros(0, np.uint32)
        places = np.unique(np.concatenate([nothing, *(rows[k] for k in rivals)]))
        # What others have too, others may have brought.
        places = places[self.only[places] == self.ids.index(sdk)]
        beside = [rows[k] for k in entries if self.prints.entries[k].part != part]
        features = self.prints.features
        return places, Learnt(
            versions=tuple(self.prints.entries[k].version or "" for k in rivals), features=features[places],
            has=np.array([np.isin(places, rows[k], assume_unique=True) for k in rivals]).reshape(len(rivals), len(places)),
            every=tuple(features[np.unique(np.concatenate([rows[k], *beside]))] for k in rivals),
            all=features[np.unique(np.concatenate([nothing, *rows.values()]))],
        )  # fmt: skip

    def owners(self, hashes: U64, rows: I32, places: I32) -> dict[int, str]:
        """Classes that are one SDK's beyond doubt: row -> SDK. `rows`: class of each feature, `places`: as found; all
        features of a class must be given, since what is not the SDK's speaks against it."""
        if not len(hashes):
            return {}
        worth = np.array([WORTH[k] for k in range(4)])[(hashes & np.uint64(3)).astype(np.int64)]
        total = np.bincount(rows, worth)
        known = np.flatnonzero(places >= 0)
        whose = self.only[places[known]]
        known, whose = known[whose >= 0], whose[whose >= 0].astype(np.int64)
        if not len(known):
            return {}
        # All of a class by SDK, against all that the class has; and what of it differs, which has to be enough.
        pair, at = np.unique(rows[known].astype(np.int64) << 32 | whose, return_inverse=True)
        share = np.bincount(at, worth[known]) / np.maximum(total[pair >> 32], 1e-9)
        once = np.unique(rows[known].astype(np.int64) << 32 | places[known], return_index=True)[1]
        signs = np.bincount(at[once], worth[known][once], minlength=len(pair))
        good = pair[(signs >= CLASS_SIGNS) & (share >= CLASS_SHARE)]
        return {int(p) >> 32: self.ids[int(p) & 0xFFFFFFFF] for p in good.tolist()}
