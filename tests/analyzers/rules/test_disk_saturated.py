from dataclasses import replace

from perfdiag.analyzers.rules.disk_saturated import SPEC
from perfdiag.units import Unit
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

WAITS = share("time.disk", 0.5, where=LOAD)
SYNCS = share("time.fsync", 0.3)


def count(name, value, **labels):
    signal = share(name, value, labels=tuple(labels.items()))
    return replace(signal, estimate=replace(signal.estimate, unit=Unit.COUNT))


def device(busy=0.99, queue=8, others=0.8):
    return (
        share("use.disk.utilization", busy, labels=(("device", "sda"),)),
        count("use.disk.saturation", queue, device="sda"),
        share("disk.others", others, labels=(("device", "sda"),)),
    )


def test_a_device_that_others_fill_makes_all_waits_for_files():
    (found,) = said(SPEC, WAITS, SYNCS, *device())
    assert (
        "The device sda is full, and load (orders.py:88) waits for it for 80 % of the busy time."
        == found.summary
    )
    assert {"disk", "write", "fsync"} == {str(time) for time in found.claim.times}
    assert ("device", "sda") == (found.object.type, found.object.name)


def test_a_program_that_alone_reads_as_fast_as_it_can_waits_for_its_own_reads():
    assert [] == verdicts(SPEC, WAITS, *device(others=0.1), count("time.busy", 1))


def test_many_threads_of_its_own_fill_it_as_well():
    assert ["warning"] == verdicts(SPEC, WAITS, *device(others=0.1), count("time.busy", 12))


def test_a_device_that_is_idle_at_times_or_has_no_queue_is_not_full():
    assert [] == verdicts(SPEC, WAITS, *device(busy=0.7))
    assert [] == verdicts(SPEC, WAITS, *device(queue=1))


def test_a_full_device_that_the_program_hardly_uses_is_not_its_illness():
    assert [] == verdicts(SPEC, share("time.disk", 0.02), *device())
