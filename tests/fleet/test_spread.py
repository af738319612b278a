"""The coordinator over made-up nodes: random loss, delay, silence, late and doubled answers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.errors import ToolMissing
from mingcha.fleet.engine import Outcome
from mingcha.fleet.items import LANES, Item
from mingcha.fleet.nodes import Done, Event, Given, Joined, Left, Told
from mingcha.fleet.spread import AHEAD, WINDOW, Coordinator


class Cluster:
    """Nodes in a clock of their own. One store is shared: a key is entered once, by whoever comes first."""

    def __init__(self, seed: int, nodes: int = 3, jobs: int = 2, trouble: float = 0.0, poison: frozenset[str] = frozenset()) -> None:
        self.dice, self.trouble, self.poison, self.jobs = random.Random(seed), trouble, poison, jobs
        self.now = 0.0
        self.store: Counter[str] = Counter()
        self.begun: Counter[str] = Counter()
        self.queues: dict[str, list[Given]] = {}
        self.cut: set[str] = set()
        self.waiting: list[Event] = []
        self.most = 0
        self.closed = False
        self.order: list[str] = []
        for n in range(nodes):
            self.join(f"n{n}")

    def clock(self) -> float:
        return self.now

    def join(self, node: str) -> None:
        self.queues[node] = []
        self.cut.discard(node)
        self.waiting.append(Joined(node, self.jobs))

    def work(self, node: str) -> list[Done]:
        """A node inspects some of its items and commits them, whether anybody hears of it or not."""
        queue, done = self.queues[node], []
        for _ in range(min(len(queue), self.dice.randint(0, self.jobs))):
            one = queue.pop(0)
            path = one.item.paths[0]
            self.begun[path] += 1
            self.order.append(path)
            first = not self.store[path]
            if first:
                self.store[path] += 1
            done.append(Done(n=one.n, outcome=Outcome(item=one.item, stamp=b"", ended="read", committed=first, had=not first, cpu=0.1)))
        return done

    def poll(self, seconds: float) -> Sequence[Event]:
        self.now += seconds
        for node in list(self.queues):
            if any(g.item.paths[0] in self.poison for g in self.queues[node]):
                del self.queues[node]
                self.waiting.append(Left(node, "died"))
                self.join(node)
                continue
            done = self.work(node)
            if node in self.cut:
                if self.dice.random() < 0.05:  # back: what it tells now may be late
                    self.cut.discard(node)
                    self.waiting.append(Told(node, tuple(done)))
                continue
            self.waiting.append(Told(node, tuple(done)))
            if done and self.dice.random() < self.trouble:
                self.waiting.append(Told(node, tuple(done)))  # said twice
            if self.dice.random() < self.trouble / 4:
                if self.dice.random() < 0.5:
                    self.cut.add(node)
                else:
                    del self.queues[node]
                    self.waiting.append(Left(node, "died"))
        if self.dice.random() < self.trouble / 2 or not self.queues:
            self.join(f"n{self.dice.randint(0, 5)}")
        self.dice.shuffle(self.waiting) if self.trouble and self.dice.random() < 0.2 else None
        some = len(self.waiting) if not self.trouble else self.dice.randint(0, len(self.waiting))
        out, self.waiting = self.waiting[:some], self.waiting[some:]
        return out

    def give(self, node: str, work: Sequence[Given]) -> None:
        if node in self.queues:  # it may have died just now
            self.queues[node] += work
            self.most = max(self.most, len(self.queues[node]))

    def drop(self, node: str) -> None:
        if self.dice.random() < 0.5:  # reached and ended; or cut off and at work
            self.queues.pop(node, None)

    def close(self) -> None:
        self.closed = True


def items(count: int, lane: str = "bulk") -> list[tuple[Item, bytes]]:
    return [(Item(paths=(f"/{lane}/{n}",), lane=lane), b"%d" % n) for n in range(count)]  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(0, 120), nodes=st.integers(0, 4), trouble=st.sampled_from((0.0, 0.1, 0.5, 0.9)))
def test_whatever_happens_every_item_ends_once_and_is_stored_once(seed: int, count: int, nodes: int, trouble: float) -> None:
    cluster = Cluster(seed, nodes, trouble=trouble)
    coordinator = Coordinator(cluster, silent=5, clock=cluster.clock, patience=10_000)
    found = list(coordinator.run(items(count)))
    assert Counter(o.item.paths[0] for o in found) == {f"/bulk/{n}": 1 for n in range(count)}
    assert {o.item.paths[0]: o.stamp for o in found} == {f"/bulk/{n}": b"%d" % n for n in range(count)}
    stored = {o.item.paths[0] for o in found if o.ended == "read"}
    assert all(cluster.store[p] == 1 for p in stored)
    assert max(cluster.store.values(), default=0) <= 1
    assert sum(cluster.begun.values()) - len(cluster.begun) <= coordinator.counts.taken_back
    assert coordinator._open == {}


def test_without_trouble_nothing_is_begun_twice_and_work_ahead_is_bounded() -> None:
    cluster = Cluster(1, nodes=3, jobs=2)
    coordinator = Coordinator(cluster, clock=cluster.clock)
    assert len(list(coordinator.run(items(500)))) == 500
    assert set(cluster.begun.values()) == {1}
    assert cluster.most <= 2 * AHEAD
    assert (coordinator.counts.lost, coordinator.counts.taken_back, coordinator.counts.given) == (0, 0, 500)


def test_the_source_is_read_as_far_as_priority_reaches_and_no_further() -> None:
    cluster, read = Cluster(1), []

    def source():  # type: ignore[no-untyped-def]
        for one in items(20_000):
            read.append(one)
            yield one

    for n, _ in enumerate(Coordinator(cluster, clock=cluster.clock).run(source())):
        assert len(read) - n <= WINDOW + 3 * 2 * AHEAD + 1
        if n == 3000:
            break


def test_an_item_that_takes_its_nodes_with_it_ends_as_io_and_costs_no_other() -> None:
    cluster = Cluster(3, nodes=2, poison=frozenset({"/bulk/7"}))
    coordinator = Coordinator(cluster, clock=cluster.clock)
    found = {o.item.paths[0]: o for o in coordinator.run(items(40))}
    assert len(found) == 40
    assert found["/bulk/7"].ended == "io"
    assert "nodes were lost" in found["/bulk/7"].detail
    assert all(o.ended == "read" for p, o in found.items() if p != "/bulk/7")
    assert coordinator.counts.lost == 3


def test_a_silent_node_is_given_up_and_its_late_word_is_not_heard() -> None:
    cluster = Cluster(1, nodes=2)
    cluster.cut.add("n0")
    cluster.dice.random = lambda: 0.9  # type: ignore[method-assign]  # it does not come back, and cannot be reached
    coordinator = Coordinator(cluster, silent=5, clock=cluster.clock)
    found = list(coordinator.run(items(60)))
    assert len(found) == 60
    assert coordinator.counts.lost == 1
    assert coordinator.counts.taken_back > 0
    assert coordinator.counts.raced == sum(o.had for o in found) > 0  # n0 had stored them in silence


def test_a_node_that_answers_and_ends_nothing_is_given_up() -> None:
    cluster = Cluster(1, nodes=2)
    real, dropped = cluster.work, list[str]()
    cluster.work = lambda node: [] if node == "n0" else real(node)  # type: ignore[method-assign]
    cluster.drop = dropped.append  # type: ignore[method-assign]
    coordinator = Coordinator(cluster, silent=5, stuck=60, clock=cluster.clock)
    assert len(list(coordinator.run(items(60)))) == 60
    assert dropped == ["n0"]
    assert coordinator.counts.taken_back > 0


def test_whoever_takes_outcomes_slowly_loses_no_node_by_it() -> None:
    cluster = Cluster(1, nodes=3)
    coordinator = Coordinator(cluster, silent=5, clock=cluster.clock)
    for _ in coordinator.run(items(60)):
        cluster.now += 100
    assert coordinator.counts.lost == 0


def test_urgent_items_go_first() -> None:
    cluster = Cluster(1, nodes=1, jobs=1)
    list(Coordinator(cluster, clock=cluster.clock).run([x for lane in reversed(LANES) for x in items(20, lane)]))
    assert [p.split("/")[1] for p in cluster.order] == ["interactive"] * 20 + ["re-test"] * 20 + ["bulk"] * 20


def test_without_a_node_it_gives_up_and_says_so() -> None:
    cluster = Cluster(1, nodes=0)
    cluster.join = lambda node: None  # type: ignore[method-assign]
    with pytest.raises(ToolMissing) as told:
        list(Coordinator(cluster, clock=cluster.clock, patience=30).run(items(1)))
    assert told.value.code == "no-nodes"


def test_closing_stops_the_nodes() -> None:
    cluster = Cluster(1)
    running = Coordinator(cluster, clock=cluster.clock)
    next(running.run(items(3)))
    running.close()
    assert cluster.closed
