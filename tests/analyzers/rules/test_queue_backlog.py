import pytest

from perfdiag.analyzers.rules.queue_backlog import SPEC
from perfdiag.model import Object, ObjectType, TimeClass
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
    assert expected == verdicts(SPEC, share("time.queue", *known))


def test_waiting_for_work_is_no_backlog():
    assert [] == said(SPEC, share("time.idle", 0.9))


def test_the_culprit_is_who_empties_the_queue_and_the_victim_who_fills_it():
    (found,) = said(SPEC, share("time.queue", 0.4, where=LOAD, other=PRICE))
    expected = (
        "Producers wait for room in a queue that load (orders.py:88) empties for 40 % of the busy time."
    )
    assert expected == found.summary
    assert (LOAD, (PRICE,)) == (found.where, found.victims)
    assert ("the consumer stands at /srv/shop/orders.py:88 load",) == found.chain
    assert frozenset({TimeClass.QUEUE}) == found.claim.times


def test_a_consumer_that_was_not_seen_stands_nowhere():
    pipe = Object(id=0, type=ObjectType.PIPE, name="pipe 17")
    (found,) = said(SPEC, share("time.queue", 0.4, where=PRICE, other=PRICE, object=pipe))
    assert "room in pipe 17 in price (orders.py:40)" in found.summary
    assert () == found.chain
