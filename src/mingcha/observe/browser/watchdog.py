"""A page may hold its renderer for ever, and a call into it then never comes back: the watchdog ends that renderer, and
the call fails like any other."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path


class Watchdog:
    """`with Watchdog(seconds):` and `beat()` at each step; a step that takes longer costs its renderers."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.killed = seconds, 0
        self._last = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def beat(self) -> None:
        """A step begins."""
        self._last = time.monotonic()

    def __enter__(self) -> Watchdog:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            if time.monotonic() - self._last > self.seconds:
                self._last = time.monotonic()
                self.killed += 1
                for pid in renderers(os.environ.get("TMPDIR", "")):
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)


def renderers(scratch: str) -> list[int]:
    """Renderer processes of the browser whose temporary files lie in `scratch`."""
    found = []
    mark = f"TMPDIR={scratch}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            if scratch and b"--type=renderer" in (entry / "cmdline").read_bytes() and mark in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found
