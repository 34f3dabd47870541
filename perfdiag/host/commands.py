"""Child processes: the one place that starts programs.

Argument lists, never a shell; absolute paths; an emptied environment; a process group of its own, so that a
Ctrl-C on the terminal reaches perfdiag alone.
"""

import os
import signal
import subprocess  # noqa: TID251 - this module is the one door to it
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import perfdiag

_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "OPENBLAS_NUM_THREADS")
_WORDS = 2000


class Child:
    """A started program, ended by `kill` at the latest."""

    def __init__(self, process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> None:
        self._process, self._errors = process, errors
        self.pid = process.pid

    def wait(self, timeout: float) -> int | None:
        """Exit status, or None when it has not ended within `timeout` seconds."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def ask_to_end(self) -> None:
        """SIGTERM."""
        if self._process.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL and reap. A child in an uninterruptible read is left to the kernel."""
        if self._process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait(0.5)

    def last_words(self) -> str:
        """The last line it wrote to standard error, for the report."""
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - _WORDS))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def start_python(code: str, arguments: Sequence[str], *, keep: Sequence[int] = ()) -> Child:
    """Run `code` in our own interpreter, isolated (-I: no PYTHON* variables, no current directory).

    `keep` are descriptors that it inherits. The package is found where this one was, installed or not.
    """
    root = str(Path(perfdiag.__file__).resolve().parent.parent)
    errors = TemporaryFile()  # noqa: SIM115 - lives as long as the child
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {root!r}); {code}", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        pass_fds=tuple(keep),
        close_fds=True,
        start_new_session=True,
    )
    return Child(process, errors)
