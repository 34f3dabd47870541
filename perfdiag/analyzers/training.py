"""The steps of a training loop: what part of its time each phase takes, and how many there are a second.

For each group of threads that computes gradients or runs an optimiser (PyTorch, and what stands on it):
`training.phase{group, phase}`, the share of the wall time of the threads that do so, waiting included; and
`training.steps{group}`, counted as the times at which the loop entered one of its phases (label `phase`).
Steps cannot be counted where that phase, or what lies between two of it, is shorter than two looks.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from perfdiag.attribution.phases import TRAINS, Phase, Phases
from perfdiag.diagnosis import Signal, TrainingRow
from perfdiag.model import Estimate, Meta
from perfdiag.plugins import Analyzer, Last, Signals, Step
from perfdiag.stats.shares import Array, resample_sums, shares
from perfdiag.timetable import MOST_BLOCKS
from perfdiag.units import Unit

_BLOCK = 0.5  # seconds
_LOOKS = 2.0  # a phase, and what lies between, must last for so many
_MARKERS = (Phase.BACKWARD, Phase.OPTIMISER, Phase.DATA)  # of which a step has one, the surest first
_RESAMPLES = 400

Key = tuple[int, int]  # process, tid


@dataclass(frozen=True, slots=True)
class Loops:
    """`now`: the phase of each thread; `entries`: how often it entered one, by block of `width` seconds."""

    last: Last
    phases: Phases | None = None
    width: float = _BLOCK
    now: Mapping[Key, Phase] = field(default_factory=dict)
    entries: Mapping[tuple[Key, Phase], Mapping[int, int]] = field(default_factory=dict)

    def take(self, step: Step) -> "Loops":
        phases = self.phases or Phases(step.stacks)
        now, width = dict(self.now), self.width
        entries = {key: dict(counts) for key, counts in self.entries.items()}
        for part in sorted(step.slices, key=lambda part: (part.t0, part.t1)):
            key, phase = (part.process, part.tid), phases.of(part.stack)
            if now.get(key) is phase:
                continue
            now[key] = phase
            if phase is not Phase.OTHER:
                counts = entries.setdefault((key, phase), {})
                block = int((part.t0 - step.table.start) / width)
                counts[block] = counts.get(block, 0) + 1
        while any(block >= MOST_BLOCKS for counts in entries.values() for block in counts):
            width *= 2
            entries = {key: _halved(counts) for key, counts in entries.items()}
        return Loops(self.last.take(step), phases, width, now, entries)


def _halved(counts: Mapping[int, int]) -> dict[int, int]:
    """The counts by blocks of twice the width."""
    found: dict[int, int] = defaultdict(int)
    for block, count in counts.items():
        found[block // 2] += count
    return dict(found)


def start(meta: Meta) -> Loops:
    return Loops(Last(meta))


def step(state: Loops, one: Step) -> Loops:
    return state.take(one)


def signals(state: Loops, now: float) -> tuple[Signal, ...]:
    last = state.last.step
    if last is None or not any(phase in TRAINS for _, phase in state.entries):
        return ()
    window = (last.table.start, now)
    found: list[Signal] = []
    for group, rows in _by_group(last).items():
        whole = sum(rows.values(), start=np.zeros(last.table.blocks))
        if not rows.keys() & TRAINS:
            continue
        named = sorted(rows, key=list(Phase).index)
        told = shares(np.array([rows[phase] for phase in named]), whole)
        for phase, estimate in zip(named, told, strict=True):
            found.append(
                Signal(
                    name="training.phase",
                    subject=state.last.subject,
                    estimate=replace(estimate, window=window),
                    labels=(("group", group), ("phase", phase.value)),
                )
            )
        found += _steps(state, group, rows, window)
    return tuple(found)


def _by_group(last: Step) -> dict[str, dict[Phase, Array]]:
    """Seconds per block of each phase, of every group."""
    phases = Phases(last.stacks).told((key.stack, key.time) for key in last.table.rows)
    found: dict[str, dict[Phase, Array]] = defaultdict(dict)
    for key, blocks in last.table.rows.items():
        row = found[key.group].setdefault(phases[key.stack], np.zeros(last.table.blocks))
        row[list(blocks)] += list(blocks.values())
    return found


def _steps(
    state: Loops, group: str, rows: Mapping[Phase, Array], window: tuple[float, float]
) -> Iterator[Signal]:
    """How often a second the threads entered the phase that is best counted; nothing where none is."""
    assert state.last.step is not None
    members = {(process, tid) for process, tid, name in state.last.step.table.by_thread if name == group}
    seconds = sum(float(row.sum()) for row in rows.values())
    for phase in _MARKERS:
        counts = _counts(state, members, phase, window)
        entered, inside = float(counts.sum()), float(rows[phase].sum()) if phase in rows else 0.0
        shortest = _LOOKS / state.last.meta.rate * entered
        if entered < 2 or inside < shortest or seconds - inside < shortest:
            continue
        sums = resample_sums(counts[None, :], seed=0, resamples=_RESAMPLES)[:, 0]
        wall = max(window[1] - window[0], state.width)
        low, high = (float(bound) for bound in np.quantile(sums, (0.025, 0.975)))
        value = entered / wall
        estimate = Estimate(
            value=value, low=min(value, low / wall), high=max(value, high / wall),
            unit=Unit.PER_SECOND, n=int(entered), window=window,
        )  # fmt: skip
        labels = (("group", group), ("phase", phase.value))
        yield Signal(name="training.steps", subject=state.last.subject, estimate=estimate, labels=labels)
        return


def _counts(state: Loops, members: Iterable[Key], phase: Phase, window: tuple[float, float]) -> Array:
    """Entries of a phase by these threads, by block."""
    counts = np.zeros(max(1, round((window[1] - window[0]) / state.width)))
    for key in members:
        for block, number in state.entries.get((key, phase), {}).items():
            counts[min(block, len(counts) - 1)] += number
    return counts


def training_table(signals: Signals) -> tuple[TrainingRow, ...]:
    """A row for each group that trains."""
    groups = dict.fromkeys(signal.label("group") for signal in signals.all("training.phase"))
    return tuple(_row(signals, group) for group in groups)


def _row(signals: Signals, group: str) -> TrainingRow:
    steps = signals.first("training.steps", group=group)
    told = signals.all("training.phase", group=group)
    return TrainingRow(
        group=group,
        phases=tuple((signal.label("phase"), signal.estimate) for signal in told),
        steps=steps.estimate if steps else None,
        counted=steps.label("phase") if steps else "",
    )


SPEC = Analyzer(name="training", help=__doc__ or "", start=start, step=step, signals=signals)
