"""Interpreters and thread lists laid out by hand in our own memory."""

import ctypes
import os
import struct

import pytest

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.interpreters import Interpreters, ThreadState
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.runtime import Runtime
from perfdiag.sampler.cpython.tables import TABLES

LAYOUT = TABLES[3, 12]
INTERPRETER, GIL, THREADS = 0x400, 0x1000, 0x2000


class World:
    """A runtime at the start of a buffer, with one interpreter and its GIL."""

    def __init__(self) -> None:
        self.buffer = ctypes.create_string_buffer(0x4000)
        self.start = ctypes.addressof(self.buffer)
        assert LAYOUT.interpreter_gil is not None
        self.put(LAYOUT.interpreters_head, self.start + INTERPRETER)
        self.put(INTERPRETER + LAYOUT.interpreter_gil, self.start + GIL)
        self.memory = Memory(os.getpid())

    def put(self, at: int, value: int) -> None:
        struct.pack_into("<Q", self.buffer, at, value)

    def threads(self, *tids: int) -> None:
        """Thread states, newest first."""
        at = INTERPRETER + LAYOUT.threads_head
        for number, tid in enumerate(tids):
            state = THREADS + 0x200 * number
            self.put(at, self.start + state)
            self.put(state + LAYOUT.thread_tid, tid)
            at = state + LAYOUT.thread_next
        self.put(at, 0)
        births = INTERPRETER + LAYOUT.threads_head - 8
        self.put(births, struct.unpack_from("<Q", self.buffer, births)[0] + len(tids))

    def attach(self) -> Interpreters:
        return Interpreters(self.memory, Runtime(self.start, (3, 12, 1), LAYOUT))

    def update(self, interpreters: Interpreters) -> bool:
        self.memory.gather(interpreters.request, interpreters.length)
        return interpreters.update()


def test_gil_and_collector_are_taken_over() -> None:
    world = World()
    world.threads(7)
    interpreters = world.attach()
    world.put(GIL + LAYOUT.gil_holder, 99)
    world.update(interpreters)
    assert (99, False, False) == (interpreters.holder, interpreters.locked, interpreters.collecting)
    world.put(GIL + LAYOUT.gil_locked, 1)
    world.put(INTERPRETER + LAYOUT.gc_collecting, 1)
    world.update(interpreters)
    assert (99, True, True) == (interpreters.holder, interpreters.locked, interpreters.collecting)
    world.put(GIL + LAYOUT.gil_locked, 0xFFFFFFFF)  # not created yet
    world.update(interpreters)
    assert not interpreters.locked


def test_births_are_told_and_the_list_is_followed() -> None:
    world = World()
    world.threads(9, 8, 7)
    interpreters = world.attach()
    assert [False, True] == [world.update(interpreters) for _ in range(2)]
    states, whole = interpreters.threads()
    assert ([9, 8, 7], True) == ([state.tid for state in states], whole)
    world.threads(7)
    assert [False, True] == [world.update(interpreters) for _ in range(2)]
    assert ([ThreadState(world.start + THREADS, 7)], True) == interpreters.threads()


def test_a_new_state_with_its_creators_id_is_a_thread_being_born() -> None:
    world = World()
    world.threads(7, 8, 7)
    assert [0, 8, 7] == [state.tid for state in world.attach().threads()[0]]


@pytest.mark.parametrize("address", [8, "itself"])
def test_a_broken_list_keeps_what_was_known_and_is_not_whole(address: int | str) -> None:
    world = World()
    world.threads(9, 8, 7)
    interpreters = world.attach()
    interpreters.threads()
    second = THREADS + 0x200
    world.put(second + LAYOUT.thread_next, world.start + second if address == "itself" else int(address))
    states, whole = interpreters.threads()
    assert ({9, 8, 7}, False) == ({state.tid for state in states}, whole)


def test_an_interpreter_that_has_not_begun_is_refused() -> None:
    world = World()
    world.put(LAYOUT.interpreters_head, 0)
    with pytest.raises(Unsupported, match="starting or has ended"):
        world.attach()
    world = World()
    assert LAYOUT.interpreter_gil is not None
    world.put(INTERPRETER + LAYOUT.interpreter_gil, 0)
    with pytest.raises(Unsupported, match="no GIL"):
        world.attach()
