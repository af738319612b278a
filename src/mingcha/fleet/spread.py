"""Items spread over nodes: so many ahead of each, those of a lost node given to others, and one end for each item.

A node is lost when its library says so, when nothing was heard of it for `silent` seconds, or when it answers but ends none
of its items for `stuck` seconds, as where its disk hangs. It may be at work all the
same, cut off from us: what it commits later is there once, because the store enters a key once (`commit`), and what it
tells later is not listened to. An item that was with two lost nodes goes last, and alone on its node, so that a third
loss would be its own; then it ends as `io`, which stores nothing and is tried again by the next call.
"""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import msgspec

from mingcha.errors import ToolMissing
from mingcha.fleet.engine import Outcome
from mingcha.fleet.items import LANES, Item
from mingcha.fleet.nodes import Event, Given, Joined, Left, Nodes, Told
from mingcha.fleet.supervisor import QUARANTINE, WINDOW
from mingcha.plain import plain

AHEAD = 4  # items with a node for each of its lanes
FILL = 256  # items taken from the source between looks at the nodes
TICK = 0.5
SUSPECT = 2  # nodes lost with an item before it goes alone


class Counts(msgspec.Struct, kw_only=True):
    """What a run over many nodes came to."""

    joined: int = 0
    lost: int = 0
    given: int = 0
    """Items sent to nodes, again and again."""
    taken_back: int = 0
    """Items that were with a lost node: at most so many were begun twice."""
    late: int = 0
    """Ends told of items that had ended."""
    raced: int = 0
    """Items inspected whose key another node had entered meanwhile."""


class _Open(msgspec.Struct, kw_only=True):
    n: int
    item: Item
    stamp: bytes
    losses: int = 0


class _Node(msgspec.Struct, kw_only=True):
    jobs: int
    heard: float
    moved: float
    """When it last ended an item or was given one while it had none."""
    within: set[int] = msgspec.field(default_factory=set)
    alone: bool = False


class Coordinator:
    """Nodes as one engine (`Engine`). `say` hears of nodes that come and go. ToolMissing where there is no node for
    `patience` seconds."""

    def __init__(
        self, nodes: Nodes, say: Callable[[Event], None] | None = None, *, silent: float = 60.0, stuck: float = 4 * 3600.0,
        patience: float = 600.0, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.machines, self.say, self.clock = nodes, say or (lambda _: None), clock
        self.silent, self.stuck, self.patience, self.now = silent, stuck, patience, clock()
        self.counts = Counts()
        self.nodes: dict[str, _Node] = {}
        self._open: dict[int, _Open] = {}
        self._heap: list[tuple[int, int]] = []

    def run(self, items: Iterable[tuple[Item, bytes]]) -> Iterator[Outcome]:
        """Have items inspected, the most urgent of the next few thousand first."""
        source, numbers, more = iter(items), itertools.count(), True
        alone_since = self.clock()
        while True:
            more = more and self._fill(source, numbers)
            if not more and not self._open:
                return
            self._hand_out(more)
            events = self.machines.poll(TICK)
            self.now = self.clock()  # of all of them: whoever takes our outcomes may be slow meanwhile
            for event in events:
                yield from self._heard(event)
            yield from self._silent()
            if self.nodes:
                alone_since = self.clock()
            elif self.clock() - alone_since > self.patience:
                raise ToolMissing(
                    "没有可用的节点", "no node takes work",
                    {"zh": "检查 ray status，各节点须安装同一版本", "en": "see ray status; nodes need the same version"}, code="no-nodes",
                )  # fmt: skip

    def close(self) -> None:
        """Stop all nodes at once."""
        self.machines.close()

    def _fill(self, source: Iterator[tuple[Item, bytes]], numbers: Iterator[int]) -> bool:
        """Whether the source may have more."""
        for _ in range(min(FILL, WINDOW - len(self._heap)) if self.nodes else 0):
            found = next(source, None)
            if found is None:
                return False
            one = _Open(n=next(numbers), item=found[0], stamp=found[1])
            self._open[one.n] = one
            heapq.heappush(self._heap, (LANES.index(one.item.lane), one.n))
        return True

    def _hand_out(self, more: bool) -> None:
        for name, node in sorted(self.nodes.items(), key=lambda x: len(x[1].within) / x[1].jobs):
            room = node.jobs * AHEAD - len(node.within)
            if node.alone or not self._heap or (node.within and room < node.jobs):
                continue  # one message for several items
            if not more:  # the last ones are shared out evenly
                room = min(room, max(1, math.ceil(len(self._heap) / len(self.nodes))))
            work: list[Given] = []
            while self._heap and len(work) < room:
                one = self._open[self._heap[0][1]]
                suspect = one.losses >= SUSPECT
                if suspect and (work or node.within):
                    break
                heapq.heappop(self._heap)
                work.append(Given(n=one.n, item=one.item, stamp=one.stamp))
                if suspect:
                    node.alone = True
                    break
            if work:
                if not node.within:
                    node.moved = self.clock()
                node.within |= {w.n for w in work}
                self.counts.given += len(work)
                self.machines.give(name, work)

    def _heard(self, event: Event) -> Iterator[Outcome]:
        if isinstance(event, Joined):
            if event.node in self.nodes:  # it began afresh and we did not hear why
                yield from self._lost(Left(event.node, "began again"))
            self.counts.joined += 1
            self.nodes[event.node] = _Node(jobs=max(1, event.jobs), heard=self.now, moved=self.now)
            self.say(event)
        elif isinstance(event, Left):
            if event.node in self.nodes:
                yield from self._lost(event)
            else:
                self.say(event)
        elif event.node in self.nodes:
            yield from self._told(event)
        else:
            self.counts.late += len(event.done)

    def _told(self, event: Told) -> Iterator[Outcome]:
        node = self.nodes[event.node]
        node.heard = self.now
        if event.done:
            node.moved = self.now
        for done in event.done:
            node.within.discard(done.n)
            node.alone = node.alone and bool(node.within)
            one = self._open.pop(done.n, None)
            if one is None:
                self.counts.late += 1
                continue
            with suppress(ValueError):  # it may wait to be given once more
                self._heap.remove((self._rank(one), one.n))
                heapq.heapify(self._heap)
            found = done.outcome
            self.counts.raced += found.had and found.cpu > 0
            yield msgspec.structs.replace(found, item=one.item, stamp=one.stamp, tries=found.tries + one.losses)

    def _silent(self) -> Iterator[Outcome]:
        for name, node in list(self.nodes.items()):
            why = "silent" if self.now - node.heard > self.silent else "stuck" if node.within and self.now - node.moved > self.stuck else ""
            if why:
                self.machines.drop(name)
                yield from self._lost(Left(name, why))

    def _lost(self, event: Left) -> Iterator[Outcome]:
        node = self.nodes.pop(event.node)
        self.counts.lost += 1
        self.say(event)
        for n in sorted(node.within):
            if (one := self._open.get(n)) is None:
                continue
            self.counts.taken_back += 1
            one.losses += 1
            if one.losses > SUSPECT and node.alone:
                del self._open[n]
                yield Outcome(
                    item=one.item, stamp=one.stamp, ended="io", tries=one.losses, detail=plain(f"{one.losses} nodes were lost with it: {event.why}", 200),
                )  # fmt: skip
            else:
                heapq.heappush(self._heap, (self._rank(one), n))

    @staticmethod
    def _rank(one: _Open) -> int:
        return QUARANTINE if one.losses >= SUSPECT else LANES.index(one.item.lane)
