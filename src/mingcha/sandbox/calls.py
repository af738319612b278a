"""Which system calls a reading child may make, by seccomp (libseccomp through pyseccomp, extra `fleet`).

A list of what is denied: a reader is a Python interpreter with NumPy, whose harmless calls differ with every version of
the C library. What no reader ever needs and what has a history of holes ends the process; what a library might ask for
in good faith is refused, and the reading goes on.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import Any

FATAL = (
    "ptrace", "process_vm_readv", "process_vm_writev", "bpf", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_by_handle_at",
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
    "keyctl", "add_key", "request_key", "perf_event_open", "move_mount", "fsopen", "fsmount", "open_tree", "kcmp",
    "acct", "settimeofday", "clock_settime", "iopl", "ioperm", "lookup_dcookie", "nfsservctl", "quotactl",
)  # fmt: skip
REFUSED = (
    "execve", "execveat", "fork", "vfork", "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "tkill",
    "pidfd_open", "pidfd_send_signal", "pidfd_getfd", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "personality", "memfd_create",
    "memfd_secret", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "capset", "chmod",
    "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "mknod", "mknodat", "shmget", "msgget", "semget", "mq_open",
)  # fmt: skip
CLONE_THREAD = 0x10000


def prepared() -> Any:
    """A filter of this process's calls; its `load` puts it on for good. ImportError or OSError where it cannot be done."""
    import pyseccomp as sec

    filter_ = sec.SyscallFilter(sec.ALLOW)
    for name in FATAL:
        with suppress(RuntimeError, OSError, ValueError):  # a call that this architecture does not have
            filter_.add_rule(sec.KILL_PROCESS, name)
    refuse = sec.ERRNO(errno.EPERM)
    for name in REFUSED:
        with suppress(RuntimeError, OSError, ValueError):
            filter_.add_rule(refuse, name)
    # Threads are allowed, processes are not; the C library falls back to clone where clone3 is not known.
    filter_.add_rule(refuse, "clone", sec.Arg(0, sec.MASKED_EQ, CLONE_THREAD, 0))
    with suppress(RuntimeError, OSError, ValueError):
        filter_.add_rule(sec.ERRNO(errno.ENOSYS), "clone3")
    own = os.getpid()
    for name in ("kill", "tgkill"):  # itself it may end
        filter_.add_rule(refuse, name, sec.Arg(0, sec.NE, own))
    return filter_
