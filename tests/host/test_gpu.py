"""What NVML answers, checked; and an answer that does not come."""

import json

import pytest

from perfdiag.errors import Broken, Late, NoData
from perfdiag.host.gpu import Gpu, NvmlGpus, gpus_of

READING = {
    "index": 0, "name": "NVIDIA H200", "utilization": 37, "memory_utilization": 12,
    "memory_used": 9, "memory_total": 10,
    "power_mw": 350, "power_limit_mw": 700, "throttle": 1, "processes": None,
}  # fmt: skip


class Inspector:
    """Answers when it is told to."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def ask(self, read):
        assert "gpus" == read
        self.asked += 1
        return self

    def ready(self, _question, _timeout):
        self.answer = self.answers.pop(0)
        return self.answer is not None


def encoded(**other):
    return json.dumps([READING | other]).encode()


def test_idle_clocks_are_not_held_down():
    (found,) = gpus_of(encoded())
    expected = Gpu(index=0, name="NVIDIA H200", utilization=0.37, memory_used=9, memory_total=10, power=0.5)
    assert expected == found


@pytest.mark.parametrize(
    "other", [{"utilization": 101}, {"utilization": -1}, {"utilization": "x"}, {"utilization": None}]
)
def test_a_utilization_that_can_not_be_is_none(other):
    assert gpus_of(encoded(**other))[0].utilization is None


def test_a_limit_of_nothing_gives_no_share_of_it():
    assert gpus_of(encoded(power_limit_mw=0))[0].power is None


@pytest.mark.parametrize("answer", [b"", b"{", b"[1]", b'[{"index": 0}]', b"7"])
def test_an_answer_that_is_none_is_broken(answer):
    with pytest.raises(Broken, match="NVML"):
        gpus_of(answer or b"x")


def test_an_answer_that_is_late_is_taken_at_the_next_look():
    inspector = Inspector(None, encoded())
    gpus = NvmlGpus(inspector)
    with pytest.raises(Late):
        gpus.read()
    assert "NVIDIA H200" == gpus.read()[0].name
    assert 1 == inspector.asked


def test_what_is_missing_stays_missing():
    with pytest.raises(NoData, match="no driver"):
        NvmlGpus(Inspector(NoData("no driver"))).read()
