import socket
from contextlib import ExitStack

import pytest

from perfdiag.collectors.network import SPEC
from perfdiag.errors import NoData
from perfdiag.host import Host
from tests.collectors import collect, counter, gauge, readings
from tests.hosts import recorded

HEADS = "Inter-| Receive | Transmit\n face |bytes |bytes\n"


def test_interfaces_by_direction(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write(
        "proc/net/dev",
        f"{HEADS} eth0: 10 2 3 4 0 0 0 0 50 6 7 8 0 0 0 0\n ifb0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
    )
    found = {name: value for name, value in collect(SPEC, tree).items() if name.startswith("network")}
    assert {
        "network.bytes{interface=eth0,direction=receive}": counter(10, "B"),
        "network.packets{interface=eth0,direction=receive}": counter(2),
        "network.errors{interface=eth0,direction=receive}": counter(3),
        "network.drops{interface=eth0,direction=receive}": counter(4),
        "network.bytes{interface=eth0,direction=send}": counter(50, "B"),
        "network.packets{interface=eth0,direction=send}": counter(6),
        "network.errors{interface=eth0,direction=send}": counter(7),
        "network.drops{interface=eth0,direction=send}": counter(8),
        "network.speed{interface=eth0}": gauge(1.25e9, "B/s"),
    } == found


def test_the_busiest_interfaces_are_kept_where_there_are_hundreds(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    lines = [f"veth{n}: {n} 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n" for n in range(300)]
    tree.write("proc/net/dev", HEADS + "".join(lines))
    found = [name for name in collect(SPEC, tree) if name.startswith("network.bytes") and "receive" in name]
    assert "network.bytes{interface=veth299,direction=receive}" == found[0]
    assert 32 == len(found)


@pytest.mark.parametrize("text", ["-1\n", "", "unknown\n"])
def test_a_speed_that_is_not_known_is_absent_or_broken_but_never_zero(tmp_path, text):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("sys/class/net/eth0/speed", text)
    found = collect(SPEC, tree) if text == "-1\n" else {}
    assert "network.speed{interface=eth0}" not in found


def test_tcp(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/net/snmp", (
        "Tcp: MaxConn AttemptFails EstabResets OutSegs RetransSegs OutRsts\nTcp: -1 81 652 160640 3 911\n"
    ))  # fmt: skip
    tree.write("proc/net/netstat", (
        "TcpExt: ListenOverflows ListenDrops TCPAbortOnData TCPAbortOnMemory\nTcpExt: 51 52 221 1\n"
    ))  # fmt: skip
    found = {name: value for name, value in collect(SPEC, tree).items() if name.startswith("tcp")}
    assert {
        "tcp.segments{kind=sent}": counter(160640),
        "tcp.segments{kind=retransmitted}": counter(3),
        "tcp.resets{kind=established}": counter(652),
        "tcp.resets{kind=sent}": counter(911),
        "tcp.attempt_fails": counter(81),
        "tcp.listen{kind=overflows}": counter(51),
        "tcp.listen{kind=drops}": counter(52),
        "tcp.aborts{kind=data}": counter(221),
        "tcp.aborts{kind=memory}": counter(1),
    } == found


def test_a_missing_table_costs_its_own_samples_alone(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.remove("proc/net/netstat")
    found = []
    with pytest.raises(NoData, match="netstat"):
        found.extend(SPEC.collect(tree.host, None))
    assert {"tcp.segments{kind=sent}", "network.bytes{interface=eth0,direction=send}"} <= readings(
        found
    ).keys()


def test_the_kernel_counts_connections_that_a_full_queue_turns_away():
    def drops():
        return readings(SPEC.collect(Host(), None))["tcp.listen{kind=drops}"][0]

    before = drops()
    with socket.socket() as server, ExitStack() as clients:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(8):
            client = clients.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        assert drops() > before
