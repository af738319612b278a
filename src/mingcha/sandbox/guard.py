"""A guard around a reading child: the layers that this host has, found by trying, and how a child is started in them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from mingcha.sandbox import cgroup, inside, landlock

LAYERS = ("seccomp", "landlock", "bubblewrap", "cgroup")
ROOTS = 32  # folders of packages that one child may read
_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/zero",
    "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
)  # fmt: skip


class Guard:
    """How children of one lane are kept in. `memory_mb` of address space (10^6 bytes); the cgroup has some more.
    `own`: files and folders beside those of packages that the child needs."""

    def __init__(
        self, layers: Sequence[str], roots: Sequence[str | Path] = (), memory_mb: int = 4096, own: Sequence[str] = ()
    ) -> None:
        self.layers = tuple(name for name in LAYERS if name in layers)
        self.memory = memory_mb * 1_000_000
        self.roots = [os.path.abspath(r) for r in roots]  # noqa: PTH100 - no symbolic link is followed
        self.own = list(own)
        self.group: cgroup.Group | None = None
        if "cgroup" in self.layers:
            self.group = cgroup.Group(self.memory + 256_000_000)

    @property
    def level(self) -> str:
        """What is recorded: resource limits, and the layers."""
        abi = f":{landlock.version()}" if "landlock" in self.layers else ""
        return "+".join(["rlimits", *(name + (abi if name == "landlock" else "") for name in self.layers)])

    def widen(self, paths: Sequence[Path]) -> bool:
        """Let the next child read these files' folders. Returns whether the one that runs cannot."""
        changed = False
        for path in paths:
            folder = os.path.abspath(path.parent)  # noqa: PTH100
            if not any(folder == r or folder.startswith(r.rstrip("/") + "/") for r in self.roots):
                self.roots = [*self.roots[-ROOTS + 1 :], folder]
                changed = True
        return changed and bool({"landlock", "bubblewrap"} & set(self.layers))

    def readable(self) -> list[str]:
        """All that the child may read: system libraries, the interpreter, our code, the folders of packages."""
        code = [p for p in sys.path if p] + [sys.prefix, sys.base_prefix, os.path.dirname(sys.executable)]  # noqa: PTH120
        wanted = [*_SYSTEM, str(Path(__file__).parents[2]), *code, *self.own, *self.roots]
        # A folder behind a symbolic link is there under both names.
        both = [name for p in wanted for name in (os.path.abspath(p), os.path.realpath(p))]  # noqa: PTH100
        return [p for p in dict.fromkeys(both) if p != "/" and os.path.exists(p)]  # noqa: PTH110

    def environment(self) -> dict[str, str]:
        """Variables by which the child knows what to close."""
        spec = {"layers": self.layers, "read": self.readable(), "memory": self.memory}
        return {inside.VARIABLE: json.dumps(spec), "PYTHONSAFEPATH": "1"}

    def command(self, argv: Sequence[str]) -> list[str]:
        """The child's command, wrapped."""
        tool = shutil.which("bwrap")
        if "bubblewrap" not in self.layers or tool is None:
            return list(argv)
        out = [
            tool, "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
            "--die-with-parent", "--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
        ]  # fmt: skip
        bound: list[str] = []
        for path in sorted(self.readable()):  # a folder before what lies in it, which is there with it
            if not path.startswith(("/proc", "/dev", *bound)):
                out += ["--ro-bind", path, path]
                bound.append(path.rstrip("/") + "/")
        return [*out, "--chdir", "/", "--", *argv]

    def before(self) -> Callable[[], None] | None:
        """What the forked child does before it becomes the reader."""
        return self.group.join if self.group else None

    def close(self) -> None:
        """Remove what was made for the children."""
        if self.group:
            self.group.close()


def probe(memory_mb: int = 4096) -> tuple[str, ...]:
    """The layers that work here together, by starting a child in them. The one that is least likely to work goes first
    where all together do not."""
    cgroup.sweep()
    found = [name for name in LAYERS if _there(name)]
    while found and not _works(found, memory_mb):
        for name in ("bubblewrap", "cgroup", "landlock", "seccomp"):
            if name in found and _works([name], memory_mb) is False:
                found.remove(name)
                break
        else:
            found.remove("bubblewrap" if "bubblewrap" in found else found[-1])
    return tuple(found)


def _there(name: str) -> bool:
    if name == "landlock":
        return landlock.version() > 0
    if name == "bubblewrap":
        return shutil.which("bwrap") is not None
    if name == "cgroup":
        with suppress(OSError):
            cgroup.Group(1_000_000_000).close()
            return True
        return False
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):  # the package, or the system's library
        return False
    return hasattr(pyseccomp, "KILL_PROCESS")


def _works(layers: Sequence[str], memory_mb: int) -> bool:
    """Whether a child starts in these layers, does what readers do and ends well."""
    program = "import numpy, threading; from mingcha.sandbox import inside; inside.from_environment(); t = threading.Thread(target=numpy.ones, args=(9,)); t.start(); t.join(); open(numpy.__file__).read(1)"
    with suppress(OSError, subprocess.SubprocessError):
        guard = Guard(layers, (), memory_mb)
        try:
            ran = subprocess.run(
                guard.command([sys.executable, "-c", program]), env=environment() | guard.environment(), timeout=60,
                capture_output=True, preexec_fn=guard.before(), check=False,
            )  # fmt: skip
        finally:
            guard.close()
        return ran.returncode == 0
    return False


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "PYTHONPATH", "MINGCHA_HOME")}
    return kept | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
