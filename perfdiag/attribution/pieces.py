"""Pieces of work: functions that the workers of a library's pool come back from, to be given the next one.

A wait in such a function is in the middle of a piece of work. A function that nobody was seen to leave may be
a loop that takes its work from elsewhere, and waits for it.
"""

from perfdiag.attribution.waking import Key


class Pieces:
    """Remembers what each worker does, and which functions were left."""

    def __init__(self) -> None:
        self._jobs: dict[Key, str] = {}
        self._left: set[tuple[int, str, str]] = set()  # process, group, function

    def see(self, key: Key, group: str, job: str) -> None:
        """A worker stands in this function, the outermost one of user code; '' between two of them."""
        before = self._jobs.get(key, job)
        if before and before != job:
            self._left.add((key[0], group, before))
        self._jobs[key] = job

    def forget(self, key: Key) -> None:
        """The worker has ended."""
        self._jobs.pop(key, None)

    def in_piece(self, key: Key, group: str) -> bool:
        """Whether what a worker does is a piece of work."""
        return (key[0], group, self._jobs.get(key, "")) in self._left
