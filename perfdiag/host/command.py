"""A command that is started to be looked at: it waits until somebody looks, and is then left alone.

It has our standard streams, our environment and our process group, so that a Ctrl-C on the terminal reaches
it as it would without us. It is never ended from here.
"""

import os
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress

from perfdiag.errors import UsageError
from perfdiag.text import printable

_FIX = "give the command as in a shell: perfdiag profile -- python app.py --port 8000"


class Command:
    """A process that becomes the command when `begin` is called. UsageError when it cannot."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = list(arguments)
        self._path = _find(arguments[0])
        self._gate_in, self._gate = os.pipe2(os.O_CLOEXEC)
        self._errors, self._errors_out = os.pipe2(os.O_CLOEXEC)
        self.pid = os.fork()
        if not self.pid:
            self._become()
        os.close(self._gate_in)
        os.close(self._errors_out)

    def _become(self) -> None:
        """In the new process: wait, then run the command. It ends unseen when nobody says that it may."""
        try:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            os.close(self._gate)
            if os.read(self._gate_in, 1):
                os.execv(self._path, self._arguments)  # noqa: S606 - the user's own command
        except OSError as error:
            os.write(self._errors_out, str(error.errno or 0).encode())
        finally:
            os._exit(127)

    def begin(self) -> bool:
        """Let it run; later calls do nothing. Whether this one did."""
        if self._gate < 0:
            return False
        with suppress(BrokenPipeError):  # somebody has ended it: its status tells that
            os.write(self._gate, b"1")
        self._close_gate()
        return True

    def _close_gate(self) -> None:
        os.close(self._gate)
        self._gate = -1

    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs. UsageError when it could not be
        run."""
        if self._gate >= 0:
            self._close_gate()
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        number = os.read(self._errors, 16)
        if number:
            raise _cannot(self._arguments[0], os.strerror(int(number)))
        return os.waitstatus_to_exitcode(status)


def _find(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        there = os.path.exists(name) and os.sep in name
        raise _cannot(name, "it may not be executed" if there else "there is no such command")
    return path


def _cannot(name: str, cause: str) -> UsageError:
    return UsageError(f"{printable(name, 200)} cannot be started", cause=cause, fix=_FIX)
