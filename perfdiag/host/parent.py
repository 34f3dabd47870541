"""Ending with the parent: what every process that perfdiag starts does first."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """SIGKILL for us when the process `parent` ends, also when it has ended already. A change of user clears
    this setting (prctl(2)): call it again after one."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
