"""Snapshots of readings that are given as they are, and what an analyzer of facts says of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from perfdiag.model import Kind, Sample, Snapshot
from perfdiag.plugins import Analyzer, Signals, Step
from perfdiag.recording import Recording
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit
from tests.recordings_made import META

Reading = tuple[str, float, dict[str, str]]


def sample(name: str, value: float, labels: dict[str, str], kind: Kind = Kind.COUNTER) -> Sample:
    return Sample(name=name, value=value, unit=Unit.COUNT, kind=kind, labels=tuple(labels.items()))


def said_of(
    analyzer: Analyzer, moments: Sequence[Iterable[Reading]], recording: Recording | None = None
) -> Signals:
    """What the analyzer says after snapshots a second apart; `recording` gives stacks and a time table."""
    table = TimeTable(start=0.0)
    known = recording or Recording(meta=META)
    state: Any = analyzer.start(known.meta)
    for at, readings in enumerate(moments):
        step = Step(
            snapshot=Snapshot(at=float(at), wall=0.0, samples=tuple(sample(*one) for one in readings)),
            slices=(), processes=(), threads=(), objects=(), stacks=known.stacks, table=table,
        )  # fmt: skip
        state = analyzer.step(state, step)
    return Signals(analyzer.signals(state, float(len(moments) - 1)))
