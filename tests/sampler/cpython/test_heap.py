"""Frame objects laid out by hand in our own memory, in every state that a running thread can be caught in."""

import ctypes
import os
import struct

import pytest

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.heap import HeapStack, heap_fields
from perfdiag.sampler.cpython.tables import TABLES
from perfdiag.sampler.cpython.thread import Look

VERSIONS = [version for version in TABLES if version < (3, 11)]
TID, OTHER = 42, 43
PTHREAD, TID_AT = 0x1000, 720
FRAMES = 0x2000


class Stack:
    """A thread state at the start of a buffer, its pthread, and frame objects by number."""

    def __init__(self, version: tuple[int, int] = (3, 10)) -> None:
        self.layout = TABLES[version]
        self.buffer = ctypes.create_string_buffer(0x4000)
        self.start = ctypes.addressof(self.buffer)
        self.owner(TID)
        self.memory = Memory(os.getpid())
        fields = heap_fields(self.layout, TID_AT)
        self.thread = HeapStack(self.memory, fields, self.start, TID, self.start + PTHREAD)

    def owner(self, tid: int) -> None:
        struct.pack_into("<I", self.buffer, PTHREAD + TID_AT, tid)

    def address(self, frame: int) -> int:
        return self.start + FRAMES + 0x100 * frame if frame else 0

    def frame(self, number: int, caller: int, *, instruction: int = 0, runs: bool = True) -> None:
        layout = self.layout
        assert layout.frame_state is not None
        at = FRAMES + 0x100 * number
        struct.pack_into("<Q", self.buffer, at + layout.frame_previous, self.address(caller))
        struct.pack_into("<Q", self.buffer, at + layout.frame_code, 1000 + number)
        struct.pack_into("<i", self.buffer, at + layout.frame_instruction, instruction)
        state = layout.frame_executing if runs else 1 - layout.frame_executing
        struct.pack_into("<b", self.buffer, at + layout.frame_state, state)

    def top(self, frame: int) -> None:
        assert self.layout.thread_current_frame is not None
        struct.pack_into("<Q", self.buffer, self.layout.thread_current_frame, self.address(frame))

    def calls(self, *frames: int) -> None:
        """Frames that call each other, outermost first."""
        for caller, frame in zip((0, *frames), frames, strict=False):
            self.frame(frame, caller)
        self.top(frames[-1])

    def look(self, partial: bool = False) -> Look:
        self.memory.gather(self.thread.request, self.thread.length)
        return self.thread.look(0, partial)

    def settle(self) -> Look:
        """Look until nothing is learnt any more."""
        while (look := self.look()) is Look.LEARNT:
            continue
        return look

    def codes(self) -> list[int]:
        return [code - 1000 for code in self.thread.chain[::2]]

    def at_two_moments(
        self, first: tuple[int, ...], second: tuple[int, ...], *, partial: bool = False, freed: int = 0
    ) -> Look:
        """A look at a thread that changed its calls between the two copies of its frames, the frame `freed`
        being current in the second one."""
        frames = sorted({*first, *second, freed} - {0}, reverse=True)
        self.thread._arrange([self.address(frame) for frame in frames])
        self.calls(*second)
        if freed:
            self.frame(freed, 0, runs=False)
            self.top(freed)
        self.memory.gather(self.thread.request, self.thread.length)
        middle = self.thread._once
        later = bytes(self.memory.octets[middle : self.thread.length])
        self.calls(*first)
        self.memory.gather(self.thread.request, self.thread.length)
        self.memory.octets[middle : self.thread.length] = later
        return self.thread.look(0, partial)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_whole_chain_is_delivered_leaf_first(version: tuple[int, int]) -> None:
    stack = Stack(version)
    stack.calls(1, 2, 3)
    stack.frame(3, 2, instruction=-1)
    assert [Look.LEARNT, Look.WHOLE] == [stack.look() for _ in range(2)]
    assert (1003, -1, 1002, 0, 1001, 0) == stack.thread.chain
    assert not stack.thread.reused


def test_an_unchanged_stack_is_not_walked_again() -> None:
    stack = Stack()
    stack.calls(1, 2)
    stack.settle()
    chain = stack.thread.chain
    assert (Look.WHOLE, True) == (stack.look(), stack.thread.reused)
    assert chain is stack.thread.chain
    stack.frame(1, 0, instruction=7)
    assert (Look.WHOLE, False) == (stack.look(), stack.thread.reused)
    assert 7 == stack.thread.chain[-1]


def test_frames_that_come_back_are_still_asked_for() -> None:
    stack = Stack()
    stack.calls(1, 2, 3)
    stack.settle()
    stack.calls(1, 4)
    assert Look.LEARNT == stack.look()
    stack.calls(1, 2, 3)
    assert (Look.WHOLE, [3, 2, 1]) == (stack.look(), stack.codes())


