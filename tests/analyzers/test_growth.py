from dataclasses import replace

import pytest

from perfdiag.analyzers.growth import SPEC
from perfdiag.model import Role
from tests.analyzers.folded import signals_of
from tests.analyzers.snapshots_made import said_of, sample
from tests.recordings_made import Shop, run, wait

MIB, GIB = 1 << 20, 1 << 30
PID = {"pid": "42"}


def memory(anonymous, *, available=4 * GIB, group=None, limit=GIB):
    found = [
        ("memory.total", 8 * GIB, {}),
        ("memory.available", available, {}),
        ("process.anonymous", anonymous, PID),
        ("process.swapped", 0, PID),
    ]
    if group is not None:
        label = {"cgroup": "fs/cgroup/memory/shop"}
        found += [("cgroup.memory.limit", limit, label), ("cgroup.memory.anonymous", group, label)]
    return found


def growth(values, **more):
    return said_of(SPEC, [memory(value, **more) for value in values]).first("memory.growth").estimate


def test_memory_that_grows_steadily_is_told_by_the_hour_that_it_lasts():
    found = said_of(SPEC, [memory(100 * MIB + at * MIB) for at in range(11)]).first("memory.growth")
    last = 4096  # seconds
    assert pytest.approx(3600 / last) == found.estimate.value
    assert pytest.approx(3600 / last) == found.estimate.low
    assert pytest.approx((MIB, last), rel=1e-5) == tuple(
        float(found.label(name)) for name in ("rate", "left")
    )
    assert "process:42" == found.subject
    assert ("1", pytest.approx(11 / 12, abs=1e-3)) == (found.label("bent"), float(found.label("sure")))


def test_growth_that_slows_down_or_wavers_is_less_sure():
    even = [100 * MIB + at * MIB for at in range(11)]
    slower = [100 * MIB + at * MIB - at * at * MIB // 40 for at in range(11)]
    wavers = [100 * MIB + at * MIB + (at % 2) * 2 * MIB for at in range(11)]
    sure = [
        float(said_of(SPEC, [memory(value) for value in values]).first("memory.growth").label("sure"))
        for values in (even, slower, wavers)
    ]
    assert sure[0] > 0.9 > max(sure[1:])


@pytest.mark.parametrize(
    "values",
    [
        [200 * MIB * (1 - 0.6**at) for at in range(11)],  # a warm-up
        [100 * MIB + (at % 4) * 10 * MIB for at in range(11)],  # a collector
        [100 * MIB + (at >= 5) * 50 * MIB for at in range(11)],  # one big buffer
        [100 * MIB + at * 4096 for at in range(11)],  # next to nothing
        [100 * MIB] * 11,
    ],
)
def test_what_flattens_falls_back_or_hardly_moves_does_not_grow(values):
    assert 0 == growth(values).low


def test_a_look_that_is_too_short_says_nothing():
    assert "memory.growth" not in said_of(SPEC, [memory(at * MIB) for at in range(4)])


def test_the_limit_of_a_group_leaves_less_room_than_the_host():
    tight = growth([at * MIB for at in range(11)], group=GIB - 100 * MIB)
    assert 1.0 == tight.value
    wide = growth([at * MIB for at in range(11)], group=0, limit=64 * GIB)
    assert 1.0 > wide.value


def test_the_memory_of_the_host_and_of_a_group_run_out_whoever_uses_them():
    moments = [memory(0, available=4 * GIB - at * 10 * MIB, group=100 * MIB + at * MIB) for at in range(11)]
    found = said_of(SPEC, moments)
    host = next(one for one in found.all("memory.left") if not one.label("cgroup"))
    assert ("host", 1.0) == (host.subject, host.estimate.value)
    group = found.first("memory.left", cgroup="fs/cgroup/memory/shop")
    assert pytest.approx(914) == float(group.label("left"))


def descriptors(number, limit=200):
    return [("process.descriptors", number, PID), ("process.descriptors.limit", limit, PID)]


def test_descriptors_in_use_and_when_the_last_is_taken():
    found = said_of(SPEC, [descriptors(100 + 5 * at) for at in range(11)])
    assert 0.75 == found.value("fd.used")
    assert ("5", "10") == tuple(found.first("fd.growth").label(name) for name in ("rate", "left"))
    assert 1.0 == found.value("fd.growth")


def test_descriptors_that_come_and_go_do_not_grow():
    found = said_of(SPEC, [descriptors(100 + (7 * at) % 5) for at in range(11)])
    assert 0.0 == found.value("fd.growth")


def test_at_the_limit_there_is_no_growth_and_all_is_used():
    found = said_of(SPEC, [descriptors(200) for _ in range(11)])
    assert (1.0, 0.0) == (found.value("fd.used"), found.value("fd.growth"))


def test_growth_is_where_page_faults_were_counted():
    shop = Shop()
    shop.thread(
        1, *8 * (run(60, shop.price), run(20, shop.load), wait(20, "recvfrom", shop.load, shop.database))
    )
    recording = shop.recording()
    for number, one in enumerate(recording.snapshots):
        readings = tuple(sample(*reading) for reading in memory(number * MIB))
        recording.snapshots[number] = replace(one, samples=readings)
    rows = recording.ticks.rows
    for row in range(len(rows)):  # faults come with the ticks in which `load` runs
        rows["faults"][row] = 50 * sum(1 for before in range(row) if rows["stack"][before] == shop.load)
    (found,) = [one for one in signals_of(SPEC, recording) if one.name == "memory.growth"]
    assert "load" == found.where.function


@pytest.mark.parametrize(("gone", "told"), [(None, True), (8.0, False)])
def test_a_child_that_has_ended_has_given_back_its_memory(gone, told):
    shop = Shop()
    shop.thread(1, run(800, shop.price))
    recording = shop.recording()
    for number, one in enumerate(recording.snapshots):
        readings = tuple(sample(*reading) for reading in memory(number * MIB))
        recording.snapshots[number] = replace(one, samples=readings)
    recording.processes[0] = replace(recording.processes[0], role=Role.WORKER, gone=gone)
    assert told is ("memory.growth" in {one.name for one in signals_of(SPEC, recording)})


def test_what_most_descriptors_are_is_named():
    used = [("process.descriptors", 80, PID), ("process.descriptors.limit", 100, PID)]
    used += [("process.descriptors.of", 60, PID | {"what": "socket"})]
    used += [("process.descriptors.of", 15, PID | {"what": "/spool/*.text"})]
    assert "socket" == said_of(SPEC, [used]).first("fd.used").object.name
