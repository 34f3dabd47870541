from itertools import product

import pytest

from perfdiag.errors import (
    EXIT_ORDER,
    Broken,
    Denied,
    Exit,
    FaultKind,
    InconclusiveError,
    Late,
    NoData,
    TargetError,
    UsageError,
    worst,
)


def test_the_order_of_the_exit_codes_is_that_of_the_contract():
    assert (130, 143, 70, 2, 3, 1, 4, 0) == EXIT_ORDER
    assert set(Exit) == set(EXIT_ORDER)


def test_the_first_in_the_order_wins_in_any_company():
    assert Exit.OK == worst()
    for one, two in product(Exit, repeat=2):
        first = min(one, two, key=EXIT_ORDER.index)
        assert first == worst(one, two) == worst(two, one)


@pytest.mark.parametrize(("kind", "code"), [(UsageError, 2), (TargetError, 3), (InconclusiveError, 4)])
def test_an_error_says_what_why_and_what_to_do(kind, code):
    error = kind("no such process", cause="it ended", fix="look with ps")
    assert ("no such process", "it ended", "look with ps") == (error.what, error.cause, error.fix)
    assert ("no such process", code) == (str(error), error.exit)


def test_every_kind_of_missing_reading_has_a_kind_of_fault():
    assert list(FaultKind) == [kind.kind for kind in (NoData, Denied, Broken, Late)]
