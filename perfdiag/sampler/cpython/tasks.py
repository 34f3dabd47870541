"""asyncio tasks of CPython 3.14 and later: their names, what each awaits, which one runs.

What a task awaits is a chain of coroutines, each suspended with the next one on top of its stack, down
to the future that the event loop will complete. All of it is read while the loop runs: a copy counts when a
second one is the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from perfdiag.host.memory import Memory, u64
from perfdiag.model import AWAITED_TASK
from perfdiag.sampler.cpython.await_chain import AwaitChain, AwaitChains
from perfdiag.sampler.cpython.code import CodeCache, RawFrame
from perfdiag.sampler.cpython.task_layout import TaskLayout
from perfdiag.sampler.cpython.task_list import Listed, TaskLists

_ATTEMPTS = 3
_MOST_JOINED = 20  # tasks, each awaiting the next
_MOST_AWAITING = 1 << 10  # tasks that await the same one


class TaskState(NamedTuple):
    """`stack` is the chain of what it awaits, the innermost first, down to the task's own coroutine; -1 when
    it could not be read. A task that awaits another one has that one's chain above its own."""

    number: int  # counts the tasks from 0; a task keeps it
    name: str
    loop: int  # thread that runs its event loop, 0: it has ended
    running: bool
    stack: int
    moved: bool  # it was seen to go on
    awaited_by: tuple[int, ...]  # tasks, by number


@dataclass(slots=True)
class _Known:
    """A task as it was at the last look."""

    number: int
    coroutine: int
    name: str
    chain: AwaitChain | None = None
    moved: bool = False


class Tasks:
    """`intern` gives the id of a stack of frame ids."""

    def __init__(
        self, memory: Memory, layout: TaskLayout, codes: CodeCache, intern: Callable[[tuple[int, ...]], int]
    ) -> None:
        self._memory, self._layout, self._codes, self._intern = memory, layout, codes, intern
        self._known: dict[int, _Known] = {}
        self._lists = TaskLists(memory, layout)
        self._chains = AwaitChains(memory, layout, codes)
        self._born = 0
        self._between = codes.intern(RawFrame(*AWAITED_TASK, 0, 0))

    @property
    def bounded(self) -> bool:
        """Whether the last look left tasks out."""
        return self._lists.bounded

    def look(self, interpreters: Iterable[int], threads: Mapping[int, int]) -> list[TaskState] | None:
        """All tasks of these interpreters and thread states (address -> thread); None when the lists changed
        too fast. ProcessLookupError when the process is gone."""
        found = None
        for _ in range(_ATTEMPTS):
            found = self._lists.read(interpreters, threads, self._known)
            if found is not None:
                break
        if found is None:
            return None
        listed, running = found
        known = {task.address: self._recognise(task) for task in listed}
        self._known = known
        self._update({address: one for address, one in known.items() if address not in running})
        for address, one in known.items():
            one.moved |= address in running or one.chain is None
        awaiting = {task.address: [at for at in self._awaiting(task) if at in known] for task in listed}
        joined = self._joined(awaiting)
        return [
            TaskState(
                one.number,
                one.name,
                task.loop,
                task.address in running,
                -1 if task.address in running else self._stack(task.address, joined),
                one.moved,
                tuple([known[address].number for address in awaiting[task.address]]),
            )
            for task, one in zip(listed, known.values(), strict=True)
        ]

    def _recognise(self, task: Listed) -> _Known:
        """A task is the one seen before when object and coroutine are; a new one may have got both places."""
        known = self._known.get(task.address)
        if known is None or known.coroutine != task.coroutine:
            known = _Known(self._born, task.coroutine, self._name(task.name))
            self._born += 1
        return known

    def _name(self, address: int) -> str:
        """A string, or the number that becomes 'Task-N' when somebody asks for the name."""
        layout, memory = self._layout, self._memory
        try:
            if self._codes.type(memory.pointer(address + layout.object_type)) == "str":
                return self._codes.text(address)
            count = min(memory.pointer(address + layout.int_tag) >> 3, 4)
            digits = memory.read(address + layout.int_digits, 4 * count)
        except ProcessLookupError:
            raise
        except (ValueError, OSError):
            return "?"
        words = [int.from_bytes(digits[at : at + 4], "little") for at in range(0, 4 * count, 4)]
        return f"Task-{sum(word << 30 * place for place, word in enumerate(words))}"

    def _update(self, tasks: Mapping[int, _Known]) -> None:
        """Bring the chains up to date: one read of all, then one walk for each that has changed."""
        read = [(one, one.chain) for one in tasks.values() if one.chain is not None]
        request = b"".join([chain.request for _, chain in read])
        got = self._memory.gather(request, sum([chain.length for _, chain in read])) if read else 0
        data = bytes(self._memory.octets[:got])
        at = 0
        for one, chain in read:
            at, start = at + chain.length, at
            if data[start:at] != chain.copy:
                one.chain, one.moved = None, True
        self._read(tasks)
        used = {code for one in tasks.values() if one.chain for code, _ in one.chain.frames}
        stale = self._codes.drop_changed(used)
        if stale:
            for one in tasks.values():
                if one.chain and any(code in stale for code, _ in one.chain.frames):
                    one.chain = None
            self._read(tasks)

    def _read(self, tasks: Mapping[int, _Known]) -> None:
        """Read the chains that are not known."""
        for _ in range(_ATTEMPTS):
            missing = [address for address, one in tasks.items() if one.chain is None]
            for address, chain in self._chains.read(missing).items() if missing else ():
                tasks[address].chain = chain

    def _joined(self, awaiting: Mapping[int, Sequence[int]]) -> dict[int, int]:
        """Task -> the task that it awaits; of several the one that was born first."""
        known = self._known
        joined: dict[int, int] = {}
        for address, others in awaiting.items():
            for other in others:
                chain = known[other].chain
                if chain is not None and chain.joins:
                    joined.setdefault(other, address)
        for address, one in known.items():
            if one.chain is not None and one.chain.future in known:
                joined[address] = one.chain.future
        return joined

    def _awaiting(self, task: Listed) -> list[int]:
        """Addresses of the tasks that await this one, and of others."""
        if not task.several:
            return [task.awaited_by] if task.awaited_by else []
        layout, memory = self._layout, self._memory
        try:
            mask = memory.pointer(task.awaited_by + layout.set_mask)
            table = memory.pointer(task.awaited_by + layout.set_table)
            if mask >= _MOST_AWAITING:
                return []
            entries = memory.read(table, 16 * (mask + 1))
        except ProcessLookupError:
            raise
        except OSError:
            return []
        return [u64(entries, at) for at in range(0, len(entries), 16)]

    def _stack(self, address: int, joined: Mapping[int, int]) -> int:
        parts: list[tuple[int, ...]] = []
        seen: set[int] = set()
        task: int | None = address
        while task is not None and task not in seen and len(seen) < _MOST_JOINED:
            seen.add(task)
            chain = self._known[task].chain
            if chain is None or not chain.ids:
                break
            parts.append(chain.ids)
            task = joined.get(task)
        if not parts:
            return -1
        ids: tuple[int, ...] = parts[-1]
        for part in reversed(parts[:-1]):
            ids = (*ids, self._between, *part)
        return self._intern(ids)
