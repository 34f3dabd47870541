import pytest

from perfdiag.analyzers.rules.gpu_starved import SPEC
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.35, 0.25, 0.45), []),
    ((0.35, 0.3, 0.4), ["notice"]),
    ((0.6, 0.5, 0.7), ["warning"]),
    ((0.9, 0.8, 1.0), ["critical"]),
]
GPU = (("gpu", "0 NVIDIA H200"),)


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_time_without_a_kernel_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("gpu.idle", *known, where=LOAD, labels=GPU))


def test_the_gpu_and_the_code_of_the_host_are_named():
    (draft,) = said(SPEC, share("gpu.idle", 0.6, where=LOAD, labels=GPU))
    assert "GPU 0 NVIDIA H200 has nothing to do for 60 % of the time" in draft.summary
    assert "load (orders.py:88)" in draft.summary
    assert (None, "level") == (draft.claim, draft.model)


def test_the_phases_in_which_the_gpu_gets_nothing_are_evidence():
    waits = share("training.phase", 0.7, labels=(("group", "main thread"), ("phase", "data wait")))
    forward = share("training.phase", 0.1, labels=(("group", "main thread"), ("phase", "forward")))
    (draft,) = said(SPEC, share("gpu.idle", 0.6, labels=GPU), waits, forward)
    assert ["time without a kernel", "training loop, data wait"] == [one.name for one in draft.evidence]


def test_each_gpu_is_judged_by_itself():
    second = (("gpu", "1 NVIDIA H200"),)
    assert ["notice", "critical"] == verdicts(
        SPEC, share("gpu.idle", 0.4, labels=GPU), share("gpu.idle", 0.9, labels=second)
    )
