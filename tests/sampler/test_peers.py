"""Real processes at the other end of what a followed one waits on."""

import contextlib
import ctypes
import os
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from perfdiag.model import Role
from perfdiag.sampler import peers
from perfdiag.ticks import UNREADABLE
from tests.sampler.trees import Followed

NOBODY, PR_SET_DUMPABLE = 65534, 4

SERVER = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
held = [server.accept()[0] for _ in range(int(sys.argv[1]))]
sys.stdin.read()
"""
CLIENT = """
import socket, sys, threading
made = [socket.create_connection(("127.0.0.1", int(port))) for port in sys.argv[1:]]
print("ready", flush=True)
for one in made[1:]:
    threading.Thread(target=one.recv, args=(1,), daemon=True).start()
made[0].recv(1)
"""
CALLS_BACK = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
port = int(sys.stdin.readline())
held = server.accept()[0]
socket.create_connection(("127.0.0.1", port)).recv(1)
"""
CALLED_BACK = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
asks = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(server.getsockname()[1], flush=True)
held = server.accept()[0]
asks.recv(1)
"""
FORKING = """
import os, socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
print("ready", flush=True)
accepted = server.accept()[0]
pid = os.fork()
if pid:
    accepted.close()
    print(pid, flush=True)
time.sleep(60)
"""
UNIX_CLIENT = """
import socket, sys
asks = socket.socket(socket.AF_UNIX)
asks.connect(sys.argv[1])
print("ready", flush=True)
asks.recv(1)
"""
MANY = """
import os, sys, time
for _ in range(int(sys.argv[1])):
    if not os.fork():
        time.sleep(60)
print("ready", flush=True)
os.wait()
"""
ABSTRACT = """
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind("\\0" + sys.argv[1])
server.listen()
print("ready", flush=True)
held = server.accept()
sys.stdin.read()
"""
PIPED = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdin=subprocess.PIPE)
print(child.pid, flush=True)
child.stdin.write(bytes(1 << 20))
"""


