"""Landlock: which files a process may read, for good, without being root. Linux 5.13 and later; by ctypes.

Source: Documentation/userspace-api/landlock.rst of the kernel. Numbers of the three calls are the same on all
architectures.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

CREATE, ADD, RESTRICT = 444, 445, 446
FS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Accesses to files that a version of the interface knows; all of them are handled, so all are denied."""
EXECUTE, READ_FILE, READ_DIR = 1 << 0, 1 << 2, 1 << 3
NET = 3  # bind and connect of TCP, from version 4
SCOPES = 3  # abstract UNIX sockets and signals, from version 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def version() -> int:
    """Version of the interface; 0 where there is none."""
    try:
        return max(0, int(_libc().syscall(CREATE, None, 0, 1)))
    except (OSError, AttributeError):
        return 0


def restrict(readable: Sequence[str]) -> int:
    """Let this process and its children read below these paths, write nowhere and, as the kernel knows it, open no TCP
    connection and signal nobody else. Returns the version; OSError where it cannot be done. Paths that are not there
    are left out."""
    libc, abi = _libc(), version()
    if not abi:
        raise OSError("no Landlock")
    handled = FS_BY_ABI[min(abi, 5)]
    rules = _Ruleset(handled, NET if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    fd = _checked(libc.syscall(CREATE, ctypes.byref(rules), size, 0), "ruleset")
    try:
        for path in readable:
            try:
                there = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                allowed = READ_FILE | EXECUTE
                if os.path.isdir(path):  # noqa: PTH112 - of a descriptor's name
                    allowed |= READ_DIR
                rule = _Beneath(allowed, there)
                _checked(libc.syscall(ADD, fd, 1, ctypes.byref(rule), 0), "rule")
            finally:
                os.close(there)
        if libc.prctl(38, 1, 0, 0, 0):  # PR_SET_NO_NEW_PRIVS
            raise OSError(ctypes.get_errno(), "no_new_privs")
        _checked(libc.syscall(RESTRICT, fd, 0), "restrict")
    finally:
        os.close(fd)
    return abi


def _checked(result: int, what: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"Landlock: {what}")
    return int(result)
