"""A recording as the sampler makes it for a service with worker threads: ten seconds at 100 Hz."""

import random

from perfdiag.model import (
    Cost,
    Frame,
    Kind,
    Meta,
    Object,
    ObjectType,
    Origin,
    Process,
    Sample,
    Snapshot,
    Stack,
    Thread,
)
from perfdiag.recording import Recording
from perfdiag.ticks import OUTSIDE, RUNNING
from perfdiag.units import Unit

META = Meta(
    run_id="0f3a", version="0.1.0", started=1_790_000_000.25, hostname="db-7", kernel="6.1.0", cpus=8,
    target="4711", duration=10.0, rate=100.0, engine="non-stop reader", options=(("any", "false"),),
    blind=("native frames",),
    cost=Cost(sampler_cpu=0.61, parent_cpu=0, planned=1000, made=998, stacks=7000, torn=3, retried=9),
)  # fmt: skip


def grow(recording: Recording, generator: random.Random, *, seconds: int, threads: int) -> None:
    """Adds `seconds` of ticks and one snapshot for each; deep stacks, few of them new."""
    at = 7_000_000_000_000 + 10_000_000 * len(recording.ticks.ticks)
    for _ in range(seconds):
        for _ in range(100):
            _tick(recording, generator, at, threads)
            at += 10_000_000
        samples = tuple(
            Sample(
                name=f"host.metric_{number // 8}.seconds",
                value=generator.random() * 1e6,
                unit=Unit.SECONDS,
                kind=Kind.COUNTER,
                labels=(("cpu", str(number % 8)),),
            )
            for number in range(300)
        )
        recording.snapshots.append(Snapshot(at=at / 1e9, wall=META.started + at / 1e9, samples=samples))


def _tick(recording: Recording, generator: random.Random, at: int, threads: int) -> None:
    ticks = recording.ticks
    tick = len(ticks.ticks)
    ticks.ticks.append(at + generator.randrange(200_000), 0)
    for number in range(threads):
        if tick % 50 == 0 or generator.random() < 0.02:
            recording.stacks.append(_stack(recording, generator))
        row = tick * threads + number
        ticks.rows.append(
            tick,
            0,
            4711 + number,
            tick * 9_000_000 + generator.randrange(4_000_000),
            tick * 500_000 + generator.randrange(400_000),
            tick * 2 + generator.randrange(9),
            tick // 10,
            tick // 90,
            tick // 7,
            generator.choice((RUNNING, OUTSIDE, 0, 45, 202)),
            generator.randrange(-1, len(recording.objects)),
            generator.randrange(max(0, len(recording.stacks) - 40), len(recording.stacks)),
            row % 97 == 0,
        )
    ticks.gil.append(tick, 0, 4711 + generator.randrange(threads), 1)


def _stack(recording: Recording, generator: random.Random) -> Stack:
    depth = generator.randrange(15, 25)
    frames = tuple(
        Frame(
            file=f"/srv/app/lib/python3.11/site-packages/package_{number}/module_{number}.py",
            function=f"Handler.method_{number}.<locals>.inner",
            line=100 * number + (generator.randrange(20) if number >= depth - 3 else 7),
            first_line=100 * number,
            origin=Origin.LIBRARY,
        )
        for number in range(depth, 0, -1)
    )
    return Stack(id=len(recording.stacks), frames=frames)


def empty_recording(threads: int = 8) -> Recording:
    """Processes, threads and objects, and nothing sampled yet."""
    recording = Recording(meta=META)
    recording.processes.append(
        Process(
            key="4711@8812", pid=4711, ppid=1, started=8812, comm="gunicorn", exe="/usr/bin/python3.11",
            uid=33, cpus=8, cgroups=(("", "/system.slice/app.service"),), ports=(8000,),
        )
    )  # fmt: skip
    for number in range(threads):
        thread = Thread(process=0, tid=4711 + number, name=f"worker-{number}", main=number == 0)
        recording.threads.append(thread)
    for number in range(20):
        peer = Object(id=number, type=ObjectType.TCP, name=f"10.0.0.7:{5400 + number}", service="postgresql")
        recording.objects.append(peer)
    return recording


def ten_seconds(threads: int = 8) -> Recording:
    recording = empty_recording(threads)
    grow(recording, random.Random(7), seconds=10, threads=threads)
    return recording


def contents(recording: Recording) -> dict[str, object]:
    """Everything in a recording, to compare; repr tells 0 from 0.0 and -0.0."""
    ticks = recording.ticks
    tables = {name: getattr(ticks, name).columns for name in ("ticks", "rows", "gil")}
    lists = ("meta", "snapshots", "processes", "threads", "objects", "stacks")
    return tables | {name: repr(getattr(recording, name)) for name in lists}
