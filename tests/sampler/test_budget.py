import os

import pytest

from perfdiag.host.clock import SystemClock
from perfdiag.sampler import budget as module
from perfdiag.sampler.budget import Budget
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.throttle import Throttle


class Machine:
    """A budget of 10 % whose looks cost what the test says, at any number of looks a second. Each look sees
    all of 100 threads, or the part of them whose turn it is."""

    def __init__(self, monkeypatch, *, share=0.1, seconds=100.0):
        self.now, self.cpu, self.rows = 1000.0, 0.0, 0
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(module.time, "process_time", lambda: self.cpu)
        self.loop = Loop(rate=100, clock=SystemClock(), throttle=Throttle(()))
        self.budget = Budget(self.loop, share, until=self.now + seconds, parent=os.getpid(), procfs="/none")

    def run(self, seconds, price, rows=0):
        """`price`: CPU seconds of a look at all threads."""
        for _ in range(round(seconds / 0.2)):
            cost = max(1e-9, price / self.loop.turns)
            looks = min(0.2e9 / self.loop.interval, 0.2 / cost)  # one CPU can make no more
            self.now += 0.2
            self.cpu += looks * cost
            self.rows += round(looks * rows / self.loop.turns)
            self.budget.hold(self.now, self.rows)

    @property
    def rate(self):
        """Looks a second at one thread."""
        return 1e9 / self.loop.interval / self.loop.turns


def test_within_the_budget_nothing_changes(monkeypatch):
    machine = Machine(monkeypatch)
    machine.run(10, price=0.0009)
    assert (100, False) == (machine.rate, machine.budget.told()["slowed"])


def test_beyond_it_fewer_looks_are_made_until_it_holds(monkeypatch):
    machine = Machine(monkeypatch)
    machine.run(10, price=0.004)
    assert 20 < machine.rate < 25
    assert 1 == machine.loop.turns
    told = machine.budget.told()
    assert (True, False) == (told["slowed"], told["full"])
    assert 0.08 < told["used"] < 0.105


def test_when_looks_are_few_threads_take_turns(monkeypatch):
    machine = Machine(monkeypatch)
    machine.run(20, price=0.05)
    assert 1e9 / machine.loop.interval == pytest.approx(10, rel=0.3)
    assert machine.loop.turns > 3
    assert 0.08 < machine.budget.told()["used"] < 0.12
    assert machine.loop.turns <= machine.budget.told()["turns"]


def test_looks_become_more_again_when_they_are_cheaper(monkeypatch):
    machine = Machine(monkeypatch)
    machine.run(4, price=0.05)
    machine.run(20, price=0.0001)
    assert (100, True) == (machine.rate, machine.budget.told()["slowed"])


def test_the_slowest_look_comes_once_a_second_whatever_it_costs(monkeypatch):
    machine = Machine(monkeypatch)
    machine.run(10, price=100.0)
    assert (1e9, 32) == (machine.loop.interval, machine.loop.turns)


def test_a_recording_that_would_grow_too_large_gets_fewer_looks(monkeypatch):
    machine = Machine(monkeypatch, seconds=100_000.0)
    machine.run(20, price=0.0, rows=100)
    assert (100, False) == (machine.rate, machine.budget.told()["full"])
    machine.run(600, price=0.0, rows=100)
    assert machine.rate < 50
    assert machine.rows < module.ROWS
    assert machine.budget.told()["full"]


def test_the_cpu_time_of_the_parent_is_counted(tmp_path, monkeypatch):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "schedstat").write_text("1000000000 0 1\n")
    machine = Machine(monkeypatch)
    counted = Budget(machine.loop, 0.1, until=2000.0, parent=7, procfs=str(tmp_path))
    (tmp_path / "7" / "schedstat").write_text("1500000000 0 1\n")
    machine.now += 1.0
    assert 0.5 == pytest.approx(counted.told()["used"])


def test_a_budget_that_cannot_be_held_for_hours_is_left_at_the_fewest_looks(monkeypatch):
    """The parent alone may take more."""
    machine = Machine(monkeypatch, share=0.001, seconds=86400)
    for _ in range(3000):
        machine.now += 0.5
        machine.cpu += 0.005
        machine.budget.hold(machine.now, 0)
    assert (1_000_000_000, 32) == (machine.loop.interval, machine.loop.turns)
