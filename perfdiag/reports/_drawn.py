"""What the formats that draw have in common: which time, and what a stack without frames is called."""

from collections.abc import Iterator

from perfdiag.diagnosis import Report, Weighted
from perfdiag.model import TimeClass


def busy(report: Report) -> Iterator[Weighted]:
    """The profile without idle time, which would fill a picture of what there is to gain."""
    return (part for part in report.profile if part.time is not TimeClass.IDLE)


def class_frame(time: TimeClass) -> str:
    """A class of time where a frame is expected: '[network]'."""
    return f"[{time.value}]"
