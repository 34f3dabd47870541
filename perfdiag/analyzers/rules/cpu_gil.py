"""Threads wait for the GIL; says who holds it while whom waits.

A wait is exact: the thread is blocked on a futex inside CPython's GIL structure. The culprit is the code of
the thread that holds it at those ticks, the victims are the lines that wait.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft, Signal, Table
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.10, 0.30, 0.7, "two threads that take turns now and then wait less than a tenth of their time"
)


_TOLD = 3  # edges in sentences; the others are in the table
_DUST = 0.005  # of the busy time


def _edges(edges: Iterable[Signal], total: float) -> Table:
    """Who holds while whom waits, the largest share of busy time first."""
    rows = [(name_of(edge.where), name_of(edge.other), edge.estimate.value) for edge in edges]
    rest = total - sum(share for *_, share in rows)
    if rest > _DUST:
        rows.append(("other lines", "other lines", rest))
    return Table(
        name="who holds the GIL while whom waits",
        columns=("holds", "waits", "share of busy time"),
        rows=tuple(rows),
    )


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.gil")
    if signal is None:
        return
    edges = signals.all("gil.edge")
    share = human(signal.estimate.value, Unit.RATIO)
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="cpu.gil",
        claim=Claim(times=frozenset({TimeClass.GIL})),
        summary=f"Threads wait for the GIL for {share} of their busy time, held by {name_of(signal.where)}.",
        next_step=f"perfdiag profile -p {pid_of(signal)} -d 30 -f json  # tables of who holds and who waits",
        victims=list(dict.fromkeys(edge.other for edge in edges if edge.other is not None)),
        chain=[
            f"{name_of(edge.where)} holds while {name_of(edge.other)} waits:"
            f" {human(edge.estimate.value, Unit.RATIO)} of the busy time"
            for edge in edges[:_TOLD]
        ],
        tables=[_edges(edges, signal.estimate.value)] if edges else [],
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="cpu.gil",
    resource="gil",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "interpreter.seen"),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
