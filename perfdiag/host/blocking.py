"""The reads that may never return, as the inspector's child makes them. Nothing else may call them.

`maps`, `cmdline` and `smaps_rollup` wait for the lock of an address space that its owner may hold for ever (a
page fault on a dead file server is enough); opening what a descriptor refers to may wait likewise. Each
function returns the bytes of the answer, JSON where it is more than one text, or raises `Missing`.
"""

import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from perfdiag.errors import Missing
from perfdiag.host import Host, nvml
from perfdiag.host.secrets import SHOWN, scrub
from perfdiag.host.sockets import Address, listening_ports, other_end
from perfdiag.host.unix_peer import unix_peer
from perfdiag.model import ObjectType
from perfdiag.text import printable

_CMDLINE = 4096
_MAPS = 1 << 24
_SOCKET, _PIPE = "socket:[", "pipe:["


def _text(host: Host, path: str, limit: int = 1 << 16) -> bytes:
    return host.proc(path, limit).encode("utf-8", "surrogateescape")


def maps(host: Host, pid: int) -> bytes:
    return _text(host, f"{pid}/maps", _MAPS)


def smaps_rollup(host: Host, pid: int) -> bytes:
    return _text(host, f"{pid}/smaps_rollup")


def fdinfo(host: Host, pid: int, descriptor: int) -> bytes:
    return _text(host, f"{pid}/fdinfo/{descriptor}")


def exe(host: Host, pid: int) -> bytes:
    return host.link_proc(f"{pid}/exe").encode("utf-8", "surrogateescape")


def link(host: Host, pid: int, descriptor: int) -> bytes:
    return host.link_proc(f"{pid}/fd/{descriptor}").encode("utf-8", "surrogateescape")


def cmdline(host: Host, pid: int, limit: int = SHOWN) -> bytes:
    """At most `limit` characters. Scrubbed here, so that secrets stay in this process. An argument that is
    cut is left out: what marks it as a secret may be in the part that is missing."""
    raw = host.proc(f"{pid}/cmdline", _CMDLINE)
    arguments = raw.rstrip("\0").split("\0") if raw else []
    if len(os.fsencode(raw)) >= _CMDLINE:
        arguments[-1] = "…"
    return scrub(arguments, limit).encode()


def sockets(host: Host, pid: int) -> bytes:
    """Inodes of the sockets that a process has open."""
    found = [_inode(target, _SOCKET) for _, target in _links(host, pid)]
    return json.dumps(sorted({inode for inode in found if inode})).encode()


def listening(host: Host, pid: int) -> bytes:
    """TCP ports that are listened on in the network namespace of a process; does not block, but is slow where
    there are many sockets."""
    return json.dumps(sorted(listening_ports(host, pid))).encode()


def socket_owners(host: Host, inodes: Iterable[int]) -> bytes:
    """{inode: [pid, comm]}, the lowest process id where several share a socket; those without an owner that
    can be seen are absent."""
    wanted, found = set(inodes), {}
    for pid in host.pids():
        if not wanted:
            break
        for _, target in _links(host, pid):
            inode = _inode(target, _SOCKET)
            if inode in wanted:
                wanted.discard(inode)
                found[inode] = [pid, _comm(host, pid)]
    return json.dumps(found).encode()


def peer_owners(host: Host, pid: int, ends: list[list[Any]]) -> bytes:
    """[[pid, comm] or null] of the process at the other end of each [type, local, peer] of process `pid`."""
    candidates = [
        other_end(host, pid, ObjectType(kind), Address(*local), Address(*peer)) for kind, local, peer in ends
    ]
    owners = json.loads(socket_owners(host, {inode for inodes in candidates for inode in inodes}))
    answer = [
        next((owners[str(inode)] for inode in inodes if str(inode) in owners), None) for inodes in candidates
    ]
    return json.dumps(answer).encode()


def unix_owner(host: Host, inode: int) -> bytes:
    """[pid, comm] of the process at the other end of a unix socket, or null."""
    peer = unix_peer(inode)
    owners = json.loads(socket_owners(host, [peer])) if peer else {}
    return json.dumps(owners.get(str(peer))).encode()


def pipe_end(host: Host, pid: int, inode: int, reads: bool) -> bytes:
    """[pid, comm, whether it is a child of `pid`] of the process at the other end of a pipe, or null;
    children come first. `reads`: the process has the end to read from. A pipe of which the process has both
    ends is its own, also when a fork inherited it."""
    wanted = stat.S_IWUSR if reads else stat.S_IRUSR
    if _holds(host, pid, inode, wanted):
        return b"null"
    family = [int(child) for child in json.loads(children(host, pid))]
    others = (other for other in host.pids() if other not in family)
    found = next((one for one in (*family, *others) if _holds(host, one, inode, wanted)), 0)
    return json.dumps([found, _comm(host, found), found in family] if found else None).encode()


def children(host: Host, pid: int) -> bytes:
    """{pid: comm} of the children of a process."""
    found = {}
    for tid in host.list_proc(f"{pid}/task"):
        try:
            text = host.proc(f"{pid}/task/{tid}/children")
        except Missing:
            continue  # the thread has ended, or a kernel without CONFIG_PROC_CHILDREN
        found.update({child: _comm(host, int(child)) for child in text.split()})
    return json.dumps(found).encode()


def _links(host: Host, pid: int) -> Iterator[tuple[str, str]]:
    """(number, target) of each descriptor; nothing for a process that has ended or is denied."""
    folder = f"{host.procfs}/{pid}/fd"
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            yield name, os.readlink(f"{folder}/{name}")
        except OSError:
            continue  # closed since


def _holds(host: Host, pid: int, inode: int, mode: int) -> bool:
    """Whether a process has this pipe open for reading (S_IRUSR) or writing (S_IWUSR); the mode of the link
    says it (proc_pid_fd(5))."""
    for name, target in _links(host, pid):
        try:
            if _inode(target, _PIPE) == inode and os.lstat(f"{host.procfs}/{pid}/fd/{name}").st_mode & mode:
                return True
        except OSError:
            continue  # closed since
    return False


def _inode(target: str, prefix: str) -> int:
    return int(target[len(prefix) : -1]) if target.startswith(prefix) and target.endswith("]") else 0


def _comm(host: Host, pid: int) -> str:
    try:
        return printable(host.proc(f"{pid}/comm", 64).removesuffix("\n"))
    except Missing:
        return ""


def gpus(_host: Host) -> bytes:
    """What NVML says of every GPU."""
    return json.dumps(nvml.read()).encode()


READS: dict[str, Callable[..., bytes]] = {
    read.__name__: read
    for read in (
        maps,
        smaps_rollup,
        fdinfo,
        exe,
        link,
        cmdline,
        sockets,
        listening,
        socket_owners,
        peer_owners,
        unix_owner,
        pipe_end,
        children,
        gpus,
    )
}
