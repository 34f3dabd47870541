from perfdiag.analyzers.rules.cpu_kernel import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts


def test_system_time_is_told_with_the_code_that_makes_the_calls():
    (found,) = said(SPEC, share("time.kernel", 0.7, 0.6, 0.8, where=LOAD))
    assert (
        "The kernel computes for 70 % of the busy time, in system calls from load (orders.py:88)."
        == found.summary
    )
    assert frozenset({TimeClass.KERNEL}) == found.claim.times


def test_what_moves_data_may_spend_some_time_in_the_kernel():
    assert [] == verdicts(SPEC, share("time.kernel", 0.15))
    assert ["inconclusive"] == verdicts(SPEC, share("time.kernel", 0.25, 0.15, 0.35))
    assert ["warning"] == verdicts(SPEC, share("time.kernel", 0.5, 0.45, 0.55))


def test_computing_outside_the_kernel_is_not_its_matter():
    assert [] == verdicts(SPEC, share("time.python", 0.9), share("time.fault", 0.9))
