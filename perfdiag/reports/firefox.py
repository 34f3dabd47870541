"""Busy time for profiler.firefox.com: a thread for each group of threads, a category for each class of time.

The samples have no order in time and stand one after the other, each as long as its time: the call tree and
the flame graph are the views to look at, not the time line. Idle time is left out.
Format: processed profile, version 60, of https://github.com/firefox-devtools/profiler (docs-developer/)
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TypeVar

from perfdiag.diagnosis import Report, Weighted
from perfdiag.model import Meta, TimeClass
from perfdiag.plugins import Format
from perfdiag.reports._drawn import busy, class_frame
from perfdiag.text import json_document, printable

_GECKO_VERSION, _PROCESSED_VERSION = 30, 60
_LATEST = 9e9  # seconds since 1970, to which a hostile start is cut
_COLOURS = {
    TimeClass.UNKNOWN: "grey",  # the viewer takes the grey one for what has no category
    TimeClass.PYTHON: "yellow",
    TimeClass.NATIVE: "orange",
    TimeClass.KERNEL: "brown",
    TimeClass.GC: "lightred",
    TimeClass.RUNQUEUE: "red",
    TimeClass.THROTTLED: "red",
    TimeClass.GIL: "purple",
    TimeClass.LOCK: "magenta",
    TimeClass.POOL: "magenta",
    TimeClass.QUEUE: "magenta",
    TimeClass.DISK: "green",
    TimeClass.WRITE: "green",
    TimeClass.FSYNC: "green",
    TimeClass.FAULT: "green",
    TimeClass.NETWORK: "blue",
    TimeClass.CONNECT: "blue",
    TimeClass.DNS: "blue",
    TimeClass.SEND: "blue",
}
_CATEGORIES = tuple(TimeClass)

Json = dict[str, object]
Row = TypeVar("Row")


def render(report: Report) -> str:
    groups: dict[str, list[Weighted]] = defaultdict(list)
    for part in busy(report):
        groups[printable(part.group)].append(part)
    largest = sorted(groups.items(), key=lambda group: -sum(part.seconds for part in group[1]))
    shared = _Shared()
    threads = [
        _thread(number, name, parts, shared)
        for number, (name, parts) in enumerate(largest or [("nothing was busy", [])])
    ]
    content: Json = {
        "meta": _meta(report.meta, len(threads)),
        "libs": [],
        "shared": shared.tables(),
        "threads": threads,
    }
    return json_document(content)


class _Shared:
    """The tables that the samples of all threads refer to, by index. A row is the key of its index."""

    def __init__(self) -> None:
        self._strings: dict[str, int] = {}
        self._sources: dict[tuple[None, int], int] = {}  # id, file name
        self._functions: dict[tuple[int, int | None, int | None], int] = {}  # name, source, first line
        self._frames: dict[tuple[int, int, int | None], int] = {}  # function, category, line
        self._stacks: dict[tuple[int, int | None], int] = {}  # frame, the stack that it was called from

    def stack(self, part: Weighted) -> int:
        """The index of a stack, all of its frames in the category of its class."""
        category, last = _CATEGORIES.index(part.time), None
        frames = [(f.function, f.file, f.first_line, f.line) for f in reversed(part.stack.frames)]
        for function, file, first_line, line in frames or [(class_frame(part.time), "", 0, 0)]:
            source = _index(self._sources, (None, self._string(file))) if file else None
            named = _index(self._functions, (self._string(function), source, first_line or None))
            frame = _index(self._frames, (named, category, line or None))
            last = _index(self._stacks, (frame, last))
        return last or 0

    def _string(self, string: str) -> int:
        return _index(self._strings, printable(string))

    def tables(self) -> Json:
        functions = _table(("name", "source", "lineNumber"), self._functions)
        frames = _table(("func", "category", "line"), self._frames)
        return {
            "stackTable": _table(("frame", "prefix"), self._stacks),
            "frameTable": frames
            | dict.fromkeys(("address",), [-1] * len(self._frames))
            | dict.fromkeys(("inlineDepth", "subcategory"), [0] * len(self._frames))
            | dict.fromkeys(("nativeSymbol", "innerWindowID", "column"), [None] * len(self._frames)),
            "funcTable": functions
            | dict.fromkeys(("isJS", "relevantForJS"), [False] * len(self._functions))
            | {"resource": [-1] * len(self._functions), "columnNumber": [None] * len(self._functions)},
            "resourceTable": _table(("lib", "name", "host", "type"), ()),
            "nativeSymbols": _table(("libIndex", "address", "name", "functionSize"), ()),
            "sources": _table(("uuid", "filename"), self._sources),
            "stringArray": list(self._strings),
        }


def _thread(number: int, name: str, parts: Sequence[Weighted], shared: _Shared) -> Json:
    # the viewer wants a sample in each thread, if only an empty one
    stacks: list[int | None] = [*map(shared.stack, parts)] or [None]
    milliseconds = [round(part.seconds * 1000, 3) for part in parts] or [0.0]
    starts = [round(start, 3) for start in accumulate(milliseconds, initial=0.0)]
    return {
        "name": name,
        "processType": "default",
        "processStartupTime": 0,
        "processShutdownTime": None,
        "registerTime": 0,
        "unregisterTime": None,
        "pausedRanges": [],
        "isMainThread": number == 0,
        "pid": "0",
        "tid": number,
        "samples": {
            "stack": stacks,
            "time": starts[:-1],
            "weight": milliseconds,
            "weightType": "tracing-ms",
            "length": len(stacks),
        },
        "markers": _table(("data", "name", "startTime", "endTime", "phase", "category"), ()),
    }


def _meta(meta: Meta, threads: int) -> Json:
    return {
        "product": printable(meta.target),
        "importedFrom": printable(f"perfdiag {meta.version}"),
        "startTime": round(max(0.0, min(_LATEST, meta.started)) * 1000) if math.isfinite(meta.started) else 0,
        "interval": 1000 / max(1.0, meta.rate),
        "processType": 0,
        "stackwalk": 0,
        "version": _GECKO_VERSION,
        "preprocessedProfileVersion": _PROCESSED_VERSION,
        "categories": [
            {"name": time.value, "color": _COLOURS.get(time, "darkgrey"), "subcategories": ["Other"]}
            for time in _CATEGORIES
        ],
        "markerSchema": [],
        "symbolicationNotSupported": True,
        "usesOnlyOneStackType": True,
        "sourceCodeIsNotOnSearchfox": True,
        "keepProfileThreadOrder": True,
        "initialVisibleThreads": list(range(threads)),
        "initialSelectedThreads": [0],
    }


def _table(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Json:
    """Rows as the format wants them: a list for each column, and their length."""
    rows = list(rows)
    lists = zip(*rows, strict=True) if rows else ((),) * len(columns)
    return dict(zip(columns, map(list, lists), strict=True)) | {"length": len(rows)}


def _index(table: dict[Row, int], row: Row) -> int:
    return table.setdefault(row, len(table))


SPEC = Format(name="firefox", help=__doc__, suffixes=(".gecko.json", ".firefox.json"), render=render)
