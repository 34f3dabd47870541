import pytest

from perfdiag.analyzers.rules.pool_exhausted import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import LOAD, PRICE, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.09, 0.08, 0.1), []),
    ((0.12, 0.08, 0.16), ["inconclusive"]),
    ((0.12, 0.1, 0.14), ["notice"]),
    ((0.35, 0.3, 0.4), ["warning"]),
    ((0.8, 0.7, 0.9), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.pool", *known))


def test_waiting_for_a_lock_is_not_waiting_for_a_turn():
    assert [] == said(SPEC, share("time.lock", 0.9))


def test_it_names_where_threads_wait_and_what_those_do_that_have_one():
    (found,) = said(SPEC, share("time.pool", 0.4, where=PRICE, other=LOAD))
    expected = "Threads wait for their turn in price (orders.py:40) for 40 % of the busy time: all are taken."
    assert expected == found.summary
    assert ("who has one stands at /srv/shop/orders.py:88 load",) == found.chain
    assert PRICE == found.where
    assert frozenset({TimeClass.POOL}) == found.claim.times


def test_where_nobody_was_seen_to_have_one_nothing_is_said_of_it():
    assert () == said(SPEC, share("time.pool", 0.4, where=PRICE))[0].chain
