"""What the sampler counts of all the processes that it followed, for the end of the recording."""

from collections import Counter
from typing import Any

from perfdiag.sampler.attaching import Followed
from perfdiag.sampler.cpython.task_list import LIMIT

STACKS = "Python stacks"
_NAMED = 3  # kinds of programs, and of reasons, that are named


def engine(readers: int) -> str:
    """Who reads, by the number of interpreters that are read."""
    return "non-stop reader" if readers else "/proc"


class Tally:
    """Takes a process when it has ended, or when the recording does."""

    def __init__(self) -> None:
        self.processes = 0
        self._counts = Counter[str]()
        self._replaced = 0
        self._bounded = False
        self._notes = Counter[str]()
        self._reasons: dict[str, Counter[str]] = {}  # why there are no Python stacks -> of which programs

    def take(self, one: Followed, *, over: bool) -> None:
        """`over`: the process has ended."""
        self.processes += 1
        self._counts["torn"] += one.member.torn
        self._counts["unopened"] += one.member.threads.unopened
        self._counts["readers"] += len(one.readers)
        for reader in one.readers:
            self._counts["stacks"] += reader.stats.stacks
            self._counts["retried"] += reader.stats.retried
            self._bounded |= reader.stats.bounded
        # the interpreter of a process that ends goes away first: that is not another program
        self._replaced += one.replaced - (over and one.lost)
        if one.reason and not one.readers:
            self._reasons.setdefault(one.reason, Counter())[one.process.comm] += 1
        self._notes.update(one.notes)

    def totals(self) -> dict[str, Any]:
        counts = {name: self._counts[name] for name in ("torn", "stacks", "retried", "unopened")}
        return {"engine": engine(self._counts["readers"])} | counts

    def blind(self, *, alone: bool) -> list[str]:
        """What was not seen, in words; of a process that is looked at `alone` the reason was told before."""
        told = []
        if self._replaced:
            told.append("stacks, in part: the program was replaced (exec) while it was looked at")
        if self._bounded:
            told.append(f"asyncio tasks beyond the {LIMIT} oldest: there were more at times")
        for reason, names in [] if alone else list(self._reasons.items())[:_NAMED]:
            some = ", ".join(name for name, _ in names.most_common(_NAMED))
            many = f" of {sum(names.values())} of {self.processes} processes ({some})"
            told.append(f"{STACKS}{many if self.processes > 1 else ''}: {reason}")
        for note, count in [] if alone else self._notes.most_common(_NAMED):
            told.append(f"{note} (so in {count} of {self.processes} processes)")
        return told
