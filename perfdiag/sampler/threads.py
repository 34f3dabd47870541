"""The threads of one process, each with descriptors kept open: a look costs one pread for a thread that has
not run, two or three for one that has.

`schedstat` (CPU ns, run-queue ns, slices) moves exactly when a thread has run, so a thread whose schedstat is
the same bytes as before has not run: its call, object and stack are as they were. All files are opened below
the descriptor of the process's `task` directory, which never comes to mean another process with its number.
"""

import errno
import os
import resource

_READ = 256
_SPARED = 64  # descriptors for all that is opened for a moment, and for other processes; of few a quarter


class ThreadFiles:
    """Descriptors of one thread and what the last tick saw in them. A thread that never runs again has one,
    so that thousands of idle threads can be followed."""

    __slots__ = (
        "_folder",
        "_looks",
        "_schedstat",
        "_syscall",
        "cpu",
        "faults",
        "name",
        "running",
        "seen",
        "stime",
        "tid",
        "utime",
    )

    def __init__(self, folder: int, tid: int) -> None:
        """`folder`: descriptor of /proc/PID/task. OSError when the thread has ended, or no descriptor is
        left for it."""
        self.tid = tid
        self.seen = b""
        self.running = False
        self.cpu = self.utime = self.stime = self.faults = 0
        self._folder = folder
        self._looks = 0
        self.name = self._read("comm").rstrip(b"\n")
        self._schedstat = self._keep("schedstat")
        if self._schedstat < 0:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        self._syscall = -1

    def close(self) -> None:
        for descriptor in (self._schedstat, self._syscall):
            if descriptor >= 0:
                os.close(descriptor)

    def schedstat(self) -> bytes:
        """OSError (ESRCH) when the thread has ended."""
        return os.pread(self._schedstat, 128, 0)

    def syscall(self) -> bytes:
        """The line of /proc/PID/task/TID/syscall; b'' where it is denied."""
        try:
            if self._syscall < 0 and self._looks:
                self._syscall = self._keep("syscall")
            self._looks += 1
            return self._read("syscall") if self._syscall < 0 else os.pread(self._syscall, _READ, 0)
        except PermissionError:
            return b""

    def refresh_stat(self) -> None:
        """User and system time (clock ticks) and page faults (minor + major) into the fields."""
        data = self._read("stat")
        words = data[data.rfind(b")") + 2 :].split()
        # after the name: state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime
        self.faults = int(words[7]) + int(words[9])
        self.utime, self.stime = int(words[11]), int(words[12])

    def _open(self, name: str) -> int:
        return os.open(f"{self.tid}/{name}", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._folder)

    def _keep(self, name: str) -> int:
        """A descriptor for as long as the thread lives; -1 when it would be one of the last. The lowest
        number is given first, so a number tells how many there are."""
        descriptor = self._open(name)
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if descriptor < most - min(_SPARED, most // 4):
            return descriptor
        os.close(descriptor)
        return -1

    def _read(self, name: str) -> bytes:
        descriptor = self._open(name)
        try:
            return os.read(descriptor, 1024)
        finally:
            os.close(descriptor)


class Threads:
    """All threads of a process; `refresh` finds the born and the gone."""

    def __init__(self, procfs: str, pid: int, *, most: int | None = None) -> None:
        """No more than `most`, the oldest. OSError when the process has ended, or no descriptor is left."""
        self._most = most
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        self._folder = os.open(f"{procfs}/{pid}/task", flags)
        self._links = -1
        self.by_tid: dict[int, ThreadFiles] = {}
        self.unopened = 0  # threads for which there was no descriptor left

    def changed(self) -> bool:
        """Whether the number of threads is another than at the last refresh: one stat call.

        A thread that ended while another was born is found by the periodic refresh."""
        return os.fstat(self._folder).st_nlink != self._links

    def refresh(self) -> tuple[list[ThreadFiles], list[int]]:
        """(born, gone tids). Of a process that has ended all are gone; without a descriptor for the listing
        nothing is known."""
        self._links = os.fstat(self._folder).st_nlink
        present = self._present()
        if present is None:
            return [], []
        gone = [tid for tid in self.by_tid if tid not in present]
        for tid in gone:
            self.drop(tid)
        born = []
        self.unopened = 0
        room = None if self._most is None else max(0, self._most - len(self.by_tid))
        for tid in sorted(present - self.by_tid.keys())[:room]:
            try:
                thread = ThreadFiles(self._folder, tid)
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended between the listing and the opening
            except OSError:  # no descriptor left: this thread stays unseen, and the report says how many
                self.unopened += 1
                continue
            self.by_tid[tid] = thread
            born.append(thread)
        return born, gone

    def _present(self) -> set[int] | None:
        try:
            return {int(name) for name in os.listdir(self._folder)}
        except (FileNotFoundError, ProcessLookupError):
            return set()
        except OSError:
            return None

    def drop(self, tid: int) -> None:
        thread = self.by_tid.pop(tid, None)
        if thread is not None:
            thread.close()

    def close(self) -> None:
        """Afterwards nothing can be read any more."""
        for tid in list(self.by_tid):
            self.drop(tid)
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
