"""Which engine is started for which program, on real processes."""

import os
import shutil
import signal
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from perfdiag.host import Host
from perfdiag.host.command import Command
from perfdiag.host.inspector import Inspector
from perfdiag.model import Process
from perfdiag.origins import Origins
from perfdiag.recording import Recording
from perfdiag.sampler.engines import beside, perf, pyspy
from perfdiag.sampler.engines.beside import Beside
from perfdiag.sampler.engines.choice import Choice, Engine
from tests.cli.running import until
from tests.recordings_made import META
from tests.sampler.engines.targets import running

SLEEPER = ("/bin/sh", "-c", "sleep 60 & echo ready; wait")
PYTHON = (sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)")
needs_py_spy = pytest.mark.skipif(not pyspy.program(), reason="py-spy is not installed")
needs_perf = pytest.mark.skipif(not perf.program(), reason="perf is not installed")


@contextmanager
def engine(*pids, choice=None, begins=False, children=False, permitted=True):
    inspector = Inspector()
    made = Beside(
        choice or Choice(), host=Host(), inspector=inspector, pids=pids, begins=begins, children=children,
        permitted=permitted, rate=100, duration=5, origin=Origins().of,
    )  # fmt: skip
    try:
        yield made
    finally:
        made.close()
        inspector.close()


def begun(*runtimes):
    """A recording that has begun, of processes with these interpreters that are read ('': none is)."""
    recording = Recording(meta=META)
    for pid, runtime in runtimes:
        recording.processes.append(
            Process(
                key=str(pid), pid=pid, ppid=1, started=1, comm="x", exe="", uid=0, cpus=1, runtime=runtime
            )
        )
    recording.ticks.ticks.append(1, 0)
    return recording


def looked_at_by_perf(pid):
    """The processes that a perf looks at, this one first."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if words[0].endswith(b"/perf") and words[-2].split(b",")[0] == str(pid).encode():
                return [int(word) for word in words[-2].split(b",")]
    return []


HELLO = {"engine": "non-stop reader", "blind": []}
UNREAD = {"engine": "/proc", "blind": ["Python stacks: CPython 3.7 is not known"]}
NATIVE = {"engine": "/proc", "blind": ["Python stacks: not a CPython process"]}


def test_an_interpreter_that_is_read_needs_nothing_beside_it():
    with running(*PYTHON) as pid, engine(pid) as made:
        made.start()
        recording = begun((pid, "CPython 3.11.7"))
        made.consider(recording)
        made.stop()
        outcome = made.finish(recording, HELLO)
    assert ("non-stop reader", (), ()) == (outcome.engine, outcome.blind, outcome.faults)


@needs_py_spy
def test_py_spy_is_started_for_an_interpreter_that_is_not_read():
    with running(*PYTHON) as pid, engine(pid) as made:
        made.start()
        recording = begun((pid, ""))
        made.consider(recording)
        first = made._running
        made.consider(recording)
        assert first is made._running
        first.ready(5.0)
        made.stop()
        outcome = made.finish(recording, UNREAD, {"blind": ["stacks, in part: replaced (exec)"]})
    assert "py-spy" == outcome.engine
    assert not any(text.startswith("Python stacks") for text in outcome.blind)
    assert "stacks, in part: replaced (exec)" == outcome.blind[0]  # py-spy does not make up for that


def test_where_py_spy_is_not_installed_that_is_told(monkeypatch):
    monkeypatch.setattr(beside.pyspy, "program", lambda: "")
    with running(*PYTHON) as pid, engine(pid) as made:
        made.start()
        recording = begun((pid, ""))
        made.consider(recording)
        outcome = made.finish(recording, UNREAD)
    assert ("/proc", UNREAD["blind"][0]) == (outcome.engine, outcome.blind[0])
    assert "perfdiag[py-spy]" in outcome.blind[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sleep", "60"), "native stacks: perf is not installed"),
        (PYTHON, "stacks by py-spy: it is not installed"),
    ],
)
def test_a_command_is_judged_by_what_it_has_become(words, told, monkeypatch):
    monkeypatch.setattr(beside.pyspy, "program", lambda: "")
    monkeypatch.setattr(beside.perf, "program", lambda: "")
    command = Command(words)
    with engine(command.pid, begins=True) as made:
        made.start()
        assert () == made.finish(begun(), NATIVE).blind
        command.begin()
        program = os.path.realpath(shutil.which(words[0]))
        until(lambda: os.path.realpath(f"/proc/{command.pid}/exe") == program, 5.0)
        made.consider(begun((command.pid, "")))
        (found,) = made.finish(begun(), NATIVE).blind
    os.kill(command.pid, signal.SIGKILL)
    command.status()
    assert found.startswith(told)


@needs_py_spy
def test_py_spy_waits_for_a_command_to_begin():
    command = Command(PYTHON)
    with engine(command.pid, begins=True, choice=Choice(engine=Engine.PY_SPY)) as made:
        made.start()
        assert None is made._running
        command.begin()
        made.consider(begun((command.pid, "")))
        assert "py-spy" == made._running.name
    os.kill(command.pid, signal.SIGKILL)
    command.status()


def test_before_the_first_tick_nothing_is_decided():
    with running(*PYTHON) as pid, engine(pid) as made:
        made.consider(Recording(meta=META))
        assert "/proc" == made.finish(Recording(meta=META), UNREAD).engine


@needs_perf
def test_perf_is_started_for_what_is_not_python_and_its_children():
    with running(*SLEEPER) as pid, engine(pid, children=True) as made:
        made.start()
        pids = looked_at_by_perf(pid)
        made.stop()
        outcome = made.finish(begun((pid, "")), NATIVE)
    assert (pid, 2) == (pids[0], len(pids))
    assert not any(text.startswith("Python stacks") for text in outcome.blind)


def test_what_may_not_be_read_is_left_alone():
    with running(*SLEEPER) as pid, engine(pid, permitted=False) as made:
        made.start()
        assert "/proc" == made.finish(begun((pid, "")), NATIVE).engine


def test_without_perf_a_program_that_is_not_python_has_no_stacks(monkeypatch):
    monkeypatch.setattr(beside.perf, "program", lambda: "")
    with running(*SLEEPER) as pid, engine(pid) as made:
        made.start()
        (told,) = made.finish(begun((pid, "")), NATIVE).blind
    assert told.startswith("native stacks: perf is not installed; install it")


@pytest.mark.parametrize("name", [Engine.NON_STOP, Engine.NONE])
def test_nothing_is_started_when_that_was_asked_for(name):
    with running(*SLEEPER) as pid, engine(pid, choice=Choice(engine=name)) as made:
        made.start()
        made.consider(begun((pid, "")))
        assert "/proc" == made.finish(begun((pid, "")), NATIVE).engine
