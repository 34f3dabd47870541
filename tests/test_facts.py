from perfdiag.facts import FactFold, Happened, Level, Share
from perfdiag.model import Snapshot
from perfdiag.samples import counter, gauge
from perfdiag.units import Unit


def derive(interval):
    yield Level("level", interval.after.value("g"), Unit.BYTES, (("of", "g"),), most=100.0)
    yield Happened("events", interval.growth("n"), subject="process:7")
    yield Share("share", interval.growth("n"), interval.growth("whole"))


def fold(*rows, times=None):
    state = FactFold(derive)
    for number, (g, n, whole) in enumerate(rows):
        at = times[number] if times else float(number)
        samples = (gauge("g", g), counter("n", n), counter("whole", whole))
        state = state.take(Snapshot(at=at, wall=0.0, samples=samples))
    return state


def test_each_fact_becomes_a_signal_of_the_window():
    level, events, share = fold((0, 5, 0), (10, 6, 10), (20, 8, 20), (30, 9, 40)).signals()
    assert ("level", "host", (("of", "g"),), 20.0, Unit.BYTES) == (
        level.name,
        level.subject,
        level.labels,
        level.estimate.value,
        level.estimate.unit,
    )
    assert ("process:7", 4 / 3) == (events.subject, events.estimate.value)
    assert (0.1, 40) == (share.estimate.value, share.estimate.n)
    assert {(0.0, 3.0)} == {signal.estimate.window for signal in (level, events, share)}


def test_one_snapshot_says_nothing():
    assert () == FactFold(derive).signals()
    assert () == fold((1, 1, 1)).signals()


def test_what_a_reset_hid_wholly_is_no_signal():
    assert ["level"] == [signal.name for signal in fold((1, 9, 9), (1, 5, 5)).signals()]


def test_a_snapshot_of_the_same_moment_is_left_out():
    rows = ((0, 5, 0), (10, 6, 10), (99, 99, 99), (20, 8, 20))
    with_double = fold(*rows, times=(0.0, 1.0, 1.0, 2.0))
    assert fold(rows[0], rows[1], rows[3]).signals() == with_double.signals()


def test_an_earlier_state_is_not_changed_by_what_comes_after():
    state = fold((0, 5, 0), (10, 6, 10))
    before = state.signals()
    state.take(Snapshot(at=9.0, wall=0.0, samples=(gauge("g", 99),)))
    assert before == state.signals()
