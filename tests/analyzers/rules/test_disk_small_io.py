from dataclasses import replace

from perfdiag.analyzers.rules.disk_small_io import SPEC
from perfdiag.units import Unit
from tests.analyzers.rules.signals_made import JOURNAL, LOAD, said, share, verdicts

WAITS = share("time.disk", 0.6, where=LOAD, object=JOURNAL)


def level(name, value, unit, **labels):
    signal = share(name, value, labels=tuple(labels.items()))
    return replace(signal, estimate=replace(signal.estimate, unit=unit))


def calls(size, rate, direction="read"):
    return (
        level("io.call_size", size, Unit.BYTES, direction=direction),
        share("io.small", float(size <= 16384), labels=(("direction", direction),)),
        level("io.calls", rate, Unit.PER_SECOND, direction=direction),
    )


def test_many_calls_of_four_kilobytes():
    (found,) = said(SPEC, WAITS, *calls(4096, 2000))
    assert (
        "load (orders.py:88) waits for many small reads of 4 KiB each of /var/lib/shop/journal for 60 % of"
        " the busy time." == found.summary
    )
    assert "read" == found.pattern


def test_calls_of_a_megabyte_are_not_small_and_a_few_are_not_many():
    assert [] == verdicts(SPEC, WAITS, *calls(1 << 20, 2000))
    assert [] == verdicts(SPEC, WAITS, *calls(4096, 10))


def test_of_several_processes_those_that_read_count_and_are_told_once():
    idle = (calls(0, 0)[2], share("io.small", 0.0, labels=(("direction", "read"),)))
    reads = calls(4096, 2000)
    assert ["warning"] == verdicts(SPEC, WAITS, *idle, *reads, *reads)


def test_small_calls_that_the_kernel_joins_for_the_device_are_not_ill():
    device = (
        share("use.disk.utilization", 0.9, labels=(("device", "sda"),)),
        level("disk.operation_size", 1 << 18, Unit.BYTES, device="sda", direction="read"),
    )
    assert [] == verdicts(SPEC, WAITS, *calls(4096, 2000), *device)
    small = level("disk.operation_size", 8192, Unit.BYTES, device="sda", direction="read")
    assert ["warning"] == verdicts(SPEC, WAITS, *calls(4096, 2000), device[0], small)


def test_small_reads_say_nothing_of_waits_for_writes():
    writes = share("time.write", 0.6, where=LOAD)
    assert [] == verdicts(SPEC, writes, *calls(4096, 2000), *calls(1 << 20, 2000, "write"))


def test_small_calls_that_do_not_wait_are_no_matter():
    assert [] == verdicts(SPEC, share("time.disk", 0.02), *calls(4096, 90000))


KERNEL = share("time.kernel", 0.5, where=LOAD)


def on_files(number):
    return level("io.files", number, Unit.COUNT)


def test_tiny_calls_on_files_in_memory_are_told_by_what_the_kernel_computes():
    (found,) = said(SPEC, KERNEL, *calls(16, 200_000, "write"), *calls(0, 3), on_files(2.0))
    assert (
        "load (orders.py:88) makes 200k/s writes of 16 B each on files; the kernel computes for them for"
        " 50 % of the busy time." == found.summary
    )
    assert "write" == found.pattern
    assert frozenset({"/srv/shop/orders.py:load"}) == found.claim.functions


def test_calls_that_may_be_on_sockets_that_are_larger_or_that_are_few_are_not():
    assert [] == verdicts(SPEC, KERNEL, *calls(16, 200_000), on_files(0.0))
    assert [] == verdicts(SPEC, KERNEL, *calls(8192, 200_000), on_files(2.0))
    assert [] == verdicts(SPEC, KERNEL, *calls(16, 900), on_files(2.0))
    assert [] == verdicts(SPEC, KERNEL, *calls(16, 200_000))
