"""Which learnt version of an SDK a package holds.

One is told only if the features in which the learnt versions differ decide it and the SDK's own classes load hardly a
text that this version does not have: a version between two learnt ones is none of them. Versions between which nothing
that is left differs are told together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.package.columns import Code
from mingcha.extract.package.fingerprint import anchors
from mingcha.extract.package.fingerprint.anchors import CALLS, PAIR, SHAPE, SHORTEST, TEXT, U64, Bool

# How certain it is that what only one version has is left as often as what all have, in features; and how often one is
# there by chance, as a beta distribution: shrunk code looks at times as that of another version did.
KEEPING, MISTAKES = 1.0, (0.5, 60.0)
MARGIN = math.log(20.0)  # by how much the best version must be likelier than each other
# Shapes of a version that say something, and shares of them that are there: where nothing was taken away, and after
# shrinking at most.
SHAPES, INTACT, SHRUNK = 5, 0.7, 0.58
# Shares that speak against a version, with a few more that are chance, by kind: of the features of the SDK's own classes,
# what it has not. Texts stay what they are: of them those that nobody has, and those that other versions have. What
# methods hold changes as a shrinker joins them: there it counts only what other versions have, and all of it where nothing
# was taken away; then others' texts count for less, since classes keep their shapes.
NEW, OTHERS, OTHERS_WHOLE = 0.004, 0.001, 0.003
ODD = ((PAIR, 0.035, 3), (CALLS, 0.02, 3))
STRANGE = ((PAIR, 0.02, 2), (SHAPE, 0.05, 0))
_VERSION = re.compile(rb"(?<![\d.])\d{1,4}\.\d{1,4}\.\d{1,6}(?![\d.])")
_SAID_BY_NOBODY = re.compile(rb"null|true|false|[\d.\s]+")  # what a compiler writes for a value


class Own(NamedTuple):
    """What of a package is one SDK's: features of its classes, ascending, and where these stand: rows by container."""

    features: U64
    classes: Sequence[tuple[Code, Bool]] = ()


class Learnt(NamedTuple):
    """What is known of the part of an SDK. V versions, ordered, and F features that only this SDK was learnt with."""

    versions: tuple[str, ...]
    features: U64  # [F] ascending
    has: Bool  # [V, F]
    every: tuple[U64, ...]  # of each version all features, and those of the SDK's other parts, ascending
    all: U64  # of all versions and parts, ascending


def tell(learnt: Learnt, seen: Bool, own: Own, known: U64) -> tuple[str, ...]:
    """The version; several where nothing that is left differs between them; none where it cannot be told.
    `seen`: [F] which features the package has; `known`: all features that anything was learnt with."""
    if len(learnt.versions) < 2:
        return ()  # nothing to tell it from
    shape = learnt.features & np.uint64(3) == SHAPE
    lead = _lead(learnt.has[:, ~shape], seen[~shape])
    best = int(lead.min(1).argmax())
    # A shrinker leaves hardly a class its shape: where they are there, nothing was taken away, and they count too.
    shapes = learnt.has[best] & shape
    enough, share = int(shapes.sum()) >= SHAPES, float(seen[shapes].mean()) if shapes.any() else 0.0
    whole = enough and share >= INTACT
    if enough and SHRUNK < share < INTACT:
        return ()  # most classes are those of this version, and others are not: one near it
    used = np.ones(len(shape), bool) if whole else ~shape
    has, seen, features = learnt.has[:, used], seen[used], learnt.features[used]
    if whole:
        lead = _lead(has, seen)
        best = int(lead.min(1).argmax())
    alike = lead[best] < MARGIN
    alike[best] = True
    if (seen & (has[alike].any(0) ^ has[alike].all(0))).any():
        return ()  # they do differ, but not by enough
    odd, kind = ~has[best] & _among(features, own.features), features & np.uint64(3)
    for which, most, spare in ODD:
        mine = kind == which
        # Of several versions nothing may speak for another one.
        limit = 0.0 if alike.sum() > 1 else most * int(_among(features[mine], own.features).sum()) + spare
        if int((odd & mine).sum()) > limit:
            return ()  # parts of several versions: one between them
    strange, kind = own.features[~_among(own.features, learnt.every[best])], own.features & np.uint64(3)
    for which, most, spare in STRANGE if whole else ():
        if int((strange & np.uint64(3) == which).sum()) > most * int((kind == which).sum()) + spare:
            return ()
    texts, count = strange[strange & np.uint64(3) == TEXT], int((kind == TEXT).sum())
    odds = _unexplained(texts, own, learnt, best, known)
    if odds is None or odds[0] > (OTHERS_WHOLE if whole else OTHERS) * count or odds[1] > NEW * count:
        return ()
    return tuple(v for v, one in zip(learnt.versions, alike.tolist(), strict=True) if one)


