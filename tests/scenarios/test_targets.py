"""Every target gets ready, lives, ends on request, and leaves nothing behind."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.counters import Thread, threads_of, tree_of
from tests.scenarios.servers import Unavailable
from tests.scenarios.stage import on_stage
from tests.scenarios.truth import Scenario

pytestmark = pytest.mark.scenario

END_SECONDS = 5.0


def gone(threads: set[Thread]) -> bool:
    """Whether they all end in time; children of a target end a little after it."""
    deadline = time.monotonic() + END_SECONDS
    while there := [one for one in threads if Path(f"/proc/{one[0]}/task/{one[1]}").exists()]:
        if time.monotonic() > deadline:
            print("still there:", there)
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_target_gets_ready_and_ends(scenario: Scenario) -> None:
    try:
        with on_stage(scenario) as target:
            threads = threads_of(tree_of(target.pid))
            ended = time.monotonic()
        ended = time.monotonic() - ended
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert len(threads) >= 2 or scenario.name.startswith("asyncio.")
    assert ended < END_SECONDS
    assert gone(threads)
    assert target.group is None or not target.group.exists()


def test_the_truth_log_is_written_at_the_end() -> None:
    with on_stage(SCENARIOS["lock.contention"], log=True) as target:
        time.sleep(0.5)
        os.kill(target.pid, 15)
        deadline = time.monotonic() + END_SECONDS
        while not target.truth_log.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        rows = [json.loads(line) for line in target.truth_log.read_text().splitlines()]
    assert {"lock", "sleep"} == {row["class"] for row in rows}
    assert all(row["t1"] >= row["t0"] and row["seconds"] >= 0 for row in rows)
