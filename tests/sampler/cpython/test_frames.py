import os

import pytest

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.frames import stack_reader
from perfdiag.sampler.cpython.heap import HeapStack
from perfdiag.sampler.cpython.interpreters import ThreadState
from perfdiag.sampler.cpython.runtime import Runtime
from perfdiag.sampler.cpython.tables import TABLES
from perfdiag.sampler.cpython.thread import ThreadStack


@pytest.mark.parametrize("version", sorted(TABLES))
def test_frames_before_311_are_read_on_the_heap(version: tuple[int, int]) -> None:
    make = stack_reader(Memory(os.getpid()), Runtime(0x1000, (*version, 0), TABLES[version]))
    stack = make(ThreadState(0x2000, 42, 0x3000))
    assert isinstance(stack, HeapStack if version < (3, 11) else ThreadStack)
    assert (0x2000, 42) == (stack.address, stack.tid)
