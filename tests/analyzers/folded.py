"""The last step of a recording that was made from a script: what analyzers are given."""

from perfdiag.attribution.fold import Attribution
from perfdiag.diagnosis import Signal
from perfdiag.plugins import Analyzer, Step
from perfdiag.recording import Recording
from perfdiag.timetable import TimeTable


def signals_of(analyzer: Analyzer, recording: Recording) -> list[Signal]:
    """What the analyzer says at the end of the recording."""
    attribution, table = Attribution(recording), TimeTable(start=recording.window[0])
    state = analyzer.start(recording.meta)
    for snapshot, start, stop in recording.tick_spans():
        slices, groups = attribution.step(start, stop, recording.ticks.ticks["at_ns"][stop - 1] / 1e9)
        for part in slices:
            table.add(part, groups[part.process, part.tid])
        table.episodes = attribution.loops.episodes(recording.ticks.ticks["at_ns"][stop - 1] / 1e9)
        table.locks = attribution.locks.uses()
        step = Step(
            snapshot=snapshot, slices=slices, table=table, processes=recording.processes,
            threads=recording.threads, objects=recording.objects, stacks=recording.stacks,
        )  # fmt: skip
        state = analyzer.step(state, step)
    return list(analyzer.signals(state, recording.window[1]))


def shares(signals: list[Signal]) -> list[tuple[str, float]]:
    """(name, value) of the shares of busy time, to three digits."""
    return [
        (signal.name, round(signal.estimate.value, 3))
        for signal in signals
        if signal.name not in ("time.busy", "group.load")
    ]
