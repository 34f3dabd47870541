"""Reports that every format must render: full, calm, inconclusive, empty, and hostile to the letter."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from math import inf, nan
from typing import Any

from perfdiag.diagnosis import (
    Against,
    BreakdownRow,
    Evidence,
    Finding,
    FollowUp,
    FunctionRow,
    GroupRow,
    NotEvaluated,
    Report,
    Severity,
    Table,
    UseRow,
    Weighted,
)
from perfdiag.errors import FaultKind
from perfdiag.model import (
    Cost,
    Estimate,
    Fault,
    Frame,
    Meta,
    Object,
    ObjectType,
    Origin,
    Place,
    Stack,
    TimeClass,
)
from perfdiag.units import Unit

# Escape sequences that set the title and the clipboard, markup, CR, bidi, C1, broken UTF-8, separators
HOSTILE = (
    "\x1b]0;owned\x07\x1b]52;c;cm0=\x07</script><script>alert(1)</script>\r\n::error::\u202egnp.exe\u009b31m"
    "\udcff\x00;| `rm` =cmd() [x](javascript:0)##vso[task.setvariable]\u2028\ufeff\x7f"
)
WINDOW = (81_204.113_207, 81_214.121_004)

META = Meta(
    run_id="7c1f0e52", version="0.1.0", started=1_790_000_000.5, hostname="web-3", kernel="6.1.0-18", cpus=4,
    target="gunicorn (pid 4711)", duration=10.0, rate=100.0, engine="non-stop reader, CPython 3.11.7",
    options=(("rate", "100"),), blind=("frames of native code", "what happens inside the peer"),
    cost=Cost(
        sampler_cpu=0.412345678, parent_cpu=0.1, planned=1000, made=996, stacks=4120, torn=7, retried=31
    ),
)  # fmt: skip

LOAD = Place(file="orders.py", function="load", line=88, stack=("orders.py:88 load", "views.py:12 index"))
POOL = Place(
    file="/srv/app/lib/python3.11/site-packages/pool/connection_pool.py", function="Pool.acquire", line=301
)
DATABASE = Object(
    id=0, type=ObjectType.TCP, name="10.0.0.7:5432", service="postgresql", peer="postgres (pid 812)"
)


def ratio(value: float, low: float, high: float) -> Estimate:
    return Estimate(value=value, low=low, high=high, unit=Unit.RATIO, n=40, window=WINDOW)


def count(value: float, unit: Unit = Unit.COUNT) -> Estimate:
    return Estimate(value=value, low=value, high=value, unit=unit, n=10)


PEER_WAIT = Finding(
    kind="net.peer-wait",
    resource="network",
    aspect="saturation",
    pattern="n+1",
    fingerprint="9a1b6cf02d4e",
    verdict="fired",
    severity=Severity.WARNING,
    score=71,
    subject="process:4711",
    window=WINDOW,
    impact=ratio(0.41, 0.37, 0.45),
    gain=ratio(0.3612345678, 0.30, 0.41),
    gain_model="time",
    confidence=0.93,
    where=LOAD,
    victims=(POOL,),
    object=DATABASE,
    chain=("postgres (pid 812) was waiting for a CPU 2 % of that time",),
    summary="load() waits for 10.0.0.7:5432 (postgresql): 1,240 short turns a second, 0.3 ms each.",
    why="Each turn costs a round trip during which the thread does nothing.\n\nIt grows with every row.",
    advice="Fetch the rows in one query (a join, or WHERE id IN (...)) instead of one query per row.\n\n"
    "Django: select_related() or prefetch_related() on the query in load().",
    evidence=(
        Evidence(
            name="turns", value=1240.0, low=1190.0, high=1301.0, unit=Unit.PER_SECOND, source="tcp_info"
        ),
        Evidence(name="wait per turn", value=0.000312, unit=Unit.SECONDS, source="ticks"),
    ),
    symptoms=("pool.exhausted: threads wait for a connection while others hold theirs",),
    against=(Against(kind="cpu.runqueue", because="run-queue wait is 1.2 % of busy time"),),
    next="perfdiag profile -p 812 -d 10s",
    thresholds=(("share_notice", 0.1), ("share_warning", 0.2)),
    subject_name="gunicorn",
    tables=(
        Table(name="answers", columns=("peer", "share"), rows=(("10.0.0.7:5432", 0.41), ("<b>;|\n", 0.0))),
    ),
    measured="non-stop reader",
)
LEAK = replace(
    PEER_WAIT,
    kind="memory.leak",
    resource="memory",
    pattern="",
    fingerprint="11",
    verdict="inconclusive",
    severity=Severity.NOTICE,
    score=30,
    impact=replace(
        count(310_000.0, Unit.BYTES_PER_SECOND), low=-inf, high=inf, caveats=("need >= 6 blocks",)
    ),
    gain=ratio(0.08, 0.0, 0.3),
    gain_model="exhaustion",
    confidence=0.4,
    where=None,
    victims=(),
    object=None,
    chain=(),
    symptoms=(),
    against=(),
    summary="Resident memory grows by 303 KiB a second.",
)

FULL = Report(
    meta=META,
    window=WINDOW,
    verdict="findings",
    brief=(
        "gunicorn waits for PostgreSQL at 10.0.0.7:5432, query after query, in load (orders.py:88).",
        "That is 41 % of its busy thread time; an ideal fix gives back 36 % (30 % to 41 %).",
        "Fetch the rows in one query.",
    ),
    findings=(
        PEER_WAIT,
        LEAK,
        *(replace(LEAK, kind=f"host.{name}", summary="") for name in ("cpu", "disk", "memory", "network")),
    ),
    breakdown=(
        BreakdownRow(
            group="worker (views.py:4 serve)", time=TimeClass.NETWORK, share=ratio(0.41, 0.37, 0.45),
            where=LOAD, object=DATABASE, pressed=True,
        ),
        BreakdownRow(
            group="worker (views.py:4 serve)", time=TimeClass.PYTHON, share=ratio(0.33, 0.29, 0.36),
            where=POOL, object=None, pressed=True,
        ),
        BreakdownRow(
            group="metrics", time=TimeClass.SLEEP, share=ratio(0.0012, 0, 0.004), where=None, object=None,
            pressed=False,
        ),
    ),
    use=(
        UseRow(
            resource="cpu", utilization=ratio(0.62, 0.6, 0.64), saturation=ratio(0.01, 0.0, 0.02), errors=None
        ),
        UseRow(
            resource="memory", utilization=ratio(0.4, 0.4, 0.4), saturation=None, errors=count(0),
            note="no PSI",
        ),
        UseRow(
            resource="network eth0", utilization=None, saturation=count(3, Unit.PER_SECOND), errors=count(2)
        ),
    ),
    not_evaluated=(
        NotEvaluated(kind="cpu.throttled", missing="no cgroup CPU controller"),
        NotEvaluated(kind="gpu.starved", missing="no accelerator"),
        NotEvaluated(kind="gpu.sync", missing="no accelerator"),
    ),
    faults=(Fault(source="collector pressure", kind=FaultKind.NO_DATA, detail="/proc/pressure: missing"),),
    profile=(
        Weighted(
            time=TimeClass.NETWORK, group="worker", seconds=4.1234,
            stack=Stack(
                id=0,
                frames=(
                    Frame(file="orders.py", function="load", line=88, first_line=80, origin=Origin.USER),
                    Frame(file="views.py", function="serve", line=4, first_line=1, origin=Origin.USER),
                ),
            ),
        ),
        Weighted(time=TimeClass.SLEEP, group="metrics", seconds=0.0001, stack=Stack(id=1, frames=())),
        Weighted(time=TimeClass.GIL, group="worker", seconds=0.5, stack=Stack(id=1, frames=())),
    ),
    groups=(
        GroupRow(name="worker (views.py:4 serve)", threads=8, occupancy=ratio(0.9, 0.8, 0.99), pressed=True),
        GroupRow(name="metrics", threads=1, occupancy=ratio(0.01, 0.01, 0.01), pressed=False),
    ),
    functions=tuple(
        FunctionRow(
            group="worker", threads=8, where=Place(file="orders.py", function=function, line=line),
            self_share=ratio(alone, alone / 2, alone), total_share=ratio(total, total, total),
        )
        for function, line, alone, total in (
            ("tax", 40, 0.4, 0.4), ("load", 88, 0.2, 0.5), ("a", 1, 0.1, 0.1), ("b", 2, 0.1, 0.1),
            ("c", 3, 0.1, 0.1), ("d", 4, 0.05, 0.1),
        )
    ),
    followed_up=(
        FollowUp(
            question="38 % of the busy time is spent in code that is not Python: in which?",
            measurement="perf for 5.9 s",
            answer="71 % of it in deflate_slow (libz.so.1.2.13)",
        ),
    ),
)  # fmt: skip

CALM = replace(
    FULL,
    verdict="healthy",
    brief=(
        "gunicorn is healthy: no group of threads is under pressure.",
        "Its workers are busy 20 % of the time, mostly in load (orders.py:88).",
        "Nothing needs to be done.",
    ),
    findings=(),
    groups=(replace(FULL.groups[0], occupancy=ratio(0.2, 0.18, 0.22), pressed=False),),
    breakdown=tuple(replace(row, pressed=False) for row in FULL.breakdown[:2]),
    not_evaluated=(),
    faults=(),
    followed_up=(),
)

INCONCLUSIVE = replace(
    CALM,
    meta=replace(META, ended="target exited", duration=1.2, cost=replace(META.cost, planned=120, made=64)),
    verdict="inconclusive",
    needs=0.9,
    brief=(
        "Too little was seen of gunicorn to rank causes.",
        "64 of 120 planned ticks were made, fewer than 60 %.",
        "Look again for longer: perfdiag profile -p 4711 -d 30s.",
    ),
    breakdown=(),
    groups=(),
    use=(),
)

EMPTY = Report(
    meta=Meta(
        run_id="", version="", started=0.0, hostname="", kernel="", cpus=0, target="", duration=0.0, rate=0.0
    ),
    window=(0.0, 0.0), verdict="inconclusive", brief=(), findings=(), breakdown=(), use=(), not_evaluated=(),
    faults=(),
)  # fmt: skip

_CLOSED = {"verdict", "gain_model", "aspect"}  # words that perfdiag alone chooses


def hostile(value: Any, rename: Callable[[str], str] = HOSTILE.__add__) -> Any:
    """The same record with every string that can come from outside renamed, unescaped: HOSTILE before it."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return rename(value)
    if isinstance(value, tuple):
        return tuple(hostile(item, rename) for item in value)
    if is_dataclass(value):
        names = (field.name for field in fields(value) if field.name not in _CLOSED)
        return replace(value, **{name: hostile(getattr(value, name), rename) for name in names})
    return value


def without_numbers(report: Report) -> Report:
    """The same report with nothing that is a finite number in its estimates."""

    def broken(value: Any) -> Any:
        if isinstance(value, Estimate):
            return replace(value, value=nan, low=-inf, high=inf)
        if isinstance(value, Evidence):
            return replace(value, value=nan, low=nan, high=inf)
        if isinstance(value, tuple):
            return tuple(broken(item) for item in value)
        if is_dataclass(value) and not isinstance(value, Meta):
            return replace(
                value, **{field.name: broken(getattr(value, field.name)) for field in fields(value)}
            )
        return value

    return broken(report)


REPORTS = {
    "full": FULL,
    "calm": CALM,
    "inconclusive": INCONCLUSIVE,
    "empty": EMPTY,
    "hostile": hostile(FULL),
    "infinite": without_numbers(FULL),
}
