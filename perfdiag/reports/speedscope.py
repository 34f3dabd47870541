"""Busy time for speedscope.app: one profile for each group of threads, the largest first, in seconds.

The leaf of each stack is the class of the time in brackets ([python], [network], [gil], ...). The samples
have no order in time: the views "Left Heavy" and "Sandwich" are the ones to look at. Idle time is left out.
Format: https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources
"""

from collections import defaultdict
from collections.abc import Iterable

from perfdiag.diagnosis import Report, Weighted
from perfdiag.plugins import Format
from perfdiag.reports._drawn import busy, class_frame
from perfdiag.text import json_document, printable

Json = dict[str, object]
Key = tuple[str, str, int]  # name, file, line


def render(report: Report) -> str:
    groups: dict[str, list[Weighted]] = defaultdict(list)
    for part in busy(report):
        groups[printable(part.group)].append(part)
    largest = sorted(groups.items(), key=lambda group: -_seconds(group[1]))
    frames: dict[Key, int] = {}
    # the viewer refuses a file without a profile
    profiles = [_profile(name, parts, frames) for name, parts in largest or [("nothing was busy", [])]]
    content: Json = {
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "exporter": printable(f"perfdiag@{report.meta.version}"),
        "name": printable(report.meta.target),
        "activeProfileIndex": 0,
        "profiles": profiles,
        "shared": {"frames": [_frame(*key) for key in frames]},
    }
    return json_document(content)


def _profile(name: str, parts: Iterable[Weighted], frames: dict[Key, int]) -> Json:
    """One group; its frames are numbered in `frames` as they are met."""
    parts = list(parts)
    return {
        "type": "sampled",
        "name": name,
        "unit": "seconds",
        "startValue": 0,
        "endValue": _seconds(parts),
        "samples": [[frames.setdefault(key, len(frames)) for key in _keys(part)] for part in parts],
        "weights": [round(part.seconds, 6) for part in parts],
    }


def _keys(part: Weighted) -> Iterable[Key]:
    """The frames of a stack from the root, the class of its time last."""
    for frame in reversed(part.stack.frames):
        yield printable(frame.function), printable(frame.file), frame.line
    yield class_frame(part.time), "", 0


def _frame(name: str, file: str, line: int) -> Json:
    place: Json = ({"file": file} if file else {}) | ({"line": line} if line > 0 else {})
    return {"name": name} | place


def _seconds(parts: Iterable[Weighted]) -> float:
    return round(sum(part.seconds for part in parts), 6)


SPEC = Format(name="speedscope", help=__doc__, suffixes=(".speedscope.json",), render=render)
