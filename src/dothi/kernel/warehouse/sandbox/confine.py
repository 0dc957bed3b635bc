"""What a worker gives up before it runs a stranger's query. Each layer says whether this system has it."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import signal
import sys
from pathlib import Path

from dothi.kernel.warehouse.sandbox import seccomp
from dothi.kernel.warehouse.sandbox.limits import Limits

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_NOBODY = 65534


def leave_network() -> bool:
    """Move this process, and all it forks, into a network without interfaces (Linux, where allowed)."""
    if sys.platform != "linux":
        return False
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return bool(unshare(_CLONE_NEWNET) == 0 or unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def die_with_parent() -> None:
    """Have the kernel end this process when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def drop_rights() -> bool:
    """From root to nobody; not readable by other processes of that user."""
    dropped = False
    if os.geteuid() == 0:
        # Within a user namespace of one's own there is no other user to become.
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
            dropped = True
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return dropped


def _size_bytes() -> int:
    """The address space in use; 0 where the system does not say."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return 0


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def cap_memory(limits: Limits) -> bool:
    """Let the address space grow by the query's share only."""
    size = _size_bytes()
    if size:
        _lower(resource.RLIMIT_AS, size + (limits.memory_mb << 20))
    return bool(size)


def set_alarm(limits: Limits) -> None:
    """Have the kernel end this process when its time is up: by the clock, and by the processor's time."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    _lower(resource.RLIMIT_CPU, math.ceil(limits.seconds) + 1)


def seal() -> tuple[str, ...]:
    """No new files, no written bytes, no core dump, no processes, no other system call; the layers that hold."""
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE):
        _lower(kind, 0)
    layers = ["limits"]
    if seccomp.install():
        layers.append("system-calls")
    return tuple(layers)
