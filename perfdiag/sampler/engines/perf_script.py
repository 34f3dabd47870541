"""Parses what `perf script -F pid,tid,time,ip,sym,dso --ns` prints.

    7370/7370  11758.869811223:
    <tab>   68207 dictNext (/usr/bin/redis-server)
    <tab>   960b8 keysCommand (/usr/bin/redis-server)
    <empty line>

Names of symbols and files are the target's to choose: a line that is not one of these three is skipped, and a
name may hold anything but a line feed. The name of the process, which may hold one, is not asked for.
"""

import re
from collections.abc import Container, Iterable

from perfdiag.model import Frame, Origin
from perfdiag.sampler.engines.looks import MOST_FRAMES, Looks
from perfdiag.text import printable

_HEAD = re.compile(r" *(?:-?\d{1,10}/)(\d{1,10}) +(\d{1,12})\.(\d{9}): *")
_FRAME = re.compile(r"\s+[0-9a-f]{1,16} (.*?) \(([/\[].*)\)")
_KERNEL = ("[kernel.", "[guest.kernel.", "[k", "[bpf")
_UNKNOWN = "[unknown]"
_DELETED = " (deleted))"


def parse(lines: Iterable[str], tids: Container[int]) -> Looks:
    """The looks at these threads."""
    looks = Looks()
    tid, at = 0, 0
    frames: list[Frame] = []

    def finish() -> None:
        if tid in tids and frames:
            looks.add(tid, at, at, _named(frames))
        frames.clear()

    for line in lines:
        if not line.strip():
            finish()
            tid = 0
        elif line[0] == "\t":
            if tid and len(frames) < MOST_FRAMES and (frame := _frame(line)):
                frames.append(frame)
        elif found := _HEAD.fullmatch(line):
            finish()
            tid, at = int(found[1]), int(found[2]) * 1_000_000_000 + int(found[3])
    finish()
    return looks


def leaf(line: str) -> tuple[int, Frame] | None:
    """The thread and the function of a sample that was taken without its stack, which is one line:
    `7370/7370  11758.869811223:   68207 dictNext (/usr/bin/redis-server)`."""
    head, colon, rest = line.partition(":")
    found, frame = _HEAD.fullmatch(head + colon), _frame(rest)
    return (int(found[1]), _named([frame])[0]) if found and frame else None


def _frame(line: str) -> Frame | None:
    found = _FRAME.fullmatch(line.replace(_DELETED, ")"))
    if found is None:
        return None
    file = printable(found[2])
    origin = Origin.KERNEL if found[2].startswith(_KERNEL) or found[2].endswith(".ko") else Origin.NATIVE
    name = found[1] or _UNKNOWN
    return Frame(file=file, function=printable(name, 200), line=0, first_line=0, origin=origin)


def _named(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    """Without the frames that have no name: what they call has one, or who calls them. Where none has, the
    file that the leaf lies in stands for them all."""
    frames = tuple(frames)
    named = tuple(frame for frame in frames if frame.function != _UNKNOWN)
    if named and (named[0].origin is Origin.KERNEL or frames[0].origin is not Origin.KERNEL):
        return named
    leaf = next((frame for frame in frames if frame.file != _UNKNOWN), frames[0])
    name = "kernel" if leaf.origin is Origin.KERNEL else f"{leaf.file.rpartition('/')[2]} (no symbols)"
    return (Frame(file=leaf.file, function=name, line=0, first_line=0, origin=leaf.origin), *named)
