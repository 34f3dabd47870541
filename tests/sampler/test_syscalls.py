import re
from pathlib import Path

import pytest

from perfdiag.sampler.syscalls import CALLS, Call, Wait, calls_of, parse_syscall
from perfdiag.ticks import OUTSIDE, RUNNING

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
# io_uring, futex_waitv and the like are newer than the headers of an old distribution
NEWER = 424


def test_a_blocked_call_has_a_number_and_six_arguments():
    line = b"202 0x7ff89794e6f0 0x89 0x0 0x7ff8 0x0 0xffffffff 0x7ff896ffc8b0 0x7ff8974a7117\n"
    assert (202, (0x7FF89794E6F0, 0x89, 0, 0x7FF8, 0, 0xFFFFFFFF)) == parse_syscall(line)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        (b"running\n", RUNNING),
        (b"", RUNNING),
        (b"-1 0x7ffd3c1f2a10 0x7f3f4c1b2c3d\n", OUTSIDE),
    ],
)
def test_a_thread_outside_a_call_has_no_arguments(line, number):
    assert (number, ()) == parse_syscall(line)


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_those_of_the_kernel_headers(machine):
    if not HEADERS[machine].exists():
        pytest.skip(f"{HEADERS[machine]} is not installed")
    text = HEADERS[machine].read_text()
    defined = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text))
    defined["newfstatat"] = defined.get("newfstatat") or defined["fstatat"]
    calls = calls_of(machine)
    assert {
        call.name: str(number) for number, call in calls.items() if number < NEWER or call.name in defined
    } == {
        call.name: defined[call.name]
        for number, call in calls.items()
        if number < NEWER or call.name in defined
    }


@pytest.mark.parametrize("machine", HEADERS)
def test_what_a_service_blocks_in_is_known(machine):
    names = {call.name for call in calls_of(machine).values()}
    wanted = {"read", "write", "recvfrom", "sendto", "connect", "accept4", "ppoll", "pselect6", "epoll_pwait"}
    assert wanted | {"futex", "clock_nanosleep", "wait4", "waitid", "fsync", "flock", "openat"} <= names


def test_a_machine_without_a_table_knows_no_call():
    assert {} == calls_of("s390x")


@pytest.mark.parametrize("call", CALLS.values(), ids=lambda call: call.name)
def test_a_call_says_where_the_argument_is_that_its_wait_needs(call: Call):
    if call.wait in (Wait.FD, Wait.CONNECT, Wait.ACCEPT, Wait.EPOLL):
        assert 0 == call.fd
    assert (call.wait is Wait.PATH) == (call.path >= 0)
