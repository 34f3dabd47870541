"""Runs a command beside busy loops, all in one session: `python neighbours.py COUNT COMMAND...`.

The scheduler groups tasks by session (autogroup), so that neighbours crowd a program only from
inside its own. Ends when the command ends, on SIGTERM, or with its parent.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def burn() -> int:
    """Forks a process that computes until it is killed, or for two minutes."""
    pid = os.fork()
    if pid == 0:
        end_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(120)
        while True:
            pass
    return pid


def main() -> int:
    os.setsid()
    end_with_parent()
    command = subprocess.Popen(sys.argv[2:], preexec_fn=end_with_parent)
    signal.signal(signal.SIGTERM, lambda number, frame: command.terminate())
    burners = [burn() for _ in range(int(sys.argv[1]))]
    try:
        return command.wait()
    finally:
        for pid in burners:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    sys.exit(main())
