"""One thread's stack before CPython 3.11: a list of frame objects on the heap, linked by f_back.

One request copies the pointer to the current frame and all frames that the last looks found, callers first,
then the same once more, callees first, and the thread id that stands in the thread's pthread. So a caller is
copied before and after its callee, which takes some microseconds. The copy is whole when

- both copies agree about every frame but the running one, and
- the code of every frame runs (f_executing, f_state): a frame that has returned keeps what it held. Frames
  whose code does not run stay the same for two looks when the thread stands still where it enters or leaves.
"""

import struct
from typing import NamedTuple

from perfdiag.host.memory import Memory, piece
from perfdiag.sampler.cpython.chain import agreed
from perfdiag.sampler.cpython.layout import Layout
from perfdiag.sampler.cpython.thread import Look

_MAX_FRAMES = 10_000
# Frames of the last looks that are not on the stack now: a thread that calls and returns comes back to them,
# since each function keeps its frame object
_SPARE = 8
# Looks that hope for a chain that stays: in the time between the copies a thread may have left a call and
# have made it again, so that one in ten chains of which only the callers agree never existed
_PATIENCE = 2


class HeapFields(NamedTuple):
    """The layout of thread states and frame objects, prepared. Offsets in bytes."""

    current: int  # in the thread state
    start: int  # of the copied part of a frame object
    size: int
    frame: struct.Struct  # unpacks (previous, code, instruction, state) from that part
    executing: int
    pthread_tid: int


def heap_fields(layout: Layout, pthread_tid: int) -> HeapFields:
    """Of a version before 3.11; `pthread_tid`: where a pthread has its thread id."""
    previous, code, instruction, state = (
        layout.frame_previous,
        layout.frame_code,
        layout.frame_instruction,
        layout.frame_state,
    )
    assert layout.thread_current_frame is not None
    assert state is not None
    gaps = (code - previous - 8, instruction - code - 8, state - instruction - 4)
    form = struct.Struct("<Q{}xQ{}xi{}xb".format(*gaps))
    return HeapFields(
        current=layout.thread_current_frame,
        start=previous,
        size=(form.size + 7) & -8,
        frame=form,
        executing=layout.frame_executing,
        pthread_tid=pthread_tid,
    )


