"""The non-stop reader: Python stacks, GIL holder and garbage collector of a running CPython.

Read by process_vm_readv: the target is never attached to, stopped or written to. One read per tick copies
the interpreter's state and the stacks of the threads asked for; a second one verifies the code objects
that these stacks use.
"""

import os
from collections.abc import Collection, Sequence
from typing import NamedTuple

from perfdiag.host.elf import Mapping
from perfdiag.host.memory import Memory
from perfdiag.host.namespaces import inner_tids
from perfdiag.sampler.cpython.code import CodeCache, RawFrame
from perfdiag.sampler.cpython.frames import Stack, stack_reader
from perfdiag.sampler.cpython.held import Held
from perfdiag.sampler.cpython.interpreters import Interpreters
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.runtime import Runtime, locate
from perfdiag.sampler.cpython.task_layout import find
from perfdiag.sampler.cpython.tasks import Tasks, TaskState
from perfdiag.sampler.cpython.thread import Look
from perfdiag.sampler.cpython.tick import PythonTick, ReaderStats, Vanished

__all__ = ["PythonTick", "RawFrame", "Reader", "ReaderStats", "TaskState", "Unsupported", "Vanished"]

RETRIES = 3
_ATTEMPTS = 10  # reads of one stack in a tick, those that only learnt where things lie included
_LOOKS_AT_ATTACH = 20
_CHAIN_LIMIT = 100_000


class _Known(NamedTuple):
    stack: int
    codes: frozenset[int]


