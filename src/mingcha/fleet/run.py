"""`mingcha fleet run`: from a source to a store, past what was done before."""

from __future__ import annotations

import errno
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

from mingcha import catalogue, store
from mingcha.fleet import items, places
from mingcha.fleet.engine import Engine, Outcome
from mingcha.fleet.items import Item, Options, Unusable
from mingcha.fleet.journal import Entry, Journal
from mingcha.fleet.lane import Setup
from mingcha.fleet.places import Ledger, Place
from mingcha.settings import Settings

FULL = frozenset(os.strerror(e) for e in (errno.ENOSPC, errno.EDQUOT, errno.EROFS))
"""What a store says that takes nothing more: going on would only fail for every item."""
Tell = Callable[["Progress"], None]


class Progress(msgspec.Struct, kw_only=True):
    """Where a fleet is. Sizes in bytes, times in seconds; `total` is 0 until the source was counted."""

    total: int = 0
    known: int = 0
    """Passed over without a look: journal and store say that they are done."""
    had: int = 0
    """Looked at and found in the store under another name."""
    done: int = 0
    unusable: int = 0
    passed_over: int = 0
    """Files of a folder that are no packages."""
    again: int = 0
    ended: Counter[str] = msgspec.field(default_factory=Counter)
    bytes: int = 0
    cpu: float = 0.0
    begun: float = msgspec.field(default_factory=time.monotonic)
    troubles: list[str] = msgspec.field(default_factory=list)
    """The first hundred lines and files that gave no inspection."""

    @property
    def rate(self) -> float:
        """Items a second since the beginning."""
        return (self.done + self.had) / max(1e-9, time.monotonic() - self.begun)

    @property
    def eta(self) -> float | None:
        """Seconds that are left at this rate; None where the total is not known or nothing was done."""
        left = self.total - self.known - self.had - self.done - self.unusable
        return left / self.rate if self.total and self.rate and left >= 0 else None


def options(settings: Settings, at: str = "", drafts: bool = False) -> Options:
    """The options of a fleet under these settings."""
    digest = {name: store.sha256(p) if p else "" for name, p in (("prints", settings.prints), ("seeds", settings.identity))}
    return Options(catalogue=catalogue.load().digest, at=at, drafts=drafts, **digest)


def run(
    source: Place, root: Place, engine: Callable[[Setup], Engine], setup: Setup, progress: Progress, tell: Tell | None = None,
    count: bool = True,
) -> Iterator[Outcome]:  # fmt: skip
    """Inspect what `source` names into the store at `root`. Yields every end and keeps `progress`; `tell` is called at
    the end of every item and every second while items are passed over."""
    places.mend(root)
    if count:
        progress.total = sum(isinstance(x, Item) for x in items.source(source))
    digest = setup.options.digest()
    index, journal = places.ledger(root), places.journal(root, setup.settings.root)
    with places.held(root):
        runner = engine(setup)
        try:
            for outcome in runner.run(_todo(source, digest, index, journal, progress, tell)):
                _count(progress, outcome)
                if outcome.ended == "io" and outcome.detail in FULL:
                    raise OSError(errno.ENOSPC, outcome.detail)
                if outcome.ended != "io":
                    journal.add(_entry(outcome))
                if tell:
                    tell(progress)
                yield outcome
        finally:
            runner.close()
            journal.close()


def _todo(
    source: Place, digest: str, index: Ledger, journal: Journal, progress: Progress, tell: Tell | None
) -> Iterator[tuple[Item, bytes]]:
    said = time.monotonic()
    for item in items.source(source):
        if tell and time.monotonic() - said > 1:
            said = time.monotonic()
            tell(progress)
        if isinstance(item, Unusable):
            if item.why == "suffix":
                progress.passed_over += 1
            else:
                progress.unusable += 1
                _trouble(progress, f"{item.where}: not readable")
            continue
        stamp = items.stamp(item, digest)
        known = journal.find(stamp) if stamp else None
        if known and index.sure(known[0], known[1]):
            progress.known += 1
            continue
        yield item, stamp or b""


def _count(progress: Progress, outcome: Outcome) -> None:
    progress.again += outcome.tries - 1
    progress.bytes += outcome.bytes
    progress.cpu += outcome.cpu
    if outcome.had:
        progress.had += 1
        return
    progress.done += 1
    progress.ended[outcome.ended] += 1
    if outcome.ended == "io":
        _trouble(progress, f"{outcome.item.paths[0]}: {outcome.detail}")


def _trouble(progress: Progress, line: str) -> None:
    if len(progress.troubles) < 100:
        progress.troubles.append(line)


def _entry(outcome: Outcome) -> Entry:
    return Entry(
        stamp=outcome.stamp, path=outcome.item.paths[0], store=outcome.item.store, key=outcome.key, run=outcome.run,
        ended="had" if outcome.had else outcome.ended, bytes=outcome.bytes, cpu=outcome.cpu, wall=outcome.wall, at=time.time(),
        detail=outcome.detail,
    )  # fmt: skip
