"""The lists of asyncio tasks: one per thread, for its event loop, and one per interpreter, for those whose
thread has ended.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from perfdiag.host.memory import Memory, piece, u64
from perfdiag.sampler.cpython.task_layout import TaskLayout

LIMIT = 500  # tasks in one look


class Listed(NamedTuple):
    """Addresses. `loop` is the thread that runs the task's event loop, 0 when it has ended."""

    address: int
    coroutine: int
    name: int
    awaited_by: int
    several: bool  # `awaited_by` is a set of tasks
    loop: int


class TaskLists:
    """Reads all lists; `bounded` when the last read left tasks out."""

    def __init__(self, memory: Memory, layout: TaskLayout) -> None:
        self._memory, self._layout = memory, layout
        self.bounded = False

    def read(
        self, interpreters: Iterable[int], threads: Mapping[int, int], known: Collection[int]
    ) -> tuple[list[Listed], set[int]] | None:
        """Tasks in the order of their birth, and those that run; None when the lists changed meanwhile. The
        ones `known` of are copied in one read."""
        layout, memory = self._layout, self._memory
        heads = [(thread + layout.thread_tasks, tid) for thread, tid in threads.items()]
        heads += [(interpreter + layout.interpreter_tasks, 0) for interpreter in interpreters]
        pieces = [piece(thread + layout.running_task, 8) for thread in threads]
        pieces += [piece(head + layout.node_next, 8) for head, _ in heads]
        fixed = 8 * len(pieces)
        pieces += [piece(address, layout.task_size) for address in known]
        got = memory.gather(b"".join(pieces), fixed + layout.task_size * len(known))
        if got < fixed:
            return None  # a thread has ended
        data = bytes(memory.octets[:got])
        running = {u64(data, 8 * number) for number in range(len(threads))} - {0}
        copies = {
            address: data[at : at + layout.task_size]
            for address, at in zip(known, range(fixed, got, layout.task_size), strict=False)
            if at + layout.task_size <= got
        }
        listed: list[Listed] = []
        self.bounded = False
        for number, (head, tid) in enumerate(heads, len(threads)):
            if not self._follow(head, tid, u64(data, 8 * number), copies, listed):
                return None
        if len({task.address for task in listed}) < len(listed):
            return (
                None  # a thread has ended, and its tasks went from a list that was read to one that was not
            )
        return listed, running

    def _follow(
        self, head: int, tid: int, node: int, copies: Mapping[int, bytes], into: list[Listed]
    ) -> bool:
        """Follow one list. False when it changed meanwhile: each node must lead back to the one before."""
        layout, before = self._layout, head
        while node not in (0, head):
            if len(into) == LIMIT:
                self.bounded = True
                return True
            address = node - layout.task_node
            data = copies.get(address)
            if data is None:
                try:
                    data = self._memory.read(address, layout.task_size)
                except ProcessLookupError:
                    raise
                except OSError:
                    return False
            if u64(data, layout.task_node + layout.node_previous) != before:
                return False
            before, node = node, u64(data, layout.task_node + layout.node_next)
            into.append(
                Listed(
                    address,
                    u64(data, layout.task_coroutine) & -4,
                    u64(data, layout.task_name) & -4,
                    u64(data, layout.task_awaited_by) & -4,
                    bool(data[layout.task_awaited_by_is_set]),
                    tid,
                )
            )
        return True
