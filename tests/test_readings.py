import pytest

from perfdiag.model import Snapshot
from perfdiag.readings import Interval, Readings, total
from perfdiag.samples import counter, gauge
from perfdiag.units import Unit


def readings(at, *samples):
    return Readings.of(Snapshot(at=at, wall=0.0, samples=samples))


def between(before, after, seconds=2.0, unit=Unit.COUNT):
    return Interval(
        readings(10.0, counter("n", before, unit)), readings(10.0 + seconds, counter("n", after, unit))
    )


def test_a_value_is_found_by_its_labels_in_any_order():
    found = readings(0.0, gauge("q", 3, Unit.BYTES, device="vda", direction="read"))
    assert 3 == found.value("q", direction="read", device="vda")
    assert None is found.value("q", device="vda")
    assert None is found.value("absent")


def test_the_values_of_a_label():
    found = readings(0.0, gauge("q", 1, cpu="1"), gauge("q", 1, cpu="0"), gauge("q", 1, mode="x", cpu="1"))
    assert ["1", "0"] == found.labels("q", "cpu")
    assert [] == found.labels("absent", "cpu")


def test_a_rate_is_growth_a_second():
    assert (10, 5.0) == (between(5, 15).growth("n"), between(5, 15).rate("n"))


@pytest.mark.parametrize(
    ("before", "after", "unit"),
    [
        (15, 5, Unit.COUNT),
        (0, 2**64 - 1, Unit.COUNT),
        (0, (2**64 - 1) / 100, Unit.SECONDS),
        (0, (2**64 - 1) / 1e9, Unit.SECONDS),
    ],
)
def test_a_reset_and_an_underflow_have_no_rate(before, after, unit):
    assert None is between(before, after, unit=unit).rate("n")


def test_a_new_series_has_no_growth():
    assert None is Interval(readings(0.0), readings(1.0, counter("n", 5))).growth("n")
    assert None is Interval(readings(0.0, counter("n", 5)), readings(1.0)).growth("n")


def test_a_sum_with_a_hole_is_no_sum():
    assert 3 == total([1, 2])
    assert None is total([1, None])
    assert None is total([])
