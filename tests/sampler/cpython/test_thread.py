"""Stacks laid out by hand in our own memory, in every state that a running thread can be caught in."""

import ctypes
import os
import struct
from dataclasses import replace

import pytest

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.chain import Fields
from perfdiag.sampler.cpython.layout import Layout
from perfdiag.sampler.cpython.tables import TABLES
from perfdiag.sampler.cpython.thread import Look, ThreadStack

# 3.12 with the current frame in the thread state, as from 3.13 on
LAYOUT = replace(TABLES[3, 12], thread_cframe=None, current_frame=None, thread_current_frame=56)
SHIM = 3
TID = 42
CHUNK = 0x1000
SHIM_AT, GENERATOR_AT, CFRAME_AT, OLDER_AT = 0x200, 0x300, 0x400, 0x4000


class Stack:
    """A thread state at the start of a buffer, a chunk of the data stack and things elsewhere."""

    def __init__(self, layout: Layout = LAYOUT) -> None:
        self.layout = layout
        self.buffer = ctypes.create_string_buffer(0x8000)
        self.start = ctypes.addressof(self.buffer)
        self.put(layout.thread_tid, TID)
        self.put(layout.thread_chunk, self.start + CHUNK)
        self.put(CHUNK + 8, 0x2000)
        self.frame(SHIM_AT, code=0, previous=0, kind=SHIM)
        self.top(CHUNK + 24, frames=0)
        self.thread = ThreadStack(Memory(os.getpid()), Fields(layout), self.start, TID)

    def put(self, at: int, value: int) -> None:
        struct.pack_into("<Q", self.buffer, at, value)

    def frame(self, at: int, *, code: int, previous: int, kind: int = 0) -> None:
        self.put(at + self.layout.frame_code, code << 4)  # addresses are aligned
        self.put(at + self.layout.frame_previous, self.start + previous if previous else 0)
        self.put(at + self.layout.frame_instruction, code + 1000)
        self.buffer[at + self.layout.frame_owner] = kind

    def top(self, at: int, frames: int) -> None:
        current = self.layout.thread_current_frame
        self.put(current if current is not None else CFRAME_AT, self.start + at if at else 0)
        self.put(self.layout.thread_top, self.start + CHUNK + 24 + 100 * frames)

    def calls(self, *codes: int, root: int = SHIM_AT) -> None:
        """Frames of `codes`, outermost first, in the chunk."""
        previous = root
        for number, code in enumerate(codes):
            at = CHUNK + 24 + 96 * number
            self.frame(at, code=code, previous=previous)
            previous = at
        self.top(previous, len(codes))

    def look(self) -> Look:
        self.thread._memory.gather(self.thread.request, self.thread.length)
        return self.thread.look(0)

    def settle(self) -> Look:
        """Look until nothing is learnt any more."""
        while (look := self.look()) is Look.LEARNT:
            continue
        return look


def _codes(thread: ThreadStack) -> tuple[int, ...]:
    return tuple(code >> 4 for code in thread.chain[::2])


def test_a_whole_chain_is_delivered_leaf_first() -> None:
    stack = Stack()
    stack.calls(1, 2, 3)
    assert Look.WHOLE == stack.settle()
    assert (48, 1003, 32, 1002, 16, 1001) == stack.thread.chain
    assert not stack.thread.reused


def test_an_unchanged_stack_is_not_walked_again() -> None:
    stack = Stack()
    stack.calls(1, 2)
    stack.settle()
    chain = stack.thread.chain
    assert (Look.WHOLE, True) == (stack.look(), stack.thread.reused)
    assert chain is stack.thread.chain
    stack.calls(1, 2, 3)
    assert (Look.WHOLE, False) == (stack.settle(), stack.thread.reused)
    assert (48, 1003) == stack.thread.chain[:2]


def test_frames_of_generators_lie_elsewhere_and_are_learnt() -> None:
    stack = Stack()
    stack.calls(1, 2)
    stack.frame(GENERATOR_AT, code=7, previous=CHUNK + 24 + 96)
    stack.top(GENERATOR_AT, 2)
    assert [Look.LEARNT, Look.LEARNT, Look.WHOLE] == [stack.look() for _ in range(3)]
    assert (7, 2, 1) == _codes(stack.thread)


def test_a_chain_that_ends_without_the_outermost_shim_is_torn() -> None:
    stack = Stack()
    stack.calls(1, 2, root=0)  # a frame that is being cleared has no previous one either
    assert Look.TORN == stack.settle()


def test_a_frame_without_code_is_torn() -> None:
    stack = Stack()
    stack.calls(1, 0, 3)
    assert Look.TORN == stack.settle()


@pytest.mark.parametrize(("at", "previous"), [(CHUNK + 24, CHUNK + 24 + 192), (CHUNK + 24, CHUNK + 24)])
def test_a_cycle_in_the_chunk_is_torn(at: int, previous: int) -> None:
    stack = Stack()
    stack.calls(1, 2, 3)
    stack.frame(at, code=1, previous=previous)
    assert Look.TORN == stack.settle()


