"""What a socket is connected to: asked of a duplicate of the descriptor, or found in /proc/PID/net.

`pidfd_getfd` (Linux 5.6, needs the right to ptrace) works for every family, in every network namespace, and
for a socket that lives too briefly for a scan of tables. The duplicate is closed at once: the other end must
not see a connection that its owner has closed stay open.
"""

import ctypes
import os
import socket
import stat
import struct
from collections.abc import Iterator
from typing import NamedTuple

from perfdiag.errors import Denied, Missing, NoData
from perfdiag.host import Host
from perfdiag.host.procfs_net import LISTEN, SYN_SENT, TcpSocket, parse_tcp
from perfdiag.host.secrets import scrub_path
from perfdiag.model import ObjectType

_PIDFD_GETFD = 438
_TABLE_LIMIT = 1 << 24  # bytes: 100,000 sockets
_ACCEPTS = 0x10000  # __SO_ACCEPTCON in the flags of /proc/net/unix
_CREDENTIALS = struct.Struct("3i")

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class Address(NamedTuple):
    """An IP address as people write it ('10.0.0.7', '::1'; IPv4 in IPv6 as IPv4) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def set(self) -> bool:
        return self.port != 0


class Connection(NamedTuple):
    """A socket. `local` and `peer` are None for families without IP addresses; then `name` says what it is
    (the path of a unix socket) and `peer_pid` which process made the other end (0: not known)."""

    type: ObjectType
    local: Address | None = None
    peer: Address | None = None
    listening: bool = False
    accepted: bool = False  # unix sockets only: this is the server's end
    name: str = ""
    peer_pid: int = 0
    connecting: bool = False  # TCP: the peer is known and has not answered

    @property
    def unconnected(self) -> bool:
        """A TCP socket that is neither connected nor listens: that will change."""
        return self.type is ObjectType.TCP and self.peer is not None and not (self.peer.set or self.listening)


def duplicate(pidfd: int, descriptor: int, inode: int) -> socket.socket:
    """A socket of another process, to be closed at once. Denied without the right to ptrace it; NoData when
    the descriptor has been closed or is another socket by now."""
    number = _libc.syscall(_PIDFD_GETFD, pidfd, descriptor, 0)
    if number < 0:
        error = ctypes.get_errno()
        kind = Denied if isinstance(OSError(error, ""), PermissionError) else NoData
        raise kind(f"descriptor {descriptor}: {os.strerror(error)}")
    status = os.fstat(number)
    if not stat.S_ISSOCK(status.st_mode) or status.st_ino != inode:
        os.close(number)
        raise NoData(f"descriptor {descriptor} is another file by now")
    return socket.socket(fileno=number)


def look(pidfd: int, descriptor: int, inode: int) -> Connection:
    """The socket behind a descriptor of another process; raises what `duplicate` does."""
    with duplicate(pidfd, descriptor, inode) as copy:
        try:
            return _connection(copy)
        except OSError as error:
            raise NoData(f"descriptor {descriptor}: {os.strerror(error.errno or 0)}") from error


def _connection(copy: socket.socket) -> Connection:
    if copy.family == socket.AF_UNIX:
        return _unix(copy)
    if copy.family not in (socket.AF_INET, socket.AF_INET6):
        known = isinstance(copy.family, socket.AddressFamily)
        family = copy.family.name.removeprefix("AF_").lower() if known else f"family {copy.family:d}"
        return Connection(ObjectType.OTHER, name=f"{family} socket")
    kind = ObjectType.TCP if copy.type == socket.SOCK_STREAM else ObjectType.UDP
    listening = kind is ObjectType.TCP and bool(copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    return Connection(kind, address(copy.getsockname()), address(peer_name(copy)), listening)


def peer_name(copy: socket.socket) -> object:
    """What getpeername returns; ("", 0) where there is no peer."""
    try:
        return copy.getpeername()
    except OSError:  # not connected (yet)
        return ("", 0)


def address(name: object) -> Address:
    """From what getsockname returns: (host, port) or (host, port, flow, scope)."""
    assert isinstance(name, tuple)
    return Address(plain(name[0]), name[1])


def plain(host: str) -> str:
    """IPv4 in IPv6 as IPv4."""
    return host[7:] if host.startswith("::ffff:") and "." in host else host


def _unix(copy: socket.socket) -> Connection:
    local, peer = _path(copy.getsockname()), _path(peer_name(copy))
    listening = bool(copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    packed = copy.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, _, _ = _CREDENTIALS.unpack(packed)
    name = local if listening else peer or local
    accepted = not listening and bool(local) and not peer
    return Connection(ObjectType.UNIX, None, None, listening, accepted, name, 0 if listening else pid)


def _path(name: object) -> str:
    """Path of a unix socket; '@name' for an abstract one, as ss writes it."""
    if isinstance(name, bytes):
        return scrub_path(b"@" + name[1:] if name[:1] == b"\0" else name)
    return scrub_path(name) if isinstance(name, str) else ""


def find(host: Host, pid: int, inode: int) -> Connection:
    """The same from the tables of the process's network namespace; NoData when it is in none of them."""
    for kind in (ObjectType.TCP, ObjectType.UDP):
        for entry in entries(host, pid, kind):
            if entry.inode == inode:
                listening, connecting = (
                    kind is ObjectType.TCP and entry.state == state for state in (LISTEN, SYN_SENT)
                )
                local, peer = Address(*entry.local), Address(*entry.peer)
                return Connection(kind, local, peer, listening, connecting=connecting)
    text = host.proc(f"{pid}/net/unix", _TABLE_LIMIT)
    for line in text.splitlines()[1:]:
        words = line.split(None, 7)
        if len(words) >= 7 and words[6] == str(inode):
            name = scrub_path(words[7]) if len(words) > 7 else ""
            listening = bool(int(words[3], 16) & _ACCEPTS)
            return Connection(ObjectType.UNIX, None, None, listening, bool(name) and not listening, name)
    raise NoData(f"socket {inode} is in no table of process {pid}")


