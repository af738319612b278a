"""Which learnt SDKs a package holds, and which version, by features alone.

A feature that several SDKs were learnt with counts little or nothing; what is left is a sign of one SDK.
An SDK is there where enough of its own signs are, by number and by share. Of several learnt versions one is
named only if the features in which they differ decide it and the SDK's own classes load hardly a text that
this version does not have: a version between two learnt ones is none of them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.package.columns import I32
from mingcha.extract.package.fingerprint.anchors import CALLS, PAIR, SHAPE, TEXT, TOP, U64, Bool
from mingcha.extract.package.fingerprint.prints import Prints

F64 = NDArray[np.float64]
# What a feature of one SDK alone is worth, by kind: a text can hardly be anybody else's, three calls can.
WORTH = {TEXT: 1.0, PAIR: 1.0, CALLS: 0.25, SHAPE: 0.25}
MOST = 3  # SDKs with a feature that still counts
# (share of an entry's worth, worth, classes that are surely its own): one row of them has to be there. Of a large SDK
# little may survive, and of a small one there is little.
ENOUGH = ((0.3, 8.0, 0), (0.12, 30.0, 0), (0.05, 20.0, 4), (0.02, 30.0, 10))
CLASS_SIGNS, CLASS_SHARE = 3.0, 0.75  # of one class, to say whose it is
# How certain it is that what only one version has is left as often as what all have, in features; and how often one is
# there by chance, as a beta distribution: shrunk code looks at times as that of another version did.
KEEPING, MISTAKES = 1.0, (0.5, 60.0)
MARGIN = math.log(20.0)  # by how much the best version must be likelier than each other
# Shapes of a version that say something, and shares of them that are there: where nothing was taken away, and after
# shrinking at most.
SHAPES, INTACT, SHRUNK = 5, 0.7, 0.58
# Shares that speak against a version, with a few more that are chance: of the features of the SDK's own classes, what it has
# not and other versions have; by kind, what it has not. Texts stay what they are, the other kinds only
# where nothing was taken away.
ODD = (0.009, 3)
STRANGE = ((TEXT, 0.004, 1), (PAIR, 0.02, 2), (SHAPE, 0.05, 0))


class Found(NamedTuple):
    """One SDK in a package. `share` and `worth`: of the features learnt, of the part most of which is there."""

    id: str
    version: str | None
    part: str
    share: float
    worth: float
    classes: frozenset[str]


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
        self.weighty = self.weight[prints.rows]
        self.whole: F64 = np.add.reduceat(self.weighty, self.begin) if size else np.zeros(0)
        self.table = np.zeros(1 << TOP, bool)
        self.table[(prints.features >> np.uint64(64 - TOP)).astype(np.int64)] = True

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
        self, hit: Bool, classes: Mapping[str, str] | None = None, own: Mapping[str, U64] | None = None
    ) -> list[Found]:
        """SDKs whose features are there. `hit`: which of the learnt features the package has; `classes`:
        descriptor -> SDK, as `owners` told; `own`: features of those classes by SDK."""
        if not len(self.prints.entries):
            return []
        whole = self.whole
        there = np.add.reduceat(np.where(hit[self.prints.rows], self.weighty, 0), self.begin)
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
            said = self.version(k, hit, (own or {}).get(sdk, np.zeros(0, np.uint64)))
            out.append(Found(sdk, said, self.prints.entries[k].part, share, worth, frozenset(by[sdk])))
        return out

    def version(self, entry: int, hit: Bool, own: U64) -> str | None:
        """Which learnt version of the part of `entry` it is; None where that cannot be told. `own`: features of the
        SDK's classes in the package."""
        e = self.prints.entries[entry]
        rivals = [k for k, o in enumerate(self.prints.entries) if (o.id, o.part) == (e.id, e.part) and o.version]
        if len(rivals) < 2:
            return None  # nothing to tell it from
        every = np.unique(np.concatenate([self.rows(k) for k in rivals]))
        # What others have too, others may have brought.
        every = every[self.only[every] == self.entry_id[entry]]
        mine = np.array([np.isin(every, self.rows(k), assume_unique=True) for k in rivals])
        seen, shape = hit[every], self.prints.features[every] & np.uint64(3) == SHAPE
        best, _ = _best(mine[:, ~shape], seen[~shape])
        # A shrinker leaves hardly a class its shape: where they are there, nothing was taken away, and they count too.
        shapes = mine[best] & shape
        enough, share = int(shapes.sum()) >= SHAPES, float(seen[shapes].mean()) if shapes.any() else 0.0
        whole = enough and share >= INTACT
        if enough and SHRUNK < share < INTACT:
            return None  # most classes are those of this version, and others are not: one near it
        used = np.ones(len(every), bool) if whole else ~shape
        mine, seen = mine[:, used], seen[used]
        best, lead = _best(mine, seen)
        if lead < MARGIN:
            return None
        surely = np.isin(self.prints.features[every[used]], own)
        if _more(surely & ~mine[best], surely, *ODD):
            return None  # parts of several versions: one between them
        others = [k for k, o in enumerate(self.prints.entries) if o.id == e.id and o.part != e.part]
        known = np.concatenate([self.rows(k) for k in (rivals[best], *others)])
        strange, kind = ~np.isin(own, self.prints.features[known]), own & np.uint64(3)
        for which, most, spare in STRANGE if whole else STRANGE[:1]:
            if _more(strange & (kind == which), kind == which, most, spare):
                return None
        return self.prints.entries[rivals[best]].version

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


def _more(some: Bool, of: Bool, share: float, spare: float) -> bool:
    """Whether there are more of them than a share, and a few that are chance."""
    return float(some.sum()) > share * float(of.sum()) + spare


def _best(mine: Bool, seen: Bool) -> tuple[int, float]:
    """(the likeliest of these versions, by how much it is likelier than each other at least).
    `mine`: [V, F] their features, `seen`: which are there.

    Features come and go together, as classes do. Hence none counts for itself: the share of what only one of two
    versions has that is left is itself uncertain (beta-binomial), widely where it is the one, next to nothing where it
    is the other. So a few that are there say more than many that are not."""
    common = mine.all(0)
    kept = min(max((int(seen[common].sum()) + 1) / (int(common.sum()) + 2), 0.05), 0.95)
    has, there = mine.astype(np.float32), (mine & seen).astype(np.float32)
    size = (has.sum(1)[:, None] - has @ has.T).astype(np.float64)  # what one has and the other has not
    found = (there.sum(1)[:, None] - there @ has.T).astype(np.float64)
    is_it = np.vectorize(_beta, otypes=[float])(found, size, KEEPING * kept, KEEPING * (1 - kept))
    is_not = np.vectorize(_beta, otypes=[float])(found, size, *MISTAKES)
    lead: F64 = (is_it + is_not.T) - (is_it.T + is_not)
    np.fill_diagonal(lead, np.inf)
    best = int(lead.min(1).argmax())
    return best, float(lead[best].min())


def _beta(found: float, size: float, a: float, b: float) -> float:
    """Log-likelihood of `found` of `size`, where the chance of each is drawn from Beta(a, b)."""
    log = math.lgamma
    return log(a + found) + log(b + size - found) - log(a + b + size) - log(a) - log(b) + log(a + b)
