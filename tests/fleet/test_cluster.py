"""The small part of Ray's interface that is used, made up; and Ray itself where it is installed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mingcha import settings
from mingcha.errors import ToolMissing, Usage
from mingcha.fleet import cluster, commit, run
from mingcha.fleet.engine import Outcome
from mingcha.fleet.items import Item
from mingcha.fleet.lane import Setup
from mingcha.fleet.nodes import Done, Event, Given, Joined, Left, Told, Unfit, pack, unpack_work
from mingcha.fleet.spread import Coordinator
from tests import support
from tests.support import within


class FakeStation:
    """Ends everything at once."""

    def __init__(self, setup: bytes, jobs: int) -> None:
        self.jobs, self.work = jobs, list[Given]()

    def ready(self) -> str:
        return "none"

    def give(self, work: bytes) -> None:
        self.work += unpack_work(work)

    def take(self, seconds: float) -> bytes:
        out, self.work = self.work, []
        return pack([Done(n=g.n, outcome=Outcome(item=g.item, stamp=g.stamp, ended="read")) for g in out])


class FakeRay:
    """Actors in this process; a call is made when it is waited for."""

    def __init__(self) -> None:
        self.found = [self.node("a"), self.node("b"), self.node("head", cpu=0)]
        self.results: dict[int, Callable[[], Any]] = {}
        self.broken: dict[str, Exception] = {}
        self.killed: list[str] = []
        self.options: list[dict[str, Any]] = []
        self.down = False

    @staticmethod
    def node(name: str, cpu: int = 2) -> dict[str, Any]:
        return {"NodeID": name, "Alive": True, "NodeManagerAddress": f"10.0.0.{name}", "Resources": {"CPU": cpu} if cpu else {}}

    def nodes(self) -> list[dict[str, Any]]:
        return self.found

    def remote(self, made: type) -> Any:
        def options(**given: Any) -> Any:
            self.options.append(given)
            return SimpleNamespace(remote=lambda *args: self.actor(given["scheduling_strategy"].node_id, FakeStation(*args)))

        return SimpleNamespace(options=options)

    def actor(self, node: str, station: FakeStation) -> Any:
        def method(name: str) -> Any:
            def call(*args: Any) -> int:
                self.results[len(self.results)] = lambda: getattr(station, name)(*args)
                return len(self.results) - 1

            def guarded(*args: Any) -> int:
                ref = call(*args)
                real = self.results[ref]

                def result() -> Any:
                    if node in self.broken:
                        raise self.broken[node]
                    return real()

                self.results[ref] = result
                return ref

            return SimpleNamespace(remote=guarded)

        return SimpleNamespace(node=node, **{n: method(n) for n in ("ready", "give", "take")})

    def wait(self, refs: list[int], num_returns: int, timeout: float) -> tuple[list[int], list[int]]:
        return sorted(refs)[:num_returns], sorted(refs)[num_returns:]

    def get(self, ref: int, timeout: float) -> Any:
        return self.results[ref]()

    def kill(self, actor: Any, no_restart: bool) -> None:
        self.killed.append(actor.node)

    def shutdown(self) -> None:
        self.down = True


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    for name in ("ray", "ray.util", "ray.util.scheduling_strategies"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    strategies: Any = sys.modules["ray.util.scheduling_strategies"]
    strategies.NodeAffinitySchedulingStrategy = lambda node_id, soft: SimpleNamespace(node_id=node_id, soft=soft)
    return FakeRay()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


def nodes(ray: FakeRay) -> cluster.RayNodes:
    wanted = settings.load()
    return cluster.RayNodes(ray, Setup(store="s", settings=wanted, options=run.options(wanted)), clock=Clock())


def until(machines: cluster.RayNodes, kind: type, count: int) -> list[Event]:
    found: list[Event] = []
    for _ in range(300):
        found += [e for e in machines.poll(0) if isinstance(e, kind)]
        if len(found) >= count:
            return found
    raise AssertionError(found)


def test_one_actor_a_node_bound_to_it_and_never_restarted(ray: FakeRay) -> None:
    machines = nodes(ray)
    joined = until(machines, Joined, 2)
    assert {e.node for e in joined} == {"10.0.0.a/a", "10.0.0.b/b"}  # the head has no processors to give
    for options in ray.options:
        assert options["scheduling_strategy"].soft is False
        assert (options["max_restarts"], options["max_task_retries"], options["num_cpus"]) == (0, 0, 0)
    ray.found.append(ray.node("c", 5))
    (late,) = until(machines, Joined, 1)
    assert late == Joined("10.0.0.c/c", 5, "none")
    machines.close()
    assert sorted(ray.killed) == ["a", "b", "c"]
    assert ray.down


def test_a_lost_node_is_told_once_and_asked_again_later(ray: FakeRay) -> None:
    machines = nodes(ray)
    until(machines, Joined, 2)
    ray.broken["a"] = ConnectionError("gone")
    machines.give("10.0.0.a/a", [Given(n=1, item=Item(paths=("x",)), stamp=b"")])
    (left,) = until(machines, Left, 1)
    assert left == Left("10.0.0.a/a", "ConnectionError: gone")
    assert ray.killed == ["a"]
    told = [e for _ in range(20) for e in machines.poll(0)]
    assert {e.node for e in told} == {"10.0.0.b/b"}
    del ray.broken["a"]
    assert until(machines, Joined, 1)[0].node == "10.0.0.a/a"


def test_a_node_that_does_not_fit_is_asked_once(ray: FakeRay) -> None:
    machines = nodes(ray)
    ray.broken["a"] = Unfit("differs in: engine")
    (left,) = until(machines, Left, 1)
    assert isinstance(left, Left)
    assert left.for_good
    assert "engine" in left.why
    machines.clock.now += 10_000  # type: ignore[attr-defined]
    assert not [e for _ in range(50) for e in machines.poll(0) if e.node.endswith("/a") and not isinstance(e, Told)]


def test_items_go_through(ray: FakeRay) -> None:
    coordinator = Coordinator(nodes(ray))
    work = [(Item(paths=(f"/{n}",)), b"%d" % n) for n in range(100)]
    with within(60):
        found = list(coordinator.run(work))
    assert sorted(o.stamp for o in found) == sorted(s for _, s in work)
    assert coordinator.counts.given == 100


def test_without_ray_it_says_how_to_get_it(packages: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ToolMissing) as told:
        cluster.library()
    assert set(told.value.hint.values()) == {"pip install 'mingcha[fleet-ray]'"}
    ran = support.run("fleet", "run", packages, "--store", place / "s", "--engine", "ray", "--address", "auto")
    assert ran.code == 6
    assert ran.error_code == "tool-missing"


def test_options_that_do_not_fit_are_refused(packages: Path, place: Path) -> None:
    assert support.run("fleet", "run", packages, "--store", place / "s", "--engine", "ray").error_code == "usage"
    assert support.run("fleet", "run", packages, "--store", place / "s", "--address", "auto").error_code == "usage"


def test_a_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def init(**options: Any) -> None:
        raise ConnectionError("nobody\nthere")

    monkeypatch.setattr(cluster, "library", lambda: SimpleNamespace(init=init))
    with pytest.raises(Usage) as told:
        cluster.connect("10.0.0.1:1")
    assert told.value.code == "no-cluster"


@pytest.fixture
def head(place: Path) -> Iterator[str]:
    """One node of Ray, with everything that it starts in one session."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--port=26399", "--num-cpus=2", "--include-dashboard=false"]
    command += ["--disable-usage-stats", "--node-ip-address=127.0.0.1", "--object-store-memory=80000000", f"--temp-dir=/tmp/mcray-{os.getpid()}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    assert process.stdout
    for line in process.stdout:
        if b"Ray runtime started" in line:
            break
    yield "127.0.0.1:26399"
    process.terminate()
    process.wait(60)
    shutil.rmtree(f"/tmp/mcray-{os.getpid()}", ignore_errors=True)


@pytest.mark.skipif(find_spec("ray") is None, reason="the extra fleet-ray is not installed")
def test_a_fleet_through_ray_itself(packages: Path, place: Path, head: str) -> None:
    env = {**os.environ, "MINGCHA_LANG": "en", "MINGCHA_CACHE_MB": "0"}
    command = [sys.executable, "-m", "mingcha", "fleet", "run", str(packages), "--store", str(place / "s"), "--engine", "ray", "--address", head]
    for how in (signal.SIGINT, signal.SIGKILL):  # as soon as there is a node, again and again
        stopped = subprocess.Popen(command, env=env, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert stopped.stderr
        with within(120):
            while "joined: 2 lanes" not in stopped.stderr.readline():
                assert stopped.poll() is None
        stopped.send_signal(how)
        _, err = stopped.communicate(timeout=60)
        assert stopped.returncode in (130, -signal.SIGKILL), err[-2000:]
        assert "Traceback" not in err
    for had in (None, 6):
        ran = subprocess.run(command, env=env, cwd=place, capture_output=True, text=True, timeout=240, check=False)
        assert ran.returncode == 0, ran.stderr[-2000:]
        found = [int(x) for x in re.findall(r"(\d+) inspected, (\d+) had", ran.stdout)[0]]
        assert sum(found) == 6
        assert had is None or found[1] == had
    assert sum(1 for _ in commit.runs(place / "s")) == 6
    mended = commit.mend(place / "s", whole=True)
    assert mended is not None
    assert (mended.indexed, mended.removed, mended.dangling, mended.damaged) == (6, 0, 0, 0)
