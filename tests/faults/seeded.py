"""Faults by number: what is done to perfdiag or its target, and how often.

A test marked `fault(number, what)` stands for one row of the table that `make faults` prints. The first seed
of each runs with every `make test`, the others with `make faults` alone.
"""

from collections.abc import Callable
from typing import Any

import pytest

SEEDS = 20


def fault(number: int, what: str, seeds: int = 1, *, slow: bool = False) -> Callable[[Any], Any]:
    """Mark a test as fault `number`; with more than one seed it takes an argument `seed`. `slow`: no seed of
    it runs with the other tests."""

    def mark(test: Any) -> Any:
        test = pytest.mark.fault(number, what)(test)
        if slow:
            test = pytest.mark.faults(test)
        if seeds == 1:
            return test
        more = [pytest.param(seed, marks=pytest.mark.faults) for seed in range(1, seeds)]
        return pytest.mark.parametrize("seed", [0, *more])(test)

    return mark
