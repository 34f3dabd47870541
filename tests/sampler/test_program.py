"""Real trees of processes, followed by the loop as the sampler does it."""

import contextlib
from pathlib import Path

import pytest

from perfdiag.model import Role
from perfdiag.sampler.owners import Pipe
from perfdiag.ticks import RowFlag
from tests.cli.running import until
from tests.sampler.trees import Followed, started, tell


@pytest.fixture
def master():
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(started())
        found = Followed(process)
        stack.callback(process.kill)
        stack.callback(found.program.close)
        stack.callback(found.tell, "end")
        yield found


def test_forked_workers_are_followed_with_their_stacks_and_share_them(master):
    workers = master.tell("fork 2")
    master.look(lambda: {master.process.pid, *workers} == master.alive())
    master.look(lambda: all(member.reader for member in master.loop.members))
    master.look(lambda: master.stacks(1) & master.stacks(2))
    told = master.processes
    assert [(pid, master.process.pid, Role.WORKER) for pid in workers] == [
        (told[index].pid, told[index].ppid, told[index].role) for index in (1, 2)
    ]
    assert {True} == {told[index].runtime.startswith("CPython 3.") for index in (0, 1, 2)}


def test_children_that_live_at_the_start_are_there_at_the_first_tick():
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(started())
        (pid,) = tell(process, "fork 1")
        found = Followed(process)
        stack.callback(process.kill)
        stack.callback(found.program.close)
        stack.callback(found.tell, "end")
        assert {process.pid, pid} == found.alive()
        found.loop.tick(1)
        assert [(0, 0), (0, 1)] == found.rows("tick", "process")


def test_a_child_that_ends_has_last_rows_and_a_time_of_its_end(master):
    workers = master.tell("fork 1")
    master.look(lambda: set(workers) <= master.alive())
    master.look(lambda: 1 in {process for (process,) in master.rows("process")})
    master.tell("end")
    master.look(lambda: {master.process.pid} == master.alive())
    assert master.processes[1].gone is not None
    assert (1, RowFlag.GONE) in master.rows("process", "flags")
    assert master.program.alive()


def test_another_program_in_a_child_is_told_as_what_it_is(master):
    (pid,) = master.tell("spawn")
    master.look(lambda: pid in master.alive())
    master.look(lambda: 1 in master.processes and master.processes[1].exe.endswith("/sleep"))
    assert ("sleep", "") == (master.processes[1].comm, master.processes[1].runtime)
    (told,) = [text for text in master.program.totals()["blind"] if text.startswith("Python stacks")]
    assert "Python stacks of 1 of 2 processes (sleep): not a CPython process" == told


def test_children_that_lived_too_short_are_told_by_the_time_they_used(master):
    master.look(lambda: bool(master.loop.made))
    (pid,) = master.tell("fork 1")  # nobody looks while it lives
    until(lambda: int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) > 3e8, 5.0)
    master.tell("end")
    (told,) = [text for text in master.program.totals()["blind"] if "too short" in text]
    assert told.startswith("children that lived too short to be looked at: 0.")


def test_a_child_that_was_chosen_itself_is_not_told_as_one_that_was_not_seen():
    with started() as process:
        (pid,) = tell(process, "fork 1")
        both = Followed(process, pid)
        both.look(lambda: 0.3e9 < both.program._followed[1].member.spent)
        both.tell("end")
        both.look(lambda: {process.pid} == both.alive())
        assert [] == [text for text in both.program.totals()["blind"] if "too short" in text]
        both.program.close()
        process.kill()


def test_without_subprocesses_a_program_is_one_process():
    with started() as process:
        alone = Followed(process, subprocesses=False)
        alone.tell("fork 1")
        alone.look(lambda: alone.loop.made > 20)
        assert {process.pid} == alone.alive()
        alone.tell("end")
        process.kill()
        alone.look(lambda: not alone.program.alive())
        alone.program.close()


def test_the_number_of_processes_is_bounded_and_the_rest_is_counted(master, monkeypatch):
    monkeypatch.setattr("perfdiag.sampler.program.MOST", 2)
    workers = master.tell("fork 3")
    master.look(lambda: 2 == len(master.alive()))
    master.look(lambda: master.loop.made > 40)
    assert 1 == len(master.alive() & set(workers))
    assert "2 children: too many lived at a time, or in all" in master.program.totals()["blind"]


@pytest.mark.parametrize(("seconds", "pending"), [(0.0, 3), (0.5, 0)])
def test_questions_about_peers_take_a_part_of_the_time(master, monkeypatch, seconds, pending):
    monkeypatch.setattr("perfdiag.sampler.program._ASKING", seconds)
    monkeypatch.setattr("perfdiag.sampler.program._ASKING_SHARE", 0.0)
    objects = master.loop.members[0].objects
    for inode in range(6):
        objects._descriptors.owners.ask_pipe(Pipe(0, f"pipe:[{inode}]", inode, True))
        if inode == 2:
            master.program.settle(5.0)
            assert 0 == objects.pending()
    master.program.settle(5.0)
    assert pending == objects.pending()


def test_stacks_for_which_there_is_no_room_are_told(master):
    master.program.stacks.lost = 3
    assert "3 stacks: a recording has room for 200000 different ones" in master.program.totals()["blind"]
