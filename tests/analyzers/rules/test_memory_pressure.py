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


def test_of_several_processes_the_one_that_waits_for_pages_counts():
    master = rate("process.faults", 0, kind="major")
    (found,) = said(SPEC, FAULT, STALLS, master, MAJOR)
    assert 800 in [one.value for one in found.evidence if one.name == "page faults that read a disk"]


def test_a_host_without_memory_is_told_as_the_host():
    (found,) = said(SPEC, FAULT, STALLS, MAJOR)
    assert "the host has less memory than the program works with." in found.summary
    assert None is found.object


def again(value):
    return share("memory.reread", value)


def test_files_that_have_to_be_read_again_count_where_a_group_is_at_its_limit():
    reads = share("time.disk", 0.6, where=PRICE)
    calm = share("use.memory.saturation", 0.0, labels=PRESSURE)
    (found,) = said(SPEC, reads, calm, again(0.9), REACHED)
    assert {TimeClass.DISK} == found.claim.times
    assert found.summary.startswith("price (orders.py:40) waits for memory pages for 60 % of the busy time")
    (found,) = said(SPEC, reads, FAULT, calm, again(0.9), REACHED)
    assert {TimeClass.FAULT, TimeClass.DISK} == found.claim.times


def test_files_read_again_on_a_host_that_is_full():
    reads = share("time.disk", 0.6, where=PRICE)
    assert ["warning"] == verdicts(SPEC, reads, again(0.9), share("use.memory.utilization", 0.97))
    assert [] == verdicts(SPEC, reads, again(0.9), share("use.memory.utilization", 0.5))


@pytest.mark.parametrize(
    "signals",
    [
        (FAULT, share("use.memory.saturation", 0.01, labels=PRESSURE), MAJOR),  # a mapped file that is cold
        (FAULT, STALLS, rate("process.faults", 0.5, kind="major")),  # somebody else is stalled
        (share("time.fault", 0.02), STALLS, MAJOR),
        (STALLS, MAJOR),
        (FAULT, share("use.memory.saturation", 0.9, labels=(("measure", "reclaim"),)), MAJOR),
        (share("time.disk", 0.9), again(0.1), REACHED),  # a stream fills the cache of its group
        (share("time.disk", 0.9), STALLS, MAJOR),
    ],
)
def test_it_takes_a_lack_of_memory_and_a_program_that_waits_for_it(signals):
    assert [] == verdicts(SPEC, *signals)
