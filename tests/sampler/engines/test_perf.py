"""perf as an engine, on a real program."""

import os
from collections import Counter

import pytest

from perfdiag.host import Host
from perfdiag.model import Origin
from perfdiag.sampler.engines import perf
from perfdiag.sampler.engines.perf import Perf
from tests.cli.running import ROOT
from tests.sampler.engines.targets import compiled, recorded, running

pytestmark = pytest.mark.skipif(not perf.program(), reason="perf is not installed (Debian: linux-perf)")


def started(*pids):
    return Perf(perf.program(), pids, host=Host(), rate=100)


@pytest.mark.skipif(not ROOT, reason="perf is not permitted to everybody")
def test_a_program_that_is_not_python_is_told_by_its_functions(tmp_path):
    path = compiled(tmp_path)
    with running(path) as pid, recorded(pid, started(pid), 2.0) as (recording, outcome, _):
        names = Counter()
        rows = recording.ticks.rows
        for stack in rows["stack"]:
            own = [f for f in recording.stacks[stack].frames if f.file == path] if stack >= 0 else []
            names.update([f.function for f in own if f.function in ("heavy", "light")])
            assert all(frame.origin is Origin.NATIVE for frame in own)
    assert ((), (perf.BLIND,)) == (outcome.faults, outcome.blind)
    assert outcome.rows >= 0.5 * len(rows)  # on a busy machine some find the thread ready, not running
    assert outcome.cpu > 0
    assert 0.6 < names["heavy"] / names.total() < 0.9


@pytest.mark.skipif(not ROOT, reason="perf is not permitted to everybody")
def test_a_program_that_computes_nothing_is_no_fault():
    sleeper = running("/bin/sh", "-c", "echo ready; sleep 60 & wait")
    with sleeper as pid, recorded(pid, started(pid), 0.3) as (_, outcome, _):
        assert (0, (), (perf.BLIND,)) == (outcome.rows, outcome.faults, outcome.blind)


def test_a_process_that_has_ended_is_told_as_one_that_was_not_seen(tmp_path):
    with running(compiled(tmp_path)) as pid:
        pass
    engine = started(pid)
    engine.stop()
    assert engine.aside.why.startswith("perf saw nothing")
    engine.close()


def test_what_perf_wrote_and_cannot_be_read_is_told(tmp_path):
    with running(compiled(tmp_path)) as pid:
        engine = started(pid)
        with recorded(pid, engine, 0.3) as (recording, _, _):
            os.pwrite(engine.aside.file, b"\xff" * 256, 0)
            outcome = engine.join(recording)
            assert (0, True) == (outcome.looks, "native stacks: perf saw nothing" in outcome.blind[0])


def test_that_stacks_could_not_be_unwound_is_told(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(perf, "output_of", refused)
    with running(compiled(tmp_path)) as pid:
        engine = started(pid)
        with recorded(pid, engine, 0.3) as (recording, _, _):
            (told,) = engine.join(recording).blind
    assert told.startswith("native stacks: perf saw nothing: it could not be started to unwind stacks (Res")
