import time
from datetime import UTC, datetime

from perfdiag.host.clock import SystemClock


def test_the_system_clock_is_that_of_the_machine():
    clock = SystemClock()
    before = time.monotonic_ns()
    assert before <= clock.monotonic_ns() <= clock.monotonic_ns() <= time.monotonic_ns()
    assert abs(clock.wall() - datetime.now(UTC).timestamp()) < 1


def test_sleeping_takes_at_least_as_long_as_asked():
    clock = SystemClock()
    before = clock.monotonic_ns()
    clock.sleep(0.002)
    assert clock.monotonic_ns() - before >= 2_000_000
