"""How often: highest counts in sliding windows, and whether calls come at a fixed interval.

A record may stand for many calls within a span (counts of the system, summed logs). Of those only what is sure is
counted: a rate that is told was reached, whatever the moments of the single calls were.
"""

from __future__ import annotations

import numpy as np

from mingcha.extract.behaviour.collect import YEARS, Ints

SECOND = 10**9
WINDOWS = {"per_second": 1, "per_half_minute": 30, "per_minute": 60, "per_day": 86_400}
LEAST = 5  # bursts that make a period
SPREAD = 0.1  # by which a gap may differ from the period
SHARE = 0.8  # of the gaps that must fit


def highest(times: Ints, seconds: int) -> int:
    """Most calls in any window of that length, its end not included: one call every 12 s is 5 a minute.
    Times in ns, ascending."""
    if not len(times):
        return 0
    ends = np.searchsorted(times, times + seconds * SECOND, "left")
    return int((ends - np.arange(len(times))).max())


def surely(times: Ints, counts: Ints, spans: Ints, seconds: int) -> int:
    """As `highest`, of records that stand for `counts` calls within `spans` ns from `times` on: the number that some
    window holds at least. A record whose span is shorter than the window counts as a whole where the window covers it;
    of a longer one some window holds at least its even share (pigeonhole)."""
    if not len(times):
        return 0
    width = seconds * SECOND
    short = spans < width
    begins, ends, n = times[short], times[short] + spans[short], counts[short]
    most = 0
    if len(begins):
        # Windows that begin with a record: each record adds to those from its end less the width to its own begin.
        change = np.zeros(len(begins) + 1, np.int64)
        np.add.at(change, np.searchsorted(begins, ends - width, "right"), n)
        np.add.at(change, np.searchsorted(begins, begins, "right"), -n)
        most = int(np.cumsum(change).max())
    if (~short).any():
        share = -(-counts[~short] // (spans[~short] // width + 1))
        most = max(most, int(np.where(spans[~short] < YEARS, share, 1).max()))  # of an unknown span: some call there was
    return most


def period(times: Ints) -> float | None:
    """Seconds between bursts where most gaps are the same, else None. Calls less than a second apart, or
    less than a twentieth of the longest gap, are one burst."""
    if len(times) < LEAST:
        return None
    gaps = np.diff(times)
    gaps = gaps[gaps >= max(SECOND, int(gaps.max()) // 20)]
    if len(gaps) < LEAST - 1:
        return None
    middle = float(np.median(gaps))
    fits = np.abs(gaps - middle) <= SPREAD * middle
    return round(middle / SECOND, 3) if fits.mean() >= SHARE else None
