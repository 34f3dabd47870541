"""Child processes: the one place that starts programs.

Argument lists, never a shell; absolute paths; an emptied environment; a process group of its own, so that a
Ctrl-C on the terminal reaches perfdiag alone.
"""

import importlib.metadata
import os
import select
import signal
import subprocess  # noqa: TID251 - this module is the one door to it
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import perfdiag

_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "OPENBLAS_NUM_THREADS")
_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin")
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

    def ask_to_end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """SIGTERM, or the signal that this program takes for the wish to end."""
        if self._process.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, for what it has started too, and reap. A child in an uninterruptible read is left to the
        kernel."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.wait(0.5)

    def words(self) -> str:
        """The end of what it wrote to standard error (of a program that `start_program` started: to standard
        output too)."""
        file = self._errors.fileno()
        # its position is that of the program, which may be writing
        words = os.pread(file, _WORDS, max(0, os.fstat(file).st_size - _WORDS))
        return words.decode("utf-8", "replace").strip()

    def last_words(self) -> str:
        """The last line of `words`, for the report."""
        return (self.words().splitlines() or [""])[-1]


def find_program(name: str) -> str:
    """The absolute path of a program in the folders that the system keeps; '' when it is not installed."""
    paths = (f"{folder}/{name}" for folder in _FOLDERS)
    return next((path for path in paths if os.access(path, os.X_OK)), "")


def own_program(package: str) -> str:
    """The absolute path of the program of that name that a package of our own environment has installed; ''
    when it has none. No other of that name is ever found."""
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        return ""
    paths = [os.path.realpath(str(file.locate())) for file in files if file.name == package]
    return next((path for path in paths if os.access(path, os.X_OK)), "")


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


_EXEC = (
    "import os; from perfdiag.host.parent import die_with_parent; parent, output = map(int, sys.argv[1:3]);"
    " die_with_parent(parent); os.dup2(output, 1); os.execv(sys.argv[3], sys.argv[3:])"
)


def start_program(arguments: Sequence[str], *, keep: Sequence[int] = (), output: int = 2) -> Child:
    """Run a program by its absolute path. It ends with this process, however that ends.

    `output` is the descriptor for its standard output; without one that goes where its errors go.
    """
    kept = [*keep, output] if output > 2 else keep
    return start_python(_EXEC, [str(os.getpid()), str(output), *arguments], keep=kept)


def output_of(
    arguments: Sequence[str], *, keep: Sequence[int] = (), limit: int, timeout: float
) -> tuple[bytes, str]:
    """What a program prints, at most `limit` bytes within `timeout` seconds, and why that is not all of it
    ('' when it is). OSError when it cannot be started."""
    source, sink = os.pipe2(os.O_CLOEXEC)
    try:
        child = start_program(arguments, keep=keep, output=sink)
    except OSError:
        os.close(source)
        raise
    finally:
        os.close(sink)
    got, until = bytearray(), time.monotonic() + timeout
    try:
        while select.select([source], [], [], max(0.0, until - time.monotonic()))[0]:
            part = os.read(source, 1 << 16)
            if not part:
                code = child.wait(max(0.1, until - time.monotonic()))
                return bytes(got), "" if code == 0 else child.last_words() or f"exit status {code}"
            got += part
            if len(got) > limit:
                return bytes(got[:limit]), f"it is longer than {limit} bytes"
        return bytes(got), f"it took longer than {timeout:g} s"
    finally:
        child.kill()
        os.close(source)
