"""Seconds by stack as a gzipped profile.proto, for `go tool pprof`, Pyroscope, Parca and Grafana.

The sample types are `busy` (the default) and one for each class of time that was seen (`python`, `network`,
`gil`, ...): `go tool pprof -sample_index=network FILE`. `idle` is one of them, and no part of `busy`. The
labels `class` and `group` are for -tagfocus and -tagroot. A stack without frames is its class in brackets.
Format: https://github.com/google/pprof/blob/main/proto/profile.proto
"""

import gzip
import math
from collections.abc import Iterator

from perfdiag.diagnosis import Report, Weighted
from perfdiag.model import TimeClass
from perfdiag.plugins import Format
from perfdiag.reports._drawn import class_frame
from perfdiag.reports._protobuf import integer, integers, message, text
from perfdiag.text import printable

_BUSY = "busy"
_LONGEST = 9e9  # seconds: what 64 bits hold in nanoseconds, some 285 years

# Field numbers of profile.proto
_SAMPLE_TYPE, _SAMPLE, _LOCATION, _FUNCTION, _STRING, _TIME, _DURATION = 1, 2, 4, 5, 6, 9, 10
_PERIOD_TYPE, _PERIOD, _COMMENT, _DEFAULT_TYPE = 11, 12, 13, 14

Function = tuple[str, str, int]  # name, file, first line


def render(report: Report) -> bytes:
    return gzip.compress(b"".join(_Profile().fields(report)), mtime=0)


class _Profile:
    """What the samples refer to, numbered as it is met: strings from 0, which is '', all else from 1."""

    def __init__(self) -> None:
        self._strings = {"": 0}
        self._functions: dict[Function, int] = {}
        self._locations: dict[tuple[int, int], int] = {}  # function, line

    def fields(self, report: Report) -> Iterator[bytes]:
        """The fields of the message; what is referred to comes after what refers to it."""
        meta = report.meta
        classes = [time for time in TimeClass if any(part.time is time for part in report.profile)]
        for name in (_BUSY, *classes):
            yield message(_SAMPLE_TYPE, self._nanoseconds_of(name))
        for part in report.profile:
            yield message(_SAMPLE, self._sample(part, classes))
        for (function, line), number in self._locations.items():
            place = integer(1, function) + integer(2, line)
            yield message(_LOCATION, integer(1, number) + message(4, place))
        for (name, file, first_line), number in self._functions.items():
            yield message(_FUNCTION, self._function(number, name, file, first_line))
        yield integer(_TIME, _nanoseconds(meta.started))
        yield integer(_DURATION, _nanoseconds(report.window[1] - report.window[0]))
        yield message(_PERIOD_TYPE, self._nanoseconds_of("wall"))
        yield integer(_PERIOD, _nanoseconds(1 / meta.rate) if meta.rate > 0 else 0)
        yield integers(_COMMENT, [self._string(f"perfdiag {meta.version}: {meta.target}")])
        yield integer(_DEFAULT_TYPE, self._string(_BUSY))
        for string in self._strings:
            yield text(_STRING, string)

    def _nanoseconds_of(self, name: str) -> bytes:
        return integer(1, self._string(name)) + integer(2, self._string("nanoseconds"))

    def _sample(self, part: Weighted, classes: list[TimeClass]) -> bytes:
        """Leaf first; a value for `busy` and for each class."""
        spent = _nanoseconds(part.seconds)
        busy = 0 if part.time is TimeClass.IDLE else spent
        values = [busy, *(spent if part.time is time else 0 for time in classes)]
        frames = part.stack.frames
        stack = [self._location((f.function, f.file, f.first_line), f.line) for f in frames]
        stack = stack or [self._location((class_frame(part.time), "", 0), 0)]
        labels = (self._label("class", part.time), self._label("group", part.group))
        return integers(1, stack) + integers(2, values) + b"".join(message(3, label) for label in labels)

    def _label(self, key: str, value: str) -> bytes:
        return integer(1, self._string(key)) + integer(2, self._string(value))

    def _location(self, function: Function, line: int) -> int:
        number = self._functions.setdefault(function, len(self._functions) + 1)
        return self._locations.setdefault((number, line), len(self._locations) + 1)

    def _function(self, number: int, name: str, file: str, first_line: int) -> bytes:
        named, filed = self._string(name), self._string(file)
        return integer(1, number) + integer(2, named) + integer(4, filed) + integer(5, first_line)

    def _string(self, string: str) -> int:
        return self._strings.setdefault(printable(string), len(self._strings))


def _nanoseconds(seconds: float) -> int:
    return round(max(0.0, min(_LONGEST, seconds)) * 1e9) if math.isfinite(seconds) else 0


SPEC = Format(name="pprof", help=__doc__, suffixes=(".pb.gz", ".pprof"), render=render, binary=True)
