"""A baseline on disk: a directory with one JSON file per suite, made to live in git.

One writer at a time (a lock on the directory itself, which leaves nothing behind); a file is replaced as a
whole, so whatever happens in the middle of `append` leaves the old baseline as it was.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from perfdiag.baseline import session_json
from perfdiag.baseline.fields import BadField, read_bounded, shown
from perfdiag.baseline.session import Session
from perfdiag.errors import PerfdiagError, TargetError, UsageError
from perfdiag.text import printable

MOST_BYTES = 16 << 20
LOCK_SECONDS = 10.0
_SUFFIX = ".json"


def suites(directory: Path) -> tuple[str, ...]:
    """Names of the suites in a baseline directory; raises UsageError when it is not one."""
    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith(_SUFFIX))
    except OSError as error:
        raise UsageError(
            f"cannot read the baseline {shown(directory)}",
            cause=error.strerror or str(error),
            fix="make one with `perfdiag baseline save -b DIR FILE`",
        ) from error
    for name in names:
        if not session_json.is_name(name.removesuffix(_SUFFIX)):
            raise TargetError(
                f"the baseline {shown(directory)} has a file with the name {printable(name, 80)}",
                cause="a suite is named with 1 to 64 letters, digits, '.', '_' and '-'",
                fix="move the file elsewhere",
            )
    return tuple(name.removesuffix(_SUFFIX) for name in names)


def load(directory: Path, suite: str) -> tuple[Session, ...]:
    """Sessions of a suite in the order they were saved; none when the suite does not exist yet.

    Raises TargetError naming file and place when the file is broken.
    """
    path = _path(directory, suite)
    try:
        content = read_bounded(path, MOST_BYTES, follow=False)
    except FileNotFoundError:
        return ()
    except UsageError as error:
        raise TargetError(error.what, cause=error.cause, fix=error.fix) from error
    try:
        found, sessions = session_json.load(content)
        if found != suite:
            raise BadField(f"it is the suite {found}, its name says {suite}")
    except BadField as error:
        raise TargetError(
            f"the baseline {shown(path)} is broken", cause=str(error), fix="restore the file, as from git"
        ) from error
    return tuple(sorted(sessions, key=lambda session: session.order))


def append(directory: Path, suite: str, new: tuple[Session, ...]) -> int:
    """Adds sessions to a suite; returns how many it has now.

    Raises UsageError for a bad name, a session that is saved already or another machine's session, and
    TargetError when the disk fails; the baseline is then as it was.
    """
    path = _path(directory, suite)
    with _locked(directory) as lock:
        twins = [name for name in suites(directory) if name.lower() == suite.lower() and name != suite]
        if twins:
            raise UsageError(
                f"the suite {suite} differs from {twins[0]} only in case",
                cause="they would be one file on some file systems",
            )
        old = load(directory, suite)
        _check_new(path, old, new)
        start = max((session.order for session in old), default=-1) + 1
        added = tuple(replace(session, order=start + index) for index, session in enumerate(new))
        content = session_json.dump(suite, old + added)
        if len(content) > MOST_BYTES:
            raise TargetError(
                f"the baseline {shown(path)} would be larger than {MOST_BYTES >> 20} MiB",
                cause="it could not be read again",
                fix="start a new baseline",
            )
        _replace(path, content, lock)
    return len(old) + len(new)


def _check_new(path: Path, old: tuple[Session, ...], new: tuple[Session, ...]) -> None:
    sessions: dict[str, Session] = {session.session_id: session for session in old}
    machine = old[0].fingerprint if old else new[0].fingerprint if new else ()
    for session in new:
        if session.session_id in sessions:
            raise UsageError(
                f"session {session.session_id} is already in the baseline {shown(path)}",
                cause="a session that counts twice makes the baseline look surer than it is",
                fix="save each run once",
            )
        if session.fingerprint != machine:
            raise TargetError(
                f"session {session.session_id} does not belong to the baseline {shown(path)}",
                cause="measured differently: " + changes(machine, session.fingerprint),
                fix="keep one baseline directory for each machine",
            )
        sessions[session.session_id] = session


def changes(before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]) -> str:
    """What differs between two fingerprints, in words."""
    old, new = dict(before), dict(after)
    keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    return ", ".join(f"{key} was {old.get(key, 'unknown')}, is {new.get(key, 'unknown')}" for key in keys)


def _path(directory: Path, suite: str) -> Path:
    if not session_json.is_name(suite):
        raise UsageError(
            f"bad suite name {printable(suite, 80)}",
            cause="a suite is named with 1 to 64 letters, digits, '.', '_' and '-', not '.' first",
        )
    return directory / (suite + _SUFFIX)


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[int]:
    """Descriptor of the directory, made when missing and locked against other writers."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(
            f"cannot make the baseline directory {shown(directory)}", cause=error.strerror or str(error)
        ) from error
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise TargetError(
                    f"the baseline {shown(directory)} is being written by another process",
                    cause=f"its lock was not given up within {LOCK_SECONDS:g} s",
                    fix="try again",
                )
            time.sleep(0.02)
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _replace(path: Path, content: bytes, directory: int) -> None:
    """Writes a temporary file beside `path`, and renames it when it is safely on disk."""
    temporary = f".{path.name}.new"
    with contextlib.suppress(FileNotFoundError):  # left by a writer that was killed; we hold the lock
        os.unlink(temporary, dir_fd=directory)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(temporary, flags, 0o644, dir_fd=directory)
    except OSError as error:
        raise _lost(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.rename(temporary, path.name, src_dir_fd=directory, dst_dir_fd=directory)
        os.fsync(directory)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=directory)
        raise _lost(path, error) from error


def _lost(path: Path, error: OSError) -> PerfdiagError:
    cause = error.strerror or str(error)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UsageError(f"cannot write the baseline {shown(path)}", cause=cause)
    return TargetError(f"the baseline {shown(path)} was not written", cause=cause, fix="it is as it was")
