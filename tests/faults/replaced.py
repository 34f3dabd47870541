"""A process whose number is given to another one: what must never be taken for the first."""

import ctypes
import os
import platform
import signal
import struct

import pytest

_CLONE3 = 435
_CLONE_ARGS = struct.Struct("11Q")  # struct clone_args, include/uapi/linux/sched.h, with set_tid and cgroup


def start_as(pid: int, command: list[str]) -> None:
    """Start a child under a free number (clone3, set_tid). Skips where that is not permitted."""
    if platform.machine() != "x86_64" or os.geteuid() != 0:
        pytest.skip("a process id can be chosen as root on x86-64 alone")
    wanted = ctypes.c_int(pid)
    arguments = _CLONE_ARGS.pack(0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, ctypes.addressof(wanted), 1, 0)
    got = ctypes.CDLL(None, use_errno=True).syscall(_CLONE3, arguments, _CLONE_ARGS.size)
    if got == 0:
        try:
            os.execv(command[0], command)
        finally:
            os._exit(127)
    if got != pid:
        pytest.skip(f"process id {pid} could not be had: {os.strerror(ctypes.get_errno())}")


def end(pid: int) -> None:
    """Kill a child and take its status, so that its number is free."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
