"""How often the target does what patterns are told by: segments, connections, failed connects, bytes written.

About a process `process.written` (bytes a second that it handed to write calls); about a process and a
`peer` of it (named as an object is) `tcp.peer.sent` (segments a second) and `tcp.peer.fresh`, of its
connections to that peer that were seen at a look those that had been made for one question: younger than a
second, and hardly used. About the host `tcp.failed`, the attempts to connect that fail each second.
"""

from collections.abc import Iterator

from perfdiag.diagnosis import Signal
from perfdiag.facts import Fact, FactFold, Level, Share
from perfdiag.model import Meta
from perfdiag.plugins import Analyzer, Step
from perfdiag.readings import Interval
from perfdiag.units import Unit


def derive(interval: Interval) -> Iterator[Fact]:
    if (failed := interval.rate("tcp.attempt_fails")) is not None:
        yield Level("tcp.failed", failed, Unit.PER_SECOND)
    for pid in interval.after.labels("process.io.bytes", "pid"):
        rate = interval.rate("process.io.bytes", pid=pid, direction="write", layer="calls")
        if rate is not None:
            yield Level("process.written", rate, Unit.BYTES_PER_SECOND, subject=f"process:{pid}")
    for labels in interval.after.samples.get("tcp.peer.segments", ()):
        found = dict(labels)
        if found["kind"] == "sent":
            sent = interval.rate("tcp.peer.segments", **found)
            yield Level(
                "tcp.peer.sent",
                sent,
                Unit.PER_SECOND,
                (("peer", found["peer"]),),
                subject=f"process:{found['pid']}",
            )
    for labels in interval.after.samples.get("tcp.peer.connections", ()):
        found = dict(labels)
        if found["kind"] == "fresh":
            seen = interval.growth("tcp.peer.connections", **found | {"kind": "seen"})
            fresh = interval.growth("tcp.peer.connections", **found)
            if seen:
                yield Share(
                    "tcp.peer.fresh",
                    fresh,
                    seen,
                    (("peer", found["peer"]),),
                    subject=f"process:{found['pid']}",
                )


def start(_meta: Meta) -> FactFold:
    return FactFold(derive)


def step(state: FactFold, one: Step) -> FactFold:
    return state.take(one.snapshot)


def signals(state: FactFold, _now: float) -> tuple[Signal, ...]:
    return state.signals()


SPEC = Analyzer(name="rates", help=__doc__ or "", start=start, step=step, signals=signals)
