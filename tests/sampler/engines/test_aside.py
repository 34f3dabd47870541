"""The guard over a profiler, with programs that do what one must not do."""

import os
import signal
import time
from pathlib import Path

from perfdiag.host import Host
from perfdiag.sampler.engines.aside import Aside
from tests.cli.running import until


def aside(*command):
    return Aside("shell", ["/bin/sh", "-c", *command], [os.getpid()], Host())


def test_it_writes_into_memory_and_is_asked_to_end_by_sigint():
    told = "echo 12 Samples: 3; printf data > $0; exit"
    engine = aside(f'trap "{told}" INT; while :; do sleep 0.01; done', "{}")
    time.sleep(0.3)
    engine.stop()
    assert ("", b"data") == (engine.why, os.pread(engine.file, 10, 0))
    assert "12 Samples: 3" == engine.words()
    assert abs(engine.ended_ns - time.monotonic_ns()) < 200_000_000
    engine.close()


def test_one_that_says_why_it_failed_is_quoted_without_its_trace_and_its_advice():
    engine = aside('printf "starting\\nError: no\\033such process\\nstack backtrace: 0x1\\n" >&2; exit 1')
    time.sleep(0.3)
    engine.stop()
    assert r"shell saw nothing: no\x1bsuch process" == engine.why
    assert ("shell", engine.why) == (engine.fault().source, engine.fault().detail)
    engine.close()


def test_one_that_does_not_end_is_killed(monkeypatch):
    monkeypatch.setattr("perfdiag.sampler.engines.aside._END", 0.3)
    engine = aside('trap "" INT TERM; while :; do sleep 0.01; done')
    time.sleep(0.2)
    engine.stop()
    assert "shell did not end when asked to" == engine.why
    assert not Path(f"/proc/{engine.pid}").exists()
    engine.close()


def test_one_that_is_stopped_is_killed_within_two_seconds_and_the_first_reason_stays():
    engine = aside("sleep 60 & wait")
    time.sleep(0.2)
    os.kill(engine.pid, signal.SIGSTOP)
    begun = time.monotonic()
    until(lambda: engine.watch() or engine.why, 5)
    assert time.monotonic() - begun < 2
    engine.stop()
    assert "shell stood still, and was ended so that the target runs on" == engine.why
    engine.close()


def test_one_that_waits_and_holds_nobody_is_left_alone():
    engine = aside("sleep 60 & wait")
    for _ in range(10):
        time.sleep(0.1)
        engine.watch()
    assert "" == engine.why
    engine.close()
