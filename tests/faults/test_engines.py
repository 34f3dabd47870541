"""An engine of others is stopped, or left alone by a perfdiag that was killed: the target runs on."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from perfdiag.sampler.engines import pyspy
from tests.cli.running import finish, runs_on, start, status, until
from tests.faults.seeded import fault

RESOLVED = 2.0  # seconds


def looking_at(pid):
    """The py-spy that looks at a process; 0: none."""
    wanted = f"{pyspy.program()}\0record\0--pid\0{pid}\0".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cmdline").read_bytes().startswith(wanted):
                return int(entry.name)
        except OSError:
            continue  # ended
    return 0


@pytest.mark.skipif(not pyspy.program(), reason="py-spy is not installed")
@fault(2, "py-spy is stopped at a random instant", 50)
def test_a_stopped_py_spy_is_ended_and_told(busy, seed):
    process = start("profile", "-p", busy, "-d", "2", "--engine", "py-spy", "--blocking")
    helper = until(lambda: looking_at(busy), 10.0)
    time.sleep(random.Random(seed).uniform(0.0, 1.0))
    os.kill(helper, signal.SIGSTOP)
    begun = time.monotonic()
    until(lambda: not Path(f"/proc/{helper}").exists(), 5.0)
    until(lambda: status(busy)["State"][0] in "RSD" and status(busy)["TracerPid"] == "0", 1.0)
    resolved = time.monotonic() - begun
    ended = finish(process)
    assert resolved < RESOLVED
    assert runs_on(busy)
    assert ended.code in (0, 4)
    assert "py-spy stood still, and was ended so that the target runs on" in " ".join(ended.out.split())


@pytest.mark.skipif(not pyspy.program(), reason="py-spy is not installed")
@fault(1, "perfdiag is killed while py-spy stops the target for each look", 20)
def test_a_killed_perfdiag_takes_py_spy_with_it(busy, seed):
    process = start("profile", "-p", busy, "-d", "10", "--engine", "py-spy", "--blocking")
    until(lambda: looking_at(busy), 10.0)
    time.sleep(random.Random(seed).uniform(0.0, 1.0))
    process.send_signal(signal.SIGKILL)
    until(lambda: not looking_at(busy), 1.0)
    assert -signal.SIGKILL == finish(process).code
    assert runs_on(busy)
