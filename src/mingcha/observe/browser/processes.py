"""The processes of a visit: the child, the browser and all that it started (Linux; elsewhere the child alone is known)."""

from __future__ import annotations

import contextlib
from pathlib import Path

_PROC = Path("/proc")


def family(root: int, scratch: str = "") -> list[int]:
    """`root` and its descendants. The browser leads a session of its own and may outlive its parent: it is known by the
    scratch folder in its environment, which its renderers do not show."""
    parents: dict[int, int] = {}
    roots = {root}
    mark = f"TMPDIR={scratch}".encode()
    for entry in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(entry.name)
            # The name in parentheses may hold anything; what follows the last one is fixed (proc(5)).
            parents[pid] = int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1])
            if scratch and mark in (entry / "environ").read_bytes():
                roots.add(pid)
    found = set(roots)
    grown = True
    while grown:
        new = {pid for pid, parent in parents.items() if parent in found and pid not in found}
        found |= new
        grown = bool(new)
    return sorted(found)


def renderers(root: int) -> list[int]:
    """Renderer processes below `root`."""
    out = []
    for pid in family(root):
        with contextlib.suppress(OSError):
            if b"--type=renderer" in (_PROC / str(pid) / "cmdline").read_bytes():
                out.append(pid)
    return out


def resident(pid: int) -> int:
    """Bytes of memory that a process holds, shared pages in proportion; 0 where it is gone."""
    with contextlib.suppress(OSError, ValueError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
