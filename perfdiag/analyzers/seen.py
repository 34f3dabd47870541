"""What of the target could be seen: rules that need it are not evaluated where it is absent.

`stacks.seen`: how many different stacks of an interpreter were read. `interpreter.seen`: its state too, in
the same look as them: who holds the GIL or a lock, whether garbage is collected, what an event loop runs.
`locks.seen`: waits for locks can be told from other waits: with the state of an interpreter, or where native
code waits for a mutex.
"""

from perfdiag.attribution.groups import NATIVE
from perfdiag.diagnosis import Signal
from perfdiag.model import Estimate, TimeClass
from perfdiag.plugins import Analyzer, Last
from perfdiag.units import Unit

_BY_TIME = "py-spy"  # the engine whose stacks are joined to the kernel's view by time alone


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    step = state.step
    if step is None:
        return ()
    read = sum(any(frame.origin not in NATIVE for frame in stack.frames) for stack in step.stacks)
    by_time = state.meta.engine.startswith(_BY_TIME)
    locks = any(key.time is TimeClass.LOCK for key in step.table.rows)
    found = {
        "stacks.seen": read,
        "interpreter.seen": int(read > 0 and not by_time),
        "locks.seen": int(not by_time and (read > 0 or locks)),
    }
    window = (step.table.start, now)
    return tuple(
        Signal(
            name=name,
            subject=state.subject,
            estimate=Estimate(value=value, low=value, high=value, unit=Unit.COUNT, n=1, window=window),
        )
        for name, value in found.items()
        if value
    )


SPEC = Analyzer(name="seen", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
