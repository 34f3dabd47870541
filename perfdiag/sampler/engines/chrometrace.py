"""Parses what `py-spy record -f chrometrace --threads` writes.

A list of events: a frame begins ('B') or ends ('E') on a thread at `ts` microseconds since the start. Events
are written where a stack differs from the one before. The outermost frame is 'thread (TID): name', without
the name where none is known; around it may stand processes, 'process PID:"command"'. Functions and files are
the target's to choose; what does not have the shape of an event is counted as an error.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from perfdiag.model import Frame, Origin
from perfdiag.sampler.engines.looks import Look, Looks
from perfdiag.text import printable

_THREAD = re.compile(r"thread \((\d{1,10}|0x[0-9A-F]{1,16})\)(?:: .*)?", re.DOTALL)
# what is not Python: shared objects, the kernel's own, sources of other languages (by debug information)
_NATIVE = re.compile(r"\.so(?:\.|$)|^\[|^$|\.(?:c|cc|cpp|cxx|h|hpp|rs|go|s|S)$")
_PROCESS = re.compile(r'process (\d{1,10}):".*', re.DOTALL)
_ADDRESS = re.compile(r"0x[0-9a-f]+")
# Threads of forked processes have one `tid`, and follow one another in each look: what one was seen doing
# holds until it is seen again
_GAP = 100_000_000  # nanoseconds
_MOST_LINE = 1 << 31


def parse(
    content: bytes, ended_ns: int, origin: Callable[[str], Origin], tid: Callable[[int, str], int]
) -> Looks:
    """The looks of a run whose last event happened at `ended_ns` (monotonic). `tid` makes an id out of a
    process and what a thread of it is called (an id, or an address in hexadecimal), 0 if it cannot.
    ValueError when it is no such file."""
    try:
        events = json.loads(content)
    except RecursionError as error:
        raise ValueError("lists in lists without end") from error
    if not isinstance(events, list):
        raise ValueError("not a list of events")
    looks = Looks()
    open_frames: dict[Any, list[Frame]] = {}
    since: dict[Any, int] = {}
    last = max((_microseconds(event) for event in events), default=0)
    zero = ended_ns - last * 1000
    for event in events:
        try:
            key, at = event["tid"], zero + _microseconds(event) * 1000
            stack = open_frames.setdefault(key, [])
            if stack and since[key] < at:
                _seen(looks, stack, Look(since[key], at, 0), event["pid"], tid)
            since[key] = at
            if event["ph"] == "B":
                stack.append(_frame(event, origin))
            elif event["ph"] == "E" and stack:
                stack.pop()
        except (KeyError, TypeError, ValueError):
            looks.errors += 1
    looks.fill(_GAP)
    return looks


def _microseconds(event: Any) -> int:
    at = event.get("ts") if isinstance(event, dict) else None
    return at if isinstance(at, int) and 0 <= at < 1 << 50 else 0


def _seen(looks: Looks, stack: list[Frame], time: Look, pid: Any, tid: Callable[[int, str], int]) -> None:
    """The outermost frames name the processes down to the thread's own, and the thread; one of these alone
    has no stack."""
    if not isinstance(pid, int):
        raise TypeError("a process without a number")
    root = 0
    while root < len(stack) - 1 and (process := _PROCESS.fullmatch(stack[root].function)):
        pid, root = int(process[1]), root + 1
    found = _THREAD.fullmatch(stack[root].function)
    frames = tuple(frame for frame in reversed(stack[root + 1 :]) if not _ADDRESS.fullmatch(frame.function))
    if found and frames and (number := tid(pid, found[1])):
        looks.add(number, time.since, time.until, frames)


def _frame(event: Any, origin: Callable[[str], Origin]) -> Frame:
    arguments = event["args"]
    name, file, line = event["name"], arguments["filename"], arguments["line"]
    if not isinstance(name, str) or not isinstance(file, str) or not isinstance(line, int):
        raise TypeError("a frame without name, file or line")
    file = printable(file)
    native = _NATIVE.search(file) is not None
    return Frame(
        file=file,
        function=printable(name),
        line=line if 0 <= line < _MOST_LINE else 0,
        first_line=0,
        origin=Origin.NATIVE if native else origin(file),
    )
