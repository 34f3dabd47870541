"""What a page fault costs on this machine: tenths of a microsecond on bare metal, several in a guest."""

import mmap
import time
from contextlib import suppress
from functools import cache

from perfdiag.errors import NoData

_PAGES, _TRIES = 128, 5


@cache
def price() -> float:
    """Seconds that the first touch of a page takes, giving it back included: the fastest of a few tries on
    memory of this process. Measured once. NoData when there is no memory for it."""
    try:
        return min(_once() for _ in range(_TRIES))
    except OSError as error:
        raise NoData(f"no page can be touched: {error.strerror}") from error


def _once() -> float:
    started = time.perf_counter()
    with mmap.mmap(-1, _PAGES * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        if hasattr(mmap, "MADV_NOHUGEPAGE"):
            with suppress(OSError):  # a kernel without huge pages
                memory.madvise(mmap.MADV_NOHUGEPAGE)
        for offset in range(0, len(memory), mmap.PAGESIZE):
            memory[offset] = 1
    return (time.perf_counter() - started) / _PAGES
