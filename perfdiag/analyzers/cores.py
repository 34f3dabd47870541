"""Whether the CPUs that the target may use are others than those that are idle, and who fills them.

`cpu.unreachable`: of the time of the CPUs that most of its threads that are confined may not use, the part in
which they were idle; 0 where all threads may use all CPUs. `cpu.confined`, where they may not: of the time of
the CPUs that they may use, the part that the target itself used. Label `cpus`: the list that they may use.
"""

from collections.abc import Iterator

from perfdiag.diagnosis import Signal
from perfdiag.facts import Fact, FactFold, Level
from perfdiag.model import Meta
from perfdiag.plugins import Analyzer, Step
from perfdiag.readings import Interval, total
from perfdiag.units import Unit


def derive(interval: Interval) -> Iterator[Fact]:
    busy = {cpu: interval.rate("cpu.busy", cpu=cpu) for cpu in interval.after.labels("cpu.busy", "cpu")}
    for pid in interval.after.labels("process.affinity", "pid"):
        threads = {
            cpus: number
            for cpus in interval.after.labels("process.affinity", "cpus")
            if (number := interval.after.value("process.affinity", pid=pid, cpus=cpus)) is not None
        }
        confined = {cpus: number for cpus, number in threads.items() if busy.keys() - _listed(cpus)}
        subject = f"process:{pid}"
        if not confined:
            yield Level("cpu.unreachable", 0.0, Unit.RATIO, most=1.0, subject=subject)
            continue
        cpus = max(confined, key=lambda cpus: (confined[cpus], cpus))
        listed = _listed(cpus)
        others = [cpu for cpu in busy if cpu not in listed]  # in an order that is the same in each run
        used = total(busy[cpu] for cpu in others)
        idle = None if used is None else max(0.0, 1 - used / len(others))
        labels = (("cpus", cpus),)
        yield Level("cpu.unreachable", idle, Unit.RATIO, labels, most=1.0, subject=subject)
        own = total(interval.rate("process.cpu", pid=pid, mode=mode) for mode in ("user", "system"))
        share = None if own is None else own / max(1, len(listed & busy.keys()))
        yield Level("cpu.confined", share, Unit.RATIO, labels, most=1.0, subject=subject)


def _listed(cpus: str) -> set[str]:
    """'0-2,8' -> {'0', '1', '2', '8'}; nothing of what is not such a list."""
    found: set[str] = set()
    for part in cpus.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            found |= {str(number) for number in range(int(first), min(int(last or first), 1 << 16) + 1)}
    return found


def start(_meta: Meta) -> FactFold:
    return FactFold(derive)


def step(state: FactFold, one: Step) -> FactFold:
    return state.take(one.snapshot)


def signals(state: FactFold, _now: float) -> tuple[Signal, ...]:
    return state.signals()


SPEC = Analyzer(name="cores", help=__doc__ or "", start=start, step=step, signals=signals)
