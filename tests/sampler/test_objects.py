import ctypes
import errno
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.memory import Memory
from perfdiag.model import Object, ObjectType
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.objects import Objects
from perfdiag.sampler.syscalls import CALLS, Wait, parse_syscall

PROGRAM = Path(__file__).with_name("waits.py")


class Blocked:
    """The program of waits.py, blocked in all its waits, and the objects that are resolved of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        hello = json.loads(self.process.stdout.readline())
        self.pid = self.process.pid
        self.tids: dict[str, int] = hello["tids"]
        self.port: int = hello["port"]
        self.deaf: int = hello["deaf"]
        self.descriptors: dict[str, int] = hello["descriptors"]
        self.pidfd = os.pidfd_open(self.pid)
        self.inspector = Inspector()
        self.objects = self.new()
        for name in self.tids:
            self.wait_until_blocked(name)

    def new(self, **changes: object) -> Objects:
        arguments = {
            "pid": self.pid,
            "pidfd": self.pidfd,
            "procfs": "/proc",
            "inspector": self.inspector,
            "read": Memory(self.pid).read,
            "gil_range": (0, 0),
            "interned": Interned(),
        }
        return Objects(**arguments | changes)  # type: ignore[arg-type]

    def line(self, name: str) -> bytes:
        return Path(f"/proc/{self.pid}/task/{self.tids[name]}/syscall").read_bytes()

    def wait_until_blocked(self, name: str) -> None:
        """A thread on its way to its wait may be held up by the GIL for a moment."""
        end = time.monotonic() + 10
        while True:
            call = CALLS.get(parse_syscall(self.line(name))[0])
            if call is not None and (call.wait is not Wait.FUTEX or "lock" in name):
                return
            assert time.monotonic() < end, f"{name} does not block"
            time.sleep(0.001)

    def object(self, name: str) -> Object:
        number = self.objects.resolve(self.line(name))
        self.objects.settle(5.0)
        return self.objects.list[number]

    def end(self) -> None:
        self.objects.close()
        self.inspector.close()
        self.process.communicate()
        os.close(self.pidfd)


@pytest.fixture(scope="module")
def blocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blocked]:
    program = Blocked(tmp_path_factory.mktemp("waits"))
    yield program
    program.end()


@pytest.mark.parametrize("wait", ["receive", "select", "poll"])
def test_a_client_waits_for_its_peer_which_is_a_process_here(blocked, wait):
    item = blocked.object(wait)
    assert (ObjectType.TCP, f"127.0.0.1:{blocked.port}", False) == (item.type, item.name, item.served)
    assert (blocked.pid, f" (pid {blocked.pid})") == (item.peer_pid, item.peer[item.peer.index(" (") :])


@pytest.mark.parametrize("wait", ["poll_to_send", "select_to_send"])
def test_a_poll_for_room_alone_is_one_to_send(blocked, wait):
    item = blocked.object(wait)
    assert (ObjectType.UNIX, "socket pair", True, False) == (
        item.type, item.name, item.sending, item.connecting,
    )  # fmt: skip


def test_a_socket_that_is_polled_until_it_is_connected_has_its_address(blocked):
    item = blocked.object("connect")
    assert (f"127.0.0.1:{blocked.deaf}", True, False) == (item.name, item.connecting, item.sending)


def test_a_connection_that_was_accepted_is_one_that_serves(blocked):
    item = blocked.object("receive_request")
    expected = (ObjectType.TCP, f"client 127.0.0.1 of port {blocked.port}", True)
    assert expected == (item.type, item.name, item.served)


def test_a_listening_socket_is_named_after_its_address(blocked):
    assert f"listen 127.0.0.1:{blocked.port}" == blocked.object("accept").name
    assert blocked.object("accept6").name.startswith("listen [::]:")


def test_an_ipv4_address_in_ipv6_is_shown_as_ipv4(blocked):
    assert blocked.object("receive_mapped").name.startswith("127.0.0.1:")


def test_a_datagram_socket_has_the_service_of_its_port(blocked):
    item = blocked.object("datagram")
    assert (ObjectType.UDP, "127.0.0.1:53", "dns") == (item.type, item.name, item.service)


def test_both_ends_of_a_unix_socket_are_named_by_its_path(blocked):
    path = f"{blocked.folder}/socket"
    client, served = blocked.object("unix_receive"), blocked.object("unix_request")
    assert (ObjectType.UNIX, path, False) == (client.type, client.name, client.served)
    assert (ObjectType.UNIX, f"client of {path}", True) == (served.type, served.name, served.served)


def test_several_descriptors_are_one_object_that_names_them(blocked):
    item = blocked.object("poll_several")
    expected = f"127.0.0.1:{blocked.port} | listen 127.0.0.1:{blocked.port}"
    assert (ObjectType.OTHER, expected) == (item.type, item.name)
    assert (ObjectType.OTHER, "epoll") == (blocked.object("epoll").type, blocked.object("epoll").name)


@pytest.mark.parametrize("wait", ["wait", "wait_pidfd", "child_output", "poll_pipes"])
def test_a_child_is_named_by_its_program_however_it_is_waited_for(blocked, wait):
    item = blocked.object(wait)
    assert (ObjectType.CHILD, "sleep") == (item.type, item.name)


def test_all_children_of_one_name_are_one_object(blocked):
    blocked.object("child_output")  # a pipe at first sight, then known to lead to the child
    once = {blocked.objects.resolve(blocked.line(wait)) for wait in ("wait", "wait_pidfd", "child_output")}
    assert 1 == len(once)


def test_a_hostile_name_is_escaped(blocked):
    assert r"\x1b[31m)\x0a\xff" == blocked.object("wait_hostile").name


def test_a_pipe_with_both_ends_in_the_process_is_no_child(blocked):
    item = blocked.object("own_pipe")
    assert ObjectType.PIPE is item.type


def test_files_are_named_by_their_path(blocked):
    flocked, opened = blocked.object("flock"), blocked.object("open")
    assert (ObjectType.FILE, f"{blocked.folder}/lock") == (flocked.type, flocked.name)
    assert (ObjectType.FILE, f"{blocked.folder}/fifo") == (opened.type, opened.name)


def test_a_lock_of_native_code_is_told_from_what_else_waits_on_a_futex(blocked):
    line = blocked.line("native_lock")
    assert f"mutex {parse_syscall(line)[1][0]:#x}" == blocked.object("native_lock").name


def test_a_sendfile_waits_for_its_socket_or_for_its_file(blocked):
    number = next(number for number, call in CALLS.items() if call.name == "sendfile")

    def kind(socket):
        known = blocked.descriptors
        line = f"{number} {known[socket]:#x} {known['file']:#x} 0x0 0x1000 0x0 0x0 0x7f00 0x7f01"
        return blocked.objects.list[blocked.objects.resolve(line.encode())].type

    assert ObjectType.TCP is kind("blocking")
    assert ObjectType.FILE is kind("non-blocking")


def test_a_futex_is_the_gil_when_it_lies_in_it(blocked):
    line = blocked.line("lock")
    address = parse_syscall(line)[1][0]
    assert (ObjectType.FUTEX, f"futex {address:#x}") == (
        blocked.object("lock").type,
        blocked.object("lock").name,
    )
    objects = blocked.new(gil_range=(address - 8, address + 8))
    assert ObjectType.GIL is objects.list[objects.resolve(line)].type
    objects.replaced(Memory(blocked.pid).read, (0, 0))
    assert ObjectType.FUTEX is objects.list[objects.resolve(line)].type
    objects.close()


def test_threads_parked_for_one_lock_wait_for_one_object(blocked):
    memory = ctypes.create_string_buffer(0x1000)
    start = ctypes.addressof(memory)
    memory[0x800] = memory[0x900] = 3  # two locks that threads are parked for

    def resolved(stack, lock):
        struct.pack_into("<Q", memory, stack + 8, start + lock)
        line = f"202 {start + stack + 16:#x} 0x189 0x0 0x0 0x0 0xffffffff {start + stack:#x} 0x7f01"
        return objects.list[objects.resolve(line.encode())].name

    objects = blocked.new()
    objects.replaced(Memory(os.getpid()).read, (0, 0), parks=True)
    names = [resolved(0x100, 0x800), resolved(0x200, 0x800), resolved(0x100, 0x900)]
    assert [f"futex {start + lock:#x}" for lock in (0x800, 0x800, 0x900)] == names
    objects.close()


def test_a_sleep_waits_for_nothing(blocked):
    assert -1 == blocked.objects.resolve(blocked.line("sleep"))
    assert -1 == blocked.objects.resolve(b"running\n")
    assert -1 == blocked.objects.resolve(b"-1 0x7ffc0 0x7ffc1\n")


def test_what_is_resolved_again_has_the_same_id_and_asks_nothing(blocked):
    first = {name: blocked.objects.resolve(blocked.line(name)) for name in blocked.tids}
    blocked.objects.settle(5.0)
    count = len(blocked.objects.list)
    again = {name: blocked.objects.resolve(blocked.line(name)) for name in blocked.tids}
    assert (0, count) == (blocked.objects.pending(), len(blocked.objects.list))
    assert {name for name in first if first[name] != again[name]} <= {"child_output", "poll_pipes"}


def test_ids_are_indices(blocked):
    for name in blocked.tids:
        blocked.objects.resolve(blocked.line(name))
    assert list(range(len(blocked.objects.list))) == [item.id for item in blocked.objects.list]


def test_beyond_the_limit_objects_share_one_entry(blocked):
    objects = blocked.new(interned=Interned(limit=2))
    ids = [objects.resolve(blocked.line(name)) for name in ("flock", "lock", "own_pipe", "accept")]
    objects.settle(5.0)
    assert ([0, 1, 2, 2], "other", 3) == (ids, objects.list[2].name, len(objects.list))
    objects.close()


def test_memory_that_is_not_readable_gives_no_object(blocked):
    def denied(address: int, length: int) -> bytes:
        raise OSError(errno.EFAULT, "not mapped")

    objects = blocked.new(read=denied)
    assert [-1, -1] == [objects.resolve(blocked.line(name)) for name in ("poll", "open")]
    objects.close()


def test_a_process_that_has_ended_has_no_objects():
    process = subprocess.Popen(["sleep", "0"])
    pidfd = os.pidfd_open(process.pid)
    process.wait()
    inspector = Inspector()
    objects = Objects(
        pid=process.pid,
        pidfd=pidfd,
        procfs="/proc",
        inspector=inspector,
        read=Memory(process.pid).read,
        gil_range=(0, 0),
        interned=Interned(),
    )
    lines = [
        f"{number} 0x3fffffff 0x1000 0x1 0x0 0x0 0x0 0x0 0x0\n".encode()
        for number, call in CALLS.items()
        if call.wait is not Wait.FUTEX
    ]
    assert {-1} == {objects.resolve(line) for line in lines}
    inspector.close()
    os.close(pidfd)


def _epoll_line(descriptor: int) -> bytes:
    number = next(number for number, call in CALLS.items() if call.name == "epoll_wait")
    return f"{number} {descriptor:#x} 0x0 0x0 0x0 0x0 0x0 0x7ffd 0x7f00".encode()


def test_an_event_loop_with_connections_to_one_peer_waits_for_that(blocked):
    """The loop is ours: what it watches are clients of two servers, a pair, a pipe, and our own listener."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    clients = [socket.create_connection(servers[number].getsockname()) for number in (0, 0, 1)]
    pair, pipe = socket.socketpair(), os.pipe()
    pidfd, poll = os.pidfd_open(os.getpid()), select.epoll()
    objects = blocked.new(pid=os.getpid(), pidfd=pidfd, read=Memory(os.getpid()).read)
    line = _epoll_line(poll.fileno())
    try:
        for watched in (servers[0], *pair):
            poll.register(watched)
        assert -1 == objects.only_peer(line)
        poll.register(pipe[0])
        assert ObjectType.PIPE == objects.list[objects.only_peer(line)].type
        poll.register(clients[0])
        poll.register(clients[1])
        port = servers[0].getsockname()[1]
        assert f"127.0.0.1:{port}" == objects.list[objects.only_peer(line)].name
        poll.register(clients[2])
        assert -1 == objects.only_peer(line)
        assert -1 == objects.only_peer(_epoll_line(pidfd))
        assert -1 == objects.only_peer(b"running")
    finally:
        objects.close()
        poll.close()
        for number in (pidfd, *pipe):
            os.close(number)
        for one in (*clients, *servers, *pair):
            one.close()


def test_an_event_loop_with_very_many_connections_has_no_only_peer(blocked, monkeypatch):
    """What is told of them is cut, in the middle of a line maybe."""
    pidfd = os.pidfd_open(os.getpid())
    objects = blocked.new(pid=os.getpid(), pidfd=pidfd, read=Memory(os.getpid()).read)
    cut = "".join(f"tfd: {number:8} events:       19\n" for number in range(200)) + "tfd:   "
    monkeypatch.setattr(Host, "proc", lambda *_: cut)
    assert -1 == objects.only_peer(_epoll_line(5))
    objects.close()
    os.close(pidfd)
