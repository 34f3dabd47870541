"""Writing output files, also as root into a directory that others can write to.

A file appears whole or not at all: a temporary file in the same directory (O_EXCL, O_NOFOLLOW, reached
through a descriptor of that directory), fsync, rename. A symlink is never followed; a hard link is replaced,
not written through. Streams (/dev/stdout, /dev/fd/N, /dev/null, own FIFOs) are written straight.
"""

import errno
import os
import re
import secrets
import stat
from contextlib import suppress

from perfdiag.errors import PerfdiagError, TargetError, UsageError

_DEVICES = frozenset({"/dev/null", "/dev/full", "/dev/tty"})
_STANDARD = {"/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR = re.compile(r"/dev/fd/([0-9]{1,6})")  # from process substitution: -o >(gzip > report.gz)
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FIX = "choose another path with -o"


def is_stream(path: str) -> bool:
    """Whether `path` is written straight instead of being replaced. Raises UsageError on what may not be
    written to at all: a symlink, a directory, a device, a socket, a FIFO of another user."""
    if path in _DEVICES or _inherited(path) is not None:
        return True
    if not os.path.basename(path):
        raise UsageError(f"cannot write {path!r}", cause="it names no file", fix=_FIX)
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise _refused(path, error) from error
    if stat.S_ISREG(status.st_mode):
        return False
    if stat.S_ISFIFO(status.st_mode) and status.st_uid == os.geteuid():
        return True
    raise UsageError(f"cannot write {path}", cause=f"it is {_name(status.st_mode)}", fix=_FIX)


def check_writable(path: str) -> None:
    """Raises UsageError (TargetError when there is no space) if `path` cannot be written, before a run whose
    result would be lost. Leaves no trace."""
    if is_stream(path):
        return
    if os.path.lexists(path) and not os.access(path, os.W_OK):
        raise UsageError(f"cannot write {path}", cause="the file is read-only", fix=_FIX)
    folder, temporary, descriptor = _create(path, 0o600)
    os.close(descriptor)
    os.unlink(temporary, dir_fd=folder)
    os.close(folder)


def write_atomically(path: str, data: str | bytes, mode: int = 0o600) -> None:
    """Writes `data`, text as UTF-8. Raises UsageError when the file cannot be created and TargetError when it
    is lost on the way (disk full, reader gone); what stood at `path` before is then still there."""
    content = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    if is_stream(path):
        _write_straight(path, content)
        return
    folder, temporary, descriptor = _create(path, mode)
    try:
        try:
            _write(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(temporary, os.path.basename(path), src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)
    except OSError as error:
        with suppress(FileNotFoundError):  # when only the last fsync failed
            os.unlink(temporary, dir_fd=folder)
        raise _lost(path, error) from error
    finally:
        os.close(folder)


def _create(path: str, mode: int) -> tuple[int, str, int]:
    """Descriptor of the folder of `path`, name of a new empty file in it, and its descriptor."""
    try:
        folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _refused(path, error) from error
    temporary = f".perfdiag-{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return folder, temporary, os.open(temporary, flags, mode, dir_fd=folder)
    except OSError as error:
        os.close(folder)
        raise _refused(path, error) from error


def _write_straight(path: str, content: bytes) -> None:
    try:
        number = _inherited(path)
        # dup shares the offset, so that what was printed before is not overwritten
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC) if number is None else os.dup(number)
    except OSError as error:
        raise _refused(path, error) from error
    try:
        _write(descriptor, content)
    except OSError as error:
        raise _lost(path, error) from error
    finally:
        os.close(descriptor)


def _inherited(path: str) -> int | None:
    """The descriptor of this process that `path` stands for."""
    match = _DESCRIPTOR.fullmatch(path)
    return int(match.group(1)) if match else _STANDARD.get(path)


def _write(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _refused(path: str, error: OSError | ValueError) -> PerfdiagError:
    if isinstance(error, OSError):
        if error.errno in _NO_SPACE:
            return _lost(path, error)
        return UsageError(f"cannot write {path}", cause=os.strerror(error.errno or 0), fix=_FIX)
    return UsageError("cannot write to this path", cause=str(error), fix=_FIX)


def _lost(path: str, error: OSError) -> TargetError:
    fix = "free some space and run again" if error.errno in _NO_SPACE else _FIX
    return TargetError(f"could not write all of {path}", cause=os.strerror(error.errno or 0), fix=fix)


def _name(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link, which is never followed"
    if stat.S_ISDIR(mode):
        return "a directory"
    if stat.S_ISFIFO(mode):
        return "a FIFO of another user"
    return "not a regular file"
