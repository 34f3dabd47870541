"""What an engine saw: stacks of threads, with the time at which or for which each was seen."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from perfdiag.model import Frame

MOST_FRAMES = 128  # of one stack, from the leaf


class Look(NamedTuple):
    """A thread had this stack from `since` to `until` (monotonic ns); both are one where a profiler that
    only sees threads on a CPU looked once. `stack` indexes `Looks.stacks`."""

    since: int
    until: int
    stack: int


@dataclass(slots=True)
class Looks:
    """All looks of one run, in the order of time for each thread. `errors`: looks that failed."""

    stacks: list[tuple[Frame, ...]] = field(default_factory=list)
    by_thread: defaultdict[int, list[Look]] = field(default_factory=lambda: defaultdict(list))
    errors: int = 0
    _ids: dict[tuple[Frame, ...], int] = field(default_factory=dict)

    def add(self, tid: int, since: int, until: int, frames: tuple[Frame, ...]) -> None:
        """Frames from the leaf to the root; those beyond the most that are kept are dropped at the root."""
        frames = frames[:MOST_FRAMES]
        number = self._ids.setdefault(frames, len(self.stacks))
        if number == len(self.stacks):
            self.stacks.append(frames)
        self.by_thread[tid].append(Look(since, until, number))

    def fill(self, gap: int) -> None:
        """Let each look hold until the next one of its thread, when that is at most `gap` ns later."""
        for tid, seen in self.by_thread.items():
            following = [look.since for look in seen[1:]]
            self.by_thread[tid] = [
                look._replace(until=after) if look.until < after <= look.until + gap else look
                for look, after in zip(seen, [*following, 0], strict=True)
            ]

    @property
    def count(self) -> int:
        return sum(len(looks) for looks in self.by_thread.values())
