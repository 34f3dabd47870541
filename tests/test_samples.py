import pytest

from perfdiag.errors import Broken, Denied, NoData
from perfdiag.model import Kind, Sample
from perfdiag.samples import counter, gather, gauge
from perfdiag.units import Unit


def test_a_counter_and_a_gauge():
    assert counter("a", 1, Unit.BYTES, device="vda", direction="read") == Sample(
        name="a",
        value=1.0,
        unit=Unit.BYTES,
        kind=Kind.COUNTER,
        labels=(("device", "vda"), ("direction", "read")),
    )
    assert gauge("a", 1) == Sample(name="a", value=1.0, unit=Unit.COUNT, kind=Kind.GAUGE)


def missing(error):
    yield gauge("before", 1)
    raise error


def test_every_part_is_read_and_the_first_loss_is_told_with_the_words_of_all():
    found = []
    parts = gather(
        lambda: missing(Denied("io: no")), lambda: [gauge("b", 1)], lambda: missing(NoData("swap: absent"))
    )
    with pytest.raises(Denied, match="io: no; swap: absent"):
        found.extend(parts)
    assert ["before", "b", "before"] == [sample.name for sample in found]


def test_nothing_lost_nothing_raised():
    assert ["a"] == [sample.name for sample in gather(lambda: [gauge("a", 1)])]


def test_what_is_no_fact_about_the_world_is_not_held_back():
    with pytest.raises(ZeroDivisionError):
        list(gather(lambda: missing(ZeroDivisionError()), lambda: missing(Broken("x"))))
