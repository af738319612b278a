"""Where a fleet's inspections lie: a folder, or a bucket (`objects`). What both can do, and which one a name means."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from mingcha import objects, store
from mingcha.fleet import commit
from mingcha.fleet.journal import Journal
from mingcha.model import Fact

Place = Path | str
"""A folder, or the address of a bucket."""


class Ledger(Protocol):
    """Which key has which run, and the one way to enter one."""

    def get(self, key: str) -> str | None:
        """The run of a key."""
        ...

    def whole(self, run: str) -> bool:
        """Whether a run is there with all its files."""
        ...

    def sure(self, key: str, run: str) -> bool:
        """Whether what a journal remembers still holds."""
        ...

    def forget(self, key: str) -> None:
        """Take out a key whose run was lost."""
        ...

    def commit(self, run: store.Run, facts: list[Fact], document: bytes) -> bool:
        """Store a run under its key; False where another process was first, and nothing of this one is left."""
        ...


def named(place: Place) -> str:
    """A place as it is told to other processes and nodes."""
    return place if isinstance(place, str) and objects.remote(place) else str(Path(place).absolute())


def ledger(place: Place) -> Ledger:
    """The index of a store."""
    if isinstance(place, str) and objects.remote(place):
        from mingcha.fleet.remote import RemoteIndex

        return RemoteIndex(objects.bucket(place))
    return commit.Index(Path(place))


def journal(place: Place, home: Path) -> Journal:
    """The journal of a store; of one in a bucket it lies in the home folder of whoever runs the fleet."""
    if isinstance(place, str) and objects.remote(place):
        return Journal(home / "stores" / hashlib.sha256(place.rstrip("/").encode()).hexdigest()[:16])
    return Journal(Path(place))


@contextmanager
def held(place: Place) -> Iterator[None]:
    """While runs are written: nobody removes what is half done. In a bucket their age says so."""
    if isinstance(place, str) and objects.remote(place):
        yield
        return
    with commit.held(Path(place), alone=False):
        yield


def mend(place: Place, whole: bool = False) -> commit.Mended | None:
    """Enter or remove what a killed process left behind."""
    if isinstance(place, str) and objects.remote(place):
        from mingcha.fleet import remote

        return remote.mend(objects.bucket(place), whole)
    return commit.mend(Path(place), whole)
