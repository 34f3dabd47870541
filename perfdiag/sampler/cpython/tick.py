"""What one look of the non-stop reader says."""

from dataclasses import dataclass
from typing import NamedTuple


class Vanished(Exception):
    """The process has ended, or another program runs in it."""


class PythonTick(NamedTuple):
    """One look. Threads are native thread ids, as this process's PID namespace has them."""

    holder: int  # thread that holds the GIL of the main interpreter, 0: none
    locked: bool
    collecting: bool  # a garbage collector is running
    stacks: dict[int, int]  # thread -> stack id; the stack without frames for a thread in no Python code
    torn: list[int]  # threads whose stack could not be read as a whole


@dataclass(slots=True)
class ReaderStats:
    stacks: int = 0  # delivered
    reused: int = 0  # of them, unchanged since the last look
    partial: int = 0  # of them, callers only: the thread called and returned too fast for its leaf
    retried: int = 0  # reads after the first one of a tick
    torn: int = 0  # given up
    bounded: bool = False  # at some look there were more asyncio tasks than are looked at
