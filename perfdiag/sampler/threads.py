"""The threads of one process, each with descriptors kept open: a look costs one pread for a thread that has
not run, two or three for one that has.

`schedstat` (CPU ns, run-queue ns, slices) moves exactly when a thread has run, so a thread whose schedstat is
the same bytes as before has not run: its call, object and stack are as they were.
"""

import os

_READ = 256


class ThreadFiles:
    """Open descriptors of one thread and what the last tick saw in them."""

    __slots__ = (
        "_schedstat",
        "_stat",
        "_syscall",
        "faults",
        "name",
        "running",
        "seen",
        "stime",
        "tid",
        "utime",
    )

    def __init__(self, procfs: str, pid: int, tid: int) -> None:
        """OSError when the thread has ended; a denied `syscall` is remembered as such."""
        base = f"{procfs}/{pid}/task/{tid}"
        self.tid = tid
        self.seen = b""
        self.running = False
        self.utime = self.stime = self.faults = 0
        with open(f"{base}/comm", "rb") as comm:
            self.name = comm.read(64).rstrip(b"\n")
        self._schedstat = os.open(f"{base}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        self._stat = -1
        self._syscall = -1
        try:
            self._stat = os.open(f"{base}/stat", os.O_RDONLY | os.O_CLOEXEC)
            self._syscall = os.open(f"{base}/syscall", os.O_RDONLY | os.O_CLOEXEC)
        except PermissionError:
            pass
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        for descriptor in (self._schedstat, self._stat, self._syscall):
            if descriptor >= 0:
                os.close(descriptor)

    def schedstat(self) -> bytes:
        """OSError (ESRCH) when the thread has ended."""
        return os.pread(self._schedstat, 128, 0)

    def syscall(self) -> bytes:
        """The line of /proc/PID/task/TID/syscall; b'' where it is denied."""
        if self._syscall < 0:
            return b""
        try:
            return os.pread(self._syscall, _READ, 0)
        except PermissionError:
            os.close(self._syscall)
            self._syscall = -1
            return b""

    def refresh_stat(self) -> None:
        """User and system time (clock ticks) and page faults (minor + major) into the fields."""
        if self._stat < 0:
            return
        data = os.pread(self._stat, 1024, 0)
        words = data[data.rfind(b")") + 2 :].split()
        # after the name: state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime
        self.faults = int(words[7]) + int(words[9])
        self.utime, self.stime = int(words[11]), int(words[12])


class Threads:
    """All threads of a process; `refresh` finds the born and the gone."""

    def __init__(self, procfs: str, pid: int) -> None:
        self._procfs, self._pid = procfs, pid
        self._task = f"{procfs}/{pid}/task"
        self._links = -1
        self.by_tid: dict[int, ThreadFiles] = {}
        self.unopened = 0  # threads for which there was no descriptor left

    def changed(self) -> bool:
        """Whether the number of threads is another than at the last refresh: one stat call.

        A thread that ended while another was born is found by the periodic refresh."""
        return os.stat(self._task).st_nlink != self._links

    def refresh(self) -> tuple[list[ThreadFiles], list[int]]:
        """(born, gone tids). FileNotFoundError or ProcessLookupError when the process has ended."""
        self._links = os.stat(self._task).st_nlink
        present = {int(name) for name in os.listdir(self._task)}
        gone = [tid for tid in self.by_tid if tid not in present]
        for tid in gone:
            self.drop(tid)
        born = []
        self.unopened = 0
        for tid in sorted(present - self.by_tid.keys()):
            try:
                thread = ThreadFiles(self._procfs, self._pid, tid)
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended between the listing and the opening
            except OSError:  # no descriptor left: this thread stays unseen, and the report says how many
                self.unopened += 1
                continue
            self.by_tid[tid] = thread
            born.append(thread)
        return born, gone

    def drop(self, tid: int) -> None:
        thread = self.by_tid.pop(tid, None)
        if thread is not None:
            thread.close()

    def close(self) -> None:
        for tid in list(self.by_tid):
            self.drop(tid)
