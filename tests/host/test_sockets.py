import os
import socket
from collections.abc import Iterator

import pytest

from perfdiag.errors import NoData
from perfdiag.host import Host
from perfdiag.host.sockets import Address, Connection, find, is_loopback, listening_ports, look, other_end
from perfdiag.model import ObjectType

OWN = os.getpid()


@pytest.fixture
def pidfd() -> Iterator[int]:
    descriptor = os.pidfd_open(OWN)
    yield descriptor
    os.close(descriptor)


def inode(file: socket.socket) -> int:
    return os.fstat(file.fileno()).st_ino


def both(pidfd: int, file: socket.socket) -> list[Connection]:
    """The socket by its duplicate, and by the tables."""
    return [look(pidfd, file.fileno(), inode(file)), find(Host(), OWN, inode(file))]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_both_ways_say_the_same_of_a_connection(pidfd, host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as server,
        socket.create_connection(server.getsockname()[:2]) as client,
    ):
        peer, local = (Address(*end.getsockname()[:2]) for end in (server, client))
        assert [Connection(ObjectType.TCP, local, peer)] * 2 == both(pidfd, client)
        assert [(True, peer, False)] * 2 == [
            (it.listening, it.local, it.peer.set) for it in both(pidfd, server)
        ]


def test_ipv4_in_ipv6_is_shown_as_ipv4(pidfd):
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0] as accepted:
            assert [Address("127.0.0.1", port)] * 2 == [it.local for it in both(pidfd, accepted)]


def test_unix_sockets_tell_the_server_from_the_client(pidfd, tmp_path):
    path = str(tmp_path / "x\x1b.sock")
    shown = path.replace("\x1b", r"\x1b")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
        with server.accept()[0] as accepted:
            looks = [look(pidfd, end.fileno(), inode(end)) for end in (server, accepted, client)]
            assert [Connection(ObjectType.UNIX, listening=True, name=shown)] == looks[:1]
            assert [(True, shown, OWN), (False, shown, OWN)] == [
                (it.accepted, it.name, it.peer_pid) for it in looks[1:]
            ]
            assert find(Host(), OWN, inode(server)).listening
            assert find(Host(), OWN, inode(accepted)).accepted


def test_the_duplicate_is_closed_at_once(pidfd):
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        with server.accept()[0] as accepted:
            look(pidfd, client.fileno(), inode(client))
            client.close()
            accepted.settimeout(5)
            assert b"" == accepted.recv(1)


def test_a_number_that_means_another_file_by_now_is_no_data(pidfd):
    with socket.socket() as one, open("/dev/null") as other:
        with pytest.raises(NoData, match="another file"):
            look(pidfd, one.fileno(), inode(one) + 1)
        with pytest.raises(NoData, match="another file"):
            look(pidfd, other.fileno(), inode(one))
        with pytest.raises(NoData):
            look(pidfd, 1 << 20, inode(one))
    with pytest.raises(NoData):
        find(Host(), OWN, 1 << 40)


def test_the_other_end_on_loopback_is_the_reversed_pair_or_what_listens():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        local, peer = Address(*client.getsockname()), Address(*client.getpeername())
        assert [inode(server)] == other_end(Host(), OWN, ObjectType.TCP, local, peer)  # not accepted yet
        with server.accept()[0] as accepted:
            assert [inode(accepted)] == other_end(Host(), OWN, ObjectType.TCP, local, peer)


def test_ports_are_those_of_the_sockets_asked_for():
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = {it.getsockname()[1] for it in (one, two)}
        assert ports <= listening_ports(Host(), OWN)
        assert {one.getsockname()[1]} == listening_ports(Host(), OWN, {inode(one)})


def test_a_host_without_tables_has_no_ports(tmp_path):
    assert set() == listening_ports(Host(procfs=str(tmp_path)), 7)


@pytest.mark.parametrize(
    ("local", "peer", "expected"),
    [
        ("127.0.0.1", "127.0.0.53", True),
        ("::1", "::1", True),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.7", False),
        ("", "10.0.0.7", False),
        ("", "", False),
    ],
)
def test_loopback_is_any_address_of_this_host(local, peer, expected):
    assert expected == is_loopback(Address(local, 1), Address(peer, 2))


def test_addresses_are_written_as_people_write_them():
    assert ["10.0.0.7:5432", "[::1]:80"] == [str(Address("10.0.0.7", 5432)), str(Address("::1", 80))]
