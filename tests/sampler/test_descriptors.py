import contextlib
import os
import socket
from collections.abc import Iterator

import pytest

from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.model import UNCONNECTED, Object, ObjectType
from perfdiag.sampler.descriptors import Descriptors
from perfdiag.sampler.interning import Interned


class Own:
    """The descriptors of the test process itself."""

    def __init__(self, pidfd: int, inspector: Inspector) -> None:
        self.objects = Interned()
        self.descriptors = Descriptors(
            pid=os.getpid(), pidfd=pidfd, host=Host(), inspector=inspector, objects=self.objects
        )

    def __call__(self, file: socket.socket | int) -> Object:
        number = self.descriptors.object(file if isinstance(file, int) else file.fileno())
        assert number >= 0
        return self.objects.list[number]

    def settle(self) -> None:
        self.descriptors.owners.settle(5.0)


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    with contextlib.closing(Inspector()) as made:
        yield made


@pytest.fixture
def own(inspector: Inspector) -> Iterator[Own]:
    pidfd = os.pidfd_open(os.getpid())
    own = Own(pidfd, inspector)
    yield own
    own.descriptors.close()
    os.close(pidfd)


def listen() -> tuple[socket.socket, str]:
    server = socket.create_server(("127.0.0.1", 0))
    return server, "{}:{}".format(*server.getsockname())


def test_a_number_that_is_given_to_another_file_is_another_object(own):
    (first, first_name), (second, second_name) = listen(), listen()
    with first, second:
        client = socket.create_connection(first.getsockname())
        number = client.fileno()
        assert first_name == own(number).name
        client.close()
        client = socket.create_connection(second.getsockname())
        assert (number, second_name) == (client.fileno(), own(number).name)
        client.close()


def test_a_closed_descriptor_is_nothing(own):
    own.descriptors.object(0)  # here the descriptor that it opens itself is among those it looks at
    read, write = os.pipe()
    os.close(read)
    os.close(write)
    assert -1 == own.descriptors.object(read)


def test_a_connection_on_its_way_has_the_peer_that_it_goes_to(own):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    clients = [socket.socket() for _ in range(4)]  # more than the queue takes: the last ones wait
    with server, contextlib.ExitStack() as stack:
        for client in clients:
            stack.enter_context(client)
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        with pytest.raises(OSError, match="not connected"):
            clients[-1].getpeername()
        name = "{}:{}".format(*server.getsockname())
        assert [name] * 4 == [own(client).name for client in clients]


def test_a_socket_that_is_not_connected_is_looked_at_again(own):
    server, name = listen()
    with server, socket.socket() as client:
        assert own(client).name.endswith("not connected")
        client.connect(server.getsockname())
        assert name == own(client).name


def test_udp_sockets_without_a_peer_are_one_object_unless_they_have_a_port_of_their_own(own):
    with (
        socket.socket(type=socket.SOCK_DGRAM) as first,
        socket.socket(type=socket.SOCK_DGRAM) as second,
        socket.socket(type=socket.SOCK_DGRAM) as third,
    ):
        for asking in (first, second):
            asking.bind(("127.0.0.1", 0))
        third.connect(first.getsockname())
        assert UNCONNECTED == own(first).name
        assert own(first).id == own(second).id
        assert "{}:{}".format(*first.getsockname()) == own(third).name


def test_a_service_that_starts_to_listen_later_serves_the_connections_it_accepted(own):
    before, _ = listen()
    with before, socket.create_connection(before.getsockname()) as first:
        own(first)  # looks at the ports
    server, _ = listen()
    with server, socket.create_connection(server.getsockname()):
        accepted, peer = server.accept()
        with accepted:
            assert not own(accepted).served
            own.descriptors.owners.ask_ports()
            own.settle()
            assert own(accepted).served
            assert "{}:{}".format(*peer) == own(accepted).name


def test_the_process_behind_a_datagram_socket_on_loopback_is_found(own):
    with (
        socket.socket(type=socket.SOCK_DGRAM) as server,
        socket.socket(type=socket.SOCK_DGRAM) as client,
    ):
        server.bind(("127.0.0.1", 0))
        client.connect(server.getsockname())
        assert "" == own(client).peer
        own.settle()
        assert (ObjectType.UDP, os.getpid()) == (own(client).type, own(client).peer_pid)


def test_a_socket_without_addresses_is_named_by_its_family(own):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW) as netlink:
        assert (ObjectType.OTHER, "netlink socket") == (own(netlink).type, own(netlink).name)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert (ObjectType.UNIX, "socket pair") == (own(ours).type, own(ours).name)


@pytest.mark.parametrize(
    ("path", "kind"), [("/dev/null", ObjectType.DEVICE), ("/proc/self/status", ObjectType.FILE)]
)
def test_devices_are_told_from_files(own, path, kind):
    with open(path) as file:
        assert kind is own(file.fileno()).type
