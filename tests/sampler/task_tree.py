"""A process under a procfs of its own, whose threads are moved by hand."""

import shutil
from pathlib import Path

PID = 42


class TaskTree:
    """Files as the kernel writes them for /proc/42/task/TID."""

    def __init__(self, root: Path) -> None:
        self.procfs = str(root)
        self._task = root / str(PID) / "task"
        self._task.mkdir(parents=True)

    def thread(self, tid: int, name: str = "worker", syscall: str | None = "running") -> None:
        folder = self._task / str(tid)
        folder.mkdir()
        (folder / "comm").write_text(f"{name}\n")
        self.set(tid, cpu=0, syscall=syscall)

    def set(
        self, tid: int, *, cpu: int, delay: int = 0, slices: int = 1, syscall: str | None = "running",
        utime: int = 0, stime: int = 0,
    ) -> None:  # fmt: skip
        """New counters (ns) and the call; None: the file is not there; '': it tells nothing."""
        folder = self._task / str(tid)
        (folder / "schedstat").write_text(f"{cpu} {delay} {slices}\n")
        (folder / "stat").write_text(
            f"{tid} (a) b) S 1 {PID} {PID} 0 -1 4194304 30 0 5 0 {utime} {stime} 0 0 20 0 1 0 7 0 0\n"
        )
        if syscall is not None:
            (folder / "syscall").write_text(f"{syscall}\n" if syscall else "")

    def end(self, tid: int) -> None:
        shutil.rmtree(self._task / str(tid))

    def vanish(self) -> None:
        shutil.rmtree(self._task.parent)
