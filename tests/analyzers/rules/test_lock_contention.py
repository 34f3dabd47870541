import pytest

from perfdiag.analyzers.rules.lock_contention import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import LOAD, LOCK, PRICE, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.09, 0.08, 0.1), []),
    ((0.12, 0.08, 0.16), ["inconclusive"]),
    ((0.12, 0.1, 0.14), ["notice"]),
    ((0.31, 0.29, 0.33), ["notice"]),
    ((0.35, 0.3, 0.4), ["warning"]),
    ((0.8, 0.7, 0.9), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.lock", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("time.lock", 0.2)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.2, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.2 + 0.001, share_warning=0.9, share_critical=0.95)


def test_it_names_the_section_of_the_holder_and_the_line_that_waits():
    (found,) = said(SPEC, share("time.lock", 0.4, where=LOAD, other=PRICE, object=LOCK))
    assert "Threads wait for a lock, held in load (orders.py:88), for 40 % of busy time." == found.summary
    assert ("the holder stands at /srv/shop/orders.py:88 load",) == found.chain
    assert (PRICE,) == found.victims
    assert frozenset({"futex 0x10"}) == found.claim.objects
    assert frozenset({TimeClass.LOCK}) == found.claim.times


def test_a_holder_that_was_not_seen_stands_nowhere():
    (found,) = said(SPEC, share("time.lock", 0.4, where=LOAD, other=LOAD, object=LOCK))
    assert () == found.chain


def test_a_lock_of_native_code_has_no_place():
    (found,) = said(SPEC, share("time.lock", 0.4))
    assert "Threads wait for a lock of native code for 40 % of busy time." == found.summary