class HeapStack:
    """As `thread.ThreadStack`, for the versions before 3.11."""

    def __init__(self, memory: Memory, fields: HeapFields, address: int, tid: int, pthread: int) -> None:
        self._memory, self._fields = memory, fields
        self.address, self.tid, self._pthread = address, tid, pthread
        self.chain: tuple[int, ...] = ()
        self.reused = False  # the last look found nothing changed since the one before
        self.partial = False  # the last look saw the callers only
        self._settled = False  # it found both copies alike
        self._ended = self._caller = 0
        self._moved = 0  # looks in succession that found them to differ
        self.forget()

    def forget(self) -> None:
        """Drop what was learnt about where the frames lie: some of it cannot be read any more."""
        self._arrange([])

    def _arrange(self, frames: list[int]) -> None:
        """Build the request for `frames`, callees before their callers. The copy is: pointer to the current
        frame, frames in reverse, pointer, frames, thread id. So callers are read before and after their
        callee."""
        fields = self._fields
        self._copy, self._whole = b"", False
        self._numbers = {address: number for number, address in enumerate(frames)}
        top = piece(self.address + fields.current, 8)
        pieces = [piece(address + fields.start, fields.size) for address in frames]
        self._once = 8 + len(frames) * fields.size
        self.length = 2 * self._once + 8
        tid = piece((self._pthread + fields.pthread_tid) & -8, 8)
        self.request = b"".join([top, *reversed(pieces), top, *pieces, tid])

    def look(self, at: int, partial: bool = False) -> Look:
        """Judge the copy of `request` that starts at byte `at` of the memory's buffer. With `partial`, the
        callers that both copies agree about are enough."""
        words = self._memory.words
        middle, end = at + self._once, at + 2 * self._once
        tid_at = self._pthread + self._fields.pthread_tid & 7
        if words[end >> 3] >> 8 * tid_at & 0xFFFFFFFF != self.tid:
            return Look.GONE
        top, after = words[at >> 3], words[middle >> 3]
        if not (top and after):  # in no Python code
            if top != after:
                return Look.TORN
            self.chain, self._copy, self.reused, self.partial = (), b"", False, False
            return Look.WHOLE
        copy = bytes(self._memory.octets[at:end])
        still = copy == self._copy
        self.reused = still and self._whole
        if self.reused:
            return Look.WHOLE
        self._copy = copy
        look = self._judge(at, top, after, still, partial)
        self._whole = look is Look.WHOLE and self._settled
        return look

    def _judge(self, at: int, top: int, after: int, still: bool, partial: bool) -> Look:
        """Walk a copy that differs from the last one, or was `still` torn."""
        size = self._fields.size
        first, second = at + self._once - size, at + self._once + 8
        chain = self._walk(top, first, -size)
        if chain is Look.TORN and top != after:  # the first current frame had returned meanwhile
            chain = self._walk(after, first, -size)
        if isinstance(chain, Look):
            return chain
        ended, caller = self._ended, self._caller
        other = self._walk(after, second, size)
        if other is Look.TORN and caller:  # the second one had: then its callers will do
            other = self._walk(caller, second, size)
        if isinstance(other, Look):
            return other
        self._settled = top == after and chain == other
        self.partial = False
        if (ended or self._ended) and not (self._settled and still):
            # the frame may have returned before its caller was copied
            if not partial:
                return Look.TORN
            self._settled, self.partial = False, True
            chain, other = chain[ended:], other[self._ended :]
        if not self._settled:
            self._moved += 1
            if self._moved <= _PATIENCE and not partial:
                return Look.TORN
            chain, cut = agreed(chain, other, partial)
            if not chain:
                return Look.TORN
            self.partial |= cut
        self._moved = 0
        self.chain = tuple(chain)
        return Look.WHOLE

    def _walk(self, top: int, origin: int, step: int) -> list[int] | Look:
        """Follow the chain of frames through one copy, in which frame number n lies at origin + n * step. A
        torn chain can be a cycle. `_ended` says where in the chain those end whose code does not run,
        `_caller` which frame called the running one."""
        fields, octets, numbers = self._fields, self._memory.octets, self._numbers
        unpack, executing = fields.frame.unpack_from, fields.executing
        chain: list[int] = []
        seen: list[int] = []
        missing: dict[int, bytes] = {}
        address, ended = top, 0
        while address:
            number = numbers.get(address)
            if number is not None:
                previous, code, instruction, state = unpack(octets, origin + number * step)
            elif address not in missing and self._fetch(address, missing):
                previous, code, instruction, state = unpack(missing[address])
            else:
                return Look.TORN
            chain.append(code)
            chain.append(instruction)
            seen.append(address)
            if state != executing:
                ended = len(chain)
            if len(seen) > len(numbers) + len(missing):
                return Look.TORN
            address = previous
        if ended == len(chain) or 0 in chain[::2]:
            return Look.TORN
        if missing or len(numbers) > 2 * (len(seen) + _SPARE):
            self._learn(seen)
            return Look.LEARNT
        self._ended, self._caller = ended, seen[1] if len(seen) > 1 else 0
        return chain

    def _learn(self, seen: list[int]) -> None:
        """Ask for the frames of a chain, and for a few of others: they alternate."""
        others = [address for address in self._numbers if address not in seen]
        self._arrange(others[-_SPARE:] + seen)

    def _fetch(self, address: int, missing: dict[int, bytes]) -> bool:
        """Add a frame that was not asked for to `missing`; False when there is none, or too many."""
        if len(missing) == _MAX_FRAMES:
            return False
        try:
            missing[address] = self._memory.read(address + self._fields.start, self._fields.size)
        except ProcessLookupError:
            raise
        except OSError:
            return False
        return True
