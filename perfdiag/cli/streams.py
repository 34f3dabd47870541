"""The standard streams: what is printed arrives, or it is told that it did not.

A stream that is closed when perfdiag starts is opened on /dev/null, so that no file or pipe of ours gets its
number, and text printed for people would land in it.
"""

import errno
import io
import os
import sys
from collections.abc import Callable

import click

from perfdiag.errors import Exit, PerfdiagError, TargetError
from perfdiag.text import printable

_DAY = 24 * 3600.0
LOST = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


def ready() -> None:
    """Make all three streams usable; writing to a standard output that was closed fails with EBADF."""
    for number, mode in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # gets the lowest free number, which is this one
    if sys.stdout is None:  # what Python makes of a closed descriptor
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - lives as long as we do
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        # where a character cannot be shown its escape is, and the command goes on
        sys.stdout.reconfigure(errors="backslashreplace")


def say(text: str | bytes) -> None:
    """Print to standard output. A reader that went away (`| head`) is no error; TargetError when the text was
    lost in another way."""
    try:
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard()
    except OSError as error:
        _discard()
        raise lost(error) from error


def lost(error: OSError) -> TargetError:
    """What to raise when standard output could not be written."""
    closed = error.errno == errno.EBADF
    return TargetError(
        "could not write all of standard output",
        cause="it is closed" if closed else os.strerror(error.errno or 0),
        fix="redirect it, for example to a file" if closed else "free some space, or send it elsewhere",
    )


def tell(error: PerfdiagError) -> Exit:
    """Say on standard error what happened, why, and what to do; the exit code."""
    lines = [f"error: {printable(error.what)}"]
    lines += [f"cause: {printable(error.cause)}"] if error.cause else []
    lines += [f"  fix: {printable(error.fix)}"] if error.fix else []
    click.echo("\n".join(lines), err=True)
    return error.exit


def progress_of(duration: float) -> Callable[[float], None]:
    """To be called with the share that is done: a line on the terminal that says how far the look is; nothing
    when stderr is not one, or for a command that may take a day and writes there itself."""
    if not sys.stderr.isatty() or duration >= _DAY:
        return lambda _: None

    def show(done: float) -> None:
        end = "\r\x1b[K" if done >= 1 else ""
        click.echo(f"\rlooking: {done * duration:.0f} of {duration:.0f} s{end}", nl=False, err=True)

    return show


def finished() -> None:
    """Write what is still held back; what cannot be written is dropped here, because the interpreter would
    complain about it with a traceback and another exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        _discard()


def _discard() -> None:
    """Standard output leads nowhere from now on."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
