"""Triages that every format must render: saturated, healthy, unsure, inconclusive, hostile."""

from dataclasses import replace

from perfdiag.diagnosis import Evidence, NotEvaluated, Severity
from perfdiag.errors import FaultKind
from perfdiag.model import Estimate, Fault
from perfdiag.triage.records import About, Activity, Culprit, Figure, NextStep, Resource, State, Triage
from perfdiag.units import Unit
from tests.examples import hostile

WINDOW = (81_204.113_207, 81_214.121_004)


def estimate(value: float, unit: Unit = Unit.RATIO, half: float = 0.0) -> Estimate:
    return Estimate(
        value=value, low=max(0.0, value - half), high=value + half, unit=unit, n=10, window=WINDOW
    )


NODE = Activity(
    pid=4711, name="node", group="shop.service", cgroup="/system.slice/shop.service", uid=1000, threads=11,
    kernel=False, gone=False,
    figures=(
        (Figure.CPU, estimate(1.62, Unit.COUNT, 0.1)),
        (Figure.WAIT, estimate(0.31, half=0.05)),
        (Figure.RESIDENT, estimate(310e6, Unit.BYTES)),
        (Figure.GROWTH, estimate(1.2e6, Unit.BYTES_PER_SECOND)),
        (Figure.BLOCKED, estimate(0.0, half=0.2)),
    ),
)  # fmt: skip
SWAPPER = Activity(
    pid=77, name="kswapd0", group="kernel", cgroup="/", uid=0, threads=1, kernel=True, gone=False,
    figures=((Figure.CPU, estimate(0.2, Unit.COUNT, 0.1)),),
)  # fmt: skip
BACKUP = Activity(
    pid=99, name="rsync", group="backup.service", cgroup="/system.slice/backup.service", uid=0, threads=1,
    kernel=False, gone=False,
    figures=(
        (Figure.CPU, estimate(0.1, Unit.COUNT, 0.1)),
        (Figure.RESIDENT, estimate(20e6, Unit.BYTES)),
        (Figure.READ, estimate(9e6, Unit.BYTES_PER_SECOND)),
        (Figure.WRITTEN, estimate(80e6, Unit.BYTES_PER_SECOND)),
        (Figure.DESCRIPTORS, estimate(40, Unit.COUNT)),
    ),
)  # fmt: skip

CPU = Resource(
    name="cpu",
    utilization=estimate(0.98, half=0.01),
    saturation=estimate(0.85, half=0.05),
    errors=None,
    note="waits for a CPU",
    state=State.SATURATED,
    severity=Severity.WARNING,
    kind="host.runqueue",
    summary="The CPUs are full, and some task is ready but has none for 85 % of the time.",
    advice="Find who computes (`pidstat -u 1 5`).",
    evidence=(
        Evidence(
            name="time in which some task waited for a CPU",
            value=0.85,
            low=0.8,
            high=0.9,
            unit=Unit.RATIO,
            source="/proc/pressure/cpu",
        ),
    ),
    culprits=(
        Culprit(
            pid=4711,
            name="node",
            group="shop.service",
            figure=Figure.CPU,
            estimate=estimate(1.62, Unit.COUNT, 0.1),
            share=0.84,
        ),
    ),
)
DISK = Resource(
    name="disk sda", utilization=estimate(0.3), saturation=estimate(0.4, Unit.COUNT),
    errors=estimate(0.0, Unit.PER_SECOND), note="queue length", state=State.OK,
)  # fmt: skip

SATURATED = Triage(
    about=About(
        run_id="7c1f0e52", version="0.1.0", hostname="web-3", kernel="6.1.0-18", cpus=2,
        started=1_790_000_000.5, window=WINDOW, looks=11, processes=143, cpu=0.212345678,
    ),
    verdict="saturated",
    brief=(
        "The CPUs are full, and some task is ready but has none for 85 % of the time.",
        "node (pid 4711): 1.62 CPUs in use, 84 % of what all processes have.",
        "Look next: perfdiag profile -p 4711.",
    ),
    resources=(CPU, DISK),
    processes=(NODE, SWAPPER, BACKUP),
    next=(NextStep(command="perfdiag profile -p 4711", why="cpu saturated: node has 1.62 CPUs in use"),),
    not_evaluated=(NotEvaluated(kind="host.cgroup", missing="no control group with a CPU quota"),),
    unseen=("open files of 80 of 143 processes: they are of other users, run as root",),
    faults=(Fault(source="pressure", kind=FaultKind.NO_DATA, detail="/proc/pressure: missing"),),
)  # fmt: skip
WELL = replace(CPU, state=State.OK, severity=None, kind="", summary="", evidence=(), culprits=())
HEALTHY = replace(
    SATURATED,
    verdict="healthy",
    brief=("No resource of web-3 is saturated.", "Its CPUs are used for 3 %.", "Nothing needs to be done."),
    resources=(WELL, DISK),
    next=(),
    not_evaluated=(),
    unseen=(),
    faults=(),
)
UNSURE = replace(
    SATURATED, verdict="unsure", resources=(replace(CPU, state=State.UNSURE, severity=None), DISK)
)
INCONCLUSIVE = replace(
    HEALTHY,
    about=replace(SATURATED.about, looks=2, ended="interrupted"),
    verdict="inconclusive",
    resources=(replace(WELL, state=State.UNKNOWN),),
    processes=(),
)

TRIAGES = {
    "saturated": SATURATED,
    "healthy": HEALTHY,
    "unsure": UNSURE,
    "inconclusive": INCONCLUSIVE,
    "hostile": hostile(SATURATED),
}