class Stage:
    """Programs that run for as long as the test does."""

    def __init__(self, stack):
        self._stack = stack

    def start(self, code, *words):
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self._stack.callback(self._end, process)
        return process, process.stdout.readline().strip()

    def follow(self, process, **options):
        found = Followed(process, subprocesses=False, **options)
        self._stack.callback(found.program.close)
        return found

    @staticmethod
    def _end(process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def stage():
    with contextlib.ExitStack() as stack:
        yield Stage(stack)


def look(found, until, seconds=20.0):
    """Follow, and name peers, as the sampler does."""

    def settled():
        found.program.settle(0.01)
        return until()

    found.look(settled, seconds)


def pids(found):
    """Of the peers that were ever followed."""
    return {one.pid for one in found.processes.values() if one.role is Role.PEER}


def test_the_process_at_the_other_end_of_a_connection_is_followed(stage):
    server, port = stage.start(SERVER, 1)
    client, _ = stage.start(CLIENT, port)
    found = stage.follow(client)
    look(found, lambda: server.pid in pids(found))
    (peer,) = [one for one in found.processes.values() if one.role is Role.PEER]
    assert (server.pid, Role.PEER) == (peer.pid, peer.role)
    ((waiter, item),) = peer.serves
    assert (0, f"127.0.0.1:{port}") == (waiter, found.program.interned.list[item].name)


def test_a_peer_is_read_like_the_target_and_told_as_nothing_else(stage):
    _, port = stage.start(SERVER, 1)
    client, _ = stage.start(CLIENT, port)
    found = stage.follow(client)
    look(found, lambda: any(one.runtime for one in found.processes.values() if one.role is Role.PEER))
    (peer,) = [one for one in found.processes.values() if one.role is Role.PEER]
    assert peer.runtime.startswith("CPython 3.")
    assert 1 == found.program._tally.processes + len(found.program._own())
    assert found.program.alive()


def test_a_peer_that_ends_while_it_is_looked_at_has_a_time_of_its_end(stage):
    server, port = stage.start(SERVER, 1)
    client, _ = stage.start(CLIENT, port)
    found = stage.follow(client)
    look(found, lambda: server.pid in pids(found))
    server.kill()
    server.wait()
    look(found, lambda: any(one.gone for one in found.processes.values()))
    (peer,) = [one for one in found.processes.values() if one.role is Role.PEER]
    assert peer.gone is not None


def test_one_that_has_ended_before_it_is_followed_is_passed_over(stage):
    server, port = stage.start(SERVER, 1)
    client, _ = stage.start(CLIENT, port)
    found = stage.follow(client)
    found.program.interned.meet(0, client.pid, 4_000_000)  # above every pid_max that is a default
    look(found, lambda: server.pid in pids(found))
    assert {server.pid} == pids(found)


def test_two_processes_that_wait_for_each_other_are_each_the_others_end(stage):
    one, port = stage.start(CALLS_BACK)
    other, back = stage.start(CALLED_BACK, port)
    one.stdin.write(f"{back}\n")
    one.stdin.flush()
    found = stage.follow(other)
    look(found, lambda: 0 in found.processes and found.processes[0].serves)
    (peer,) = [index for index, process in found.processes.items() if process.role is Role.PEER]
    assert [0] == [waiter for waiter, _ in found.processes[peer].serves]
    assert [peer] == [waiter for waiter, _ in found.processes[0].serves]


def test_the_number_of_peers_is_bounded(stage, monkeypatch):
    monkeypatch.setattr(peers, "MOST", 2)
    others = [stage.start(SERVER, 1)[0].pid for _ in range(4)]
    client, _ = stage.start(SERVER, 1)
    found = stage.follow(client)
    for pid in others:
        found.program.interned.meet(0, client.pid, pid)
    look(found, lambda: len(pids(found)) == 2 == len(found.program._peers._waiting))
    assert (2, 2) == (len(pids(found)), len(found.program._peers._waiting))


def test_of_five_hundred_children_a_few_are_followed(stage):
    parent, _ = stage.start(MANY, 500)
    found = stage.follow(parent)
    look(found, lambda: len(pids(found)) >= 4)
    mark = time.process_time()
    made = found.loop.made
    look(found, lambda: found.loop.made >= made + 50)
    assert 1 <= len(pids(found)) <= peers.MOST
    assert (time.process_time() - mark) / 50 < 0.01, "seconds a look"


def test_the_reader_of_a_pipe_that_is_full_is_followed(stage):
    parent, child = stage.start(PIPED)
    found = stage.follow(parent)
    look(found, lambda: int(child) in pids(found))
    assert {int(child)} == pids(found)


def test_of_a_server_with_a_process_for_each_connection_the_one_that_answers_is_followed(stage, tmp_path):
    master, _ = stage.start(FORKING, tmp_path / "socket")
    client, _ = stage.start(UNIX_CLIENT, tmp_path / "socket")
    answers = int(master.stdout.readline())
    found = stage.follow(client)
    look(found, lambda: pids(found))
    assert {answers} == pids(found)
    assert [answers] == [one.peer_pid for one in found.program.interned.list if one.peer_pid]


def test_peers_are_looked_at_less_often_when_looks_are_too_dear(stage):
    server, port = stage.start(SERVER, 1)
    client, _ = stage.start(CLIENT, port)
    found = stage.follow(client)
    look(found, lambda: server.pid in pids(found))
    found.loop.interval *= 2
    look(found, lambda: any(member.rarer > 1 for member in found.loop.members))
    assert [1, 4] == [member.rarer for member in found.loop.members]


def as_nobody(function):
    """The pid of a fork that runs a function as another user, and may be read by that user."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1)
            function()
        finally:
            os._exit(0)
    return pid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_peer_of_another_user_is_followed_by_what_everybody_may_read(stage):
    name = f"\0perfdiag-{os.getpid()}"
    server, _ = stage.start(ABSTRACT, name[1:])
    asks = socket.socket(socket.AF_UNIX)
    asks.connect(name)
    client = as_nobody(lambda: asks.recv(1))
    source, sink = os.pipe()

    def follow():
        found = Followed(SimpleNamespace(pid=client), subprocesses=False)
        look(found, lambda: 1 in {process for (process,) in found.rows("process")})
        calls = {call for process, call in found.rows("process", "call") if process == 1}
        os.write(sink, repr((pids(found), calls)).encode())

    follower = as_nobody(follow)
    os.waitpid(follower, 0)
    assert repr(({server.pid}, {UNREADABLE})) == os.read(source, 1024).decode()
    os.kill(client, 9)
    os.waitpid(client, 0)
    for descriptor in (source, sink):
        os.close(descriptor)
    asks.close()
