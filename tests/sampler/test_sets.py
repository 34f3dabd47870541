"""What is in sets of descriptors; they are our own."""

import os
import select
import socket
import time

import pytest

from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.model import SERVING
from perfdiag.sampler.descriptors import Descriptors
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.sets import Sets


class Server:
    """A listener with connections, all ours."""

    def __init__(self):
        self.interned, self.pidfd = Interned(), os.pidfd_open(os.getpid())
        host, inspector = Host(), Inspector()
        self.descriptors = Descriptors(
            pid=os.getpid(), pidfd=self.pidfd, host=host, inspector=inspector, objects=self.interned
        )
        self.sets = Sets(host, os.getpid(), self.descriptors, self.interned)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.clients, self.accepted = [], []

    def accept(self):
        self.clients.append(socket.create_connection(self.listener.getsockname()))
        self.accepted.append(self.listener.accept()[0])
        return self.accepted[-1].fileno()

    def close(self):
        for one in (self.listener, *self.clients, *self.accepted):
            one.close()
        self.descriptors.close()
        os.close(self.pidfd)

    def name(self, number):
        return self.interned.list[number].name


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


def test_a_set_serves_when_it_has_several_accepted_connections(server):
    first, second = server.accept(), server.accept()
    listens, asks = server.listener.fileno(), [client.fileno() for client in server.clients]
    assert server.sets.serve([listens, first, second])
    assert not server.sets.serve([listens, first])
    assert not server.sets.serve([listens, first, *asks])
    assert not server.sets.serve([first])


def test_an_epoll_set_is_told_by_what_it_has_had(server):
    with select.epoll() as lonely, select.epoll() as poll:
        lonely.register(server.listener)
        lonely.register(server.accept())
        assert "epoll" == server.name(server.sets.epoll(lonely.fileno()))
        server.accept()
        for connection in server.accepted:
            poll.register(connection)
        assert f"{SERVING} of {os.getpid()}" == server.name(server.sets.epoll(poll.fileno()))
        poll.unregister(server.accepted[0])
        assert f"{SERVING} of {os.getpid()}" == server.name(server.sets.epoll(poll.fileno()))
    assert -1 == server.sets.epoll(-1)


def test_connections_that_nobody_waits_for_are_found(server):
    def found():
        return [one.name for one in server.interned.list if one.name.startswith(SERVING)]

    server.accept()
    server.sets.look(time.monotonic())
    assert [] == server.interned.list
    server.sets.look(time.monotonic() + 2)
    assert [] == found()
    server.accept()
    server.sets.look(time.monotonic() + 4)
    assert [f"{SERVING} of {os.getpid()}"] == found()


def test_a_process_with_very_many_descriptors_is_not_listed(server, monkeypatch):
    monkeypatch.setattr("perfdiag.sampler.sets._LISTED", 4)
    server.accept(), server.accept()
    server.sets.look(time.monotonic() + 2)
    assert [] == server.interned.list
