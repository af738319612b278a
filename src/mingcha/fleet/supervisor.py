"""Lanes on this machine: order by priority, limits, one more try for what failed, and no item lost."""

from __future__ import annotations

import heapq
import itertools
import selectors
from collections.abc import Iterable, Iterator

import msgspec

from mingcha.fleet.ended import Ended
from mingcha.fleet.engine import Outcome
from mingcha.fleet.items import LANES, Item
from mingcha.fleet.lane import Answer, Setup, Work
from mingcha.fleet.lanes import Broken, Lane

WINDOW = 4096  # items taken from the source ahead, over which priority is kept
TICK = 0.5  # seconds between looks at the clocks
QUARANTINE = len(LANES)  # priority of a second try: after all others, so that poison never holds up the rest


class _Waiting(msgspec.Struct, kw_only=True):
    n: int
    item: Item
    stamp: bytes
    tries: int = 0
    tell: Ended | None = None


class Supervisor:
    """N lanes, each with one resident child (`Engine`). A lane that dies is replaced; its item is tried once more."""

    def __init__(self, setup: Setup, jobs: int) -> None:
        self.setup, self.jobs = setup, jobs
        self.lanes: list[Lane] = []
        self.busy = 0.0
        """CPU seconds of ended and living lanes without their reading children."""
        self.replaced = 0
        self._busy: dict[int, float] = {}

    def run(self, items: Iterable[tuple[Item, bytes] | None]) -> Iterator[Outcome]:
        """Inspect items in lanes, the most urgent of the next few thousand first. A source that has nothing just now, but
        may have more, says None."""
        source, numbers = iter(items), itertools.count()
        heap: list[tuple[int, int]] = []
        waiting: dict[int, _Waiting] = {}
        more = True
        while True:
            while more and len(heap) < WINDOW:
                try:
                    found = next(source)
                except StopIteration:
                    more = False
                    break
                if found is None:
                    break
                one = _Waiting(n=next(numbers), item=found[0], stamp=found[1])
                waiting[one.n] = one
                heapq.heappush(heap, (LANES.index(one.item.lane), one.n))
                if len(heap) >= self.jobs and self._idle(len(heap)):
                    break  # lanes need not wait for the window to fill
            self._feed(heap, waiting)
            if not waiting:
                if not more:
                    return
                continue
            for lane, answer, broken in self._heard():
                one = waiting[answer.n if answer else self._of(lane).n]
                if answer is not None:
                    if answer.again and one.tries < 2:
                        heapq.heappush(heap, (QUARANTINE, one.n))
                        continue
                else:
                    self._replace(lane)
                    if one.tries < 2:
                        heapq.heappush(heap, (QUARANTINE, one.n))
                        continue
                    if one.tell is None:  # twice, and the process that reads it died: it is not read again
                        one.tell = broken
                        heapq.heappush(heap, (QUARANTINE, one.n))
                        continue
                    answer = Answer(n=one.n, ended="io", detail="the lane died while it stored the item")
                del waiting[one.n]
                yield Outcome(
                    item=one.item, stamp=one.stamp, ended=answer.ended, had=answer.had, committed=answer.committed, tries=one.tries,
                    key=answer.key, run=answer.run, detail=answer.detail, bytes=answer.bytes, cpu=answer.cpu, wall=answer.wall,
                    sandbox=answer.sandbox,
                )  # fmt: skip

    def _idle(self, waiting: int) -> bool:
        free = self.jobs - sum(lane.work is not None for lane in self.lanes)
        return free > 0 and waiting >= free

    def _feed(self, heap: list[tuple[int, int]], waiting: dict[int, _Waiting]) -> None:
        while heap and len(self.lanes) < min(self.jobs, len(waiting)):
            self.lanes.append(Lane(self.setup))
        for lane in self.lanes:
            if heap and lane.work is None:
                one = waiting[heapq.heappop(heap)[1]]
                one.tries += 1
                lane.put(Work(n=one.n, item=one.item, last=one.tries > 1, tell=one.tell))

    def _heard(self) -> Iterator[tuple[Lane, Answer | None, Ended]]:
        with selectors.DefaultSelector() as wait:
            for lane in self.lanes:
                if lane.work is not None:
                    wait.register(lane, selectors.EVENT_READ, lane)
            ready = [key.data for key, _ in wait.select(TICK)]
        for lane in ready:
            try:
                if (found := lane.answer()) is not None:
                    self._count(lane, found.busy)
                    yield lane, found, found.ended
            except Broken as e:
                how: Ended = msgspec.convert(str(e), Ended)
                yield lane, None, how
        for lane in self.lanes:
            if lane not in ready and lane.late():
                yield lane, None, "timeout"

    @staticmethod
    def _of(lane: Lane) -> Work:
        work = lane.work
        assert work is not None
        return work

    def _count(self, lane: Lane, busy: float) -> None:
        self.busy += busy - self._busy.get(lane.process.pid, 0.0)
        self._busy[lane.process.pid] = busy

    def _replace(self, lane: Lane) -> None:
        lane.end()
        self.replaced += 1
        self.lanes[self.lanes.index(lane)] = Lane(self.setup)

    def close(self) -> None:
        """End all lanes at once; idle ones in their own way."""
        lanes, self.lanes = self.lanes, []
        for lane in lanes:
            lane.end(kindly=lane.work is None)
