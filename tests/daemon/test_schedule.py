"""Ticks stand on a grid; late ones are counted, never made up for."""

from perfdiag.daemon.schedule import Schedule

SECOND = 1_000_000_000


def test_ticks_stay_on_the_grid_when_they_come_a_little_late() -> None:
    schedule = Schedule(0, SECOND)
    schedule.begin(int(0.3 * SECOND))
    assert 0.3 == schedule.lag
    assert 0.5 == schedule.wait(int(0.5 * SECOND))


def test_a_stop_of_thirty_seconds_gives_one_late_tick_and_no_burst() -> None:
    schedule = Schedule(0, SECOND)
    schedule.begin(0)
    assert 29 == schedule.begin(30 * SECOND)
    assert 1.0 == schedule.wait(30 * SECOND)
    assert (2, 29, 29.0) == (schedule.made, schedule.missed, schedule.lag)


def test_a_tick_that_is_due_does_not_wait() -> None:
    assert 0.0 == Schedule(5, SECOND).wait(7)
