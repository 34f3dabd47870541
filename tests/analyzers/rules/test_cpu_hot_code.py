import pytest

from perfdiag.analyzers.rules.cpu_hot_code import SPEC
from perfdiag.model import Place, TimeClass
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.14, 0.1, 0.16), []),
    ((0.2, 0.14, 0.22), ["inconclusive"]),
    ((0.2, 0.15, 0.22), ["notice"]),
    ((0.36, 0.34, 0.38), ["notice"]),
    ((0.4, 0.35, 0.5), ["warning"]),
    ((0.9, 0.8, 0.95), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("cpu.function", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("cpu.function", 0.2)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.2, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.2 + 0.001, share_warning=0.9, share_critical=0.95)


def test_it_claims_the_cpu_time_below_its_function_in_its_group():
    signal = share("cpu.function", 0.4, where=LOAD, labels=(("group", "workers"),))
    (found,) = said(SPEC, signal)
    assert "load (orders.py:88) and what it calls compute for 40 % of the busy time." == found.summary
    assert frozenset({"/srv/shop/orders.py:load"}) == found.claim.functions
    assert "load" == found.where.function
    assert ("workers", {TimeClass.PYTHON, TimeClass.NATIVE}) == (found.claim.group, found.claim.times)


def test_each_group_of_threads_has_its_own_hot_function():
    workers, metrics = (share("cpu.function", value, labels=(("group", str(value)),)) for value in (0.5, 0.3))
    assert ["warning", "notice"] == verdicts(SPEC, workers, metrics)


def test_of_a_program_whose_functions_are_not_known_it_claims_all_cpu_time():
    signal = share("cpu.function", 0.4, where=Place(file="/usr/sbin/nginx", function="nginx", line=0))
    (found,) = said(SPEC, signal)
    assert "nginx and what it calls compute for 40 % of the busy time." == found.summary
    assert frozenset() == found.claim.functions


def test_a_callee_that_has_most_of_it_is_named_and_the_share_stays_that_of_its_caller():
    rate = Place(file="/srv/shop/tax.py", function="rate", line=9, stack=("/srv/shop/tax.py:9 rate",))
    (found,) = said(SPEC, share("cpu.function", 0.7, where=rate, other=LOAD))
    assert found.summary.endswith(" compute for 70 % of the busy time, most of it in rate (tax.py:9).")
    assert found.summary.startswith("load (orders.py:88)")
    assert "rate" == found.where.function
    assert frozenset({"/srv/shop/orders.py:load"}) == found.claim.functions
