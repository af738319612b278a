"""What a coordinator knows of machines, and what runs on each: a supervisor that is fed and asked over a narrow interface.

Messages are JSON of our own types. Items are paths and addresses, never bytes of packages; nothing that came out of a
package is unpickled anywhere.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

import msgspec

from mingcha.errors import MingchaError
from mingcha.fleet import places, run
from mingcha.fleet.engine import Outcome
from mingcha.fleet.items import Item
from mingcha.fleet.lane import Setup, settled
from mingcha.fleet.supervisor import Supervisor
from mingcha.plain import plain

IDLE = 0.2  # seconds between looks for work where there is none


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """An item on its way to a node, by its number with the coordinator."""

    n: int
    item: Item
    stamp: bytes


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """An item's end on a node."""

    n: int
    outcome: Outcome


class Joined(msgspec.Struct, frozen=True):
    """A node that takes work from now on: so many lanes, in that sandbox."""

    node: str
    jobs: int
    sandbox: str = ""


class Told(msgspec.Struct, frozen=True):
    """What a node has finished; nothing, which is a sign of life, too."""

    node: str
    done: tuple[Done, ...] = ()


class Left(msgspec.Struct, frozen=True):
    """A node that takes no more work and answers no more. Whatever was with it is given to others. `for_good`: it is
    not to be asked again; it has another version, or cannot inspect."""

    node: str
    why: str
    for_good: bool = False


Event = Joined | Told | Left


class Nodes(Protocol):
    """Machines. All calls return soon; `poll` at the latest after `seconds`."""

    def poll(self, seconds: float) -> Sequence[Event]:
        """All that has happened since."""
        ...

    def give(self, node: str, work: Sequence[Given]) -> None:
        """Send items to a node. If they do not arrive, it is told by `Left`."""
        ...

    def drop(self, node: str) -> None:
        """Have no more to do with a node that has gone silent; it may join again later."""
        ...

    def close(self) -> None:
        """Stop all work on all nodes."""
        ...


def pack(value: object) -> bytes:
    """JSON; names that are no UTF-8 are escaped."""
    return json.dumps(msgspec.to_builtins(value)).encode()


def unpack_work(data: bytes) -> list[Given]:
    """Items that were packed."""
    return msgspec.convert(json.loads(data), list[Given])


def unpack_done(data: bytes) -> tuple[Done, ...]:
    """Ends that were packed."""
    return msgspec.convert(json.loads(data), tuple[Done, ...])


class Unfit(Exception):
    """This node would not inspect as the others do."""


class Station:
    """A node's side: the supervisor of one machine, in a thread, fed item by item. Methods may be called from several
    threads; nothing of it needs a particular library to carry the messages."""

    def __init__(self, setup: bytes, jobs: int) -> None:
        self.setup = msgspec.convert(json.loads(setup), Setup)
        self.jobs = jobs
        self.work: queue.SimpleQueue[Given] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self.ending, self.broken = threading.Event(), ""
        self._within = 0
        self.supervisor: Supervisor | None = None

    def ready(self) -> str:
        """Find out in what sandbox children read here, and begin. Unfit where versions, rules or files differ from the
        coordinator's: what is committed under a key has to be what the key says."""
        from mingcha.sandbox import guard

        wanted = self.setup.options
        mine = run.options(self.setup.settings, wanted.at, wanted.drafts)
        if differ := [f for f in mine.__struct_fields__ if getattr(mine, f) != getattr(wanted, f)]:
            raise Unfit(f"differs in: {', '.join(differ)}")
        try:
            setup = settled(msgspec.structs.replace(self.setup, layers=guard.probe(self.setup.settings.memory_mb)))
        except MingchaError as e:  # its form does not travel
            raise Unfit(str(e)) from None
        self.supervisor = Supervisor(setup, self.jobs)
        threading.Thread(target=self._serve, daemon=True, name="supervisor").start()
        return "+".join(("rlimits", *setup.layers))

    def give(self, work: bytes) -> None:
        """Take items."""
        for one in unpack_work(work):
            self.work.put(one)

    def take(self, seconds: float) -> bytes:
        """What has ended; nothing after so many seconds, as a sign of life. Raises where the supervisor has broken off."""
        found: list[Done] = []
        with suppress(queue.Empty):
            found.append(self.done.get(timeout=seconds))
            time.sleep(0.02)  # what ends together travels together
            while True:
                found.append(self.done.get_nowait())
        if self.broken and not found:
            raise RuntimeError(self.broken)
        return pack(found)

    def close(self) -> None:
        """Stop at once."""
        self.ending.set()

    def _serve(self) -> None:
        assert self.supervisor
        numbers: dict[tuple[Item, bytes], list[int]] = {}
        try:
            with places.held(self.setup.store):
                for outcome in self.supervisor.run(self._items(numbers)):
                    self._within -= 1
                    same = numbers[outcome.item, outcome.stamp]
                    self.done.put(Done(n=same.pop(), outcome=outcome))
                    if not same:
                        del numbers[outcome.item, outcome.stamp]
        except Exception as e:  # told to the coordinator, which gives the items to others
            self.broken = plain(f"{type(e).__name__}: {e}", 200)
        finally:
            self.supervisor.close()

    def _items(self, numbers: dict[tuple[Item, bytes], list[int]]) -> Iterator[tuple[Item, bytes] | None]:
        while not self.ending.is_set():
            try:
                one = self.work.get(timeout=IDLE) if not self._within else self.work.get_nowait()
            except queue.Empty:
                yield None
                continue
            self._within += 1
            numbers.setdefault((one.item, one.stamp), []).append(one.n)
            yield one.item, one.stamp
