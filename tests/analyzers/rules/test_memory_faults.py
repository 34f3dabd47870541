from dataclasses import replace

from perfdiag.analyzers.rules.memory_faults import SPEC
from perfdiag.model import TimeClass
from perfdiag.units import Unit
from tests.analyzers.rules.signals_made import LOAD, PRICE, said, share, verdicts

FAULT = share("time.fault", 0.5, where=LOAD)


def faults(minor, major=0.0):
    found = [share("process.faults", rate, labels=(("kind", kind),)) for kind, rate in
             (("minor", minor), ("major", major))]  # fmt: skip
    return [replace(one, estimate=replace(one.estimate, unit=Unit.PER_SECOND)) for one in found]


def test_new_memory_and_what_the_kernel_does_beside_it_in_the_same_function():
    (found,) = said(SPEC, FAULT, share("time.kernel", 0.2, where=LOAD), *faults(90_000))
    assert (
        "Page faults take 70 % of the busy time, in load (orders.py:88): memory that is touched for the first"
        " time." == found.summary
    )
    assert {TimeClass.FAULT, TimeClass.KERNEL} == found.claim.times
    assert "minor" == found.pattern


def test_system_calls_of_another_function_or_more_of_them_are_their_own_matter():
    for kernel in (share("time.kernel", 0.2, where=PRICE), share("time.kernel", 0.6, where=LOAD)):
        (found,) = said(SPEC, FAULT, kernel, *faults(90_000))
        assert {TimeClass.FAULT} == found.claim.times


def test_faults_that_read_a_disk_are_those_of_mapped_files():
    (found,) = said(SPEC, FAULT, *faults(900, 500))
    assert found.summary.endswith("reads of mapped files.")
    assert "major" == found.pattern


def test_a_process_that_was_stopped_from_outside_has_no_faults():
    assert [] == verdicts(SPEC, FAULT, *faults(3))


def test_an_allocator_that_warms_up_takes_some_per_cent():
    assert [] == verdicts(SPEC, share("time.fault", 0.08, where=LOAD), *faults(9_000))
