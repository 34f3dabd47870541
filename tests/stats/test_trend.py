import random

import pytest

from perfdiag.stats.trend import LEAST, Series


def series(values):
    found = Series()
    for at, value in enumerate(values):
        found = found.take(float(at), float(value))
    return found


def test_a_straight_line_has_its_slope_and_no_doubt():
    slope = series(3 * at for at in range(11)).slope()
    assert (3.0, 3.0, 3.0, 11) == (slope.value, slope.low, slope.high, slope.n)
    assert (1.0, 0.0) == (slope.bent, slope.fallen)


def test_a_point_that_is_far_off_does_not_move_the_slope():
    values = [3 * at for at in range(11)]
    values[5] = 500
    assert 3.0 == series(values).slope().value


def test_a_reading_at_the_time_of_the_last_is_none():
    twice = series(3 * at for at in range(11)).take(10.0, 500.0)
    assert series(3 * at for at in range(11)).slope() == twice.slope()


def test_noise_around_a_level_seldom_looks_like_growth():
    chance = random.Random(7)
    rising = sum(series(chance.gauss(0, 5) for _ in range(11)).slope().low > 0 for _ in range(400))
    assert rising <= 0.05 * 400


def test_the_interval_holds_the_slope_of_a_noisy_line():
    chance = random.Random(7)
    held = 0
    for _ in range(200):
        slope = series(2 * at + chance.gauss(0, 5) for at in range(20)).slope()
        held += slope.low <= 2 <= slope.high
    assert held >= 0.9 * 200


def test_a_walk_of_chance_has_a_wider_interval_than_its_points_alone_would_give():
    chance, at, walk = random.Random(7), 0.0, []
    for _ in range(60):
        at += chance.gauss(0, 1)
        walk.append(at)
    shuffled = walk.copy()
    chance.shuffle(shuffled)
    width = [slope.high - slope.low for slope in (series(walk).slope(), series(shuffled).slope())]
    assert width[0] > 1.2 * width[1]


def test_what_flattens_is_bent_and_what_falls_back_is_said():
    assert series(100 * (1 - 0.7**at) for at in range(11)).slope().bent < 0.3
    assert series((at % 4) * 10 for at in range(12)).slope().fallen > 0.5
    assert (0.0, 1.0) == (series([5] * 8).slope().bent, series([5] * 8).slope().fallen)


def test_too_few_points_say_nothing():
    with pytest.raises(LookupError):
        series(range(LEAST - 1)).slope()
    assert 1.0 == series(range(LEAST)).slope().value


def test_a_day_of_seconds_is_kept_in_a_hundred_points():
    long = series(at / 2 for at in range(86_400))
    assert len(long.points) <= 128
    assert (0.0, 0.5) == (long.points[0][0], long.slope().value)
    assert long.points[-1][0] > 85_000
    assert long.rise == long.points[-1][1]
