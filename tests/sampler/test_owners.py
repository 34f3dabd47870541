import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfdiag.host.inspector import Inspector
from perfdiag.host.sockets import Address
from perfdiag.model import ObjectType
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.owners import End, Owners, Pipe


class Asked:
    """Owners of a process, and what it said."""

    def __init__(self, inspector: Inspector, pid: int) -> None:
        self.objects = Interned()
        self.renamed: dict[str, int] = {}
        self.ports: set[int] = set()
        self.owners = Owners(
            pid=pid,
            inspector=inspector,
            objects=self.objects,
            rename=self.renamed.__setitem__,
            listens=self.ports.update,
        )


@pytest.fixture
def own() -> Iterator[Asked]:
    with contextlib.closing(Inspector()) as inspector:
        yield Asked(inspector, os.getpid())


def connect(server: socket.socket) -> tuple[socket.socket, End]:
    client = socket.create_connection(server.getsockname())
    end = End(0, ObjectType.TCP, Address(*client.getsockname()), Address(*client.getpeername()))
    return client, end


def test_the_process_at_the_other_end_gives_object_and_service_their_names(own):
    number = own.objects.intern(ObjectType.TCP, "peer")
    with socket.create_server(("127.0.0.1", 0)) as server:
        client, end = connect(server)
        with client:
            own.owners.ask_end(end)
            assert 1 == own.owners.pending()
            own.owners.settle(5.0)
    comm = Path("/proc/self/comm").read_text().rstrip()
    found = own.objects.list[number]
    assert (0, os.getpid(), f"{comm} (pid {os.getpid()})") == (
        own.owners.pending(),
        found.peer_pid,
        found.peer,
    )


def test_an_end_without_an_owner_stays_as_it_is(own):
    number = own.objects.intern(ObjectType.TCP, "127.0.0.1:1", service="tcpmux")
    own.owners.ask_end(End(number, ObjectType.TCP, Address("127.0.0.1", 2), Address("127.0.0.1", 1)))
    own.owners.settle(5.0)
    assert ("tcpmux", "") == (own.objects.list[number].service, own.objects.list[number].peer)


def test_a_pipe_to_a_child_becomes_the_child(own):
    child = subprocess.Popen(["sleep", "600"], stdout=subprocess.PIPE)
    link = os.readlink(f"/proc/self/fd/{child.stdout.fileno()}")
    number = own.objects.intern(ObjectType.PIPE, "pipe")
    own.owners.ask_pipe(Pipe(number, link, os.fstat(child.stdout.fileno()).st_ino, True))
    own.owners.settle(5.0)
    child.kill()
    child.communicate()
    known = own.objects.intern(ObjectType.CHILD, "sleep")
    assert (ObjectType.CHILD, "sleep") == (own.objects.list[number].type, own.objects.list[number].name)
    assert {link: known} == own.renamed


def test_ports_that_are_listened_on_are_told(own):
    with socket.create_server(("127.0.0.1", 0)) as server:
        own.owners.ask_ports()
        own.owners.settle(5.0)
        assert server.getsockname()[1] in own.ports


def test_many_pipes_do_not_hold_up_what_else_is_asked(own):
    for inode in range(200):
        own.owners.ask_pipe(Pipe(0, f"pipe:[{inode}]", inode, True))
    with socket.create_server(("127.0.0.1", 0)):
        own.owners.ask_ports()
        until = time.monotonic() + 20
        while not own.ports and time.monotonic() < until:
            own.owners.settle(0.001)
    assert own.owners.pending() > 150


def test_nothing_to_ask_costs_nothing(own):
    own.owners.settle(60.0)
    assert 0 == own.owners.pending()


def test_a_read_that_never_returns_holds_the_caller_up_for_its_budget_alone(tmp_path):
    (tmp_path / "7" / "net").mkdir(parents=True)
    os.mkfifo(tmp_path / "7" / "net" / "tcp")
    with contextlib.closing(Inspector(str(tmp_path), deadline=0.1)) as inspector:
        asked = Asked(inspector, 7)
        asked.owners.ask_ports()
        begun = time.monotonic()
        asked.owners.settle(0.002)
        assert time.monotonic() - begun < 0.08
        assert 1 == asked.owners.pending()
        asked.owners.settle(5.0)
        assert time.monotonic() - begun < 1.0
        assert (0, set()) == (asked.owners.pending(), asked.ports)
