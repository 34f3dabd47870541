import pytest

from perfdiag.attribution.kernel_time import Counted, Entry, FaultPrice, split
from perfdiag.model import Kind, Sample, Snapshot, TimeClass
from perfdiag.units import Unit

PRICE = 2e-6  # seconds of a page fault
PYTHON, NATIVE, KERNEL, FAULT = TimeClass.PYTHON, TimeClass.NATIVE, TimeClass.KERNEL, TimeClass.FAULT


def booked(time, weight, call=None):
    return Entry(0.0, 1.0, time, -1, 0, weight, call=call)


def by_class(entries):
    found = {}
    for entry in entries:
        found[entry.time] = found.get(entry.time, 0.0) + entry.weight
    return {time: round(weight, 9) for time, weight in found.items()}


def test_system_time_comes_from_the_time_outside_the_gil_first():
    entries = split([booked(PYTHON, 0.6)], [booked(NATIVE, 0.4)], Counted(70, 30, 0), PRICE)
    assert {PYTHON: 0.6, NATIVE: 0.1, KERNEL: 0.3} == by_class(entries)


def test_more_system_time_than_that_comes_from_python_and_never_from_a_collection():
    works = [booked(PYTHON, 0.5), booked(TimeClass.GC, 0.4)]
    assert {TimeClass.GC: 0.4, KERNEL: 0.6} == by_class(
        split(works, [booked(NATIVE, 0.1)], Counted(0, 100, 0), PRICE)
    )


def test_system_time_between_two_waits_on_a_line_belongs_to_their_call():
    entries = split([], [booked(NATIVE, 0.4, (TimeClass.WRITE, 3))], Counted(10, 30, 0), PRICE)
    assert {TimeClass.WRITE: 0.3, NATIVE: 0.1} == by_class(entries)
    assert {3, -1} == {entry.object for entry in entries}


def test_page_faults_take_what_they_can_have_taken_of_the_system_time():
    entries = split([booked(PYTHON, 1.0)], [], Counted(20, 80, 200_000), PRICE)
    assert {PYTHON: 0.2, FAULT: 0.4, KERNEL: 0.4} == by_class(entries)


def test_page_faults_take_no_more_than_the_system_time():
    entries = split([booked(PYTHON, 1.0)], [], Counted(20, 80, 900_000), PRICE)
    assert {PYTHON: 0.2, FAULT: 0.8} == by_class(entries)


def test_a_program_of_system_calls_with_few_page_faults_is_in_system_calls():
    entries = split([], [booked(NATIVE, 1.0)], Counted(30, 70, 500), PRICE)
    assert {NATIVE: 0.3, KERNEL: 0.699, FAULT: 0.001} == by_class(entries)


def test_a_call_that_is_known_keeps_its_time_before_page_faults():
    known = booked(NATIVE, 0.5, (TimeClass.DISK, 3))
    entries = split([], [known, booked(NATIVE, 0.5)], Counted(0, 100, 900_000), PRICE)
    assert {TimeClass.DISK: 0.5, FAULT: 0.5} == by_class(entries)


@pytest.mark.parametrize("grown", [Counted(100, 0, 60), Counted(50, 50, 60), Counted(0, 1, 60)])
def test_every_page_fault_is_counted_once(grown):
    entries = split([booked(PYTHON, 0.6)], [booked(NATIVE, 0.4)], grown, PRICE)
    assert pytest.approx(60) == sum(entry.faults for entry in entries)


def snapshot(at, minor, huge, price=None):
    labels = (("kind", "minor"),)
    samples = [
        Sample(name="memory.faults", value=minor, unit=Unit.COUNT, kind=Kind.COUNTER, labels=labels),
        Sample(name="memory.huge_faults", value=huge, unit=Unit.COUNT, kind=Kind.COUNTER),
    ]
    if price is not None:
        samples.append(Sample(name="memory.fault_price", value=price, unit=Unit.SECONDS, kind=Kind.GAUGE))
    return Snapshot(at=at, wall=at, samples=tuple(samples))


def test_the_price_is_the_one_that_was_measured_on_the_host_and_more_for_giving_back():
    assert pytest.approx(1.5e-6) == FaultPrice([snapshot(1.0, 0, 0, price=1e-6)]).at(1.0)
    assert pytest.approx(3e-6) == FaultPrice([]).at(1.0)


def test_huge_pages_make_the_price_of_their_interval_higher():
    price = FaultPrice([snapshot(1.0, 0, 0), snapshot(2.0, 100, 10), snapshot(3.0, 200, 10)])
    assert pytest.approx([3e-6, 3e-6 * (1 + 25.5), 3e-6]) == [price.at(at) for at in (1.0, 1.9, 2.5)]


def test_the_price_does_not_depend_on_how_often_it_is_asked_for():
    price = FaultPrice([snapshot(1.0, 0, 0), snapshot(2.0, 100, 10), snapshot(3.0, 200, 10)])
    asked = [price.at(at) for at in (1.0, 1.2, 1.9, 2.0, 2.1, 3.0)]
    assert pytest.approx([3e-6, *3 * [3e-6 * (1 + 25.5)], 3e-6, 3e-6]) == asked
