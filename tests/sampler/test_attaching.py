import contextlib
import time

import pytest

from perfdiag.host.inspector import Inspector
from perfdiag.sampler.attaching import Attaching
from perfdiag.sampler.cpython.reader import Unsupported, Vanished
from tests.sampler.trees import Followed, started, tell


@pytest.fixture
def tree():
    """A master with a forked and a spawned child, in the order of their births; nobody has attached to
    them."""
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(started())
        pids = [*tell(process, "fork 1"), *tell(process, "spawn")]
        found = Followed(process)
        stack.callback(process.kill)
        stack.callback(found.program.close)
        stack.callback(found.tell, "end")
        by_pid = {one.target.pid: one for one in found.program._followed.values()}
        yield [by_pid[pid] for pid in (process.pid, pids[0], pids[-1])]


@pytest.fixture
def attaching():
    with contextlib.closing(Inspector()) as inspector:
        yield Attaching(inspector)


def test_a_forked_child_is_read_with_what_is_known_of_its_parent(tree, attaching, monkeypatch):
    master, forked, _ = tree
    monkeypatch.setattr(attaching._inspector, "maps", lambda pid: pytest.fail("its memory map was read"))
    assert attaching.attach(forked, master.readers[-1].runtime)
    assert master.readers[-1].runtime.address == forked.readers[-1].runtime.address
    assert {forked.target.pid} == forked.member.reader.tick(None).stacks.keys()


def test_a_child_that_runs_another_program_is_looked_into_itself(tree, attaching):
    master, _, spawned = tree
    assert not attaching.attach(spawned, master.readers[-1].runtime)
    assert "not a CPython process" == spawned.reason
    assert None is spawned.member.reader


def test_an_interpreter_that_went_away_is_tried_again_and_counted(tree, attaching):
    master = tree[0]
    master.member.reader = None
    master.since -= 1
    assert master is attaching.next({0: master})
    assert (1, 2, False) == (master.replaced, len(master.readers), master.lost)


def test_what_is_not_due_is_left_alone(tree, attaching):
    _, forked, _ = tree
    forked.since += 60
    assert None is attaching.next({1: forked})


def test_an_interpreter_that_has_just_finished_is_gone_and_breaks_nothing(tree, monkeypatch):
    reader = tree[0].readers[-1]

    def finished(only):
        raise Unsupported("the interpreter is starting or has ended")

    monkeypatch.setattr(reader, "_tick", finished)
    with pytest.raises(Vanished):
        reader.tick(None)


def test_looking_whether_a_program_is_still_the_same_is_paid_for_too(tree, attaching, monkeypatch):
    spawned = tree[2]
    assert not attaching.attach(spawned)
    spawned.since -= 60
    spawned.exe = attaching._exe(spawned)
    monkeypatch.setattr(attaching._inspector, "exe", lambda pid: time.sleep(0.2) or spawned.exe)
    looks = []
    for _ in range(3):
        spawned.tried -= 60
        before = spawned.tried
        attaching.next({2: spawned})
        looks.append(spawned.tried != before)
    assert [True, False, False] == looks
