"""The self-test as a command."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.cli.running import finish, perfdiag, start, until


@pytest.mark.parametrize("duration", ["1", "31"])
def test_a_program_is_looked_at_for_two_seconds_to_half_a_minute(duration):
    ended = perfdiag("selftest", "-d", duration)
    assert 2 == ended.code
    assert "is not from 2 to 30 s" in ended.told["error"]


def programs_of(process):
    """Process ids of the programs that a started self-test has started."""
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [pid for pid in pids if b"selftest/programs" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.parametrize("after", [0.0, 1.5])
def test_an_interrupt_ends_what_was_started_and_tells_what_was_found(after):
    process = start("selftest", "-f", "json")
    programs = until(lambda: programs_of(process), 20.0)
    time.sleep(after)
    os.kill(process.pid, signal.SIGINT)
    ended = finish(process)
    assert 130 == ended.code
    document = json.loads(ended.out)
    assert "interrupted" == document["verdict"]
    assert len(document["outcomes"]) < 10
    assert not any(Path(f"/proc/{pid}").exists() for pid in programs)
