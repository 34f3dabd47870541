"""The interpreters of a process: GIL, garbage collector and the list of thread states.

What changes is read in each tick by `request`; `update` says when the list of threads must be read anew.
"""

from typing import NamedTuple

from perfdiag.host.memory import Memory, piece
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.runtime import Runtime

_MAX_INTERPRETERS = 256
_MAX_THREADS = 10_000
_MAX_TID = 1 << 22  # PID_MAX_LIMIT on 64-bit machines
_ATTEMPTS = 4
# struct pythreads: next_unique_id, head, (main,) count: any birth or end of a thread changes one of them
_BEFORE_HEAD = 8
_SIGNATURE = 32


class ThreadState(NamedTuple):
    address: int
    tid: int  # as the target sees it; 0 while the thread is being born


class Interpreters:
    """State of the main interpreter's GIL and of all garbage collectors after each `update`."""

    def __init__(self, memory: Memory, runtime: Runtime) -> None:
        self._memory, self._layout = memory, runtime.layout
        layout = runtime.layout
        self._head_at = runtime.address + layout.interpreters_head
        self._start = min(layout.threads_head - _BEFORE_HEAD, layout.gc_collecting & -8)
        end = max(layout.threads_head - _BEFORE_HEAD + _SIGNATURE, layout.gc_collecting + 4)
        self._span = (end - self._start + 7) & -8
        self.holder = 0  # thread state that held the GIL last
        self.locked = self.collecting = False
        self._addresses = self._list()
        main = self._addresses[-1]  # new interpreters are put before older ones
        if layout.runtime_gil is not None:
            self.gil = runtime.address + layout.runtime_gil
        elif layout.interpreter_gil is not None:
            self.gil = memory.pointer(main + layout.interpreter_gil)
        if not self.gil:
            raise Unsupported("the interpreter has no GIL")
        self._gil_start = min(layout.gil_holder, layout.gil_locked) & -8
        self._gil_span = (max(layout.gil_holder, layout.gil_locked) + 8 - self._gil_start) & -8
        self._last = b""
        self._signatures: list[bytes] = []
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

    def _arrange(self) -> None:
        pieces = [piece(self._head_at, 8), piece(self.gil + self._gil_start, self._gil_span)]
        pieces += [piece(address + self._start, self._span) for address in self._addresses]
        self.request = b"".join(pieces)
        self.length = 8 + self._gil_span + self._span * len(self._addresses)

    def update(self) -> bool:
        """Take over what `request` has just copied to the start of the memory's buffer. False when threads
        or interpreters were born or have ended since the last time."""
        layout, state = self._layout, bytes(self._memory.octets[: self.length])
        if state == self._last:
            return True
        self._last = state
        if _u64(state, 0) != self._addresses[0]:
            self._addresses = self._list()
            self._arrange()
            return False
        self.holder = _u64(state, 8 + layout.gil_holder - self._gil_start)
        at = 8 + layout.gil_locked - self._gil_start
        self.locked = state[at : at + 4] == b"\1\0\0\0"  # -1 before the GIL was created
        signatures, self.collecting = [], False
        threads = layout.threads_head - _BEFORE_HEAD - self._start
        collecting = layout.gc_collecting - self._start
        for at in range(8 + self._gil_span, self.length, self._span):
            signatures.append(state[at + threads : at + threads + _SIGNATURE])
            if state[at + collecting]:
                self.collecting = True
        same = signatures == self._signatures
        self._signatures = signatures
        return same

    def threads(self) -> tuple[list[ThreadState], bool]:
        """All thread states, and whether the lists were whole: threads that are born and end meanwhile break
        them. A thread that runs code of another interpreter has a state in each."""
        found: list[ThreadState] = []
        whole = True
        for interpreter in self._addresses:
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
        known of are copied in one read."""
        layout, memory = self._layout, self._memory
        first = min(layout.thread_next, layout.thread_tid)
        span = max(layout.thread_next, layout.thread_tid) + 8 - first
        pieces = [piece(state.address + first, span) for state in known]
        signature = memory.read(interpreter + layout.threads_head - _BEFORE_HEAD, _SIGNATURE)
        got = memory.gather(b"".join(pieces), span * len(known))
        copies = {
            state.address: bytes(memory.octets[number * span : (number + 1) * span])
            for number, state in enumerate(known[: got // span])
        }
        found: dict[int, ThreadState] = {}
        newer: dict[int, int] = {}  # tid -> thread state
        address = _u64(signature, _BEFORE_HEAD)
        while address:
            data = copies.get(address)
            if data is None:
                try:
                    data = memory.read(address + first, span)
                except ProcessLookupError:
                    raise
                except OSError:
                    break
            tid = _u64(data, layout.thread_tid - first)
            if address in found or tid > _MAX_TID or len(found) == _MAX_THREADS:
                break
            found[address] = ThreadState(address, tid)
            if tid in newer:
                # 3.11 gives a new thread state the id of its creator until the thread itself runs
                found[newer[tid]] = ThreadState(newer[tid], 0)
            newer[tid] = address
            address = _u64(data, layout.thread_next - first)
        again = memory.read(interpreter + layout.threads_head - _BEFORE_HEAD, _SIGNATURE)
        return list(found.values()), not address, again == signature and not address


def _u64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")
