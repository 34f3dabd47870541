"""Which lock a thread waits for whose interpreter parks it on a semaphore of its own.

From CPython 3.13 on a PyMutex is one byte, and threads that wait for it sleep in a parking lot: each on a
semaphore in its own `struct wait_entry`, on its stack (Python/parking_lot.c: park_arg, addr, sema). So two
waiters share no futex. threading.Lock and RLock are such locks from 3.14 on.
"""

from collections.abc import Callable

FIRST = (3, 13)  # version that has a parking lot

_ADDRESS_BEFORE = 8  # bytes between wait_entry.addr and wait_entry.sema
_STACK = 4096  # the entry lies in a frame just above the one that sleeps
_HAS_PARKED = 2  # bits of the byte: 1 locked, 2 has parked


def lock(read: Callable[[int, int], bytes], futex: int, stack_pointer: int) -> int:
    """Address of what a thread is parked for that sleeps on `futex`; 0 when it is not parked. OSError when
    the memory cannot be read."""
    if not 0 <= futex - stack_pointer < _STACK:
        return 0
    address = int.from_bytes(read(futex - _ADDRESS_BEFORE, 8), "little")
    try:
        bits = read(address, 1)[0]
    except ProcessLookupError:
        raise
    except OSError:
        return 0
    return address if bits & ~1 == _HAS_PARKED else 0
