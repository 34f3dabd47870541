"""Which system call a line of code makes, learnt from the samples in which a thread was blocked there.

A fast disk or a near peer answers before the thread has been put to sleep: the thread is seen running,
without the GIL, on a line where other samples saw it blocked. It is in that call too, in the kernel.
"""

from collections.abc import Callable

from perfdiag.model import Frame, TimeClass

# waits that a fast answer turns into time on the CPU within the call
CALLS = {
    TimeClass.FSYNC,
    TimeClass.DISK,
    TimeClass.WRITE,
    TimeClass.NETWORK,
    TimeClass.CONNECT,
    TimeClass.DNS,
    TimeClass.SEND,
}
_ENOUGH = 0.1  # share of a line's samples seen blocked in the call; below it the line does other things too
_FEW = 0.01  # the same for a line whose threads mostly run without the GIL: they are in a call in any case


class Lines:
    """Counts of what threads were seen doing on each line of user code."""

    def __init__(self, user: Callable[[int], Frame | None]) -> None:
        self._user = user
        self._counts: dict[tuple[str, int], dict[tuple[TimeClass, int], int]] = {}

    def count(self, stack: int, time: TimeClass, item: int) -> None:
        frame = self._user(stack)
        if frame is not None:
            counts = self._counts.setdefault((frame.file, frame.line), {})
            counts[time, item] = counts.get((time, item), 0) + 1

    def releases_gil(self, stack: int) -> bool:
        """Whether threads that run on this line are mostly seen without the GIL."""
        frame = self._user(stack)
        counts = self._counts.get((frame.file, frame.line), {}) if frame else {}
        without = counts.get((TimeClass.NATIVE, -1), 0)
        return without > counts.get((TimeClass.PYTHON, -1), 0)

    def call_on(self, stack: int) -> tuple[TimeClass, int] | None:
        """(class, object) of the call that the line of this stack makes; None when it makes none."""
        frame = self._user(stack)
        counts = self._counts.get((frame.file, frame.line)) if frame else None
        if not counts:
            return None
        calls = [(count, key) for key, count in counts.items() if key[0] in CALLS]
        enough = _FEW if self.releases_gil(stack) else _ENOUGH
        if not calls or sum(count for count, _ in calls) < enough * sum(counts.values()):
            return None
        return max(calls)[1]
