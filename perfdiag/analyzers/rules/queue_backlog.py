"""Work arrives faster than it is done: threads wait for room in a queue; says who empties it.

Several threads that wait in `put` of a full queue, and writers that are blocked on a full pipe or pair of
sockets; who empties it is whoever runs when one of them is woken. One producer that waits for its consumer
is how a pipeline holds its pace, and is not counted; a queue without a limit makes nobody wait, and its depth
cannot be seen from outside.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.judge_peers import chain_of
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(0.10, 0.30, 0.7, "a queue that is full for a moment has done what it is for")


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.queue")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    queue = object_name(signal.object, "a queue")
    seen = signal.where is not None and signal.where != signal.other
    drained = f" that {name_of(signal.where)} empties" if seen else f" in {name_of(signal.where)}"
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="queue.backlog",
        claim=Claim(times=frozenset({TimeClass.QUEUE})),
        summary=f"Producers wait for room in {queue}{drained} for {share} of the busy time.",
        next_step=f"py-spy dump --pid {pid_of(signal)}  # a few times: what the consumer does",
        victims=[signal.other] if signal.other else [],
        chain=[f"the consumer stands at {line}" for line in signal.where.stack[:1]]
        if seen and signal.where
        else chain_of(signals, signal.object),
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="queue.backlog",
    resource="lock",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "stacks.seen"),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
