import pytest

from perfdiag.analyzers.rules.gpu_saturated import SPEC
from tests.analyzers.rules.signals_made import said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.93, 0.88, 0.98), []),
    ((0.93, 0.91, 0.95), ["notice"]),
    ((0.98, 0.97, 0.99), ["warning"]),
    ((1.0, 1.0, 1.0), ["critical"]),
]
GPU = (("gpu", "0 NVIDIA H200"),)


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_utilization_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("gpu.busy", *known, labels=GPU))


def test_what_holds_its_clocks_down_is_evidence():
    power = share("gpu.power", 0.99, labels=GPU)
    cap = share("gpu.throttled", 0.8, labels=(*GPU, ("reason", "power cap")))
    heat = share("gpu.throttled", 0.0, labels=(*GPU, ("reason", "heat (hardware)")))
    (draft,) = said(SPEC, share("gpu.busy", 0.97, labels=GPU), power, cap, heat)
    names = [one.name for one in draft.evidence]
    assert ["time with a kernel at work", "power, of the limit", "time slowed down: power cap"] == names


def test_readings_of_another_gpu_are_none():
    power = share("gpu.power", 0.99, labels=(("gpu", "1 NVIDIA H200"),))
    (draft,) = said(SPEC, share("gpu.busy", 0.97, labels=GPU), power)
    assert 1 == len(draft.evidence)
