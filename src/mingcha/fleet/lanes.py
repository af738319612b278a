"""The supervisor's side of a lane: start it, put an item to it, hear its answer, watch its clock, bury it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import zip_longest

import msgspec

from mingcha import objects
from mingcha.fleet.lane import ANSWER, Answer, Setup, Work

GRACE = 60.0  # seconds for digests, judging and storing beyond what exhibits may take
SLOWEST = 5e6  # bytes a second of the slowest disk that digests are made from


class Broken(Exception):
    """The lane said something that no lane says, or died, or is late; its text is the class of failure."""


class Lane:
    """One process. At most one item is with it."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.deadline = setup, 0.0
        self.work: Work | None = None
        self._buffer = bytearray()
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        # A session of its own: Ctrl-C is the supervisor's to hear.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mingcha.fleet.lane"], env=env, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None if os.environ.get("MINGCHA_DEBUG") else subprocess.DEVNULL,
        )  # fmt: skip
        assert self.process.stdin and self.process.stdout
        os.set_blocking(self.process.stdout.fileno(), False)
        with suppress(OSError):  # told when its answer is waited for
            self.process.stdin.write(msgspec.json.encode(setup) + b"\n")
            self.process.stdin.flush()

    def fileno(self) -> int:
        """Where its answers come from."""
        assert self.process.stdout
        return self.process.stdout.fileno()

    def put(self, work: Work) -> None:
        """Give it an item. A dead lane is told by `answer`."""
        assert self.work is None and self.process.stdin
        self.work = work
        size = sum(_size(p, s) for p, s in zip_longest(work.item.paths, work.item.state))
        limits = self.setup.settings
        self.deadline = time.monotonic() + len(work.item.paths) * limits.wall_seconds * 1.1 + GRACE + size / SLOWEST
        line = json.dumps(msgspec.to_builtins(work)).encode()  # escapes what is no UTF-8
        with suppress(OSError):
            self.process.stdin.write(line + b"\n")
            self.process.stdin.flush()

    def answer(self) -> Answer | None:
        """Its answer, None while there is none. Broken where there will be none."""
        try:
            chunk = os.read(self.fileno(), ANSWER + 1)
        except BlockingIOError:
            return None
        if not chunk:
            raise Broken(self._death())
        self._buffer += chunk
        if len(self._buffer) > ANSWER:
            raise Broken("signal")
        if not self._buffer.endswith(b"\n"):
            return None
        line, self._buffer = bytes(self._buffer), bytearray()
        try:
            found = msgspec.json.decode(line, type=Answer)
        except msgspec.MsgspecError:
            raise Broken("signal") from None
        if self.work is None or found.n != self.work.n:
            raise Broken("signal")
        self.work = None
        return found

    def late(self) -> bool:
        """Whether its item takes longer than all its limits together."""
        return self.work is not None and time.monotonic() > self.deadline

    def _death(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            status = self.process.wait(5)
            return {-signal.SIGKILL: "memory", -signal.SIGXCPU: "timeout", -signal.SIGSYS: "sandbox"}.get(status, "signal")
        return "signal"

    def end(self, kindly: bool = False) -> None:
        """End it and its reading child. Kindly: it may finish what it does, which is nothing."""
        assert self.process.stdin and self.process.stdout
        with suppress(OSError):
            self.process.stdin.close()
        if kindly:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def _size(path: str, state: str | None) -> int:
    if objects.remote(path):  # fetched, and read once more for its digest
        listed = (state or "").partition(":")[0]
        return 2 * (int(listed) if listed.isdecimal() and len(listed) < 16 else 1 << 30)
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (OSError, ValueError):
        return 0
