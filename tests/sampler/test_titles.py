"""What real processes call themselves; a title is the memory that `ps` shows."""

import contextlib
import os
import subprocess
from dataclasses import replace

import pytest

from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.model import Process, Role
from perfdiag.sampler.titles import Titles

WAITS = "postgres: shop shop 127.0.0.1(41000) UPDATE waiting"
IDLE = "postgres: shop shop [local] idle in transaction"


def process(pid, **fields):
    one = Process(key="1", pid=pid, ppid=os.getpid(), started=1, comm="x", exe="", uid=0, cpus=1)
    return replace(one, **{"role": Role.PEER} | fields)


@pytest.fixture
def titled():
    """Starts processes with a command line of one word, which is what a title looks like."""
    with contextlib.ExitStack() as stack:

        def start(*words):
            found = subprocess.Popen(words, executable="/bin/cat", stdin=subprocess.PIPE)
            stack.callback(found.stdin.close)
            stack.callback(found.wait)
            stack.callback(found.kill)
            return found.pid

        yield start


def samples(*processes):
    with contextlib.closing(Inspector()) as inspector:
        found = list(Titles(Host(), inspector).samples(processes))
    return [(one.name, *(value for _, value in one.labels)) for one in found]


def test_a_title_that_a_server_has_set_is_told_with_those_of_its_siblings(titled):
    peer, other = titled(WAITS), titled(IDLE)
    mine = str(os.getpid())
    assert [
        ("peer.title", str(peer), WAITS),
        ("peer.sibling", str(peer), mine, WAITS),
        ("peer.sibling", str(other), mine, IDLE),
    ] == samples(process(peer))


def test_a_command_line_is_not_told(titled):
    assert [] == samples(process(titled("cat", "-", "--password=hunter2")))


def test_the_title_of_the_target_is_its_own_matter(titled):
    assert [] == samples(process(titled(WAITS), role=Role.TARGET))


def test_a_peer_that_has_ended_has_no_title(titled):
    pid = titled(WAITS)
    assert [] == samples(process(pid, gone=1.0), process(4_000_000))
