"""Which unix socket is at the other end of another: asked of the kernel by sock_diag(7), as `ss -x` does.

What SO_PEERCRED tells is who made the listening socket: of a server with a process for each connection that
is the one process that does not answer.
"""

import os
import socket
import struct

_SOCK_DIAG, _BY_FAMILY, _REQUEST = 4, 20, 1  # NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST
_SHOW_PEER, _PEER = 4, 2  # UDIAG_SHOW_PEER, UNIX_DIAG_PEER
_NO_COOKIE = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_ASKED = struct.Struct("=BBHIIIII")  # family, protocol, padding, states, inode, show, cookie
_TOLD = _HEADER.size + 16  # bytes before the attributes
_ATTRIBUTE = struct.Struct("=HH")  # length, type


def unix_peer(inode: int) -> int:
    """The inode of the socket at the other end; 0 when there is none, or the kernel does not tell: sockets of
    another network namespace are not seen."""
    asked = _ASKED.pack(socket.AF_UNIX, 0, 0, _NO_COOKIE, inode, _SHOW_PEER, _NO_COOKIE, _NO_COOKIE)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
            kernel.settimeout(0.5)
            kernel.send(_HEADER.pack(_HEADER.size + len(asked), _BY_FAMILY, _REQUEST, 1, 0) + asked)
            answer = kernel.recv(os.sysconf("SC_PAGESIZE"))
    except OSError:
        return 0
    if len(answer) < _TOLD or _HEADER.unpack_from(answer)[1] != _BY_FAMILY:
        return 0
    at = _TOLD
    while at + _ATTRIBUTE.size + 4 <= len(answer):
        length, kind = _ATTRIBUTE.unpack_from(answer, at)
        if kind == _PEER:
            return int(struct.unpack_from("=I", answer, at + _ATTRIBUTE.size)[0])
        at += max(4, (length + 3) & ~3)
    return 0
