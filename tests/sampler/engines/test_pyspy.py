"""py-spy as an engine, on real programs."""

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.model import Origin
from perfdiag.origins import Origins
from perfdiag.sampler.engines import pyspy
from perfdiag.sampler.engines.pyspy import Mode, PySpy
from perfdiag.ticks import RUNNING
from tests.cli.running import status, until
from tests.sampler.engines.targets import compiled, python_program, recorded, running

pytestmark = pytest.mark.skipif(not pyspy.program(), reason="py-spy is not installed")


def started(pid, *, seconds=1.5, **mode):
    return PySpy(
        pyspy.program(), pid, host=Host(), inspector=Inspector(), rate=100, duration=seconds,
        origin=Origins().of, mode=Mode(**mode),
    )  # fmt: skip


def shares(recording, stacks):
    """Share of the rows of threads that run, by the function of the second frame of user code from the root
    (heavy, light)."""
    names = Counter()
    for call, stack in zip(recording.ticks.rows["call"], stacks, strict=True):
        if call == RUNNING and stack >= 0:
            user = [f.function for f in recording.stacks[stack].frames if f.origin is Origin.USER]
            names.update(user[-2:-1])
    return {name: count / names.total() for name, count in names.items()}


def test_the_py_spy_of_this_environment_is_found_by_its_absolute_path(monkeypatch):
    monkeypatch.setenv("PATH", "")
    path = Path(pyspy.program())
    assert (True, "py-spy") == (path.is_absolute(), path.name)


@pytest.mark.parametrize("mode", [{}, {"blocking": True}, {"native": True}], ids=str)
def test_its_stacks_agree_with_those_of_the_non_stop_reader(mode):
    with python_program() as pid, recorded(pid, started(pid, seconds=1.5, **mode), 1.5) as seen:
        recording, outcome, own = seen
        joined = recording.ticks.rows["stack"]
        mine, theirs = shares(recording, own), shares(recording, joined)
        both = [(a, b) for a, b in zip(own, joined, strict=True) if a >= 0 and b >= 0]
        origins = {frame.origin for stack in recording.stacks for frame in stack.frames}
    assert () == outcome.faults
    assert outcome.rows >= 0.9 * len(own)
    assert outcome.looks > 100
    assert len(both) >= 0.8 * len(own)
    assert theirs.keys() >= {"heavy", "light"}
    assert theirs["heavy"] > 2 * theirs["light"]
    assert abs(mine["heavy"] - theirs["heavy"]) < 0.12
    assert ("native" in mode) == (Origin.NATIVE in origins)


def test_it_says_how_it_looked():
    with python_program() as pid, recorded(pid, started(pid, seconds=0.5), 0.5) as (_, outcome, _):
        blind = outcome.blind
    assert pyspy.BLIND in blind
    assert any("torn" in text for text in blind)


def test_a_program_without_an_interpreter_is_told_in_its_own_words(tmp_path):
    with running(compiled(tmp_path)) as pid, recorded(pid, started(pid), 0.5) as (_, outcome, _):
        assert (0, 0) == (outcome.rows, outcome.looks)
        assert "Failed to find python version from target process" in outcome.blind[0]
        assert ["py-spy"] == [fault.source for fault in outcome.faults]


def test_what_it_wrote_and_cannot_be_read_is_told():
    with python_program() as pid:
        engine = started(pid)
        engine.stop()
        os.pwrite(engine.aside.file, b"no list", 0)
        engine.aside.why = ""
        with recorded(pid, engine, 0.3) as (_, outcome, _):
            assert "cannot be understood" in outcome.blind[0]


def test_a_target_that_ends_first_keeps_its_stacks():
    with python_program() as pid:
        engine = started(pid, seconds=30)
        time.sleep(1.0)
        os.kill(pid, signal.SIGKILL)
        until(lambda: "Samples" in engine.aside.words(), 5)
        engine.stop()
        assert ("", True) == (engine.aside.why, os.fstat(engine.aside.file).st_size > 0)
        engine.close()


def freed(pid, engine, instant):
    """Stops py-spy at an instant, and watches over it as a run does. Seconds until the target runs and py-spy
    is gone."""
    time.sleep(instant)
    os.kill(engine.aside.pid, signal.SIGSTOP)
    begun = time.monotonic()
    while Path(f"/proc/{engine.aside.pid}").exists():
        engine.watch()
        time.sleep(0.1)
        assert time.monotonic() - begun < 5
    until(lambda: status(pid)["State"][0] in "RS" and status(pid)["TracerPid"] == "0", 1.0)
    return time.monotonic() - begun


@pytest.mark.parametrize("mode", [{}, {"blocking": True}], ids=str)
def test_a_stopped_py_spy_is_ended_and_the_target_runs_on(mode):
    with python_program() as pid:
        engine = started(pid, seconds=30, **mode)
        try:
            assert freed(pid, engine, 0.5) < 2.0
            assert "stood still" in engine.aside.why
            engine.stop()
            assert 0 == engine.aside.cpu
        finally:
            engine.close()


def test_a_py_spy_that_is_stopped_when_it_should_end_is_ended_too():
    with python_program() as pid:
        engine = started(pid, seconds=30, blocking=True)
        time.sleep(0.5)
        os.kill(engine.aside.pid, signal.SIGSTOP)
        begun = time.monotonic()
        engine.stop()
        assert (True, True) == (time.monotonic() - begun < 2.0, "stood still" in engine.aside.why)
        engine.close()
        assert "0" == status(pid)["TracerPid"]


def test_a_target_that_its_user_stopped_stays_stopped():
    with python_program() as pid:
        engine = started(pid, seconds=30)
        os.kill(pid, signal.SIGSTOP)
        until(lambda: status(pid)["State"][0] == "T", 5)
        for _ in range(8):
            time.sleep(0.1)
            engine.watch()
        engine.stop()
        engine.close()
        assert ("", "T") == (engine.aside.why, status(pid)["State"][0])
