"""perfdiag is killed at any instant: the target never notices. Run by `make faults`."""

import random
import signal
import time

import pytest

from tests.cli.running import finish, runs_on, start

KILLS = 50
LATEST = 1.6  # seconds after its start: from the first import to the end of the report


@pytest.mark.faults
def test_a_target_runs_on_when_perfdiag_is_killed_at_any_instant(busy):
    instants = random.Random(20)
    killed = 0
    for _ in range(KILLS):
        process = start("profile", "-p", busy, "-d", "1")
        time.sleep(instants.uniform(0.0, LATEST))
        process.send_signal(signal.SIGKILL)
        killed += finish(process).code == -signal.SIGKILL
        assert runs_on(busy)
    assert killed > KILLS * 0.8
