"""The one interface behind which a fleet runs, on this machine (`supervisor`) or, one day, on many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from mingcha.fleet.ended import Ended
from mingcha.fleet.items import Item

Stamp = bytes
"""By what a file is known again. A name of its own: `bytes` is a field below."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item; there is exactly one for each item that went in.

    `had`: it had been inspected before. `tries`: how often it was begun. Times in seconds.
    """

    item: Item
    stamp: Stamp
    ended: Ended
    had: bool = False
    committed: bool = False
    tries: int = 1
    key: str = ""
    run: str = ""
    detail: str = ""
    bytes: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    sandbox: str = ""


class Engine(Protocol):
    """Runs items in any order. Whatever is asked of it twice is committed once: the store sees to that (`commit`), so an
    engine may repeat what it is not sure of. No bytes of packages pass through it."""

    def run(self, items: Iterable[tuple[Item, bytes]]) -> Iterator[Outcome]:
        """Inspect items, given with their stamps, and tell what became of each."""
        ...

    def close(self) -> None:
        """Stop at once; what is half done is done again another time."""
        ...
