import random

from perfdiag.attribution.herds import Herds
from perfdiag.tailoring import unevenness

TICKS, THREADS = 400, 20


def counted(wake):
    """`wake(tick)` threads wake in vain at each tick."""
    herds = Herds()
    for tick in range(TICKS):
        for _ in range(wake(tick)):
            herds.woke("workers", 1, 0.00002, again=True)
        herds.tick()
    return herds.wakes()["workers"]


def test_threads_that_wake_together_are_as_uneven_as_they_are_many():
    together = counted(lambda tick: THREADS * (tick % 10 == 0))
    assert (TICKS, 40 * THREADS, 40 * THREADS) == (together.ticks, together.in_vain, together.woken)
    assert THREADS * 0.8 < unevenness(together) <= THREADS


def test_threads_that_wake_each_for_itself_are_not():
    chance = random.Random(1)
    apart = counted(lambda _: sum(chance.random() < 0.1 for _ in range(THREADS)))
    assert 0.7 < unevenness(apart) < 1.3


def test_who_works_goes_elsewhere_or_had_no_turn_did_not_wake_in_vain():
    herds = Herds()
    herds.woke("workers", 1, 0.01, again=True)
    herds.woke("workers", 1, 0.00002, again=False)
    herds.woke("workers", 0, 0.0, again=True)
    herds.tick()
    assert {} == herds.wakes()
    herds.woke("workers", 1, 0.00002, again=True)
    herds.tick()
    assert (1, 3) == (herds.wakes()["workers"].in_vain, herds.wakes()["workers"].woken)