class Reader:
    """Reads one process. `mappings` is its parsed /proc/PID/maps; `runtime`, in its stead, that of a process
    which this one was forked from. Raises Unsupported, PermissionError and Vanished; later only Vanished."""

    def __init__(
        self, pid: int, memory: Memory, mappings: Sequence[Mapping], runtime: Runtime | None = None
    ) -> None:
        self._pid, self._memory = pid, memory
        try:
            runtime = runtime or locate(memory, mappings)
            if runtime.tasks is None:
                runtime = runtime._replace(tasks=find(memory, mappings, runtime.version, runtime.address))
            self.runtime = runtime
            self.interpreters = Interpreters(memory, runtime)
        except ProcessLookupError as error:
            raise Vanished(f"process {pid} has ended") from error
        except PermissionError:
            raise
        except OSError as error:
            raise Unsupported(f"the interpreter's memory cannot be read: {error.strerror}") from error
        self.version = "{}.{}.{}".format(*runtime.version)
        self.gil_range = (self.interpreters.gil, self.interpreters.gil + runtime.layout.gil_size)
        self.stats = ReaderStats()
        self._stack = stack_reader(memory, runtime)
        self._codes = CodeCache(memory, runtime.layout)
        self._known: dict[tuple[int, ...], _Known] = {}
        # thread state -> its last chain and what that is: hashing a chain is dear
        self._delivered: dict[int, tuple[tuple[int, ...], _Known | None]] = {}
        self._stack_ids: dict[tuple[int, ...], int] = {}
        self._stacks: list[tuple[RawFrame, ...]] = []
        self._threads: dict[int, list[Stack]] = {}  # several for a thread in several interpreters
        self._by_address: dict[int, int] = {}
        self._complete = False  # the list of threads is
        self._tasks = Tasks(memory, runtime.tasks, self._codes, self._intern) if runtime.tasks else None
        self._held = Held(memory, runtime, self._codes.type)
        self._validate()

    def frames(self, stack: int) -> tuple[RawFrame, ...]:
        """Frames of a stack, leaf first."""
        return self._stacks[stack]

    def tick(self, only: Collection[int] | None = None) -> PythonTick:
        """One look at the threads `only` (None: at all): those that are in no interpreter are left out."""
        try:
            return self._tick(only)
        except ProcessLookupError as error:
            raise Vanished(f"process {self._pid} has ended") from error
        except (OSError, Unsupported) as error:  # Unsupported: it has just finished its interpreters
            raise Vanished(f"the interpreter of process {self._pid} is gone: {error}") from error

    def tasks(self) -> list[TaskState] | None:
        """One look at asyncio's tasks, from 3.14 on; None when there are none to be read, or they changed
        too fast."""
        if self._tasks is None:
            return None
        try:
            found = self._tasks.look(self.interpreters.addresses, self._by_address)
        except OSError as error:
            raise Vanished(f"the interpreter of process {self._pid} is gone: {error.strerror}") from error
        self.stats.bounded |= self._tasks.bounded
        return found

    def held(self, tid: int) -> list[int]:
        """Futexes of the locks that a thread which stands still holds in `with` blocks."""
        return self._held.locks([thread.address for thread in self._threads.get(tid, ())])

    def _tick(self, only: Collection[int] | None) -> PythonTick:
        threads, got = self._gather(only)
        whole: list[Stack] = []
        again: list[Stack] = []
        at = self.interpreters.length
        for thread in threads:
            end = at + thread.length
            if end <= got and thread.look(at) is Look.WHOLE:
                whole.append(thread)
            else:
                again.append(thread)
            at = end
        stacks: dict[int, int] = {}
        again += self._deliver(whole, stacks)
        torn = [tid for thread in again if (tid := self._retry(thread, stacks))]
        self.stats.stacks += len(stacks)
        self.stats.torn += len(torn)
        state = self.interpreters
        holder = self._by_address.get(state.holder, 0) if state.locked else 0
        return PythonTick(holder, state.locked, state.collecting, stacks, torn)

    def _gather(self, only: Collection[int] | None) -> tuple[list[Stack], int]:
        """Copy the state and the stacks; once more when threads were born or have ended."""
        state = self.interpreters
        if only is None:  # the last of a thread's end cannot be seen in the state
            self._complete = False
        for _ in range(RETRIES):
            if not self._complete:
                self._list_threads()
            known = self._threads
            chosen = known.values() if only is None else [known[tid] for tid in only if tid in known]
            threads = [thread for several in chosen for thread in several]
            total = state.length + sum([thread.length for thread in threads])
            request = b"".join([state.request, *[thread.request for thread in threads]])
            got = self._memory.gather(request, total)
            if got < state.length:
                raise Vanished(f"the interpreter of process {self._pid} is gone")
            if state.update():
                break
            self._complete = False
        return threads, got

    def _list_threads(self) -> None:
        states, whole = self.interpreters.threads()
        outer = inner_tids(self._pid)
        self._delivered.clear()
        before = {one.address: (tid, one) for tid, several in self._threads.items() for one in several}
        self._threads, self._by_address, self._complete = {}, {}, whole
        for state in states:
            address, tid, _ = state
            if not tid:
                self._complete = False  # a thread is being born
                continue
            here = outer.get(tid, 0) if outer else tid
            self._by_address[address] = here
            known = before.get(address)
            stack = known[1] if known and known[0] == here else None
            self._threads.setdefault(here, []).append(stack or self._stack(state))

    def _retry(self, thread: Stack, stacks: dict[int, int]) -> int:
        """Read one stack until it is whole. Returns the thread when that does not succeed, else 0."""
        torn = 0
        for _ in range(_ATTEMPTS):
            self.stats.retried += 1
            asked = thread.length
            if self._memory.gather(thread.request, asked) == asked:
                look = thread.look(0, partial=torn >= RETRIES)
            else:
                thread.forget()
                look = Look.TORN if thread.length < asked else Look.GONE  # not even its state is there
            if look is Look.GONE:
                self._complete = False
                return 0
            if look is Look.WHOLE and not self._deliver([thread], stacks):
                return 0
            torn += look is not Look.LEARNT
            if torn > RETRIES:
                break
        return self._by_address.get(thread.address, 0)

    def _deliver(self, threads: list[Stack], stacks: dict[int, int]) -> list[Stack]:
        """Enter the stack ids of whole stacks. Returns the threads to be read again: those whose code
        objects had changed, cannot be read, or were new (they may have changed since the copy)."""
        again: list[Stack] = []
        found: list[tuple[Stack, _Known | None, frozenset[int]]] = []
        needed: set[int] = set()
        for thread in threads:
            chain, known = self._delivered.get(thread.address, ((), None))
            if known is None or chain is not thread.chain:
                known = self._known.get(thread.chain)
            codes = known.codes if known else frozenset(thread.chain[::2])
            needed |= codes
            found.append((thread, known, codes))
        stale = self._codes.drop_changed(needed)
        if stale:
            self._known.clear()
            self._delivered.clear()
        for thread, known, codes in found:
            if stale and not codes.isdisjoint(stale):
                again.append(thread)
                continue
            if known is None:
                new = [code for code in codes if code not in self._codes]
                known = self._resolve(thread.chain, codes)
                if new or known is None:
                    again.append(thread)
                    continue
            tid = self._by_address[thread.address]
            # newer interpreters come first: a thread in two of them runs the newer one's code, if any
            if tid not in stacks or not self._stacks[stacks[tid]]:
                stacks[tid] = known.stack
            self._delivered[thread.address] = thread.chain, known
            self.stats.reused += thread.reused
            self.stats.partial += thread.partial
        return again

    def _resolve(self, chain: tuple[int, ...], codes: frozenset[int]) -> _Known | None:
        """Intern a chain; None when it holds something that is no code object."""
        frame = self._codes.frame
        try:
            ids = tuple(map(frame, chain[::2], chain[1::2]))
        except ProcessLookupError:
            raise
        except (ValueError, OSError):
            return None
        if len(self._known) >= _CHAIN_LIMIT:
            self._known.clear()
        known = self._known[chain] = _Known(self._intern(ids), codes)
        return known

    def _intern(self, ids: tuple[int, ...]) -> int:
        """The id of a stack of frame ids."""
        stack = self._stack_ids.setdefault(ids, len(self._stacks))
        if stack == len(self._stacks):
            self._stacks.append(self._codes.stack(ids))
        return stack

    def _validate(self) -> None:
        """The layout fits when thread states name threads of the process, and their stacks decode."""
        for _ in range(_LOOKS_AT_ATTACH):
            stacks = self.tick(None).stacks
            if any(os.path.exists(f"/proc/{self._pid}/task/{tid}") for tid in stacks) and all(
                frame.file and frame.function for stack in stacks.values() for frame in self.frames(stack)
            ):
                return
        raise Unsupported(f"the structs of CPython {self.version} are not where they should be")
