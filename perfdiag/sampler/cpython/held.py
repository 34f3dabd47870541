"""Which locks a thread holds in `with` blocks, told by the evaluation stacks of its frames.

CPython's locks do not record their owner, but a frame inside `with lock:` has `lock.__exit__`, bound to it,
on its evaluation stack, from entering the block until leaving it. The exception table of the code says how
much of that stack is in use at the present instruction (CPython: Objects/exception_handling_notes.txt), so no
entry is mistaken that was left behind. Only addresses and the names of types are read, no variable and no
value. Made for threads that stand still: nothing is verified twice. From 3.11 to 3.13; locks that were taken
by a call of `acquire` are not seen.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from perfdiag.host.memory import Memory, u64
from perfdiag.sampler.cpython.runtime import Runtime
from perfdiag.sampler.cpython.tick import Vanished

_EXIT = "builtin_function_or_method"  # type of a bound method that is written in C
_LOCKS = frozenset({"_thread.lock", "_thread.RLock"})
_CFUNCTION_SELF = 24  # PyCFunctionObject.m_self
_LOCK = 16  # lockobject.lock_lock, rlockobject.rlock_lock: address of the semaphore that waiters sleep on
_LOCALS = 72  # _PyInterpreterFrame.localsplus: the local variables, then the evaluation stack
_EXCEPTION_TABLE = 40  # PyCodeObject.co_exceptiontable
_VARIABLES = {11: 76, 12: 72, 13: 72}  # PyCodeObject.co_nlocalsplus by minor version
_MOST_FRAMES, _MOST_DEPTH, _MOST_TABLE = 200, 64, 1 << 12


class _Code(NamedTuple):
    variables: int
    bytecode: int
    ranges: tuple[tuple[int, int, int], ...]  # start, end (in code units), depth of the stack


class Held:
    """`type_name(address)`: of a type object."""

    def __init__(self, memory: Memory, runtime: Runtime, type_name: Callable[[int], str]) -> None:
        self._memory, self._layout, self._type = memory, runtime.layout, type_name
        self._variables = _VARIABLES.get(runtime.version[1])

    def locks(self, threads: Iterable[int]) -> list[int]:
        """Addresses of the semaphores of the locks that the threads with these states hold, the outermost
        block last. Empty where that cannot be told. Vanished when the process has ended."""
        if self._variables is None:
            return []
        try:
            return [
                address
                for thread in threads
                for frame, code, instruction in self._frames(thread)
                for address in self._in_frame(frame, code, instruction)
            ]
        except ProcessLookupError as error:
            raise Vanished("the process has ended") from error
        except OSError:
            return []  # a thread moved after all

    def _frames(self, thread: int) -> Iterator[tuple[int, int, int]]:
        """(frame, code object, instruction), leaf first."""
        layout, read = self._layout, self._memory.pointer
        if layout.thread_cframe is not None and layout.current_frame is not None:
            frame = read(read(thread + layout.thread_cframe) + layout.current_frame)
        else:
            assert layout.thread_current_frame is not None
            frame = read(thread + layout.thread_current_frame)
        fields = layout.frame_struct()
        for _ in range(_MOST_FRAMES):
            if not frame:
                return
            data = self._memory.read(frame, layout.frame_size)
            code, previous, instruction, kind = fields.unpack_from(data, layout.frame_code)
            if kind < layout.shim:
                yield frame, code, instruction
            frame = previous

    def _in_frame(self, frame: int, code: int, instruction: int) -> Iterator[int]:
        known = self._code(code)
        at = (instruction - known.bytecode) // 2
        depth = max((depth for start, end, depth in known.ranges if start <= at < end), default=0)
        stack = frame + _LOCALS + 8 * known.variables
        data = self._memory.read(stack, 8 * min(depth, _MOST_DEPTH)) if depth else b""
        for offset in reversed(range(0, len(data), 8)):
            lock = self._bound_to(u64(data, offset))
            if lock:
                yield lock

    def _bound_to(self, item: int) -> int:
        """Semaphore of the lock to which an entry of a stack is bound; 0: it is something else."""
        kind = self._layout.object_type
        read = self._memory.pointer
        if not item or item & 7 or self._type(read(item + kind)) != _EXIT:
            return 0
        lock = read(item + _CFUNCTION_SELF)
        return read(lock + _LOCK) if lock and self._type(read(lock + kind)) in _LOCKS else 0

    def _code(self, address: int) -> _Code:
        assert self._layout.code_bytecode is not None
        assert self._variables is not None
        read, layout = self._memory.read, self._layout
        variables = int.from_bytes(read(address + self._variables, 4), "little")
        table = self._memory.pointer(address + _EXCEPTION_TABLE)
        length = min(self._memory.pointer(table + layout.bytes_length), _MOST_TABLE)
        data = read(table + layout.bytes_data, length) if length else b""
        return _Code(variables, address + self._layout.code_bytecode, tuple(_ranges(data)))


def _ranges(table: bytes) -> Iterator[tuple[int, int, int]]:
    """(start, end, depth) of the entries of an exception table: four numbers each, in groups of six bits, the
    most significant first; the first byte of an entry has the highest bit set."""
    numbers: list[int] = []
    value = 0
    for byte in table:
        value = value << 6 | byte & 0x3F
        if not byte & 0x40:
            numbers.append(value)
            value = 0
    for at in range(0, len(numbers) - 3, 4):
        start, length, _, depth = numbers[at : at + 4]
        yield start, start + length, depth >> 1
