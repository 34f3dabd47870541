import pytest

from perfdiag.analyzers.rules.cpu_runqueue import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.14, 0.1, 0.16), []),
    ((0.2, 0.14, 0.22), ["inconclusive"]),
    ((0.2, 0.15, 0.22), ["notice"]),
    ((0.36, 0.34, 0.38), ["notice"]),
    ((0.4, 0.35, 0.5), ["warning"]),
    ((0.8, 0.7, 0.9), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.runqueue", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("time.runqueue", 0.2)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.2, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.2 + 0.001, share_warning=0.9, share_critical=0.95)


def test_the_remedy_is_more_of_the_resource():
    (found,) = said(SPEC, share("time.runqueue", 0.4))
    assert (
        "Threads are ready but have no CPU for 40 % of their busy time: too many want one." == found.summary
    )
    assert "capacity" == found.model
    assert frozenset({TimeClass.RUNQUEUE}) == found.claim.times
