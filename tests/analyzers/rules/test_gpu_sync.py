import pytest

from perfdiag.analyzers.rules.gpu_sync import SPEC
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.14, 0.1, 0.2), []),
    ((0.2, 0.1, 0.3), ["inconclusive"]),
    ((0.2, 0.16, 0.24), ["notice"]),
    ((0.4, 0.36, 0.44), ["warning"]),
    ((0.8, 0.75, 0.85), ["critical"]),
]
FUNCTIONS = (("function", "torch/cuda/__init__.py:synchronize"), ("function", "micro.py:train_micro"))


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("gpu.sync", *known, where=LOAD, labels=FUNCTIONS))


def test_what_waits_is_claimed_and_nothing_else():
    (draft,) = said(SPEC, share("gpu.sync", 0.5, where=LOAD, labels=FUNCTIONS))
    assert {"torch/cuda/__init__.py:synchronize", "micro.py:train_micro"} == draft.claim.functions


def test_of_waits_in_the_driver_by_code_that_is_not_known_the_device_is_claimed_and_nothing_else():
    (draft,) = said(SPEC, share("gpu.sync", 0.5, labels=(("object", "/dev/nvidia0"),)))
    assert ({"/dev/nvidia0"}, set()) == (draft.claim.objects, draft.claim.functions)


def test_the_line_and_the_gpu_are_told():
    busy = share("gpu.busy", 0.3, labels=(("gpu", "0 NVIDIA H200"),))
    (draft,) = said(SPEC, share("gpu.sync", 0.5, where=LOAD, labels=FUNCTIONS), busy)
    assert draft.summary.startswith("load (orders.py:88) waits for the GPU for 50 % of the busy time")
    assert "GPU 0 NVIDIA H200 at work" in [one.name for one in draft.evidence]
