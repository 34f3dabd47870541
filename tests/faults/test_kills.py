"""perfdiag is killed at any instant, in every mode: the target never notices, and nothing is left."""

import random
import shutil
import signal
import time

from tests.cli.running import finish, runs_on, start
from tests.faults.seeded import fault

KILLS = 250
LATEST = 1.8  # seconds after its start: from the first import to the end of the report
MODES = (
    ("profile", "-d", "1"),
    ("profile", "-d", "1", "-s"),
    ("profile", "-d", "1", "--engine", "py-spy"),
    ("record", "-d", "1"),
)


@fault(1, "perfdiag is killed at any instant, in four modes", KILLS)
def test_a_target_runs_on_when_perfdiag_is_killed(busy, tmp_path, seed):
    mode = MODES[seed % len(MODES)]
    output = ("-o", tmp_path / "run.perfdiag") if mode[0] == "record" else ()
    process = start(*mode, "-p", busy, *output)
    time.sleep(random.Random(seed).uniform(0.0, LATEST))
    process.send_signal(signal.SIGKILL)
    assert finish(process).code in (-signal.SIGKILL, 0, 4)
    assert runs_on(busy)
    shutil.rmtree(tmp_path)
