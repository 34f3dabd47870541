"""Cuts a recording into shorter ones, as if perfdiag had looked for that long at that time."""

from collections.abc import Iterator
from dataclasses import replace

from perfdiag.recording import Recording
from perfdiag.ticks import Columns, RowFlag, Ticks

_NEAR = 0.5  # seconds from a window's ends to the snapshots that stand for them: there is one a second


def windows(recording: Recording, seconds: float) -> Iterator[Recording]:
    """All whole windows of so many seconds, one after the other."""
    at = recording.ticks.ticks["at_ns"]
    start, end = (at[0] / 1e9, at[-1] / 1e9) if at else (0.0, 0.0)
    for number in range(int((end - start + 0.1) / seconds)):
        yield cut(recording, start + number * seconds, start + (number + 1) * seconds)


def cut(recording: Recording, begin: float, end: float) -> Recording:
    """What was collected within begin..end (monotonic seconds). What a thread was last seen to do before is
    its first row: the sampler writes a row only where something has changed."""
    at = recording.ticks.ticks["at_ns"]
    chosen = [number for number, ns in enumerate(at) if begin <= ns / 1e9 <= end]
    first, last = (chosen[0], chosen[-1]) if chosen else (0, -1)
    ticks = Ticks()
    for values in recording.ticks.ticks.rows(first, last + 1):
        ticks.ticks.append(*values)
    _carry(recording.ticks.rows, ticks.rows, first, last, keys=("process", "tid"))
    _carry(recording.ticks.gil, ticks.gil, first, last, keys=("process",))
    meta, cost = recording.meta, recording.meta.cost
    near = [one for one in recording.snapshots if begin - _NEAR <= one.at < end + _NEAR]
    share = min(1.0, (end - begin) / max(1e-9, meta.duration))
    known = replace(cost, planned=round(cost.planned * share), made=len(ticks.ticks))
    return replace(
        recording,
        meta=replace(meta, duration=end - begin, cost=known, run_id=f"{meta.run_id}/{begin:.1f}"),
        snapshots=near,
        ticks=ticks,
    )


def _carry(source: Columns, sink: Columns, first: int, last: int, keys: tuple[str, ...]) -> None:
    """Copy the rows of ticks first..last, after the last one before them of each key that still lives."""
    before: dict[tuple[int, ...], tuple[int, ...]] = {}
    inside: list[tuple[int, ...]] = []
    which = [source.names.index(key) for key in keys]
    flags = source.names.index("flags")
    for row in source.rows():
        if row[0] <= first:
            before[tuple(row[number] for number in which)] = row
        elif row[0] <= last:
            inside.append(row)
    ended = RowFlag.GONE if "tid" in keys else 0
    for row in before.values():
        if not row[flags] & ended:
            sink.append(0, *row[1:])
    for row in inside:
        sink.append(row[0] - first, *row[1:])