def entries(host: Host, pid: int, kind: ObjectType) -> Iterator[TcpSocket]:
    """IPv4 and IPv6 sockets of one kind (TCP, UDP; their tables are alike) in the network namespace of a
    process. A host without IPv6 has half of them."""
    tables = []
    for name in (kind.value, f"{kind.value}6"):
        try:
            tables.append(host.proc(f"{pid}/net/{name}", _TABLE_LIMIT))
        except NoData:
            continue
    if not tables:
        raise NoData(f"process {pid} has no {kind.value} table")
    for text in tables:
        yield from parse_tcp(text, f"{pid}/net/{kind.value}")


def listening_ports(host: Host, pid: int, inodes: set[int] | None = None) -> set[int]:
    """TCP ports that are listened on in the network namespace of a process, by sockets of `inodes` alone
    where they are given. Empty when the tables cannot be read."""
    try:
        return {
            entry.local[1]
            for entry in entries(host, pid, ObjectType.TCP)
            if entry.state == LISTEN and (inodes is None or entry.inode in inodes)
        }
    except Missing:
        return set()


def other_end(host: Host, pid: int, kind: ObjectType, local: Address, peer: Address) -> list[int]:
    """Inodes of the sockets on this host that may be the other end of a connection on loopback: the reversed
    pair if it is there, else what listens (TCP) or is bound (UDP) at the peer's port."""
    exact, bound = [], []
    for entry in entries(host, pid, kind):
        if not entry.inode:  # not accepted yet, or closed by its owner
            continue
        if entry.local == peer and entry.peer == local:
            exact.append(entry.inode)
        elif entry.local[1] == peer.port and not entry.peer[1]:
            bound.append(entry.inode)
    return exact or bound


def is_loopback(local: Address, peer: Address) -> bool:
    """Whether both ends are on this host."""
    return peer.host.startswith("127.") or peer.host == "::1" or peer.host == local.host != ""
