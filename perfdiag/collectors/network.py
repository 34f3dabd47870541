"""The network as this host sees it: interfaces and TCP.

`network.bytes`, `network.packets`, `network.errors` and `network.drops` by interface and direction (the 32
interfaces that moved most, those that never moved a packet left out), `network.speed{interface}`; of TCP
`tcp.segments{kind}` (sent, retransmitted), `tcp.listen{kind}` (overflows, drops: of queues of connections
that wait to be accepted), `tcp.aborts{kind}`, `tcp.attempt_fails`, `tcp.resets{kind}`. Of the network
namespace that perfdiag runs in. From /proc/net and /sys/class/net.
"""

from collections.abc import Iterable

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.numerals import natural, whole_lines
from perfdiag.host.procfs_net import Interface, parse_net_dev, parse_protocols
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gather, gauge
from perfdiag.units import Unit

_MOST = 32  # interfaces
_MEGABIT = 1e6 / 8
_TCP = (
    ("tcp.segments", "kind", "sent", "Tcp.OutSegs"),
    ("tcp.segments", "kind", "retransmitted", "Tcp.RetransSegs"),
    ("tcp.resets", "kind", "established", "Tcp.EstabResets"),
    ("tcp.resets", "kind", "sent", "Tcp.OutRsts"),
    ("tcp.attempt_fails", "", "", "Tcp.AttemptFails"),
    ("tcp.listen", "kind", "overflows", "TcpExt.ListenOverflows"),
    ("tcp.listen", "kind", "drops", "TcpExt.ListenDrops"),
    ("tcp.aborts", "kind", "data", "TcpExt.TCPAbortOnData"),
    ("tcp.aborts", "kind", "close", "TcpExt.TCPAbortOnClose"),
    ("tcp.aborts", "kind", "memory", "TcpExt.TCPAbortOnMemory"),
    ("tcp.aborts", "kind", "timeout", "TcpExt.TCPAbortOnTimeout"),
    ("tcp.aborts", "kind", "linger", "TcpExt.TCPAbortOnLinger"),
    ("tcp.aborts", "kind", "failed", "TcpExt.TCPAbortFailed"),
)


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    return gather(
        lambda: _interfaces(host),
        lambda: _protocols(host, "snmp"),
        lambda: _protocols(host, "netstat"),
    )


def _interfaces(host: Host) -> Iterable[Sample]:
    found = [
        item for item in parse_net_dev(host.proc("net/dev")) if item.received_packets or item.sent_packets
    ]
    found.sort(key=lambda item: -(item.received_bytes + item.sent_bytes))
    for item in found[:_MOST]:
        yield from _counters(item)
        yield from _speed(host, item.name)


def _counters(item: Interface) -> Iterable[Sample]:
    for direction, size, packets, errors, drops in (
        ("receive", item.received_bytes, item.received_packets, item.receive_errors, item.receive_drops),
        ("send", item.sent_bytes, item.sent_packets, item.send_errors, item.send_drops),
    ):
        labels = {"interface": item.name, "direction": direction}
        yield counter("network.bytes", size, Unit.BYTES, **labels)
        yield counter("network.packets", packets, **labels)
        yield counter("network.errors", errors, **labels)
        yield counter("network.drops", drops, **labels)


def _speed(host: Host, name: str) -> Iterable[Sample]:
    """Only where the driver knows it: virtual interfaces say -1 or refuse the reading."""
    file = f"class/net/{name}/speed"
    try:
        line = whole_lines(host.sys(file), file)[0]
    except Missing:
        return
    if line != "-1" and (speed := natural(line, file)):
        yield gauge("network.speed", speed * _MEGABIT, Unit.BYTES_PER_SECOND, interface=name)


def _protocols(host: Host, table: str) -> Iterable[Sample]:
    values = parse_protocols(host.proc(f"net/{table}"), f"/proc/net/{table}")
    for name, label, word, field in _TCP:
        if (value := values.get(field)) is not None and value >= 0:
            yield counter(name, value, **({label: word} if label else {}))


SPEC = Collector(name="network", help=__doc__ or "", scope="host", collect=collect)
