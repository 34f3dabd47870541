"""What a suspended coroutine awaits: coroutine by coroutine, down to the future."""

from dataclasses import dataclass

from perfdiag.host.memory import Memory, piece
from perfdiag.sampler.cpython.code import CodeCache
from perfdiag.sampler.cpython.task_layout import TaskLayout

_DEPTH = 100  # coroutines
_REACH = 1 << 16  # bytes of a coroutine's variables and its stack
_SUSPENDABLE = {"coroutine", "generator", "async_generator"}
# objects that only lead to another one, which stands behind their header: what async for, an explicit
# __await__ and await on a future go through
_THROUGH = {"async_generator_asend", "async_generator_athrow", "coroutine_wrapper"}
_FUTURE_ITERATOR = "_asyncio.FutureIter"
_BEHIND = 16  # bytes of an object's header
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


class _Copies:
    """Every piece that was read, to be read once more."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.pieces: list[bytes] = []
        self.parts: list[bytes] = []

    def read(self, address: int, length: int) -> bytes:
        data = self._memory.read(address, length)
        self.pieces.append(piece(address, length))
        self.parts.append(data)
        return data


def read_chain(memory: Memory, layout: TaskLayout, codes: CodeCache, task: int) -> AwaitChain | None:
    """The chain of the task at this address; None when it changed while it was read."""
    copies = _Copies(memory)
    frames: list[tuple[int, int]] = []
    try:
        coroutine = _u64(copies.read(task + layout.task_coroutine, 8), 0) & -4
        last = _walk(copies, layout, codes, coroutine, frames)
        ids = tuple(codes.frame(code, instruction) for code, instruction in frames)
        future, joins = _future(copies, codes, last)
        if future and not joins and ids:
            leaf = codes.frames[ids[-1]]
            joins = leaf.file.endswith(_JOINING) and leaf.function != _NOT_JOINING
    except ProcessLookupError:
        raise
    except (ValueError, OSError):
        return None
    request, copy = b"".join(copies.pieces), b"".join(copies.parts)
    got = memory.gather(request, len(copy))
    if bytes(memory.octets[:got]) != copy:
        return None
    frames.reverse()
    return AwaitChain(tuple(frames), ids[::-1], future, joins, request, len(copy), copy)


def _walk(
    copies: _Copies, layout: TaskLayout, codes: CodeCache, address: int, into: list[tuple[int, int]]
) -> int:
    """Follow what is awaited, outermost first. Returns the object that the innermost coroutine awaits, 0
    when it awaits nothing."""
    for _ in range(_DEPTH):
        name = codes.type_name(address)
        if name in _THROUGH:
            address = _u64(copies.read(address + _BEHIND, 8), 0)
            continue
        if name not in _SUSPENDABLE:
            return address
        data = copies.read(address, layout.coroutine_size)
        code = _u64(data, layout.coroutine_code) & -4
        if not code:
            return 0  # it has ended
        into.append((code, _u64(data, layout.coroutine_instruction)))
        end = address + layout.coroutine_size  # then come its variables and its stack
        top = _u64(data, layout.coroutine_top) & -4
        if data[layout.coroutine_state] not in layout.awaits or not layout.awaited <= top - end < _REACH:
            return 0
        variables = copies.read(end, top - end)
        address = _u64(variables, len(variables) - layout.awaited) & -4
    return 0


def _future(copies: _Copies, codes: CodeCache, awaited: int) -> tuple[int, bool]:
    """The future behind what is awaited, and whether it is gather's; 0 when there is none."""
    if not awaited or codes.type_name(awaited) != _FUTURE_ITERATOR:
        return 0, False
    future = _u64(copies.read(awaited + _BEHIND, 8), 0)
    return future, bool(future) and codes.type_name(future) == _GATHER


def _u64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")
