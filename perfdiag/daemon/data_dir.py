"""The data directory: who owns it, and how the last run in it ended."""

import fcntl
import json
import logging
import os
import stat
from contextlib import suppress
from types import TracebackType

from perfdiag.errors import PerfdiagError, UsageError
from perfdiag.host.files import write_atomically

_LOCK = "lock"
_STATUS = "status.json"
_FIX = "choose another --data-dir"

_log = logging.getLogger(__name__)


class DataDir:
    """Holds DIR/lock (with our pid in it) until it is closed; made with mode 0700 when it does not exist.

    Raises UsageError when it cannot be used: not writable, open to others, or taken by another daemon.
    """

    def __init__(self, path: str, run_id: str) -> None:
        self.path, self._run_id = path, run_id
        _make(path)
        self._lock = _lock(os.path.join(path, _LOCK))
        self.previous_end = self._previous_end()

    def __enter__(self) -> "DataDir":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def set_status(self, state: str, wall: float, detail: str = "") -> None:
        """`running`, `clean` or `failed`, for the next run and for people; a full disk is only logged."""
        status = {"state": state, "detail": detail, "pid": os.getpid(), "run": self._run_id, "wall": wall}
        try:
            write_atomically(os.path.join(self.path, _STATUS), json.dumps(status) + "\n")
        except PerfdiagError as error:
            _log.warning("%s: %s", error.what, error.cause)

    def _previous_end(self) -> str:
        """'clean', 'failed', 'killed' (it still says running, but its lock is free), 'unknown', or '' when
        this is the first run."""
        try:
            with open(os.path.join(self.path, _STATUS), encoding="utf-8") as file:
                status = json.loads(file.read(4096))
        except FileNotFoundError:
            return ""
        except (OSError, ValueError):
            return "unknown"
        state = status.get("state") if isinstance(status, dict) else None
        return {"running": "killed", "clean": "clean", "failed": "failed"}.get(str(state), "unknown")


def _make(path: str) -> None:
    try:
        with suppress(FileExistsError):
            os.makedirs(path, mode=0o700)
        status = os.stat(path)
    except OSError as error:
        raise _unusable(path, os.strerror(error.errno or 0)) from error
    if not stat.S_ISDIR(status.st_mode):
        raise _unusable(path, "it is not a directory")
    if status.st_uid != os.geteuid():
        raise _unusable(path, f"it belongs to user {status.st_uid}, not to us")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UsageError(f"cannot use {path}", cause="others may write to it", fix=f"run: chmod 700 {path}")


def _lock(path: str) -> int:
    """A descriptor that holds the lock; the kernel frees it when we die."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        raise _unusable(os.path.dirname(path), os.strerror(error.errno or 0)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(descriptor, 32).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise UsageError(
            f"cannot use {os.path.dirname(path)} as data directory",
            cause=f"another perfdiag daemon, pid {owner or 'unknown'}, writes to it",
            fix=f"stop that one, or {_FIX}",
        ) from None
    except OSError as error:  # a network file system without locks
        os.close(descriptor)
        raise _unusable(os.path.dirname(path), os.strerror(error.errno or 0)) from error
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    except OSError as error:  # the lock holds all the same
        _log.warning("%s: %s", path, os.strerror(error.errno or 0))
    return descriptor


def _unusable(path: str, cause: str) -> UsageError:
    return UsageError(f"cannot use {path} as data directory", cause=cause, fix=_FIX)
