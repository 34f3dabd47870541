from dataclasses import replace

import pytest

from perfdiag.analyzers.rules.asyncio_blocked_loop import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import LOAD, PRICE, said, share, verdicts

MAIN = (("group", "main thread"),)
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
    assert expected == verdicts(SPEC, share("loop.blocked", *known, labels=MAIN))


def test_a_loop_without_long_callbacks_is_not_blocked():
    assert [] == said(SPEC, share("time.sleep", 0.9), share("time.python", 0.1))


def test_it_claims_what_the_callbacks_do_and_not_what_is_done_to_the_loop():
    signals = (
        share("loop.blocked", 0.5, where=LOAD, labels=MAIN),
        share("loop.callback", 0.3, where=LOAD, labels=MAIN),
        share("loop.callback", 0.2, where=PRICE, labels=MAIN),
        share("loop.callback", 0.2, where=PRICE, labels=(("group", "another loop"),)),
        share("loop.episode", 0.18, labels=(*MAIN, ("of", "longest"))),
    )
    (found,) = said(SPEC, *signals)
    expected = "load (orders.py:88) blocks the event loop for 50 % of the busy time, up to 180 ms at once."
    assert expected == found.summary
    assert frozenset({"/srv/shop/orders.py:load", "/srv/shop/orders.py:price"}) == found.claim.functions
    assert "main thread" == found.claim.group
    assert {TimeClass.SLEEP, TimeClass.PYTHON, TimeClass.NETWORK, TimeClass.FSYNC} <= found.claim.times
    assert found.claim.times.isdisjoint({TimeClass.GIL, TimeClass.RUNQUEUE, TimeClass.IDLE})
    assert 2 == len(found.chain)
    assert ("time of such a callback, longest", 0.18) in [(one.name, one.value) for one in found.evidence]


def test_each_loop_is_judged_on_its_own():
    another = (("group", "another loop"),)
    signals = (share("loop.blocked", 0.5, labels=MAIN), share("loop.blocked", 0.2, labels=another))
    assert ["warning", "notice"] == verdicts(SPEC, *signals)


def test_callbacks_of_the_same_name_have_a_row_each():
    other = replace(LOAD, file="/srv/stock/orders.py")
    signals = [
        share("loop.lasted", number / 10, where=where, labels=(*MAIN, ("loop", ""), ("of", of)))
        for where in (LOAD, other)
        for number, of in enumerate(("median", "95th percentile", "longest"))
    ]
    (found,) = said(SPEC, share("loop.blocked", 0.5, where=LOAD, labels=MAIN), *signals)
    (table,) = found.tables
    assert [len(table.columns)] * 2 == [len(row) for row in table.rows]
