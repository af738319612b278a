"""A memory cgroup around the child, versions 1 and 2, where this process may make one."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PIDS = 64  # threads and processes in it


class Group:
    """Groups of one owner, named by its process id. OSError where none can be made."""

    def __init__(self, memory: int, root: Path = ROOT) -> None:
        name = f"mingcha-{os.getpid()}"
        self.folders: list[Path] = []
        if (root / "cgroup.controllers").is_file():
            self._make(root / name, (("memory.max", memory), ("memory.swap.max", 0), ("pids.max", PIDS)), need="memory.max")
        else:
            self._make(root / "memory" / name, (("memory.limit_in_bytes", memory),), need="memory.limit_in_bytes")
            with suppress(OSError):
                self._make(root / "pids" / name, (("pids.max", PIDS),), need="pids.max")

    def _make(self, folder: Path, values: tuple[tuple[str, int], ...], need: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folders.append(folder)
        try:
            for name, value in values:
                if (folder / name).exists():
                    (folder / name).write_text(str(value))
                elif name == need:
                    raise FileNotFoundError(f"no {name}")
            if not os.access(folder / "cgroup.procs", os.W_OK):
                raise PermissionError("cgroup.procs")
        except OSError:
            self.close()
            raise

    def join(self) -> None:
        """Put the calling process in, for good."""
        for folder in self.folders:
            with (folder / "cgroup.procs").open("w") as f:
                f.write("0")

    def close(self) -> None:
        """Remove the groups; a process on its way out holds one for a moment."""
        for folder in self.folders:
            for _ in range(50):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)
                    continue
                break
        self.folders.clear()


def sweep(root: Path = ROOT) -> None:
    """Remove groups of owners that were killed."""
    for folder in [*root.glob("mingcha-*"), *root.glob("*/mingcha-*")]:
        pid = folder.name.rpartition("-")[2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            with suppress(OSError):
                folder.rmdir()
