"""What a reading child does to itself before it reads what others made: `enter`, once, after its imports."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
from collections.abc import Mapping
from typing import Any

VARIABLE = "MINGCHA_GUARD"
FAILED = 71  # exit status of a child that could not enter: what was found by trying no longer holds


def enter(spec: Mapping[str, Any]) -> None:
    """Close the doors that `spec` names: {"layers": [...], "read": [...], "memory": bytes}. OSError where one stays open."""
    layers = spec["layers"]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG: no reader without its lane
    libc.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: its memory is nobody's to look at
    for kind, value in ((resource.RLIMIT_AS, int(spec["memory"])), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64)):
        _, hard = resource.getrlimit(kind)
        most = value if hard < 0 else min(value, hard)
        resource.setrlimit(kind, (most, most))
    filter_ = None
    if "seccomp" in layers:  # libseccomp is looked for on disk: before that closes
        from mingcha.sandbox import calls

        filter_ = calls.prepared()
    if "landlock" in layers:
        from mingcha.sandbox import landlock

        landlock.restrict(spec["read"])
    if filter_ is not None:
        filter_.load()


def from_environment() -> None:
    """`enter` as the parent asked for; without a word of it nothing is done. Ends the process where it fails: an open
    door that was said to be closed would be recorded as closed."""
    text = os.environ.pop(VARIABLE, "")
    if not text:
        return
    try:
        enter(json.loads(text))
    except Exception:
        os._exit(FAILED)
