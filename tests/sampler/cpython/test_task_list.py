"""Lists of tasks laid out by hand in our own memory."""

import ctypes
import os
import struct

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.task_list import LIMIT, Listed, TaskLists
from tests.sampler.cpython.test_task_layout import layout

LAYOUT = layout()
THREAD, INTERPRETER, TASKS = 0x0, 0x1000, 0x8000
TID = 7


class World:
    """One thread, one interpreter, and tasks in the list of either."""

    def __init__(self, count: int = 0, head: int = THREAD + LAYOUT.thread_tasks) -> None:
        self.buffer = ctypes.create_string_buffer(TASKS + 0x100 * (count + 1))
        self.start = ctypes.addressof(self.buffer)
        self.tasks = [TASKS + 0x100 * number for number in range(count)]
        self.lists = TaskLists(Memory(os.getpid()), LAYOUT)
        self.heads = (THREAD + LAYOUT.thread_tasks, INTERPRETER + LAYOUT.interpreter_tasks)
        for each in self.heads:
            self.link([each])
        self.link([head, *(task + LAYOUT.task_node for task in self.tasks)])
        for task in self.tasks:
            self.put(task + LAYOUT.task_coroutine, self.start + task + 1)  # a flag in the low bits

    def put(self, at: int, value: int) -> None:
        struct.pack_into("<Q", self.buffer, at, value)

    def link(self, nodes: list[int]) -> None:
        """A ring of nodes."""
        for number, node in enumerate(nodes):
            self.put(node + LAYOUT.node_next, self.start + nodes[(number + 1) % len(nodes)])
            self.put(node + LAYOUT.node_previous, self.start + nodes[number - 1])

    def read(self, *known: int) -> tuple[list[Listed], set[int]] | None:
        addresses = [self.start + task for task in known]
        return self.lists.read([self.start + INTERPRETER], {self.start + THREAD: TID}, addresses)

    def found(self, *known: int) -> list[int]:
        result = self.read(*known)
        assert result is not None
        return [task.address - self.start for task in result[0]]


def test_the_tasks_of_a_thread_are_listed_in_their_order() -> None:
    world = World(3)
    assert world.tasks == world.found()
    assert world.tasks == world.found(*world.tasks[1:])
    listed, running = world.read() or ([], {0})
    assert [(world.start + task, TID) for task in world.tasks] == [(t.coroutine, t.loop) for t in listed]
    assert set() == running


def test_tasks_whose_thread_has_ended_are_in_the_interpreters_list() -> None:
    world = World(2, head=INTERPRETER + LAYOUT.interpreter_tasks)
    listed, _ = world.read() or ([], set())
    assert [0, 0] == [task.loop for task in listed]


def test_the_running_task_is_told() -> None:
    world = World(2)
    world.put(THREAD + LAYOUT.running_task, world.start + world.tasks[1])
    _, running = world.read() or ([], set())
    assert {world.start + world.tasks[1]} == running


def test_lists_that_were_never_begun_are_empty() -> None:
    world = World()
    for head in world.heads:
        world.put(head + LAYOUT.node_next, 0)
    assert [] == world.found()


def test_a_node_that_does_not_lead_back_gives_nothing() -> None:
    world = World(3)
    world.put(world.tasks[1] + LAYOUT.task_node + LAYOUT.node_previous, world.start)
    assert world.read() is None
    assert world.read(*world.tasks) is None


def test_a_node_that_leads_nowhere_gives_nothing() -> None:
    world = World(3)
    world.put(world.tasks[1] + LAYOUT.task_node + LAYOUT.node_next, 8)
    assert world.read() is None


def test_a_task_that_was_known_and_is_not_readable_any_more_is_no_matter() -> None:
    world = World(2)
    assert world.tasks == world.found(world.tasks[0], 1 - world.start)


def test_tasks_that_are_found_in_two_lists_have_moved_meanwhile() -> None:
    world = World(3)
    nodes = [task + LAYOUT.task_node for task in world.tasks]
    thread, interpreter = world.heads
    world.link([thread, *nodes[:2]])
    world.link([interpreter, nodes[2]])

    class Moving(Memory):
        reads = 0

        def read(self, address: int, length: int) -> bytes:
            self.reads += 1
            if self.reads == 3:
                world.link([thread])
                world.link([interpreter, nodes[2], *nodes[:2]])
            return super().read(address, length)

    world.lists = TaskLists(Moving(os.getpid()), LAYOUT)
    assert world.read() is None
    assert 3 == len(world.found())


def test_more_tasks_than_are_looked_at_are_told() -> None:
    world = World(LIMIT + 1)
    assert world.tasks[:LIMIT] == world.found()
    assert world.lists.bounded
    world.link([world.heads[0], *(task + LAYOUT.task_node for task in world.tasks[:LIMIT])])
    assert world.tasks[:LIMIT] == world.found()
    assert not world.lists.bounded
