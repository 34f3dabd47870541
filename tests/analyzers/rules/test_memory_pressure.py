from dataclasses import replace

import pytest

from perfdiag.analyzers.rules.memory_pressure import SPEC
from perfdiag.model import TimeClass
from perfdiag.units import Unit
from tests.analyzers.rules.signals_made import LOAD, PRICE, said, share, verdicts

FAULT = share("time.fault", 0.4, where=LOAD)
PRESSURE = (("measure", "pressure"),)
GROUP = (("cgroup", "fs/cgroup/memory/sort"),)


def rate(name, value, **labels):
    signal = share(name, value, labels=tuple(labels.items()))
    return replace(signal, estimate=replace(signal.estimate, unit=Unit.PER_SECOND))


MAJOR = rate("process.faults", 800, kind="major")
REACHED = rate("cgroup.memory.reclaims", 500, cgroup="fs/cgroup/memory/sort")
STALLS = share("use.memory.saturation", 0.3, labels=PRESSURE)


def test_a_program_over_the_limit_of_its_group():
    (found,) = said(SPEC, FAULT, share("time.kernel", 0.3, where=LOAD), STALLS, MAJOR, REACHED)
    assert (
        "load (orders.py:88) waits for memory pages for 70 % of the busy time: the control group"
        " fs/cgroup/memory/sort has less memory than the program works with." == found.summary
    )
    assert {TimeClass.FAULT, TimeClass.KERNEL} == found.claim.times
    assert ("cgroup", "fs/cgroup/memory/sort") == (found.object.type, found.object.name)


def test_a_host_without_memory_is_told_as_the_host():
    (found,) = said(SPEC, FAULT, STALLS, MAJOR)
    assert "the host has less memory than the program works with." in found.summary
    assert None is found.object


def test_reads_are_its_own_where_tasks_are_stalled_as_long():
    (found,) = said(SPEC, FAULT, share("time.disk", 0.4, where=PRICE), STALLS, MAJOR)
    assert {TimeClass.FAULT, TimeClass.DISK} == found.claim.times
    (found,) = said(SPEC, FAULT, share("time.disk", 0.9, where=PRICE), STALLS, MAJOR)
    assert {TimeClass.FAULT} == found.claim.times


@pytest.mark.parametrize(
    "signals",
    [
        (FAULT, share("use.memory.saturation", 0.01, labels=PRESSURE), MAJOR),  # a mapped file that is cold
        (FAULT, STALLS, rate("process.faults", 0.5, kind="major")),  # somebody else is stalled
        (share("time.fault", 0.02), STALLS, MAJOR),
        (STALLS, MAJOR),
        (FAULT, share("use.memory.saturation", 0.9, labels=(("measure", "reclaim"),)), MAJOR),  # no group
    ],
)
def test_it_takes_a_lack_of_memory_and_a_program_that_waits_for_it(signals):
    assert [] == verdicts(SPEC, *signals)


def test_without_pressure_counted_the_limit_that_is_reached_says_it():
    reclaim = share("use.memory.saturation", 0.9, labels=(("measure", "reclaim"),))
    assert ["warning"] == verdicts(SPEC, FAULT, reclaim, MAJOR, REACHED)
