import pytest

from perfdiag.analyzers.rules.cpu_throttled import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.04, 0.03, 0.05), []),
    ((0.06, 0.04, 0.08), ["inconclusive"]),
    ((0.06, 0.05, 0.08), ["notice"]),
    ((0.21, 0.19, 0.25), ["notice"]),
    ((0.25, 0.2, 0.3), ["warning"]),
    ((0.6, 0.5, 0.7), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.throttled", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("time.throttled", 0.1)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.1, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.1 + 0.001, share_warning=0.9, share_critical=0.95)


def test_it_names_the_quota_and_how_often_it_was_used_up():
    often, seldom = (
        share("use.cgroup.cpu.saturation", value, labels=(("cgroup", name),))
        for name, value in (("/shop/web", 0.8), ("/shop", 0.1))
    )
    (found,) = said(SPEC, share("time.throttled", 0.4, where=LOAD), share("cpu.quota", 1.5), seldom, often)
    assert "The CPU quota to 1.5 CPUs stops the program for 40 % of its busy time." == found.summary
    assert "/shop/web" == found.object.name
    assert [0.1, 0.8] == [one.value for one in found.evidence if one.source.startswith("cpu.stat")]
    assert "capacity" == found.model
    assert frozenset({TimeClass.THROTTLED}) == found.claim.times


def test_without_a_quota_that_could_be_read_it_still_says_what_was_measured():
    (found,) = said(SPEC, share("time.throttled", 0.4, where=LOAD))
    assert "The CPU quota stops the program for 40 % of its busy time." == found.summary


def test_it_comes_before_what_it_looks_like_inside():
    assert {"cpu.runqueue", "cpu.gil", "cpu.hot-code", "lock.contention"} == set(SPEC.explains)
