"""What a server said of itself when it was asked (`--inspect-from`).

`inspected.says`, one for each sentence, with the labels `text` and `port`; the estimate is the seconds of a
transaction, or the share of the time between two looks that a command took.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from perfdiag.diagnosis import Signal
from perfdiag.model import Estimate, Labels, Meta, Sample
from perfdiag.plugins import Analyzer, Step
from perfdiag.units import Unit, human

_NAMED = 3  # sentences of a sort
_NOTABLE = 0.05  # of the time between two looks; a command that takes less is not told


@dataclass(frozen=True, slots=True)
class Answers:
    """The samples of each look, with its time."""

    meta: Meta
    looks: tuple[tuple[float, tuple[Sample, ...]], ...] = ()
    pid: int = 0


def step(state: Answers, one: Step) -> Answers:
    found = tuple(sample for sample in one.snapshot.samples if sample.name.startswith("inspected."))
    pid = one.processes[0].pid if one.processes else 0
    looks = (*state.looks, (one.snapshot.at, found)) if found else state.looks
    return replace(state, looks=looks, pid=pid)


def signals(state: Answers, _now: float) -> tuple[Signal, ...]:
    subject = state.meta.subject or f"process:{state.pid}"
    return tuple(
        Signal(
            name="inspected.says",
            subject=subject,
            estimate=Estimate(value=value, low=value, high=value, unit=unit, n=len(state.looks)),
            labels=(("text", text), ("port", port)),
        )
        for text, port, value, unit in (*_locks(state), *_commands(state))
    )


def _locks(state: Answers) -> Iterator[tuple[str, str, float, Unit]]:
    """Of the last look in which a session waited for a lock: who has it."""
    for _, samples in reversed(state.looks):
        locks = [sample for sample in samples if sample.name == "inspected.lock"]
        states = {
            dict(sample.labels).get("pid", ""): (dict(sample.labels).get("state", ""), sample.value)
            for sample in samples
            if sample.name == "inspected.session"
        }
        for sample in locks[:_NAMED]:
            labels = dict(sample.labels)
            by = labels.get("by", "").split(",")
            known, age = states.get(by[0], ("", 0.0))
            doing = f", which is {known}, {human(age, Unit.SECONDS)} into its transaction" if known else ""
            text = f"by its own view, pid {labels.get('pid')} waits for a lock that pid {by[0]} has{doing}"
            yield text, labels.get("port", ""), sample.value, Unit.SECONDS
        if locks:
            return


def _commands(state: Answers) -> Iterator[tuple[str, str, float, Unit]]:
    """The commands that took most of the time between the first look and the last."""
    if len(state.looks) < 2:
        return
    (start, _), (end, after) = state.looks[0], state.looks[-1]
    known: dict[Labels, float] = {}
    for _, samples in state.looks:
        for sample in samples:
            known.setdefault(sample.labels, sample.value)
    grown: dict[str, dict[tuple[str, str], float]] = {"calls": {}, "time": {}}
    for sample in after:
        labels = dict(sample.labels)
        of, who = labels.get("of", ""), (labels.get("command", ""), labels.get("port", ""))
        if sample.name == "inspected.command" and of in grown:
            grown[of][who] = sample.value - known[sample.labels]
    spent = grown["time"]
    for name, port in sorted(spent, key=lambda who: (-spent[who], who))[:_NAMED]:
        share = min(1.0, spent[name, port] / max(1e-3, end - start))
        if share >= _NOTABLE:
            times = f"{grown['calls'].get((name, port), 0):.0f} calls"
            text = f"by its own count, {name.upper()} takes {human(share, Unit.RATIO)} of its time ({times})"
            yield text, port, share, Unit.RATIO


SPEC = Analyzer(name="inspected", help=__doc__ or "", start=Answers, step=step, signals=signals)