def _among(some: U64, of: U64) -> Bool:
    """Which features are among others; those ascending."""
    if not len(of):
        return np.zeros(len(some), bool)
    at = np.minimum(np.searchsorted(of, some), len(of) - 1)
    found: Bool = of[at] == some
    return found


def _unexplained(new: U64, own: Own, learnt: Learnt, version: int, known: U64) -> tuple[int, int] | None:
    """Of the texts that a version has not, (those that other versions have, those that none has) which are not what a
    shrinker makes of known ones: it joins texts that stand behind each other, and values. One that no version has may
    begin or end as a text of this version does, or of anything but another version; one that another version has must
    be all of such, and of little more than numbers. None where one of them names another version."""
    others = _among(new, learnt.all)
    left = np.ones(len(new), bool)
    for code, classes in own.classes if len(new) else ():
        hashes, strings = anchors.loaded(code, classes)
        mine = np.flatnonzero(_among(hashes, new))
        parts, which, cuts = anchors.pieces(code, strings[mine])
        fits = _among(parts, learnt.every[version]) | (_among(parts, known) & ~_among(parts, learnt.all))
        half = len(which) // 2
        begin, end = np.zeros(len(mine), np.int64), np.zeros(len(mine), np.int64)
        np.maximum.at(begin, which[:half], np.where(fits[:half], cuts[:half], 0))
        np.maximum.at(end, which[half:], np.where(fits[half:], cuts[half:], 0))
        for string, hash_, first, last in zip(strings[mine].tolist(), hashes[mine], begin.tolist(), end.tolist(), strict=True):
            text = code.raw(string)
            said = _VERSION.findall(text)
            if said and learnt.versions[version].encode() not in said:
                return None
            at = int(np.searchsorted(new, hash_))
            between = text[first : max(first, len(text) - last)]
            if len(_SAID_BY_NOBODY.sub(b"", between)) < SHORTEST or ((first or last) and not others[at]):
                left[at] = False
    return int((left & others).sum()), int((left & ~others).sum())


def _lead(has: Bool, seen: Bool) -> NDArray[np.float64]:
    """[V, V] By how much each version is likelier than each other, by the features of `has` [V, F] that are there.

    Features come and go together, as classes do. Hence none counts for itself: the share of what only one of two
    versions has that is left is itself uncertain (beta-binomial), widely where it is the one, next to nothing where it
    is the other. So a few that are there say more than many that are not."""
    common = has.all(0)
    kept = min(max((int(seen[common].sum()) + 1) / (int(common.sum()) + 2), 0.05), 0.95)
    every, there = has.astype(np.float32), (has & seen).astype(np.float32)
    size = (every.sum(1)[:, None] - every @ every.T).astype(np.float64)  # what one has and the other has not
    found = (there.sum(1)[:, None] - there @ every.T).astype(np.float64)
    is_it = np.vectorize(_beta, otypes=[float])(found, size, KEEPING * kept, KEEPING * (1 - kept))
    is_not = np.vectorize(_beta, otypes=[float])(found, size, *MISTAKES)
    lead: NDArray[np.float64] = (is_it + is_not.T) - (is_it.T + is_not)
    np.fill_diagonal(lead, np.inf)
    return lead


def _beta(found: float, size: float, a: float, b: float) -> float:
    """Log-likelihood of `found` of `size`, where the chance of each is drawn from Beta(a, b)."""
    log = math.lgamma
    return log(a + found) + log(b + size - found) - log(a + b + size) - log(a) - log(b) + log(a + b)
