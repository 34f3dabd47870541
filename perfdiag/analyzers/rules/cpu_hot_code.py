"""Computing, in this function: most of the busy time of a group of threads is CPU time below it.

The function is the deepest one of user code below which most of that group's CPU time is spent; where most of
that is in one that it calls, that one is the place to look at.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.15, 0.35, 0.8, "less CPU time than a seventh of the work is what every program spends somewhere"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("cpu.function"):
        where = signal.other or signal.where  # the function that the share is of
        name = f"{where.file}:{where.function}" if where and where.stack else ""  # without: the program
        share = human(signal.estimate.value, Unit.RATIO)
        inner = f", most of it in {name_of(signal.where)}" if signal.other else ""
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="cpu.hot-code",
            claim=Claim(
                times=frozenset({TimeClass.PYTHON, TimeClass.NATIVE}),
                functions=frozenset({name} if name else ()),
                group=signal.label("group"),
            ),
            summary=f"{name_of(where)} and what it calls compute for {share} of the busy time{inner}.",
            next_step=f"perfdiag profile -p {pid_of(signal)} -d 30 -f collapsed -o hot.collapsed",
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="cpu.hot-code",
    resource="cpu",
    aspect="utilization",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
