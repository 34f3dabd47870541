"""Whether the CPU quota of a cgroup stopped the target, tick by tick.

`throttled_time` (v1) and `throttled_usec` (v2) grow when a stopped group is let run again, at the same
moment as the run-queue delay of its threads: a tick in which they grew ends a stop. Measured on 6.18: within
the stop the threads are R, and neither their CPU time nor their delay moves.
"""

import os
from collections.abc import Sequence


class Throttle:
    """Open cpu.stat files of the target's groups, those that have a quota."""

    def __init__(self, paths: Sequence[str]) -> None:
        """`paths` of cpu.stat files, the target's own group and its ancestors; absent ones are skipped."""
        self._descriptors = []
        for path in paths:
            try:
                self._descriptors.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
            except OSError:
                continue  # a group that went away, or a controller that is not mounted
        self._last = self._read()

    def __bool__(self) -> bool:
        return bool(self._descriptors)

    def grew(self) -> bool:
        """Whether any group was stopped and let run again since the last call."""
        if not self._descriptors:
            return False
        now = self._read()
        grew = any(line and before and line != before for line, before in zip(now, self._last, strict=True))
        self._last = now
        return grew

    def _read(self) -> list[bytes]:
        values = []
        for descriptor in self._descriptors:
            try:
                lines = os.pread(descriptor, 4096, 0).split(b"\n")
            except OSError:
                lines = []
            values.append(next((line for line in lines if line.startswith(b"throttled_")), b""))
        return values

    def close(self) -> None:
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors = []
