"""What the kernel counts of a TCP socket of another process (TCP_INFO, tcp(7)).

For a socket that listens two fields mean something else: `unacked` is the number of connections that wait to
be accepted, `sacked` how many may (tcp_get_info in net/ipv4/tcp.c).
"""

import os
import socket
import struct
from typing import NamedTuple

from perfdiag.errors import NoData
from perfdiag.host.procfs_net import LISTEN, SYN_SENT
from perfdiag.host.sockets import Address, address, duplicate, peer_name

# struct tcp_info, include/uapi/linux/tcp.h: state at 0, unacked and sacked at 24, total_retrans at 100,
# segs_out at 136 (Linux 4.2), busy_time and rwnd_limited at 168 (Linux 4.10), dsack_dups at 216 (Linux 4.19)
_FIELDS = struct.Struct("=B23xII68xI32xI")
_TIMES = struct.Struct("=168xQQ")
_DUPLICATES = struct.Struct("=216xI")


class TcpInfo(NamedTuple):
    """`retransmitted` and `sent` count segments since the connection was made; those of which the peer says
    that it had them (a slow answer, not a loss) are not counted as sent again. `busy`: seconds in which
    something was on its way; `held_up`: of these, those in which the peer had no room for more."""

    local: Address
    peer: Address
    state: int
    unacked: int
    sacked: int
    retransmitted: int
    sent: int
    busy: float
    held_up: float

    @property
    def listening(self) -> bool:
        return self.state == LISTEN

    @property
    def connecting(self) -> bool:
        return self.state == SYN_SENT


def tcp_info(pidfd: int, descriptor: int, inode: int) -> TcpInfo:
    """Denied without the right to ptrace the process; NoData when the descriptor is closed, or another
    socket by now, or not of TCP."""
    with duplicate(pidfd, descriptor, inode) as copy:
        if copy.type != socket.SOCK_STREAM or copy.family not in (socket.AF_INET, socket.AF_INET6):
            raise NoData(f"descriptor {descriptor} is not a TCP socket")
        try:
            raw = copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _DUPLICATES.size)
            local, peer = address(copy.getsockname()), address(peer_name(copy))
        except OSError as error:
            raise NoData(f"descriptor {descriptor}: {os.strerror(error.errno or 0)}") from error
    if len(raw) < _FIELDS.size:
        raise NoData("a kernel that counts no segments")
    state, unacked, sacked, retransmitted, sent = _FIELDS.unpack_from(raw)
    duplicates = _DUPLICATES.unpack_from(raw)[0] if len(raw) >= _DUPLICATES.size else 0
    busy, held_up = _TIMES.unpack_from(raw) if len(raw) >= _TIMES.size else (0, 0)
    again = max(0, retransmitted - duplicates)
    return TcpInfo(local, peer, state, unacked, sacked, again, sent, busy / 1e6, held_up / 1e6)
