import socket

import psutil
import pytest

from perfdiag.errors import Broken
from perfdiag.host.procfs_net import LISTEN, TcpSocket, parse_net_dev, parse_protocols, parse_tcp

HEADS = "Inter-|   Receive | Transmit\n face |bytes packets |bytes packets\n"
TCP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def read(path: str) -> str:
    with open(f"/proc/{path}", encoding="utf-8") as file:
        return file.read()


def test_a_line_of_an_interface():
    (eth,) = parse_net_dev(f"{HEADS}  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n")
    assert ("eth0", 1, 2, 3, 4, 9, 10, 11, 12) == eth


def test_a_wide_counter_may_touch_the_name_and_an_alias_has_a_colon():
    (eth,) = parse_net_dev(f"{HEADS}eth0:1:83065435 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n")
    assert ("eth0:1", 83065435) == eth[:2]


def test_no_interface_but_the_heads():
    assert () == parse_net_dev(HEADS)


@pytest.mark.parametrize(
    "line", ["eth0 1 2 3\n", "eth0: 1 2 3\n", "eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 x\n"]
)
def test_a_broken_interface(line):
    with pytest.raises(Broken, match="net/dev"):
        parse_net_dev(HEADS + line)


def test_protocols_are_pairs_of_lines():
    text = "Tcp: MaxConn RetransSegs\nTcp: -1 7\nUdp: NoPorts\nUdp: 3\n"
    assert {"Tcp.MaxConn": -1, "Tcp.RetransSegs": 7, "Udp.NoPorts": 3} == parse_protocols(text)


@pytest.mark.parametrize(
    "text", ["Tcp: A B\nTcp: 1\n", "Tcp: A\nUdp: 1\n", "Tcp: A\n", "Tcp A\nTcp 1\n", "Tcp: A\nTcp: x\n"]
)
def test_broken_protocols(text):
    with pytest.raises(Broken):
        parse_protocols(text)


def test_a_listening_socket_and_a_connection():
    text = TCP + (
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000 0 0 4242 1 0 100\n"
        "   1: 0100007F:1F90 0100007F:9C40 01 0000000A:00000000 00:00000000 00000000 0 0 4243 1 0 20\n"
    )
    listening, connected = parse_tcp(text)
    assert TcpSocket(("127.0.0.1", 8080), ("0.0.0.0", 0), LISTEN, 0, 3, 4242) == listening
    assert TcpSocket(("127.0.0.1", 8080), ("127.0.0.1", 40000), 1, 10, 0, 4243) == connected


def test_a_table_may_be_cut_but_not_garbled():
    line = "0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000 0 0 4242 1\n"
    assert 1 == len(list(parse_tcp(TCP + line + line[:30])))
    for bad in (
        line.replace("0100007F", "0100"),
        line.replace("4242", "x"),
        line.replace(" 0A ", " ZZ "),
        "x\n",
    ):
        with pytest.raises(Broken):
            list(parse_tcp(TCP + bad))


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_the_kernel_counts_connections_that_wait_to_be_accepted(family):
    with socket.socket(family) as server, socket.socket(family) as client:
        server.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        server.listen()
        client.connect(server.getsockname())
        table = "net/tcp" if family == socket.AF_INET else "net/tcp6"
        sockets = {entry.local: entry for entry in parse_tcp(read(table)) if entry.state == LISTEN}
        assert 1 == sockets[server.getsockname()[:2]].receive_queue


def test_psutil_reads_the_same_interfaces():
    ours = {interface.name: interface for interface in parse_net_dev(read("net/dev"))}
    oracle = psutil.net_io_counters(pernic=True, nowrap=False)
    assert oracle.keys() == ours.keys()
    for name, counters in oracle.items():
        assert pytest.approx(counters.bytes_recv, rel=0.05, abs=1 << 20) == ours[name].received_bytes
        assert (counters.errin, counters.dropin, counters.errout, counters.dropout) == (
            ours[name].receive_errors,
            ours[name].receive_drops,
            ours[name].send_errors,
            ours[name].send_drops,
        )
