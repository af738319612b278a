"""The order of SDK versions, and which entries of the list one of them falls under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mingcha.catalogue.schema import SdkVersion

_FORM = re.compile(r"[vV]?(\d{1,9}(?:\.\d{1,9}){1,5})(.*)", re.DOTALL)
_EARLY = re.compile(r"[-_.+]?(?:alpha|beta|rc|snapshot|preview|dev)", re.IGNORECASE)
_YEAR = 1900  # first numbers from here on count years
Order = tuple[tuple[int, ...], int]


def order(version: str) -> Order | None:
    """What versions are compared by: their numbers, pre-releases before the release. None for what counts
    otherwise, such as a revision or a day. Zeros at the end say nothing: 4.5 is 4.5.0."""
    found = _FORM.fullmatch(version.strip())
    if found is None:
        return None
    numbers = [int(n) for n in found[1].split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), 0 if _EARLY.match(found[2]) else 1


def below(version: str, bound: str) -> bool | None:
    """Whether a version is lower than a bound; None where the two are not counted in one way."""
    a, b = order(version), order(bound)
    if a is None or b is None or (a[0][0] >= _YEAR) != (b[0][0] >= _YEAR):
        return None
    return a < b


def concerned(version: str, entry: SdkVersion) -> bool | None:
    """Whether a version lies in the range of an entry; None where that cannot be told."""
    high = below(version, entry.below)
    if entry.start is None or not high:
        return high
    low = below(version, entry.start)
    return None if low is None else not low


def known(entries: Iterable[SdkVersion], sdk: str, day: str) -> Iterator[SdkVersion]:
    """Entries of one SDK that were public on a day."""
    for entry in entries:
        if entry.sdk == sdk and entry.known <= day:
            yield entry
