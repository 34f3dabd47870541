"""The stacks of a recording: each once, whichever process had it. Forked workers share theirs."""

from perfdiag.sampler.cpython.code import RawFrame

LIMIT = 200_000  # different stacks; what comes after that is not kept


class Stacks:
    """Gives stacks and frames the ids of the recording."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.lost = 0  # stacks that came after the limit
        self._limit = limit
        self._frames: dict[RawFrame, int] = {}
        self._ids: dict[tuple[int, ...], int] = {}
        self._new_frames: list[RawFrame] = []
        self._new_stacks: list[tuple[int, ...]] = []

    def intern(self, frames: tuple[RawFrame, ...]) -> int:
        """The id of a stack, leaf first; -1 when there are too many."""
        key = tuple([self._frame(frame) for frame in frames])
        found = self._ids.get(key)
        if found is not None:
            return found
        if len(self._ids) >= self._limit:
            self.lost += 1
            return -1
        self._new_stacks.append(key)
        return self._ids.setdefault(key, len(self._ids))

    def _frame(self, frame: RawFrame) -> int:
        found = self._frames.get(frame)
        if found is None:
            found = self._frames[frame] = len(self._frames)
            self._new_frames.append(frame)
        return found

    def take(self) -> tuple[list[RawFrame], list[tuple[int, ...]]]:
        """Frames and stacks (of frame ids) that are new since the last call; ids continue."""
        frames, stacks = self._new_frames, self._new_stacks
        self._new_frames, self._new_stacks = [], []
        return frames, stacks
