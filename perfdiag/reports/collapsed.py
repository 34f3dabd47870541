"""Collapsed stacks, for flame graphs: `group;root;...;leaf;[class] milliseconds`.

The last frame is the class of the time in brackets ([python], [network], [gil], ...), so that what threads
wait for is as visible as what they compute. Frames are `function (file:line)`. Idle time is left out.
"""

from collections import defaultdict

from perfdiag.attribution.places import spot
from perfdiag.diagnosis import Report, Weighted
from perfdiag.plugins import Format
from perfdiag.reports._drawn import busy, class_frame
from perfdiag.text import collapsed_frame, without_commands


def render(report: Report) -> str:
    seconds: dict[str, float] = defaultdict(float)
    for part in busy(report):
        seconds[_line(part)] += part.seconds
    counts = {line: round(total * 1000) for line, total in seconds.items()}
    lines = (f"{line} {count}\n" for line, count in sorted(counts.items()) if count > 0)
    return without_commands("".join(lines))


def _line(part: Weighted) -> str:
    frames = (f"{frame.function} ({spot(frame.file, frame.line)})" for frame in reversed(part.stack.frames))
    return ";".join(collapsed_frame(name) for name in (part.group, *frames, class_frame(part.time)))


SPEC = Format(name="collapsed", help=__doc__, suffixes=(".collapsed", ".folded"), render=render)
