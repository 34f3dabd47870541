"""Attribution agrees with the truth logs of targets: `pytest -m accuracy`, on a quiet machine."""

import pytest

from tests.scenarios.accuracy import (
    TICKS_MADE,
    WAITS,
    WITHIN,
    Logged,
    inside,
    judged_window,
    measure,
)
from tests.scenarios.surroundings import wait_for_quiet

ATTEMPTS = 3


def gil(t0: float, t1: float) -> Logged:
    return Logged(tid=1, time="gil", t0=t0, t1=t1, seconds=0.5)


@pytest.mark.parametrize(
    ("t0", "t1", "expected"),
    [(1, 2, 1), (0, 2, 0.5), (2.5, 4, 1 / 3), (0, 4, 0.5), (4, 5, 0), (2, 2, 1), (4, 4, 0)],
)
def test_an_interval_counts_by_its_part_in_the_window(t0: float, t1: float, expected: float) -> None:
    assert expected == pytest.approx(inside(t0, t1, (1.0, 3.0)))


def test_what_is_logged_by_the_second_is_judged_on_whole_seconds() -> None:
    assert (2.0, 4.0) == judged_window([gil(1, 2), gil(2, 3), gil(3, 4), gil(4, 5)], (1.5, 4.5))


def test_what_is_logged_by_the_wait_is_judged_on_the_whole_window() -> None:
    row = Logged(tid=1, time="lock", t0=2, t1=3, seconds=1)
    assert (1.5, 4.5) == judged_window([row], (1.5, 4.5))


@pytest.mark.accuracy
@pytest.mark.parametrize("wait", WAITS)
def test_attribution_agrees_with_the_log(wait: str) -> None:
    why = ""
    for _ in range(ATTEMPTS):
        noise = wait_for_quiet(20)
        found = measure(wait)
        if noise.quiet and found.made >= TICKS_MADE:
            assert abs(found.error) <= WITHIN[found.time], found
            return
        why = f"{noise}; {found.made:.0%} of ticks"
    pytest.skip(why)
