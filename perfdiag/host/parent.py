"""What processes that perfdiag starts do first: all see to it that they end with their parent."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4


def die_with_parent(parent: int) -> None:
    """SIGKILL for us when the process `parent` ends, also when it has ended already. A change of user clears
    this setting (prctl(2)): call it again after one."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def keep_to_itself() -> None:
    """No core file of this process, and no look at its memory by others of the same user."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
