import pytest

from perfdiag.model import TimeClass
from perfdiag.patterns.oversubscribed_pool import SPEC
from tests.patterns.cases_made import case, part, signals


def recognised(threads, ready, cpus=2.0, others=0.0):
    spent = [part(20.0, 0, time=TimeClass.RUNQUEUE), part(others, 0, time=TimeClass.RUNQUEUE, group="others")]
    one = case(*spent, kind="cpu.runqueue", cpus=cpus, item=None, threads=threads, ready=ready)
    found = SPEC.recognise(one, signals())
    return found and found.evidence.value


def test_more_workers_that_want_to_compute_than_there_are_cpus():
    assert 7.5 == recognised(8, 7.5)


@pytest.mark.parametrize(
    ("threads", "ready", "cpus", "others"),
    [(2, 2.0, 2.0, 0.0), (8, 2.5, 2.0, 0.0), (8, 7.5, 2.0, 30.0), (3, 2.8, 0.4, 0.0)],
    ids=["no more than CPUs", "most wait", "others queue", "a quota that stops one too"],
)
def test_a_queue_that_is_not_the_pool_s_is_not_told(threads, ready, cpus, others):
    assert recognised(threads, ready, cpus, others) is None
