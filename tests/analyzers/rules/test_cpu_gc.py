import pytest

from perfdiag.analyzers.rules.cpu_gc import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.07, 0.06, 0.08), []),
    ((0.1, 0.07, 0.12), ["inconclusive"]),
    ((0.1, 0.08, 0.12), ["notice"]),
    ((0.26, 0.24, 0.28), ["notice"]),
    ((0.3, 0.25, 0.35), ["warning"]),
    ((0.7, 0.6, 0.8), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.gc", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("time.gc", 0.2)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.2, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.2 + 0.001, share_warning=0.9, share_critical=0.95)


def test_it_names_the_code_that_makes_the_objects():
    (found,) = said(SPEC, share("time.gc", 0.4, where=LOAD))
    assert "The garbage collector runs for 40 % of the busy time, from load (orders.py:88)." == found.summary
    assert frozenset({TimeClass.GC}) == found.claim.times
    assert {"cpu.hot-code", "cpu.gil"} == set(SPEC.explains)
