"""All workers or connections are taken: threads wait for a turn at something of which there are only so many.

A semaphore, the connection pool of a library that is known, a `queue.Queue`, a condition or an event through
which things are borrowed and given back, and the result of a job that no worker of a full executor has begun.
A sign for a worker and a queue of work are told from these by whether somebody is at work whenever somebody
waits, and by who wakes those who wait: one of those who share what there is, or somebody else.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.10, 0.30, 0.7, "a pool of the right size makes somebody wait for a moment when all come at once"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.pool")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    has_one = signal.other.stack[:1] if signal.other else ()
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="pool.exhausted",
        claim=Claim(times=frozenset({TimeClass.POOL})),
        summary=f"Threads wait for their turn in {name_of(signal.where)} for {share} of the busy time:"
        " all are taken.",
        next_step=f"py-spy dump --pid {pid_of(signal)}  # a few times: what those do that have one",
        chain=[f"who has one stands at {line}" for line in has_one],
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="pool.exhausted",
    resource="lock",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "stacks.seen"),
    limits=LIMITS,
    explains=("lock.contention",),
    diagnose=diagnose,
)
