import contextlib
import os
import socket

import pytest

from perfdiag.errors import NoData
from perfdiag.host.tcp_info import tcp_info


@pytest.fixture
def own():
    """A pidfd of this process."""
    pidfd = os.pidfd_open(os.getpid())
    yield pidfd
    os.close(pidfd)


def info(own, sock):
    return tcp_info(own, sock.fileno(), os.fstat(sock.fileno()).st_ino)


def test_a_socket_that_listens_tells_how_many_wait_and_how_many_may(own):
    with socket.create_server(("127.0.0.1", 0), backlog=7) as server:
        clients = [socket.create_connection(server.getsockname()) for _ in range(3)]
        found = info(own, server)
        for client in clients:
            client.close()
    assert (True, 3, 7) == (found.listening, found.unacked, found.sacked)
    assert server.fileno() == -1


def test_a_connection_tells_its_ends_and_what_was_sent(own):
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(b"x")
            found = info(own, client)
        assert server.getsockname()[1] == found.peer.port
    assert (False, False, 0) == (found.listening, found.connecting, found.retransmitted)
    assert found.sent >= 3  # SYN, ACK and the byte


def test_what_is_not_tcp_has_no_such_counters(own):
    one, another = socket.socketpair()
    with one, another, pytest.raises(NoData, match="not a TCP socket"):
        info(own, one)


def test_a_descriptor_that_is_another_socket_by_now_is_not_asked(own):
    with socket.socket() as sock, pytest.raises(NoData, match="another file"):
        tcp_info(own, sock.fileno(), 1)


def test_a_peer_that_takes_nothing_holds_the_sender_up(own):
    server = socket.create_server(("127.0.0.1", 0))
    with server, socket.create_connection(server.getsockname()) as client:
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                client.send(bytes(1 << 20))
        found = [info(own, client)]
        while found[-1].held_up <= found[0].held_up:
            found.append(info(own, client))
    assert found[-1].busy >= found[-1].held_up > 0
