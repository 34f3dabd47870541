import pytest

from perfdiag.analyzers.rules.cpu_gil import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import LOAD, PRICE, said, share, verdicts

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
    assert expected == verdicts(SPEC, share("time.gil", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("time.gil", 0.2)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.2, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.2 + 0.001, share_warning=0.9, share_critical=0.95)


def test_it_names_who_holds_while_whom_waits():
    edge = share("gil.edge", 0.35, where=PRICE, other=LOAD)
    (found,) = said(SPEC, share("time.gil", 0.4, where=PRICE), edge)
    assert (
        "Threads wait for the GIL for 40 % of their busy time, held by price (orders.py:40)." == found.summary
    )
    assert PRICE == found.where
    assert (LOAD,) == found.victims
    assert (
        "price (orders.py:40) holds while load (orders.py:88) waits: 35 % of the busy time",
    ) == found.chain
    assert frozenset({TimeClass.GIL}) == found.claim.times


def test_the_table_has_the_edges_and_what_they_leave():
    edge = share("gil.edge", 0.35, where=PRICE, other=LOAD)
    (found,) = said(SPEC, share("time.gil", 0.4, where=PRICE), edge)
    (table,) = found.tables
    assert ("holds", "waits", "share of busy time") == table.columns
    rest = ("other lines", "other lines", pytest.approx(0.05))
    assert (("price (orders.py:40)", "load (orders.py:88)", 0.35), rest) == table.rows
