import ctypes
import os
import struct
from pathlib import Path

import pytest

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.parking import lock
from perfdiag.sampler.syscalls import parse_syscall, stack_pointer
from tests.sampler.cpython.conftest import PROGRAMS, Start, attach

UNLOCKED, LOCKED, HAS_PARKED = 0, 1, 2
ENTRY, MUTEX, SEMAPHORE = 0x100, 0x800, 0x110


class Sleeper:
    """A stack at the start of a buffer with a `struct wait_entry`, and the mutex that it names."""

    def __init__(self, bits: int) -> None:
        self.buffer = ctypes.create_string_buffer(0x1000)
        self.start = ctypes.addressof(self.buffer)
        struct.pack_into("<QQ", self.buffer, ENTRY, 0, self.start + MUTEX)
        self.buffer[MUTEX] = bits

    def lock(self, stack_pointer: int = 0) -> int:
        return lock(Memory(os.getpid()).read, self.start + SEMAPHORE, self.start + stack_pointer)


@pytest.mark.parametrize("bits", [HAS_PARKED, HAS_PARKED | LOCKED])
def test_a_parked_thread_waits_for_the_lock_that_its_entry_names(bits: int) -> None:
    sleeper = Sleeper(bits)
    assert sleeper.start + MUTEX == sleeper.lock()


@pytest.mark.parametrize("bits", [UNLOCKED, LOCKED, 0x40 | HAS_PARKED])
def test_what_is_no_lock_with_parked_threads_is_none(bits: int) -> None:
    assert Sleeper(bits).lock() == 0


def test_a_futex_elsewhere_than_on_the_stack_is_that_of_no_entry() -> None:
    sleeper = Sleeper(HAS_PARKED)
    assert sleeper.lock(stack_pointer=SEMAPHORE + 8) == 0  # below it
    assert sleeper.lock(stack_pointer=SEMAPHORE - 4096) == 0  # far above it


def test_an_entry_that_names_no_memory_is_none() -> None:
    sleeper = Sleeper(HAS_PARKED)
    struct.pack_into("<Q", sleeper.buffer, ENTRY + 8, 8)
    assert sleeper.lock() == 0


def test_waiters_of_one_lock_wait_for_one_address(interpreter: str, start: Start) -> None:
    """Two threads wait for a Lock, two for an RLock: by their futex up to 3.13, by what they are parked for
    from 3.14 on."""
    target = start(interpreter, str(PROGRAMS / "waiters.py"))
    reader = attach(target.pid)
    read = Memory(target.pid).read
    addresses = []
    for path in Path(f"/proc/{target.pid}/task").iterdir():
        line = (path / "syscall").read_bytes()
        if int(path.name) != target.pid:
            futex = parse_syscall(line)[1][0]
            parked = lock(read, futex, stack_pointer(line)) if reader.runtime.parks else 0
            assert bool(parked) == (reader.runtime.version >= (3, 14))
            addresses.append(parked or futex)
    assert [2, 2] == sorted(addresses.count(address) for address in set(addresses))
