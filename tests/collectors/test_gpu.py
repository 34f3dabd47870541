from dataclasses import replace

import pytest

from perfdiag.collectors.gpu import SPEC
from perfdiag.errors import Broken
from perfdiag.host.gpu import Gpu
from tests.collectors import gauge, readings
from tests.hosts import recorded

H200 = Gpu(
    index=0, name="NVIDIA H200", utilization=0.37, memory_used=9, memory_total=10, power=0.25,
    throttles=("power cap",), processes=((4711, 8), (4712, None)),
)  # fmt: skip


class Readings:
    def __init__(self, *gpus, error=None):
        self.gpus, self.error = gpus, error

    def read(self):
        if self.error:
            raise self.error
        return self.gpus


@pytest.fixture
def host(tmp_path):
    def made(readings, driver=True):
        tree = recorded(tmp_path, "cgroup_v2")
        if driver:
            tree.write("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module\n")
        return replace(tree.host, gpus=readings)

    return made


def test_what_a_gpu_tells(host):
    found = readings(SPEC.collect(host(Readings(H200)), None))
    gpu = "{gpu=0 NVIDIA H200"
    assert gauge(1) == found["gpu.devices"]
    assert gauge(0.37, "ratio") == found[f"gpu.utilization{gpu}}}"]
    assert gauge(10, "B") == found[f"gpu.memory.total{gpu}}}"]
    assert gauge(0.25, "ratio") == found[f"gpu.power{gpu}}}"]
    assert gauge(1) == found[f"gpu.throttled{gpu},reason=power cap}}"]
    assert gauge(0) == found[f"gpu.throttled{gpu},reason=power brake}}"]
    assert gauge(0, "B") == found[f"gpu.process.memory{gpu},pid=4712}}"]


def test_what_a_gpu_does_not_tell_is_absent(host):
    found = readings(SPEC.collect(host(Readings(replace(H200, utilization=None, power=None))), None))
    assert [] == [name for name in found if name.startswith(("gpu.utilization", "gpu.power"))]


def test_without_the_driver_nvml_is_not_asked(host):
    never = Readings(error=AssertionError("asked"))
    assert {"gpu.devices": gauge(0)} == readings(SPEC.collect(host(never, driver=False), None))


def test_a_driver_that_does_not_answer_is_a_fault_and_not_zero(host):
    with pytest.raises(Broken, match="lost"):
        list(SPEC.collect(host(Readings(error=Broken("the GPU is lost"))), None))
