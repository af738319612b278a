"""What a hostile package might make a reader try, and whether it was contained: `mingcha doctor --sandbox`.

Each attack runs as a child in the very guard that readers run in. What an attack reached is looked at from outside
where that can be seen, and said by its exit status otherwise.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from mingcha.sandbox import guard as guards

REACHED = 10  # exit status of an attack that got what it wanted
WALL = 12.0  # seconds until a child is killed, as the parent of a reader does
MEMORY_MB = 1500


class Result(NamedTuple):
    """One attack. `how`: what stopped it, or that nothing did."""

    name: str
    contained: bool
    how: str


# name -> (zh, en, program). The program gets `place` (a folder that it may read, no more) and `port`.
ATTACKS: dict[str, tuple[str, str, str]] = {
    "memory": ("占用内存", "take all memory", "keep = [bytearray(64 << 20) for _ in range(400)]; reached()"),
    "cpu": ("耗尽 CPU", "burn CPU", "while True: pass"),
    "segfault": ("使进程崩溃", "crash the process", "import ctypes; ctypes.string_at(8)"),
    "recursion": ("无尽递归", "recurse without end", "import sys; sys.setrecursionlimit(1 << 30)\ndef f(x): return [f([x])]\nf(0)"),
    "write": ("写入文件", "write a file", "open(place + '/written', 'w').write('x')"),
    "passwd": ("读取 /etc/passwd", "read /etc/passwd", "open('/etc/passwd').read(1) and reached()"),
    "environ": ("读取其他进程的环境", "read another process's environment", "open(f'/proc/{victim}/environ', 'rb').read(1) and reached()"),
    "tcp": ("建立 TCP 连接", "open a TCP connection", "import socket; socket.create_connection(('127.0.0.1', port), 3); reached()"),
    "udp": ("发送 UDP", "send UDP", "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'x', ('127.0.0.1', port))"),
    "fork": ("创建进程", "start a process", "import os\nif os.fork() == 0: os._exit(0)\nreached()"),
    "exec": ("执行程序", "run a program", "import os; os.execv('/bin/true', ['true'])"),
    "disk": ("填满磁盘", "fill the disk", "import tempfile; f = tempfile.TemporaryFile(dir='/dev/shm'); [f.write(bytes(1 << 20)) for _ in range(64)]; f.flush(); reached()"),
    "signal": ("终止其他进程", "kill another process", "import os, signal; os.kill(victim, signal.SIGKILL)"),
    "symlink": ("借符号链接越界读取", "escape by a symbolic link", "open(place + '/link').read(1) and reached()"),
    "descriptors": ("耗尽文件描述符", "take all descriptors", "import os; keep = [os.open('/dev/null', os.O_RDONLY) for _ in range(5000)]; reached()"),
    "ptrace": ("调试其他进程", "trace another process", "import ctypes; ctypes.CDLL(None).ptrace(16, victim, 0, 0) == 0 and reached()"),
}  # fmt: skip
_HEAD = """import os, sys, ctypes, socket, tempfile
from mingcha.sandbox import inside
place, port, victim, cpu = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
def reached(): os._exit(10)
inside.from_environment()
import resource
resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1)); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
"""
HARMLESS = "import threading\nt = threading.Thread(target=lambda: open(place + '/exhibit').read()); t.start(); t.join(); reached()"


def matrix(layers: Sequence[str], names: Sequence[str] = (), tell: Callable[[Result], None] | None = None) -> list[Result]:
    """Run attacks (all, or those named) in a guard of these layers. What readers do must still work: otherwise nothing
    that failed would prove anything, and OSError is raised."""
    out: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="mingcha-sandbox-") as folder, socket.socket() as listener, socket.socket(type=socket.SOCK_DGRAM) as heard:
        place = Path(folder) / "packages"
        place.mkdir()
        (Path(folder) / "secret").write_text("secret")
        (place / "exhibit").write_text("x")
        (place / "link").symlink_to(Path(folder) / "secret")
        listener.bind(("127.0.0.1", 0))
        heard.bind(listener.getsockname())
        heard.setblocking(False)
        listener.listen()
        keeper = guards.Guard(layers, [place], MEMORY_MB)
        try:
            if _run(keeper, HARMLESS, place, listener.getsockname()[1], os.getpid()) != REACHED:
                raise OSError("the guard keeps readers from their work")
            for name in names or ATTACKS:
                victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
                try:
                    status = _run(keeper, ATTACKS[name][2], place, listener.getsockname()[1], victim.pid)
                    result = _judged(name, status, place, victim, _arrived(heard))
                finally:
                    victim.kill()
                    victim.wait()
                out.append(result)
                if tell:
                    tell(result)
        finally:
            keeper.close()
    return out


def _run(keeper: guards.Guard, program: str, place: Path, port: int, victim: int) -> int | None:
    """Exit status; None where the clock ended it."""
    argv = keeper.command([sys.executable, "-c", _HEAD + program, str(place), str(port), str(victim), "3"])
    with subprocess.Popen(
        argv, env=guards.environment() | keeper.environment(), preexec_fn=keeper.before(), stdout=subprocess.DEVNULL,  # noqa: PLW1509 - one thread
        stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        clock = threading.Timer(WALL, process.kill)
        clock.start()
        try:
            status: int | None = process.wait()
        finally:
            late = not clock.is_alive()
            clock.cancel()
    return None if late else status


def _arrived(heard: socket.socket) -> bool:
    """Whether a datagram came out of the guard."""
    with suppress(BlockingIOError):
        return bool(heard.recv(1))
    return False


def _judged(name: str, status: int | None, place: Path, victim: subprocess.Popen[bytes], arrived: bool) -> Result:
    if status is not None and status > 128:  # as bubblewrap tells a signal
        status = 128 - status
    got = arrived or status == REACHED or (name == "exec" and status == 0)
    with suppress(FileNotFoundError):
        (place / "written").unlink()
        got = True
    got = got or victim.poll() is not None
    if got:
        return Result(name, False, "nothing")
    if status is None:
        return Result(name, True, "clock")
    if status == 0:  # it came to its end: neither stopped nor did it get anything
        return Result(name, True, "no effect")
    if status < 0:
        import signal

        return Result(name, True, signal.Signals(-status).name)
    return Result(name, True, "refused")
