import ctypes
import os
import select
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.host.memory import Memory
from perfdiag.host.sockets import Address
from perfdiag.sampler.arguments import Polled, destination, is_mutex, path, polled, selected

PAGE = 4096


def read_own(address: int, length: int) -> bytes:
    return Memory(os.getpid(), capacity=16).read(address, length)


def in_memory(content: bytes) -> "tuple[int, ctypes.Array[ctypes.c_char]]":
    buffer = ctypes.create_string_buffer(content, len(content))
    return ctypes.addressof(buffer), buffer


@given(st.lists(st.integers(-1, 2000), max_size=64))
def test_a_poll_array_gives_its_descriptors_but_not_those_switched_off(descriptors):
    address, _keep = in_memory(b"".join(struct.pack("ihh", fd, 1, 0) for fd in descriptors) or b"\0")
    found = polled(read_own, (address, len(descriptors), 0, 0, 0, 0))
    assert [Polled(fd, writes=False) for fd in descriptors if fd >= 0] == found


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (select.POLLIN, False),
        (select.POLLOUT, True),
        (select.POLLIN | select.POLLOUT, False),
        (select.POLLOUT | select.POLLERR | select.POLLHUP, True),
        (0, False),
    ],
)
def test_a_poll_for_room_to_write_is_told_from_one_for_something_to_read(events, expected):
    address, _keep = in_memory(struct.pack("ihh", 7, events, 0))
    assert [Polled(7, expected)] == polled(read_own, (address, 1, 0, 0, 0, 0))


@given(st.sets(st.integers(0, 1023)), st.sets(st.integers(0, 1023)))
def test_a_select_gives_what_is_to_be_readable_or_writable(readable, writable):
    bits = [sum(1 << fd for fd in wanted).to_bytes(128, "little") for wanted in (readable, writable)]
    (first, _keep), (second, _keep_too) = in_memory(bits[0]), in_memory(bits[1])
    expected = [Polled(fd, fd not in readable) for fd in sorted(readable | writable)]
    assert expected == selected(read_own, (1024, first, second, 0, 0, 0))


def test_a_select_looks_no_further_than_its_count():
    address, _keep = in_memory(b"\xff" * 8)
    expected = [Polled(fd, writes=False) for fd in (0, 1, 2)]
    assert expected == selected(read_own, (3, address, 0, 0, 0, 0))
    assert [] == selected(read_own, (0, address, 0, 0, 0, 0))


def test_counts_that_are_not_to_be_believed_are_bounded():
    lengths = []

    def read(address: int, length: int) -> bytes:
        lengths.append(length)
        return bytes(length)

    polled(read, (PAGE, 1 << 40, 0, 0, 0, 0))
    selected(read, (1 << 40, PAGE, PAGE, 0, 0, 0))
    destination(read, (3, PAGE, 1 << 40, 0, 0, 0))
    assert [512, 128, 128, 128] == lengths


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (struct.pack("=H", socket.AF_INET) + b"\x15\x38\x0a\0\0\x07" + bytes(8), Address("10.0.0.7", 5432)),
        (
            struct.pack("=H", socket.AF_INET6) + b"\x18\xeb" + bytes(4) + bytes(15) + b"\x01" + bytes(4),
            Address("::1", 6379),
        ),
        (
            struct.pack("=H", socket.AF_INET6)
            + b"\x18\xeb"
            + bytes(4)
            + bytes(10)
            + b"\xff\xff\x7f\0\0\x01"
            + bytes(4),
            Address("127.0.0.1", 6379),
        ),
        (struct.pack("=H", socket.AF_UNIX) + b"/run/x.sock\0", "/run/x.sock"),
        (struct.pack("=H", socket.AF_UNIX) + b"\0bus\x1b", r"@bus\x1b"),
        (struct.pack("=H", socket.AF_NETLINK) + bytes(10), ""),
        (b"", ""),
    ],
)
def test_where_a_connect_goes(address, expected):
    place, _keep = in_memory(address or b"\0")
    assert expected == destination(read_own, (3, place, len(address), 0, 0, 0))


def test_a_path_ends_at_its_nul_and_is_escaped():
    address, _keep = in_memory(b"/srv/\x1b[2J\n\xff\0rest")
    assert r"/srv/\x1b[2J\x0a\xff" == path(read_own, address)


def test_a_path_is_read_across_a_page_only_when_it_goes_on_there():
    memory = {0: b"/abc\0".rjust(PAGE, b"x"), PAGE: b"de\0".ljust(PAGE, b"x")}
    asked = []

    def read(address: int, length: int) -> bytes:
        asked.append((address, length))
        assert address // PAGE == (address + length - 1) // PAGE
        page = address // PAGE * PAGE
        return memory[page][address - page : address - page + length]

    assert "/abc" == path(read, PAGE - 5)
    assert [(PAGE - 5, 5)] == asked
    memory[0] = b"/abc".rjust(PAGE, b"x")
    assert "/abcde" == path(read, PAGE - 4)


@pytest.mark.parametrize(
    ("operation", "value", "timeout", "expected"),
    [
        (0x80, 2, 0, True),  # a mutex of glibc; the run time of Go
        (0x00, 2, 0, True),  # one that processes share
        (0x89, 2, 0, True),  # a mutex of Rust
        (0x86, 0, 0, True),  # a mutex with inheritance of priority
        (0x80, 0, 0, False),  # a thread of Go without work
        (0x189, 2, 0, False),  # a condition variable of glibc
        (0x89, 2, 0x7F00, False),
        (0x189, 0, 0, False),  # a semaphore: a lock of CPython
        (0x81, 2, 0, False),  # it wakes others
    ],
)
def test_a_mutex_is_told_from_other_uses_of_a_futex(operation, value, timeout, expected):
    assert expected == is_mutex((0x5587DFB81AD0, operation, value, timeout, 0, 0xFFFFFFFF))
