"""The interpreters of a process: GIL, garbage collector and the list of thread states.

What changes is read in each tick by `request`; `update` says when the list of threads must be read anew.
"""

from typing import NamedTuple

from perfdiag.host.memory import Memory, piece, u64
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.runtime import Runtime

_MAX_INTERPRETERS = 256
_MAX_THREADS = 10_000
_MAX_TID = 1 << 22  # PID_MAX_LIMIT on 64-bit machines
_ATTEMPTS = 4
_HEAD = 8  # in Layout.signature


class ThreadState(NamedTuple):
    address: int
    tid: int  # as the target sees it; 0 while the thread is being born
    pthread: int = 0  # its pthread_t, before 3.11


class Interpreters:
    """State of the main interpreter's GIL and of all garbage collectors after each `update`."""

    def __init__(self, memory: Memory, runtime: Runtime) -> None:
        self._memory, self._layout = memory, runtime.layout
        layout = runtime.layout
        self._runtime = runtime
        self._head_at = runtime.address + layout.interpreters_head
        self.holder = 0  # thread state that held the GIL last
        self.locked = self.collecting = False
        self.addresses = self._list()  # newest first
        main = self.addresses[-1]  # new interpreters are put before older ones
        if layout.runtime_gil is not None:
            self.gil = runtime.address + layout.runtime_gil
        elif layout.interpreter_gil is not None:
            self.gil = memory.pointer(main + layout.interpreter_gil)
        if not self.gil:
            raise Unsupported("the interpreter has no GIL")
        self._gil_start = min(layout.gil_holder, layout.gil_locked) & -8
        self._gil_span = (max(layout.gil_holder, layout.gil_locked) + 8 - self._gil_start) & -8
        self._last = self._signatures = b""
        self._states: dict[int, list[ThreadState]] = {}  # interpreter -> its list, as it was last
        self._arrange()

    def _list(self) -> list[int]:
        addresses: list[int] = []
        address = self._memory.pointer(self._head_at)
        while address and len(addresses) < _MAX_INTERPRETERS:
            addresses.append(address)
            address = self._memory.pointer(address + self._layout.interpreter_next)
        if not addresses:
            raise Unsupported("the interpreter is starting or has ended")
        return addresses

    def own_gils(self) -> int:
        """How many of the interpreters have a GIL of their own beside the main one's (from 3.12 on)."""
        at = self._layout.interpreter_gil
        if at is None:
            return 0
        return sum(self._memory.pointer(address + at) != self.gil for address in self.addresses[:-1])

    def _arrange(self) -> None:
        """Build the request. The copy is: head of the list, GIL, signatures, words with the flag of each
        garbage collector."""
        pieces = [piece(self._head_at, 8), piece(self.gil + self._gil_start, self._gil_span)]
        pieces += [self._signature(address) for address in self.addresses]
        flags = self._collectors()
        pieces += [piece(address & -8, 8) for address in flags]
        self.request = b"".join(pieces)
        self._collecting_at = 8 + self._gil_span + self._layout.signature_size * len(self.addresses)
        self._flag = flags[0] & 7
        self.length = self._collecting_at + 8 * len(flags)

    def _collectors(self) -> list[int]:
        """Addresses of the collectors' flags: one, up to 3.8, or one in each interpreter."""
        layout = self._layout
        if layout.runtime_collecting is not None:
            return [self._runtime.address + layout.runtime_collecting]
        return [address + layout.gc_collecting for address in self.addresses]

    def _signature(self, interpreter: int) -> bytes:
        """The request for what any birth or end of a thread changes."""
        return b"".join([piece(interpreter + at, length) for at, length in self._layout.signature])

    def update(self) -> bool:
        """Take over what `request` has just copied to the start of the memory's buffer. False when threads
        or interpreters were born or have ended since the last time."""
        layout, state = self._layout, bytes(self._memory.octets[: self.length])
        if state == self._last:
            return True
        self._last = state
        if u64(state, 0) != self.addresses[0]:
            self.addresses = self._list()  # newest first
            self._arrange()
            return False
        self.holder = u64(state, 8 + layout.gil_holder - self._gil_start)
        at = 8 + layout.gil_locked - self._gil_start
        self.locked = state[at : at + 4] == b"\1\0\0\0"  # -1 before the GIL was created
        self.collecting = any(state[self._collecting_at + self._flag :: 8])
        signatures = state[8 + self._gil_span : self._collecting_at]
        same = signatures == self._signatures
        self._signatures = signatures
        return same

    def threads(self) -> tuple[list[ThreadState], bool]:
        """All thread states, and whether the lists were whole: threads that are born and end meanwhile break
        them. A thread that runs code of another interpreter has a state in each."""
        found: list[ThreadState] = []
        whole = True
        for interpreter in self.addresses:
            for _ in range(_ATTEMPTS):
                known = self._states.get(interpreter, [])
                states, ended, unchanged = self._follow(interpreter, known)
                if ended:
                    self._states[interpreter] = states
                else:  # broken off: what is known of before may still hold
                    missing = {state.address for state in known} - {state.address for state in states}
                    states += [state for state in known if state.address in missing]
                if unchanged:
                    break
            whole &= unchanged
            found += states
        return found, whole

    def _follow(self, interpreter: int, known: list[ThreadState]) -> tuple[list[ThreadState], bool, bool]:
        """The list of one interpreter, newest first; was its end reached; did it stay as it was? The states
        known of are copied in one read, between two looks at what a change would change."""
        layout, memory = self._layout, self._memory
        first = min(layout.thread_next, layout.thread_id)
        span = max(layout.thread_next, layout.thread_id) + 8 - first
        pieces = [piece(state.address + first, span) for state in known]
        signature = self._signature(interpreter)
        before = self._copy(signature, layout.signature_size)
        head = u64(before, _HEAD)
        copied = self._copy(b"".join(pieces), span * len(known))
        copies = {
            state.address: copied[number * span : (number + 1) * span]
            for number, state in enumerate(known[: len(copied) // span])
        }
        found: dict[int, int] = {}  # thread state -> thread
        newer: dict[int, int] = {}  # thread -> thread state
        address = head
        while address:
            data = copies.get(address)
            if data is None:
                try:
                    data = memory.read(address + first, span)
                except ProcessLookupError:
                    raise
                except OSError:
                    break
            thread = u64(data, layout.thread_id - first)
            native = layout.thread_tid is not None
            if address in found or (native and thread > _MAX_TID) or len(found) == _MAX_THREADS:
                break
            found[address] = thread
            if thread in newer:
                # up to 3.11 a new thread state has the id of its creator until the thread itself runs
                found[newer[thread]] = 0
            newer[thread] = address
            address = u64(data, layout.thread_next - first)
        states = self._identify(found)
        again = self._copy(signature, layout.signature_size)
        return states, not address, again == before and not address

    def _identify(self, found: dict[int, int]) -> list[ThreadState]:
        """Native thread ids: before 3.11 they stand in the pthreads only."""
        if self._layout.thread_tid is not None:
            return [ThreadState(address, thread) for address, thread in found.items()]
        at = self._runtime.pthread_tid
        pthreads = list(found.values())
        tids: list[int] = []
        while len(tids) < len(pthreads):
            rest = [piece(pthread + at, 4) for pthread in pthreads[len(tids) :]]
            copied = self._copy(b"".join(rest), 4 * len(rest))
            tids += memoryview(copied).cast("I")
            if len(copied) < 4 * len(rest):
                tids.append(0)  # being born, or ended without telling the interpreter
        return [ThreadState(*row) for row in zip(found, tids, pthreads, strict=True)]

    def _copy(self, request: bytes, length: int) -> bytes:
        return bytes(self._memory.octets[: self._memory.gather(request, length)])
