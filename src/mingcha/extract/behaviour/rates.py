"""How often: highest counts in sliding windows, and whether calls come at a fixed interval."""

from __future__ import annotations

import numpy as np

from mingcha.extract.behaviour.collect import Ints

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
