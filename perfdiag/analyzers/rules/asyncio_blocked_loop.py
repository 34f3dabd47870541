"""A synchronous call blocks the event loop: while one callback computes, sleeps or waits, no other can run.

Callbacks of an asyncio loop that take 50 ms and more (`pressure.episode`), from the stacks of the loop's own
thread. What the callback does in that time is listed among the symptoms. Of a loop that is not written in
Python (uvloop) they are seen where `asyncio.run` or a Runner started it. A loop of one's own, or of a
library, is known by its structure: a thread that waits again and again for several connections that it has
accepted; what it calls counts when it mostly waits.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft, Evidence, Signal, Table
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.model import IMPOSED, Place, TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.10, 0.30, 0.7, "a loop that is blocked for less than a tenth of its work delays few of its tasks"
)

_TIMES = frozenset(TimeClass) - IMPOSED - {TimeClass.IDLE}
_SHOWN = 3  # callbacks
_SOURCE = "ticks: callbacks on the stack of the loop's thread"


def _durations(signals: Signals, group: str) -> list[Evidence]:
    count = signals.value("loop.episodes", group=group)
    found = [Evidence(name="callbacks that took long", value=count, unit=Unit.COUNT, source=_SOURCE)]
    for name, words in (("loop.held", "time in which it holds up"), ("loop.delay", "mean delay of")):
        one = signals.first(name, group=group)
        if one:
            what = f"{words} what becomes ready at any moment"
            found.append(
                Evidence(name=what, value=one.estimate.value, unit=one.estimate.unit, source=_SOURCE)
            )
    return found + [
        Evidence(
            name=f"time of such a callback, {one.label('of')}",
            value=one.estimate.value,
            unit=Unit.SECONDS,
            source=_SOURCE,
        )
        for one in signals.all("loop.episode", group=group)
    ]


def _table(signals: Signals, group: str) -> list[Table]:
    """The callbacks that took long, those that took most time in all first."""
    rows: dict[tuple[str, Place | None], list[float]] = {}
    for one in signals.all("loop.lasted", group=group):
        rows.setdefault((one.label("loop"), one.where), [float(one.estimate.n)]).append(one.estimate.value)
    shares = {
        (one.where.file, one.where.function): one.estimate.value
        for one in signals.all("loop.callback", group=group)
        if one.where
    }
    several = any(loop for loop, _ in rows)
    cells: list[tuple[str | float, ...]] = []
    for (loop, where), values in rows.items():
        share = shares.get((where.file, where.function), 0.0) if where else 0.0
        cells.append((name_of(where), *((loop,) if several else ()), *values, share))
    columns = ("times", "median, s", "95th percentile, s", "longest, s", "share of the busy time")
    head = ("callback", *(("loop",) if several else ()), *columns)
    return [Table(name="callbacks that hold up the loop", columns=head, rows=tuple(cells))] if cells else []


def _functions(signals: Signals, group: str) -> frozenset[str]:
    places = (one.where for one in signals.all("loop.callback", group=group))
    return frozenset(f"{where.file}:{where.function}" for where in places if where)


def _summary(signal: Signal, signals: Signals, group: str) -> str:
    share = human(signal.estimate.value, Unit.RATIO)
    longest = signals.value("loop.episode", group=group, of="longest")
    return (
        f"{name_of(signal.where)} blocks the event loop for {share} of the busy time,"
        f" up to {human(longest, Unit.SECONDS)} at once."
    )


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("loop.blocked"):
        group = signal.label("group")
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="asyncio.blocked-loop",
            claim=Claim(
                times=_TIMES,
                functions=_functions(signals, group),
                group=group,
            ),
            summary=_summary(signal, signals, group),
            next_step=f"py-spy dump --pid {pid_of(signal)}  # a few times: what the thread of the loop runs",
            chain=[
                f"it runs {name_of(one.where)} for {human(one.estimate.value, Unit.RATIO)} of the busy time"
                for one in signals.all("loop.callback", group=group)[:_SHOWN]
            ],
            evidence=_durations(signals, group),
            tables=_table(signals, group),
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="asyncio.blocked-loop",
    resource="cpu",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "interpreter.seen"),
    limits=LIMITS,
    explains=(
        "child.wait",
        "cpu.hot-code",
        "cpu.kernel",
        "disk.fsync",
        "disk.read",
        "disk.write",
        "lock.contention",
        "memory.faults",
        "net.accept-queue",
        "net.connect",
        "net.dns",
        "net.peer-wait",
        "net.send-wait",
        "pool.exhausted",
        "queue.backlog",
        "sleep",
    ),
    diagnose=diagnose,
)
