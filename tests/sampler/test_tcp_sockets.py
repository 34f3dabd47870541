import os
import socket
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from perfdiag.errors import Denied
from perfdiag.host import Host
from perfdiag.host.process import attach
from perfdiag.host.tcp_info import tcp_info
from perfdiag.model import Process
from perfdiag.sampler.tcp_sockets import AllTcpSockets, TcpSockets


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0), backlog=5) as found:
        yield found


@pytest.fixture
def own():
    pidfd = os.pidfd_open(os.getpid())
    yield TcpSockets(os.getpid(), pidfd, Host())
    os.close(pidfd)


def found(sockets, name, **labels):
    """Values of the samples of a name that have these labels."""
    return [
        sample.value
        for sample in sockets.samples()
        if sample.name == name and labels.items() <= dict(sample.labels).items()
    ]


def test_connections_that_wait_are_counted_at_each_look(server, own):
    address = "{}:{}".format(*server.getsockname())
    own.look(0.0)
    assert [1.0] == found(own, "sockets.looked")
    with socket.create_connection(server.getsockname()), socket.create_connection(server.getsockname()):
        own.look(0.2)
        own.look(0.4)
        assert [3.0] == found(own, "accept.looks", address=address)
        assert [2.0] == found(own, "accept.waited", address=address)
        assert [4.0] == found(own, "accept.depth", address=address)
        assert [5.0] == found(own, "accept.limit", address=address)


def test_segments_are_counted_by_peer_from_the_first_look_on(server, own):
    peer = "{}:{}".format(*server.getsockname())
    with socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        own.look(0.0)
        before = found(own, "tcp.peer.segments", peer=peer, kind="sent")
        for _ in range(4):
            client.sendall(b"x")
            accepted.recv(1)
        own.look(1.0)
        accepted.close()
        assert [0.0] == before
        assert 4.0 <= found(own, "tcp.peer.segments", peer=peer, kind="sent")[0] <= 9.0
        assert [0.0] == found(own, "tcp.peer.segments", peer=peer, kind="retransmitted")


def test_a_connection_that_was_accepted_is_told_by_its_client(server, own):
    with socket.create_connection(server.getsockname()):
        accepted, _ = server.accept()
        own.look(0.0)
        own.look(1.0)
        accepted.close()
    name = f"client 127.0.0.1 of port {server.getsockname()[1]}"
    assert 1 == len(found(own, "tcp.peer.segments", peer=name, kind="sent"))


def test_of_connections_that_were_not_looked_at_the_past_is_not_counted(server, own, monkeypatch):
    """There were too many: those that are looked at later are not new."""
    monkeypatch.setattr("perfdiag.sampler.tcp_sockets._MOST", 1)
    with socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        for _ in range(4):
            client.sendall(b"x")
            accepted.recv(1)
        own.look(0.0)
        monkeypatch.setattr("perfdiag.sampler.tcp_sockets._MOST", 512)
        own.look(1.0)
        own.look(2.0)
        accepted.close()
    assert {0.0} == set(found(own, "tcp.peer.segments"))


def test_segments_that_turn_out_not_to_be_lost_do_not_add_up(server, own, monkeypatch):
    """The peer says so a round trip later, when they have been counted."""
    peer = "{}:{}".format(*server.getsockname())
    lost = iter([0, 1, 0, 1, 0, 2])

    def told(*args):
        return tcp_info(*args)._replace(retransmitted=next(lost)) if args[2] == inode else tcp_info(*args)

    monkeypatch.setattr("perfdiag.sampler.tcp_sockets.tcp_info", told)
    with socket.create_connection(server.getsockname()) as client:
        inode = os.fstat(client.fileno()).st_ino
        for at in range(6):
            own.look(float(at))
    assert [2.0] == found(own, "tcp.peer.segments", peer=peer, kind="retransmitted")


def test_what_is_remembered_of_a_process_does_not_grow(own):
    """Listeners and sockets of other families that are made for a moment."""
    for look in range(100):
        with socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX):
            own.look(float(look))
    assert 64 == len(found(own, "accept.looks"))
    assert len(own._other) < 100


@pytest.mark.parametrize(("share", "looks"), [(0.05, 5.0), (0.02, 2.0)])
def test_looks_that_cost_much_are_rare(server, monkeypatch, share, looks):
    clock = SimpleNamespace(now=0, monotonic_ns=lambda: clock.now)
    spent = iter(range(100))
    monkeypatch.setattr("perfdiag.sampler.tcp_sockets.time.process_time", lambda: 0.1 * next(spent))
    pidfd = os.pidfd_open(os.getpid())
    every = AllTcpSockets([pidfd], Host(clock=clock), share)
    me = Process(key="", pid=os.getpid(), ppid=1, started=1, comm="", exe="", uid=0, cpus=1)
    for clock.now in range(0, 10_000_000_000, 100_000_000):
        every.look([me])
    every.close()
    os.close(pidfd)
    assert [looks] == found(every, "sockets.looked")


def test_a_process_that_may_not_be_asked_gives_nothing(monkeypatch, server):
    def denied(*_):
        raise Denied("no")

    monkeypatch.setattr("perfdiag.sampler.tcp_sockets.tcp_info", denied)
    sockets = TcpSockets(os.getpid(), -1, Host())
    sockets.look(0.0)
    assert sockets.denied
    assert [] == list(sockets.samples())


def test_children_are_looked_at_as_long_as_they_are_the_ones_of_the_recording(server):
    code = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[server.fileno()],
    ) as child:
        child.stdout.readline()
        target = attach(child.pid)
        process = Process(
            key="", pid=child.pid, ppid=1, started=target.started, comm="", exe="", uid=0, cpus=1
        )
        for started, expected in ((target.started, 1), (target.started + 1, 0)):
            every = AllTcpSockets([], Host())
            every.look([replace(process, started=started)])
            assert expected == len(found(every, "accept.looks"))
            every.close()
        target.close()
        child.stdin.close()


def test_connections_are_fresh_at_the_first_look_that_finds_them_unless_much_was_sent(server, own):
    peer = "{}:{}".format(*server.getsockname())
    with socket.create_connection(server.getsockname()) as kept:
        own.look(0.0)
        own.look(1.0)
        with socket.create_connection(server.getsockname()) as once:
            accepted = [server.accept()[0] for _ in range(2)]
            own.look(2.0)
            for _ in range(20):
                kept.sendall(b"x")
            once.close()
            own.look(3.0)
        for one in accepted:
            one.close()
    assert [4.0] == found(own, "tcp.peer.connections", peer=peer, kind="seen")
    assert [1.0] == found(own, "tcp.peer.connections", peer=peer, kind="fresh")
