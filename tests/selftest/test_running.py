"""One program of the self-test, live."""

import os
import time

import pytest

from perfdiag.errors import TargetError
from perfdiag.host import Host
from perfdiag.selftest import running
from perfdiag.selftest.cases import CASES, Case
from perfdiag.selftest.running import judge, program, share_of_a_cpu

CASE = {case.program: case for case in CASES}


def runs(pid):
    return os.path.exists(f"/proc/{pid}") and "Z" not in open(f"/proc/{pid}/stat").read().split()[2]


def test_a_program_that_pauses_is_seen_to_pause(monkeypatch):
    monkeypatch.setattr(running, "_LEAST", 0.0)  # the verdict does not need a quiet host
    found = judge(CASE["back_off"], Host(), 2.0, lambda look: look.run())
    assert ("", "sleep", "pause") == (found.unjudged, found.kind, found.where)
    assert found.right


def test_a_program_and_its_peer_talk_and_end_together():
    with program(CASE["peer_wait"]) as child:
        time.sleep(0.3)
        assert child.wait(0.2) is None, child.words()
        assert runs(child.pid)
    assert not runs(child.pid)


def test_without_a_cpu_nothing_is_judged(monkeypatch):
    monkeypatch.setattr(running, "_LEAST", 1.1)
    found = judge(CASE["idle"], Host(), 2.0, pytest.fail)
    assert "of a CPU here" in found.unjudged


def test_others_that_begin_during_the_look_are_noise_too(monkeypatch):
    shares = iter([1.0, 0.3])
    monkeypatch.setattr(running, "share_of_a_cpu", lambda host: next(shares))
    found = judge(CASE["idle"], Host(), 2.0, lambda look: look.run())
    assert found.unjudged.startswith("a thread gets 30% of a CPU here")


def test_a_program_that_does_not_run_says_why(monkeypatch):
    monkeypatch.setattr(running, "_LEAST", 0.0)
    found = judge(Case(program="missing"), Host(), 2.0, pytest.fail)
    assert "missing.py" in found.unjudged


def test_a_look_that_cannot_be_made_is_told(monkeypatch):
    def refuse(_):
        raise TargetError("the sampler cannot be started", cause="too many open files")

    monkeypatch.setattr(running, "_LEAST", 0.0)
    found = judge(CASE["idle"], Host(), 2.0, refuse)
    assert "the sampler cannot be started: too many open files" == found.unjudged


def test_the_share_of_a_cpu_is_a_share():
    assert 0 < share_of_a_cpu(Host()) <= 1.05
