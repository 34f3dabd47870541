"""Which way the stacks of an interpreter are read: frames in the thread's data stack, or on the heap."""

from collections.abc import Callable

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.chain import Fields
from perfdiag.sampler.cpython.heap import HeapStack, heap_fields
from perfdiag.sampler.cpython.interpreters import ThreadState
from perfdiag.sampler.cpython.runtime import Runtime
from perfdiag.sampler.cpython.thread import ThreadStack

Stack = ThreadStack | HeapStack


def stack_reader(memory: Memory, runtime: Runtime) -> Callable[[ThreadState], Stack]:
    """Makes the reader of one thread's stack."""
    if runtime.layout.frame_state is not None:
        heap = heap_fields(runtime.layout, runtime.pthread_tid)
        return lambda state: HeapStack(memory, heap, state.address, state.tid, state.pthread)
    fields = Fields(runtime.layout)
    return lambda state: ThreadStack(memory, fields, state.address, state.tid)
