"""What the descriptors of a process stand for: files, sockets with their peers, pipes, children.

A descriptor is a number that is soon given to another file: its link is read each time (3 µs), because a
client that connects for each query gets the same number for each. What stands behind a link does not change,
and is looked up. Reading a link does not follow it: the kernel answers from its own memory, without the lock
of the address space and without asking the file's file system, so it is done here and not by the inspector.
"""

import os
import re
import stat
import time
from collections import Counter

from perfdiag.errors import Denied, Missing
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.secrets import scrub_path
from perfdiag.host.services import service_of
from perfdiag.host.sockets import Address, Connection, find, is_loopback, look
from perfdiag.model import PAIR, UNCONNECTED, ObjectType
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.owners import End, Local, Owners, Pipe
from perfdiag.text import printable

_KNOWN = 1 << 16  # remembered links; forgotten all at once when there are more
_PORTS_AGE = 1.0  # seconds between two looks at the listening ports
_DEVICE = re.compile("/dev/(?!shm/)")
_UNOPENED, _DENIED = -2, -1  # instead of a descriptor; denied: descriptors stay numbers, objects unknown
_ENDS = 8  # connections to one address whose other ends are looked for: a pool's may be served by several
_FIRST_EPHEMERAL = 32768  # net.ipv4.ip_local_port_range, the default


