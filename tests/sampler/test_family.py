from pathlib import Path

import pytest

from perfdiag.host import Host
from perfdiag.host.procfs import parse_stat
from perfdiag.sampler.family import Accounts, Family

STAT = "{pid} (a b) c) {state} {ppid} 1 1 0 -1 0 0 0 0 0 {u} {s} {cu} {cs} 20 0 1 0 {started} 0 7\n"


class Tree:
    """A procfs of processes that are born and end by hand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.host = Host(procfs=str(root))
        self.forks(1000)

    def born(self, pid, ppid, state="S", **times):
        (self.root / str(pid)).mkdir()
        (self.root / str(pid) / "stat").write_text(line(pid, ppid, state, **times))

    def end(self, pid):
        (self.root / str(pid) / "stat").unlink()
        (self.root / str(pid)).rmdir()

    def forks(self, number):
        (self.root / "stat").write_text(
            f"cpu  1 1 1 1\ncpu0 1 1 1 1\nctxt 5\nprocesses {number}\nprocs_running 1\nprocs_blocked 0\n"
        )


def line(pid, ppid, state="S", u=0, s=0, cu=0, cs=0):
    return STAT.format(pid=pid, ppid=ppid, state=state, u=u, s=s, cu=cu, cs=cs, started=pid)


@pytest.fixture
def tree(tmp_path):
    found = Tree(tmp_path)
    found.born(1, 0)
    found.born(10, 1)
    return found


def pids(stats):
    return [stat.pid for stat in stats]


def test_all_that_lives_below_the_members_is_found_at_first_and_parents_come_first(tree):
    tree.born(9, 11)  # numbers wrap around
    tree.born(11, 10)
    tree.born(12, 1)
    assert [11, 9] == pids(Family(tree.host, set()).births([10]))


def test_later_those_that_were_born_since(tree):
    family = Family(tree.host, set())
    assert [] == family.births([10])
    tree.born(11, 10)
    tree.born(12, 11)
    tree.born(13, 1)
    assert [11, 12] == pids(family.births([10]))
    assert [] == family.births([10, 11, 12])


def test_a_number_that_was_used_before_is_looked_at_again_once_its_process_was_forgotten(tree):
    family = Family(tree.host, set())
    tree.born(11, 10)
    family.births([10])
    tree.end(11)
    tree.born(11, 10)
    assert [] == family.births([10])
    family.forget(11)
    assert [11] == pids(family.births([10]))


def test_who_is_never_followed_nor_are_those_below_it_and_the_dead(tree):
    family = Family(tree.host, {11})
    tree.born(11, 10)
    tree.born(12, 11)
    tree.born(13, 10, state="Z")
    assert [] == family.births([10])


def test_a_tree_without_birth_counters_is_still_looked_at(tree):
    (tree.root / "stat").unlink()
    family = Family(tree.host, set())
    tree.born(11, 10)
    assert [11] == pids(family.births([10]))
    assert ["children that lived too short to be looked at: 2.5 s of CPU"] == family.unseen(2.5, 0)


def test_what_was_not_seen_is_told_with_the_births_on_the_host(tree):
    family = Family(tree.host, set())
    tree.forks(1200)
    (told,) = family.unseen(0.7, 0)
    assert told.startswith("children that lived too short to be looked at: 0.7 s of CPU; ")
    assert told.endswith("processes and threads a second were started on this host")
    assert ["3 children: too many lived at a time, or in all"] == family.unseen(0.09, 3)


def seen(accounts, index, **times):
    accounts.see(index, parse_stat(line(index, 0, **times)))


def test_the_time_of_children_that_were_followed_is_known():
    accounts = Accounts()
    seen(accounts, 0, cu=500, cs=100)
    seen(accounts, 1)
    seen(accounts, 1, u=200)
    accounts.ended(1, 0, 2.0)
    seen(accounts, 0, cu=700, cs=100)
    assert 0.0 == accounts.unseen()


def test_the_time_of_children_that_nobody_saw_is_what_is_left():
    accounts = Accounts()
    seen(accounts, 0)
    seen(accounts, 1)
    seen(accounts, 1, cu=300)  # of its own children, which were not seen: 3 s
    accounts.ended(1, 0, 2.0)
    seen(accounts, 0, cu=500, cs=150)  # 1.5 s more than that of its child, and of those below it
    assert 4.5 == pytest.approx(accounts.unseen())


def test_a_process_that_has_not_been_waited_for_makes_no_time():
    accounts = Accounts()
    seen(accounts, 0)
    seen(accounts, 1)
    accounts.ended(1, 0, 2.0)
    assert 0.0 == accounts.unseen()
