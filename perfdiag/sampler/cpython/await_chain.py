"""What suspended coroutines await: coroutine by coroutine, down to the future.

The chains of many tasks are followed together: one read for the first coroutine of each, one for what those
await, and so on. A last read must find everything as it was.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from perfdiag.host.memory import Memory, piece, u64
from perfdiag.sampler.cpython.code import CodeCache
from perfdiag.sampler.cpython.task_layout import TaskLayout

_DEPTH = 100  # coroutines, and what leads from one to the next
_VARIABLES = 128  # bytes of a coroutine's variables and stack that are read with it
_REACH = 1 << 16  # bytes of them at most
_SUSPENDABLE = {"coroutine", "generator", "async_generator"}
# objects that only lead to another one, which stands behind their header: what async for, an explicit
# __await__ and await on a future go through
_THROUGH = {"async_generator_asend", "async_generator_athrow", "coroutine_wrapper"}
_FUTURE_ITERATOR = "_asyncio.FutureIter"
_BEHIND = 16  # bytes of an object's header
_SMALL = _BEHIND + 8
# what is awaited when a task waits for several others: gather's future, or any future in these functions
_GATHER = "_GatheringFuture"
_JOINING = ("/asyncio/taskgroups.py", "/asyncio/tasks.py")
_NOT_JOINING = "sleep"


@dataclass(frozen=True, slots=True)
class AwaitChain:
    """`request` (joined pieces, `length` bytes) reads everything that it was made of, `copy`. The coroutines'
    variables are in it: they differ when the task has gone on and awaits the same again."""

    frames: tuple[tuple[int, int], ...]  # (code object, instruction), the innermost first
    ids: tuple[int, ...]  # the same as frame ids
    future: int  # that the innermost one awaits; 0: it awaits something else
    joins: bool  # the future stands for tasks
    request: bytes
    length: int
    copy: bytes


@dataclass(slots=True)
class _Walk:
    """A chain that is being followed; `address` is the object to be read next, 0 at the end."""

    task: int
    address: int
    future: int = 0
    gathers: bool = False
    frames: list[tuple[int, int]] = field(default_factory=list)  # outermost first
    pieces: list[bytes] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)

    def keep(self, address: int, part: bytes) -> None:
        self.pieces.append(piece(address, len(part)))
        self.parts.append(part)


class AwaitChains:
    """Reads the chains of tasks."""

    def __init__(self, memory: Memory, layout: TaskLayout, codes: CodeCache) -> None:
        self._memory, self._layout, self._codes = memory, layout, codes
        self._first = layout.coroutine_size + _VARIABLES

    def read(self, tasks: Collection[int]) -> dict[int, AwaitChain]:
        """The chains of the tasks at these addresses, but for those that changed while they were read."""
        walks = []
        at = self._layout.task_coroutine
        for task, part in zip(tasks, self._parts([task + at for task in tasks], 8), strict=True):
            if part:
                walk = _Walk(task, u64(part, 0) & -4)
                walk.keep(task + at, part)
                walks.append(walk)
        going_on = walks
        for _ in range(_DEPTH):
            going_on = [walk for walk in going_on if walk.address]
            if not going_on:
                break
            objects = self._parts([walk.address for walk in going_on], self._first)
            for walk, data in zip(going_on, objects, strict=True):
                try:
                    self._step(walk, data)
                except ProcessLookupError:
                    raise
                except (ValueError, OSError):  # nothing that can be read: it has gone on
                    walk.address, walk.frames = 0, []
        return {walk.task: chain for walk in self._same(walks) if (chain := self._chain(walk)) is not None}

    def _parts(self, addresses: list[int], length: int) -> list[bytes]:
        """`length` bytes at each address, fewer where there are not so many, none where nothing can be
        read."""
        parts: list[bytes] = []
        while len(parts) < len(addresses):
            rest = addresses[len(parts) :]
            got = self._memory.gather(b"".join([piece(at, length) for at in rest]), length * len(rest))
            data = bytes(self._memory.octets[:got])
            parts += [data[at : at + length] for at in range(0, got - length + 1, length)]
            if len(parts) < len(addresses):
                try:
                    parts.append(self._memory.read(addresses[len(parts)], min(length, _SMALL)))
                except ProcessLookupError:
                    raise
                except OSError:
                    parts.append(b"")
        return parts

    def _step(self, walk: _Walk, data: bytes) -> None:
        """Take what was read at the walk's address, and go on to what it awaits."""
        address, walk.address = walk.address, 0
        if len(data) < _SMALL:
            raise ValueError("no object")
        name = self._codes.type(u64(data, self._layout.object_type))
        if walk.future:
            walk.gathers = name == _GATHER
        elif name in _SUSPENDABLE:
            walk.address = self._suspended(walk, address, data)
        elif name in _THROUGH or name == _FUTURE_ITERATOR:
            walk.keep(address, data[:_SMALL])
            walk.address = u64(data, _BEHIND)
            walk.future = walk.address if name == _FUTURE_ITERATOR else 0

    def _suspended(self, walk: _Walk, address: int, data: bytes) -> int:
        """Take a coroutine, and tell what it awaits; 0 when it awaits nothing."""
        layout = self._layout
        if len(data) < self._first:
            data = self._memory.read(address, layout.coroutine_size)
        code = u64(data, layout.coroutine_code) & -4
        if not code:  # it has ended
            walk.keep(address, data[: layout.coroutine_size])
            return 0
        walk.frames.append((code, u64(data, layout.coroutine_instruction)))
        size = (u64(data, layout.coroutine_top) & -4) - address
        if data[layout.coroutine_state] not in layout.awaits:
            walk.keep(address, data[: layout.coroutine_size])
            return 0
        if not layout.awaited <= size - layout.coroutine_size <= _REACH:
            raise ValueError("a coroutine whose stack lies elsewhere")
        if size > len(data):
            data = self._memory.read(address, size)
        walk.keep(address, data[:size])
        return u64(data, size - layout.awaited) & -4

    def _same(self, walks: list[_Walk]) -> Iterable[_Walk]:
        """Those that are as they were when they were read."""
        request = b"".join([part for walk in walks for part in walk.pieces])
        copies = [b"".join(walk.parts) for walk in walks]
        got = self._memory.gather(request, sum(map(len, copies))) if walks else 0
        data, at = bytes(self._memory.octets[:got]), 0
        for walk, copy in zip(walks, copies, strict=True):
            if data[at : at + len(copy)] == copy and walk.frames:
                yield walk
            at += len(copy)

    def _chain(self, walk: _Walk) -> AwaitChain | None:
        codes = self._codes
        try:
            ids = tuple(codes.frame(code, instruction) for code, instruction in reversed(walk.frames))
        except ProcessLookupError:
            raise
        except (ValueError, OSError):
            return None
        joins = walk.gathers
        if walk.future and not joins:
            leaf = codes.frames[ids[0]]
            joins = leaf.file.endswith(_JOINING) and leaf.function != _NOT_JOINING
        copy = b"".join(walk.parts)
        frames = tuple(reversed(walk.frames))
        return AwaitChain(frames, ids, walk.future, joins, b"".join(walk.pieces), len(copy), copy)