class Descriptors:
    """Descriptors of one process. Sockets are asked for their peer when their link is first seen; which
    process the peer is, on this host, is found out later (`owners.settle`)."""

    def __init__(self, *, pid: int, pidfd: int, host: Host, inspector: Inspector, objects: Interned) -> None:
        self._pid, self._pidfd, self._host, self._objects = pid, pidfd, host, objects
        self._links: dict[str, int] = {}
        self._ends: Counter[int] = Counter()  # of an object, looked for
        self._local: dict[int, int] = {}  # object -> local port of a connection that looked like our own
        self.owners = Owners(
            pid=pid,
            inspector=inspector,
            objects=objects,
            rename=self._links.__setitem__,
            listens=self._listens,
        )
        self._inspector = inspector
        self._ports: set[int] = set()
        self._next_ports = 0.0  # not looked at yet: most short-lived processes have no socket
        self._folder = _UNOPENED

    def close(self) -> None:
        if self._folder >= 0:
            os.close(self._folder)
        self._folder = _DENIED

    def object(self, descriptor: int) -> int:
        """The id of what a descriptor stands for now; -1 when it is closed or may not be seen."""
        if self._folder == _UNOPENED:
            self._open()
        if self._folder == _DENIED:
            return -1
        try:
            link = os.readlink(str(descriptor), dir_fd=self._folder)
        except OSError:
            return -1
        known = self._links.get(link)
        return self._first_sight(descriptor, link) if known is None else known

    def _open(self) -> None:
        try:
            path = f"{self._host.procfs}/{self._pid}/fd"
            self._folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            self._folder = _DENIED

    def comm(self, pid: int) -> str:
        """Name of a process, printable; '' when it has ended."""
        try:
            return printable(self._host.proc(f"{pid}/comm", 64).removesuffix("\n"))
        except Missing:
            return ""

    def _is_disk(self, descriptor: int) -> bool:
        """Whether it is a block device: read and written like a file. A stat below /dev does not block."""
        try:
            return stat.S_ISBLK(os.stat(str(descriptor), dir_fd=self._folder).st_mode)
        except OSError:
            return False

    def _first_sight(self, descriptor: int, link: str) -> int:
        kind, _, rest = link.partition(":[")
        inode = int(rest[:-1]) if rest[:-1].isdigit() else 0
        if link.startswith("/"):
            device = _DEVICE.match(link) and not self._is_disk(descriptor)
            kind_of_file = ObjectType.DEVICE if device else ObjectType.FILE
            number = self._objects.intern(kind_of_file, scrub_path(link))
        elif kind == "socket" and inode:
            return self._socket(descriptor, link, inode)
        elif kind == "pipe" and inode:
            number = self._pipe(descriptor, link, inode)
        elif link == "anon_inode:[pidfd]":
            return self._pidfd_of_child(descriptor)
        else:
            name = link.removeprefix("anon_inode:").strip("[]").replace("eventpoll", "epoll")
            number = self._objects.intern(ObjectType.OTHER, printable(name))
        self._remember(link, number)
        return number

    def _remember(self, link: str, number: int) -> None:
        if len(self._links) >= _KNOWN:
            self._links.clear()
        self._links[link] = number

    def _pipe(self, descriptor: int, link: str, inode: int) -> int:
        number = self._objects.intern(ObjectType.PIPE, f"pipe {inode}")
        try:
            mode = os.lstat(str(descriptor), dir_fd=self._folder).st_mode  # of the link: how it was opened
        except OSError:
            return number
        self.owners.ask_pipe(Pipe(number, link, inode, bool(mode & stat.S_IRUSR)))
        return number

    def _pidfd_of_child(self, descriptor: int) -> int:
        try:
            text = self._host.proc(f"{self._pid}/fdinfo/{descriptor}", 4096)
        except Missing:
            return -1
        pid = next((int(line[4:]) for line in text.splitlines() if line.startswith("Pid:")), 0)
        return self.child(pid)

    def child(self, pid: int) -> int:
        """The object for a child process: all with one name are one; -1 when it has ended."""
        comm = self.comm(pid) if pid > 0 else ""
        if not comm:
            return -1
        number = self._objects.intern(ObjectType.CHILD, comm)
        self._objects.meet(number, self._pid, pid)
        return number

    def _socket(self, descriptor: int, link: str, inode: int) -> int:
        try:
            try:
                connection = look(self._pidfd, descriptor, inode)
                if connection.unconnected:
                    connection = self._under_way(connection, inode)
            except Denied:
                connection = find(self._host, self._pid, inode)
        except Missing:
            return -1
        number = self._connection(connection)
        if connection.unconnected or connection.connecting:
            return self._objects.phase(number, "connecting")
        self._remember(link, number)
        asks = connection.type is ObjectType.UNIX and not (connection.listening or connection.accepted)
        if asks and self._ends[number] < _ENDS:
            self._ends[number] += 1
            self.owners.ask_local(Local(number, inode, connection.peer_pid))
        return number

    def _under_way(self, connection: Connection, inode: int) -> Connection:
        """The tables name the peer while its answer is still awaited; a new socket is in none of them."""
        try:
            return find(self._host, self._pid, inode)
        except Missing:
            return connection

    def _connection(self, it: Connection) -> int:
        if it.local is None or it.peer is None:
            return self._without_address(it)
        if it.listening:
            return self._objects.intern(it.type, f"listen {it.local}", served=True)
        if not it.peer.set:
            served = it.type is ObjectType.UDP and 0 < it.local.port < _FIRST_EPHEMERAL
            several = it.type is ObjectType.UDP and not served
            name = UNCONNECTED if several else f"{it.local}, not connected"
            return self._objects.intern(it.type, name, served=served)
        if it.type is ObjectType.TCP and self._accepted(it.local.port):
            name = f"client {it.peer.host} of port {it.local.port}"
            return self._objects.intern(it.type, name, served=True)
        return self.connected(it.type, it.local, it.peer, made=not it.connecting)

    def connected(self, kind: ObjectType, local: Address, peer: Address, *, made: bool = False) -> int:
        """The object for a connection that the process `made`, or is making (then `local` may be unknown)."""
        before = len(self._objects.list)
        number = self._objects.intern(kind, str(peer), service=service_of(peer.port))
        if number == before:
            self._local[number] = local.port
        wanted = number == before or (made and self._ends[number] < _ENDS)
        if wanted and is_loopback(local, peer):
            self._ends[number] += 1
            self.owners.ask_end(End(number, kind, local, peer))
        return number

    def _without_address(self, it: Connection) -> int:
        if it.type is not ObjectType.UNIX:
            return self._objects.intern(it.type, it.name)
        if it.listening:
            return self._objects.intern(it.type, f"listen {it.name}", served=True)
        if it.accepted:
            return self._objects.intern(it.type, f"client of {it.name}", served=True)
        number = self._objects.intern(it.type, it.name or PAIR)
        if it.peer_pid not in (0, self._pid) and not self._objects.list[number].peer:
            comm = self.comm(it.peer_pid)
            if comm:
                self._objects.learn_peer(number, service_of(0, comm), comm, it.peer_pid)
        return number

    def _accepted(self, port: int) -> bool:
        """Whether a connection with this local port came from a listening socket. The socket need not be this
        process's own: a master may have accepted, or passed it on."""
        if not self._next_ports:
            self._next_ports = time.monotonic() + _PORTS_AGE
            try:
                self._ports = self._inspector.listening(self._pid)
            except Missing:
                self._ports = set()
        if port in self._ports:
            return True
        if time.monotonic() >= self._next_ports:
            self._next_ports = time.monotonic() + _PORTS_AGE
            self.owners.ask_ports()
        return False

    def _listens(self, ports: set[int]) -> None:
        for number, port in self._local.items():
            if port in ports - self._ports:
                self._objects.learn(number, served=True)
        self._ports = ports
