"""A page may hold its renderer for ever, and a call into it then never comes back: the watchdog ends that renderer, and
the call fails like any other."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

from mingcha.observe.browser.processes import renderers


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
                for pid in renderers(os.getpid()):
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)

