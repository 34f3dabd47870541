"""The TCP sockets of a process, looked at a few times a second: connections that wait to be accepted, and
segments that were sent again.

For the snapshots, all with the label `pid`: `sockets.looked`, how often; counters by `address`:
`accept.looks`, of these `accept.waited` (connections waited), `accept.depth` (how many, summed over the
looks), and `accept.limit`, how many may; `tcp.peer.segments{peer, kind}` (sent, retransmitted), where `peer`
is named as an object is; `tcp.peer.connections{peer, kind}`: seen at a look, a second after the one before,
and of these fresh (made since, and hardly used yet). Sockets that are made and closed between two looks at
the descriptors are missed.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from perfdiag.errors import Denied, Missing
from perfdiag.host import Host
from perfdiag.host.process import Target, hold
from perfdiag.host.procfs import parse_stat
from perfdiag.host.sockets import Address
from perfdiag.host.tcp_info import TcpInfo, tcp_info
from perfdiag.model import Process, Role, Sample
from perfdiag.samples import counter, gauge
from perfdiag.units import Unit

_MOST = 512  # sockets of a process that are looked at, 10 µs each
_PEERS = 64  # told one by one; those beyond share a name
_ADDRESSES = 64  # that are listened on; those beyond are not told
_EVERY = 0.2  # seconds between two looks at those that listen
_MOST_PROCESSES = 64
_SCAN = 1.0  # seconds between two looks at all descriptors
SHARE = 0.05  # of a core, at most, goes into looks: there may be a million descriptors
_OTHERS = "others"
_FRESH = 16  # segments sent, at most: a handshake (that of TLS too), a question, the end

Socket = tuple[int, int]  # descriptor, inode
Counts = tuple[float, ...]  # segments sent and retransmitted, seconds busy and held up by the peer
_NONE: Counts = (0, 0, 0.0, 0.0)


class TcpSockets:
    """Looks at the sockets of one process, through its pidfd; `denied` when it may not."""

    def __init__(self, pid: int, pidfd: int, host: Host) -> None:
        self._pid, self._pidfd, self._host = pid, pidfd, host
        self.denied = False
        self._listeners: list[Socket] = []
        self._other: set[int] = set()  # inodes of sockets that are not of TCP
        self._counts: dict[int, Counts] = {}  # inode -> as last seen
        self._next = 0.0
        self._whole = False  # the last look at all descriptors saw all sockets: others are new since
        self._made = 0
        self._looks: Counter[Address] = Counter()
        self._waited: Counter[Address] = Counter()
        self._depth: Counter[Address] = Counter()
        self._limits: dict[Address, int] = {}
        self._totals: dict[str, Counts] = {}
        self._seen: Counter[str] = Counter()
        self._fresh: Counter[str] = Counter()

    def look(self, now: float) -> None:
        """At those that listen, and now and then at all; `now` in seconds."""
        if self.denied:
            return
        self._made += 1
        try:
            if now >= self._next:
                self._next = now + _SCAN
                self._scan()
            for descriptor, inode in self._listeners:
                self._listener(descriptor, inode)
        except Denied:
            self.denied = True

    def samples(self) -> Iterable[Sample]:
        pid = str(self._pid)
        if not self.denied:
            yield counter("sockets.looked", self._made, pid=pid)
        for at, looks in self._looks.items():
            labels = {"pid": pid, "address": str(at)}
            yield counter("accept.looks", looks, **labels)
            yield counter("accept.waited", self._waited[at], **labels)
            yield counter("accept.depth", self._depth[at], **labels)
            yield gauge("accept.limit", self._limits[at], **labels)
        for peer, counts in self._totals.items():
            for kind, value in zip(("sent", "retransmitted"), counts[:2], strict=True):
                yield counter("tcp.peer.segments", value, pid=pid, peer=peer, kind=kind)
            for kind, value in zip(("busy", "held up"), counts[2:], strict=True):
                yield counter("tcp.peer.time", value, Unit.SECONDS, pid=pid, peer=peer, kind=kind)
            for kind, value in (("seen", self._seen[peer]), ("fresh", self._fresh[peer])):
                yield counter("tcp.peer.connections", value, pid=pid, peer=peer, kind=kind)

    def _listener(self, descriptor: int, inode: int) -> None:
        try:
            info = tcp_info(self._pidfd, descriptor, inode)
        except Denied:
            raise
        except Missing:
            return  # closed since
        if info.listening and (info.local in self._looks or len(self._looks) < _ADDRESSES):
            self._looks[info.local] += 1
            self._waited[info.local] += info.unacked > 0
            self._depth[info.local] += info.unacked
            self._limits[info.local] = info.sacked

    def _scan(self) -> None:
        infos: list[tuple[int, TcpInfo]] = []
        listeners, other, looked = [], set[int](), 0
        complete, self._whole = self._whole, True
        for descriptor, inode in self._sockets():
            if inode in self._other:
                other.add(inode)
                continue
            if looked == _MOST:
                self._whole = False
                break
            looked += 1
            try:
                info = tcp_info(self._pidfd, descriptor, inode)
            except Denied:
                raise
            except Missing:
                other.add(inode)
                continue
            if info.listening:
                listeners.append((descriptor, inode))
            elif info.peer.set and not info.connecting:
                infos.append((inode, info))
        self._listeners, self._other = listeners, other
        ports = {at.port for at in self._looks}
        last, self._counts = self._counts, {}
        for inode, info in infos:
            now: Counts = (info.sent, info.retransmitted, info.busy, info.held_up)
            before = last.get(inode, _NONE if complete else now)
            # fewer are retransmitted when the peer had some: those count but once
            now = self._counts[inode] = tuple(map(max, now, before))
            peer = self._peer(info, ports)
            total = self._totals.get(peer, _NONE)
            self._totals[peer] = tuple(a + b - c for a, b, c in zip(total, now, before, strict=True))
            if complete:
                self._seen[peer] += 1
                self._fresh[peer] += inode not in last and info.sent <= _FRESH

    def _peer(self, info: TcpInfo, ports: set[int]) -> str:
        """The name that a wait on this connection has as an object."""
        if info.local.port in ports:
            name = f"client {info.peer.host} of port {info.local.port}"
        else:
            name = str(info.peer)
        return name if name in self._totals or len(self._totals) < _PEERS else _OTHERS

    def _sockets(self) -> Iterable[Socket]:
        """Descriptors that are sockets. Reading a link follows nothing."""
        folder = f"{self._host.procfs}/{self._pid}/fd"
        try:
            names = os.listdir(folder)
        except OSError:
            self._whole = False
            return
        for name in names:
            try:
                link = os.readlink(f"{folder}/{name}")
            except OSError:
                continue  # closed since
            if link.startswith("socket:["):
                yield int(name), int(link[8:-1])


class AllTcpSockets:
    """The TCP sockets of all processes of a recording, the first of which are held by `pidfds`."""

    def __init__(self, pidfds: Sequence[int], host: Host, share: float = SHARE) -> None:
        self._pidfds, self._host, self._share = pidfds, host, share
        self._sockets: dict[int, TcpSockets] = {}  # by the number of the process
        self._held: list[Target] = []
        self._next = 0.0

    def look(self, processes: Sequence[Process]) -> None:
        """At most a few times a second, less often where that costs much."""
        now = self._host.clock.monotonic_ns() / 1e9
        if now < self._next:
            return
        mark = time.process_time()
        for number, process in enumerate(processes[:_MOST_PROCESSES]):
            if process.gone is None and process.role is not Role.PEER:
                if number not in self._sockets:
                    self._sockets[number] = self._begin(number, process)
                self._sockets[number].look(now)
        self._next = now + max(_EVERY, (time.process_time() - mark) / self._share)

    def samples(self) -> Iterable[Sample]:
        for sockets in self._sockets.values():
            yield from sockets.samples()

    def close(self) -> None:
        for target in self._held:
            target.close()

    def _begin(self, number: int, process: Process) -> TcpSockets:
        if number < len(self._pidfds):
            return TcpSockets(process.pid, self._pidfds[number], self._host)
        found = TcpSockets(process.pid, -1, self._host)
        try:
            stat = parse_stat(self._host.proc(f"{process.pid}/stat"))
        except Missing:
            stat = None
        target = hold(stat, self._host) if stat and stat.started == process.started else None
        if target is None:
            found.denied = True
            return found
        self._held.append(target)
        return TcpSockets(process.pid, target.pidfd, self._host)