def test_a_cycle_of_frames_elsewhere_is_torn_before_and_after_they_are_known() -> None:
    stack = Stack()
    stack.calls(1)
    stack.frame(GENERATOR_AT, code=7, previous=CHUNK + 24)
    stack.frame(GENERATOR_AT + 96, code=8, previous=GENERATOR_AT)
    stack.top(GENERATOR_AT + 96, 1)
    assert Look.WHOLE == stack.settle()
    stack.frame(GENERATOR_AT, code=7, previous=GENERATOR_AT + 96)
    assert Look.TORN == stack.settle()
    stack.thread.forget()
    assert Look.TORN == stack.settle()


def test_a_pointer_to_nowhere_is_torn() -> None:
    stack = Stack()
    stack.calls(1)
    stack.put(CHUNK + 24 + LAYOUT.frame_previous, 8)
    assert Look.TORN == stack.settle()


def test_deep_stacks_continue_in_older_chunks() -> None:
    stack = Stack()
    older = OLDER_AT + 24 + 96
    stack.put(OLDER_AT + 8, 0x1000)
    stack.put(OLDER_AT + 16, 24)  # words in use
    stack.frame(OLDER_AT + 24, code=1, previous=SHIM_AT)
    stack.frame(older, code=2, previous=OLDER_AT + 24)
    stack.put(CHUNK, stack.start + OLDER_AT)
    stack.calls(3, 4, root=older)
    assert Look.WHOLE == stack.settle()
    assert (4, 3, 2, 1) == _codes(stack.thread)


def test_a_thread_in_no_python_code_has_an_empty_chain() -> None:
    stack = Stack()
    stack.top(0, 0)
    assert (Look.WHOLE, ()) == (stack.settle(), stack.thread.chain)


# as from 3.15 on, where every chain ends in a frame of the thread state's own
WITH_BASE = replace(LAYOUT, thread_base_frame=64)
BASE_AT = 0x180


def _with_base() -> Stack:
    stack = Stack(WITH_BASE)
    stack.put(64, stack.start + BASE_AT)
    stack.frame(BASE_AT, code=0, previous=0, kind=SHIM)
    return stack


def test_from_315_on_a_whole_chain_ends_in_the_base_frame() -> None:
    stack = _with_base()
    stack.frame(SHIM_AT, code=0, previous=BASE_AT, kind=SHIM)
    stack.calls(1, 2)
    assert (Look.WHOLE, (2, 1)) == (stack.settle(), _codes(stack.thread))
    stack.frame(SHIM_AT, code=0, previous=0, kind=SHIM)  # a shim that is being left
    assert Look.TORN == stack.settle()


def test_from_315_on_a_thread_in_no_python_code_is_in_its_base_frame() -> None:
    stack = _with_base()
    stack.top(BASE_AT, 0)
    assert (Look.WHOLE, ()) == (stack.settle(), stack.thread.chain)


def test_from_314_on_references_to_code_objects_carry_flags() -> None:
    stack = Stack()
    stack.calls(1, 2)
    stack.put(CHUNK + 24 + LAYOUT.frame_code, 1 << 4 | 1)
    assert (Look.WHOLE, (2 << 4, 1 << 4)) == (stack.settle(), stack.thread.chain[::2])


def test_a_thread_state_that_belongs_to_another_thread_is_gone() -> None:
    stack = Stack()
    stack.put(LAYOUT.thread_tid, TID + 1)
    assert Look.GONE == stack.look()


def test_before_313_the_current_frame_is_found_through_the_cframe() -> None:
    stack = Stack(TABLES[3, 12])
    assert TABLES[3, 12].thread_cframe is not None
    stack.put(TABLES[3, 12].thread_cframe, stack.start + CFRAME_AT)
    stack.calls(1, 2)
    assert Look.WHOLE == stack.settle()
    assert (2, 1) == _codes(stack.thread)


def _at_two_moments(
    first: tuple[int, ...], second: tuple[int, ...], *, partial: bool
) -> tuple[Look, ThreadStack]:
    """A look at a thread that changed its calls between the two copies of its frames."""
    stack = Stack()
    stack.calls(*second)
    stack.settle()
    memory, thread = stack.thread._memory, stack.thread
    memory.gather(thread.request, thread.length)
    later = bytes(memory.octets[thread._again : thread.length])
    stack.calls(*first)
    memory.gather(thread.request, thread.length)
    memory.octets[thread._again : thread.length] = later
    return thread.look(0, partial), thread


def test_a_leaf_that_changed_is_whole_when_its_callers_stayed() -> None:
    look, thread = _at_two_moments((1, 2, 3), (1, 2, 4), partial=False)
    assert (Look.WHOLE, False) == (look, thread.partial)
    assert (3, 2, 1) == _codes(thread)


def test_callers_that_changed_under_the_copy_are_torn_or_cut_off() -> None:
    look, _ = _at_two_moments((1, 2, 3, 4), (1, 5, 6, 7), partial=False)
    assert Look.TORN == look
    look, thread = _at_two_moments((1, 2, 3, 4), (1, 5, 6, 7), partial=True)
    assert (Look.WHOLE, True) == (look, thread.partial)
    assert (1,) == _codes(thread)
    look, _ = _at_two_moments((1, 2, 3), (4, 5, 6), partial=True)
    assert Look.TORN == look
