"""Parsers of /proc/net: text in, records out, nothing read here. All raise Broken, which names the file and
the text.

Layouts are those of proc_pid_net(5); the columns of net/tcp are those of `get_tcp4_sock` in
net/ipv4/tcp_ipv4.c.
"""

import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

from perfdiag.host.numerals import broken, hexadecimal, integer, natural, naturals, whole_lines
from perfdiag.text import printable

SYN_SENT, LISTEN = 0x02, 0x0A  # include/net/tcp_states.h
_DEVICE_FIELDS = 16


class Interface(NamedTuple):
    """One line of /proc/net/dev."""

    name: str
    received_bytes: int
    received_packets: int
    receive_errors: int
    receive_drops: int
    sent_bytes: int
    sent_packets: int
    send_errors: int
    send_drops: int


class TcpSocket(NamedTuple):
    """One line of /proc/net/tcp or tcp6; addresses as (IP, port). For a listening socket `receive_queue`
    counts connections that wait to be accepted, else both queues are bytes."""

    local: tuple[str, int]
    peer: tuple[str, int]
    state: int
    send_queue: int
    receive_queue: int
    inode: int


def parse_net_dev(text: str, file: str = "/proc/net/dev") -> tuple[Interface, ...]:
    found = []
    for line in whole_lines(text, file)[2:]:
        name, _, rest = line.rpartition(":")
        words = rest.split()
        if not name or len(words) < _DEVICE_FIELDS:
            raise broken(file, "not a line of an interface", line)
        numbers = naturals(words[:_DEVICE_FIELDS], file)
        found.append(Interface(printable(name.strip(" "), 64), *numbers[:4], *numbers[8:12]))
    return tuple(found)


def parse_protocols(text: str, file: str = "/proc/net/snmp") -> dict[str, int]:
    """/proc/net/snmp and netstat, pairs of lines with names and numbers: 'Tcp.RetransSegs' -> number."""
    lines = whole_lines(text, file)
    found = {}
    for names, numbers in zip(lines[::2], lines[1::2], strict=False):
        protocol, colon, rest = names.partition(": ")
        words, values = rest.split(), numbers.removeprefix(f"{protocol}: ").split()
        if not colon or not numbers.startswith(f"{protocol}: ") or len(words) != len(values):
            raise broken(file, "names and numbers do not match", names)
        for name, value in zip(words, values, strict=True):
            found[f"{protocol}.{name}"] = integer(value, file)
    if len(lines) % 2:
        raise broken(file, "names without numbers", lines[-1])
    return found


def parse_tcp(text: str, file: str = "/proc/net/tcp") -> Iterator[TcpSocket]:
    """Sockets in the order of the table: those that listen come first. A line that is cut at the end of the
    text (a table can be longer than what one wants of it) ends it."""
    for line in text.split("\n")[1:-1]:
        words = line.split()
        if len(words) < 10:
            raise broken(file, "not a line of a socket", line)
        send, _, receive = words[4].partition(":")
        yield TcpSocket(
            local=_address(words[1], file),
            peer=_address(words[2], file),
            state=hexadecimal(words[3], file),
            send_queue=hexadecimal(send, file),
            receive_queue=hexadecimal(receive, file),
            inode=natural(words[9], file),
        )


def _address(word: str, file: str) -> tuple[str, int]:
    """'0100007F:1F90': each group of eight digits in the byte order of the machine; IPv4 in IPv6 as IPv4."""
    digits, _, port = word.partition(":")
    if len(digits) not in (8, 32) or len(port) != 4:
        raise broken(file, "not an address", word)
    groups = [hexadecimal(digits[at : at + 8], file) for at in range(0, len(digits), 8)]
    family = socket.AF_INET if len(groups) == 1 else socket.AF_INET6
    host = socket.inet_ntop(family, struct.pack(f"={len(groups)}I", *groups))
    return host.removeprefix("::ffff:") if "." in host else host, hexadecimal(port, file)
