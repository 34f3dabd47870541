"""GPUs of the program, and waits for them. The readings are made by hand in the shape of NVML's."""

import pytest

from perfdiag.analyzers.gpu import SPEC
from perfdiag.model import ObjectType
from perfdiag.plugins import Signals
from perfdiag.samples import gauge
from perfdiag.units import Unit
from tests.analyzers.folded import signals_of
from tests.attribution.test_phases import CALL, LOOP, SYNC
from tests.recordings_made import PID, Script, run, wait

GPU = "0 NVIDIA H200"
ITEM = ("micro.py:31 train_micro", "micro.py:50 <module>")


def levels(busy, pid=PID, power=0.4, held=0):
    return (
        gauge("gpu.utilization", busy, Unit.RATIO, gpu=GPU),
        gauge("gpu.power", power, Unit.RATIO, gpu=GPU),
        gauge("gpu.throttled", held, gpu=GPU, reason="power cap"),
        gauge("gpu.process.memory", 1 << 30, Unit.BYTES, gpu=GPU, pid=str(pid)),
    )


def said(*acts, busy=0.3, pid=PID, script=None):
    """Of a main thread that does this, again and again."""
    script = script or Script()
    script.thread(PID, *acts * 30, main=True)
    return Signals(signals_of(SPEC, script.recording(samples=levels(busy, pid))))


def native(script, ticks, *lines):
    return run(ticks, script.stack(*lines), gil=False)


def test_a_gpu_that_rests_while_its_host_works():
    script = Script()
    found = said(run(40, script.stack("words.py:3 tokenise", *LOOP)), script=script, busy=0.2)
    idle = found.first("gpu.idle")
    assert pytest.approx(0.8) == idle.estimate.value
    assert (GPU, "tokenise") == (idle.label("gpu"), idle.where.function)
    assert pytest.approx(0.2) == found.value("gpu.busy")
    assert pytest.approx(0.4) == found.value("gpu.power")


def test_a_gpu_of_a_host_without_work_is_not_idle():
    script = Script()
    found = said(wait(40, "epoll_wait", script.stack("serve.py:3 serve")), script=script, busy=0.0)
    assert 0.0 == found.value("gpu.idle", default=1.0)


def test_the_gpu_of_another_program_says_nothing():
    script = Script()
    found = said(run(40, script.stack(*LOOP)), script=script, pid=9)
    assert [] == [name for name in ("gpu.busy", "gpu.idle", "gpu.sync") if name in found]


def test_time_in_synchronise_is_a_wait_for_the_gpu():
    script = Script()
    acts = native(script, 6, SYNC, *ITEM), run(4, script.stack(CALL, *ITEM))
    sync = said(*acts, script=script).first("gpu.sync")
    assert pytest.approx(0.6, abs=0.03) == sync.estimate.value
    assert "train_micro" == sync.where.function
    assert ["synchronize"] == [value.rpartition(":")[2] for name, value in sync.labels if name == "function"]


def test_one_line_of_c_code_is_a_wait_for_the_gpu():
    script = Script()
    acts = native(script, 6, *ITEM), run(4, script.stack(CALL, *ITEM))
    sync = said(*acts, script=script).first("gpu.sync")
    assert pytest.approx(0.6, abs=0.03) == sync.estimate.value
    assert 31 == sync.where.line


def test_many_lines_of_c_code_are_not():
    script = Script()
    lines = [native(script, 2, f"net.py:{number} forward", *ITEM) for number in (3, 7, 9)]
    assert 0.0 == said(*lines, script=script).value("gpu.sync", default=1.0)


def test_a_wait_in_the_driver_is_one():
    script = Script()
    device = script.item(ObjectType.DEVICE, "/dev/nvidia0")
    acts = wait(5, "ioctl", script.stack(*ITEM), device), run(5, script.stack(CALL, *ITEM))
    assert pytest.approx(0.5, abs=0.05) == said(*acts, script=script).value("gpu.sync")


def test_a_wait_for_a_gpu_that_is_full_is_not_told_as_one():
    script = Script()
    acts = native(script, 6, SYNC, *ITEM), run(4, script.stack(CALL, *ITEM))
    assert 0.0 == said(*acts, script=script, busy=0.97).value("gpu.sync", default=1.0)


def test_a_wait_in_the_driver_by_code_that_is_not_known_is_told_by_the_device():
    script = Script()
    device = script.item(ObjectType.DEVICE, "/dev/nvidia0")
    script.thread(PID + 1, *30 * (wait(6, "ioctl", -1, device), run(4)), name="driver")
    sync = said(run(10, script.stack(CALL, *ITEM)), script=script).first("gpu.sync")
    assert (("object", "/dev/nvidia0"),) == sync.labels
