"""Many machines through Ray: one actor a node, which runs that machine's supervisor (`nodes.Station`).

Ray finds the nodes, places the actors and carries small messages. It retries nothing: what is repeated, the coordinator
decides (`spread`). A node takes part when Ray counts at least one of its processors; `ray start --num-cpus=0` keeps one out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Literal

import msgspec

from mingcha.errors import ToolMissing, Usage
from mingcha.fleet.items import EXHIBITS
from mingcha.fleet.lane import Setup
from mingcha.fleet.lanes import GRACE
from mingcha.fleet.nodes import Done, Event, Given, Joined, Left, Station, Told, pack, unpack_done
from mingcha.fleet.spread import Coordinator
from mingcha.plain import plain

LOOK = 2.0  # seconds between looks for nodes that have joined
PATIENCE = 5.0  # seconds that a node's answer waits for something to tell
AGAIN = 15.0  # seconds before a lost node is asked again
START = 180.0  # seconds that a node may take to get ready

What = Literal["ready", "take", "give"]


class _Actor(msgspec.Struct, kw_only=True):
    handle: Any
    jobs: int
    begun: float
    ready: bool = False


def library() -> Any:
    """Ray, or how to get it."""
    try:
        import ray
    except ImportError:
        raise ToolMissing("缺少 Ray", "Ray is not installed", dict.fromkeys(("zh", "en"), "pip install 'mingcha[fleet-ray]'")) from None
    return ray


def connect(address: str) -> Any:
    """The cluster at an address (`auto` or host:port). Usage where there is none."""
    ray = library()
    try:
        # Programs of nodes print nothing here, and no figures are sent anywhere.
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False, include_dashboard=False)
    except Exception as e:  # of many kinds
        raise Usage(
            f"无法连接 Ray 集群 {address}：{plain(e, 200)}", f"no Ray cluster at {address}: {plain(e, 200)}",
            {"zh": "先在各主机运行 ray start（docs/fleet-many.md）", "en": "run ray start on the hosts first (docs/fleet-many.md)"}, code="no-cluster",
        ) from e  # fmt: skip
    return ray


class RayNodes:
    """Nodes of a Ray cluster (`nodes.Nodes`). `jobs`: lanes of each; by default as many as Ray counts processors."""

    def __init__(self, ray: Any, setup: Setup, jobs: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.ray, self.setup, self.jobs, self.clock = ray, pack(setup), jobs, clock
        self.station = ray.remote(Station)
        self.actors: dict[str, _Actor] = {}
        self.calls: dict[Any, tuple[str, What]] = {}
        self.names: dict[str, str] = {}
        self._not_before: dict[str, float] = {}
        self._looked = -LOOK

    def poll(self, seconds: float) -> Sequence[Event]:
        """Nodes that came or went, and what they have finished."""
        self._look()
        if not self.calls:
            time.sleep(min(seconds, 0.2))
            return []
        refs = list(self.calls)
        first, _ = self.ray.wait(refs, num_returns=1, timeout=seconds)
        done, _ = self.ray.wait(refs, num_returns=len(refs), timeout=0) if first else ([], None)
        events = [e for ref in done if (e := self._answer(ref)) is not None]
        for node in [n for n, a in self.actors.items() if not a.ready and self.clock() - a.begun > START]:
            self.drop(node)
            events.append(Left(self.names[node], "did not start"))
        return events

    def _look(self) -> None:
        now = self.clock()
        if now - self._looked < LOOK:
            return
        self._looked = now
        for found in self.ray.nodes():
            node, processors = found["NodeID"], int(found["Resources"].get("CPU", 0))
            if not found["Alive"] or processors < 1 or node in self.actors or self._not_before.get(node, 0) > now:
                continue
            self._begin(node, self.jobs or processors)
            self.names[node] = f"{found['NodeManagerAddress']}/{node[:8]}"

    def _begin(self, node: str, jobs: int) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(node_id=node, soft=False)
        # No restart and no retry by Ray; several calls at a time: to give, and to wait for what has ended.
        options = self.station.options(scheduling_strategy=there, num_cpus=0, max_restarts=0, max_task_retries=0, max_concurrency=3)
        handle = options.remote(self.setup, jobs)
        self.actors[node] = _Actor(handle=handle, jobs=jobs, begun=self.clock())
        self.calls[handle.ready.remote()] = node, "ready"

    def _answer(self, ref: Any) -> Event | None:
        node, what = self.calls.pop(ref, ("", "take"))
        actor = self.actors.get(node)
        if actor is None:
            return None
        try:
            found = self.ray.get(ref, timeout=30)
            done: tuple[Done, ...] = unpack_done(found) if what == "take" else ()
        except Exception as e:  # the actor, its node or the way to it is gone, or what it raised
            unfit = "Unfit" in type(e).__name__
            self.drop(node, for_good=unfit)
            return Left(self.names[node], _why(e), for_good=unfit)
        if what == "give":
            return None
        self.calls[actor.handle.take.remote(PATIENCE)] = node, "take"
        if what == "ready":
            actor.ready = True
            return Joined(self.names[node], actor.jobs, plain(found, 200))
        return Told(self.names[node], done)

    def give(self, node: str, work: Sequence[Given]) -> None:
        """Send items to a node."""
        for key, actor in self.actors.items():
            if self.names[key] == node:
                self.calls[actor.handle.give.remote(pack(work))] = key, "give"
                return

    def drop(self, node: str, for_good: bool = False) -> None:
        """End a node's actor, if it can be reached, and listen to it no more."""
        key = next((k for k, name in self.names.items() if name == node), node)
        actor = self.actors.pop(key, None)
        self.calls = {ref: call for ref, call in self.calls.items() if call[0] != key}
        self._not_before[key] = float("inf") if for_good else self.clock() + AGAIN
        if actor is not None:
            with suppress(Exception):
                self.ray.kill(actor.handle, no_restart=True)

    def close(self) -> None:
        """End all actors; their lanes end with them."""
        for node in list(self.actors):
            self.drop(node)
        with suppress(Exception):
            self.ray.shutdown()


def _why(e: Exception) -> str:
    """The last line of what went wrong: Ray's errors are long."""
    lines = [line.strip() for line in str(e).splitlines() if line.strip()]
    return plain(f"{type(e).__name__}: {lines[-1] if lines else ''}", 200)


def engine(
    setup: Setup, address: str, jobs: int | None = None, silent: float = 60.0, say: Callable[[Event], None] | None = None
) -> Coordinator:
    """A coordinator over the nodes of a cluster."""
    # Both tries of an item with as many exhibits as there may be, each as slow as it may be, and as long again.
    stuck = 4 * (EXHIBITS * setup.settings.wall_seconds * 1.1 + GRACE)
    return Coordinator(RayNodes(connect(address), setup, jobs), say, silent=silent, stuck=stuck)
