"""What every analyzer must do, run over all that are discovered."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perfdiag.analyzers
from perfdiag.diagnosis import Signal
from perfdiag.model import (
    Frame,
    Meta,
    Object,
    ObjectType,
    Origin,
    Process,
    Slice,
    Snapshot,
    Stack,
    Thread,
    TimeClass,
)
from perfdiag.plugins import Analyzer, Step, discover
from perfdiag.timetable import TimeTable

ANALYZERS = discover(perfdiag.analyzers, Analyzer)
every_analyzer = pytest.mark.parametrize("analyzer", ANALYZERS, ids=lambda analyzer: analyzer.name)

META = Meta(
    run_id="0",
    version="0",
    started=0.0,
    hostname="h",
    kernel="6.1",
    cpus=2,
    target="x",
    duration=10,
    rate=100,
)
PROCESS = Process(key="42@7", pid=42, ppid=1, started=7, comm="x", exe="/usr/bin/x", uid=0, cpus=2)
THREADS = tuple(Thread(process=0, tid=42 + number, name="t", main=number == 0) for number in range(3))
OBJECTS = tuple(
    Object(id=number, type=kind, name=f"{kind}-{number}")
    for number, kind in enumerate((ObjectType.TCP, ObjectType.FILE, ObjectType.FUTEX))
)
STACKS = tuple(
    Stack(
        id=number,
        frames=(
            Frame(file="/srv/app.py", function=f"work_{number}", line=9, first_line=5, origin=Origin.USER),
            Frame(file="/srv/app.py", function="serve", line=50, first_line=40, origin=Origin.USER),
        ),
    )
    for number in range(4)
)


@st.composite
def slices_in_time(draw: st.DrawFn) -> list[Slice]:
    """Slices of three threads, one after the other for each, over some seconds."""
    result = []
    for thread in THREADS:
        at = 100.0
        for seconds in draw(st.lists(st.sampled_from([0.01, 0.02, 0.3, 1.0]), max_size=12)):
            result.append(
                Slice(
                    process=0,
                    tid=thread.tid,
                    t0=at,
                    t1=at + seconds,
                    time=draw(st.sampled_from(list(TimeClass))),
                    object=draw(st.integers(-1, len(OBJECTS) - 1)),
                    stack=draw(st.integers(-1, len(STACKS) - 1)),
                    other=draw(st.integers(-1, len(STACKS) - 1)),
                    weight=seconds,
                )
            )
            at += seconds
    return sorted(result, key=lambda one: (one.t1, one.tid))


def fold(analyzer: Analyzer, pieces: Sequence[Sequence[Slice]], *, look: bool = False) -> tuple[Signal, ...]:
    """The signals after all pieces, one step each; `look` asks for signals after every step as well."""
    table = TimeTable(start=100.0)
    state = analyzer.start(META)
    for number, piece in enumerate(pieces):
        for part in piece:
            table.add(part, "serve")
        step = Step(
            snapshot=Snapshot(at=101.0 + number, wall=1e9 + number),
            slices=piece,
            processes=(PROCESS,),
            threads=THREADS,
            objects=OBJECTS,
            stacks=STACKS,
            table=table,
        )
        state = analyzer.step(state, step)
        if look:
            analyzer.signals(state, 120.0)
    return analyzer.signals(state, 120.0)


def test_there_are_analyzers() -> None:
    assert len(ANALYZERS) >= 3


@every_analyzer
def test_nothing_seen_gives_no_signal(analyzer: Analyzer) -> None:
    assert () == analyzer.signals(analyzer.start(META), 100.0)


@every_analyzer
@settings(max_examples=40, deadline=None)
@given(slices=slices_in_time(), cuts=st.lists(st.integers(0, 36), max_size=4))
def test_folding_in_pieces_equals_folding_at_once(
    analyzer: Analyzer, slices: list[Slice], cuts: list[int]
) -> None:
    ends = [*sorted(min(cut, len(slices)) for cut in cuts), len(slices)]
    pieces = [slices[start:stop] for start, stop in zip([0, *ends], ends, strict=False)]
    at_once = fold(analyzer, [slices])
    assert at_once == fold(analyzer, pieces)
    assert at_once == fold(analyzer, pieces, look=True)


@every_analyzer
def test_an_analyzer_has_a_manual(analyzer: Analyzer) -> None:
    assert len(analyzer.help.split()) > 5