def test_frames_that_stay_away_are_forgotten() -> None:
    stack = Stack()
    stack.calls(*range(1, 31))
    stack.settle()
    before = stack.thread.length
    stack.top(1)
    assert (Look.WHOLE, [1]) == (stack.settle(), stack.codes())
    assert stack.thread.length < before / 2


def test_a_chain_that_ends_in_a_frame_whose_code_does_not_run_is_torn() -> None:
    stack = Stack()
    stack.calls(1, 2)
    stack.frame(2, 0, runs=False)  # returned, freed: it has no caller any more
    assert [Look.TORN] * 3 == [stack.look() for _ in range(3)]
    assert Look.TORN == stack.look(partial=True)


def test_a_frame_that_has_returned_is_torn_or_cut_off() -> None:
    stack = Stack()
    stack.calls(1, 2, 3)
    stack.settle()
    stack.frame(3, 2, runs=False)
    assert Look.TORN == stack.look()
    stack.frame(3, 2, runs=False, instruction=5)  # it moves on
    assert Look.WHOLE == stack.look(partial=True)
    assert (True, [2, 1]) == (stack.thread.partial, stack.codes())


def test_a_thread_that_stands_still_where_it_enters_a_frame_is_whole_at_the_second_look() -> None:
    stack = Stack()
    stack.calls(1, 2, 3)
    stack.settle()
    stack.frame(3, 2, runs=False)
    assert [Look.TORN, Look.WHOLE] == [stack.look() for _ in range(2)]
    assert [3, 2, 1] == stack.codes()
    assert (Look.WHOLE, True) == (stack.look(), stack.thread.reused)


def test_a_frame_without_code_is_torn() -> None:
    stack = Stack()
    stack.calls(1, 2)
    assert TABLES[3, 10].frame_code == 32
    struct.pack_into("<Q", stack.buffer, FRAMES + 0x100 + 32, 0)
    assert Look.TORN == stack.settle()


def test_a_cycle_is_torn_before_and_after_its_frames_are_known() -> None:
    stack = Stack()
    stack.calls(1, 2, 3)
    stack.settle()
    stack.frame(1, 3)
    assert Look.TORN == stack.look()
    stack.thread.forget()
    assert Look.TORN == stack.look()


def test_a_pointer_to_nowhere_is_torn() -> None:
    stack = Stack()
    stack.calls(1)
    struct.pack_into("<Q", stack.buffer, FRAMES + 0x100 + stack.layout.frame_previous, 8)
    assert Look.TORN == stack.look()


def test_a_thread_in_no_python_code_has_an_empty_chain() -> None:
    stack = Stack()
    stack.calls(1)
    stack.settle()
    stack.top(0)
    assert (Look.WHOLE, ()) == (stack.look(), stack.thread.chain)


def test_a_pthread_that_belongs_to_another_thread_is_gone() -> None:
    stack = Stack()
    stack.calls(1)
    stack.settle()
    stack.owner(OTHER)
    assert Look.GONE == stack.look()


def test_a_leaf_that_changed_is_whole_when_its_callers_stayed_and_nothing_better_comes() -> None:
    stack = Stack()
    looks = [stack.at_two_moments((1, 2, 3), (1, 2, 4)) for _ in range(3)]
    assert [Look.TORN, Look.TORN, Look.WHOLE] == looks
    assert ([3, 2, 1], False) == (stack.codes(), stack.thread.partial)
    looks = [stack.at_two_moments((1, 2), (1, 2, 3)) for _ in range(3)]
    assert [Look.TORN, Look.TORN, Look.WHOLE] == looks
    assert [2, 1] == stack.codes()


def test_callers_are_enough_when_the_second_leaf_was_freed_under_the_copy() -> None:
    stack = Stack()
    looks = [stack.at_two_moments((1, 2, 3), (1, 2), freed=4) for _ in range(3)]
    assert [Look.TORN, Look.TORN, Look.WHOLE] == looks
    assert ([3, 2, 1], False) == (stack.codes(), stack.thread.partial)


def test_callers_that_changed_under_the_copy_are_torn_or_cut_off() -> None:
    stack = Stack()
    looks = [stack.at_two_moments((1, 2, 3, 4), (1, 5, 6, 7)) for _ in range(5)]
    assert [Look.TORN] * 5 == looks
    assert Look.WHOLE == stack.at_two_moments((1, 2, 3, 4), (1, 5, 6, 7), partial=True)
    assert ([1], True) == (stack.codes(), stack.thread.partial)
