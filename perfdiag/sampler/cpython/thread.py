"""One thread's stack, read without stopping the thread: what to copy, and is the copy whole?

Since 3.11 the frames of a thread lie in chunks of its data stack, except those of generators (in the
generator) and the shims of C calls (on the C stack). One request copies the thread state, the used part of
the chunk and the frames elsewhere that the last look found, then the pointer to the current frame and the
same frames once more. The copy is whole when

- the current frame was the same before and after the first copy,
- the chain of frames ends as a whole chain must end (`Layout.root`; from 3.15 on in the base frame), and
- both copies agree about every frame but the running one: so each caller was at its call both before and
  after its callee was copied.
"""

import struct
from enum import IntEnum

from perfdiag.host.memory import Memory, piece
from perfdiag.sampler.cpython.chain import Fields, agreed

_HEADER = struct.Struct("<QQQ")  # struct _stack_chunk: previous, size, top (in words); then the frames
_CHUNK_HEADER = _HEADER.size
_ROOM = 512  # bytes copied beyond the used ones, for frames pushed since
_MAX_OLDER = 1 << 22  # bytes of full chunks below the current one
_MAX_ELSEWHERE = 500  # frames
_SPARE = 4
_UNTAGGED = ~3  # from 3.14 on the reference to a code object has flags in its low bits


class Look(IntEnum):
    WHOLE = 0  # `chain` is up to date
    TORN = 1  # the thread moved under the copy
    LEARNT = 2  # something lies elsewhere than thought; the next request asks for it
    GONE = 3  # the thread state is another thread's now


class ThreadStack:
    """`chain` holds (code object, instruction) of each frame, flat, leaf first, after a whole look."""

    def __init__(self, memory: Memory, fields: Fields, address: int, tid: int) -> None:
        self._memory, self._fields = memory, fields
        self.address, self.tid = address, tid
        self.chain: tuple[int, ...] = ()
        self.reused = False  # the last look found nothing changed since the one before
        self.partial = False  # the last look saw the callers only
        self._copy: bytes | None = None
        self._chunk = self._size = self._room = self._top = self._base = 0
        self.forget()

    def forget(self) -> None:
        """Drop what was learnt about where things lie: some of it cannot be read any more."""
        self._elsewhere: dict[int, int] = {}  # frame address -> offset in its part of the copy
        self._older: list[tuple[int, int]] = []  # full chunks below the current one: (address, bytes)
        self._cframes: dict[int, int] = {}  # _PyCFrame (before 3.13) -> offset in its part of the copy
        self._chunk = self._size = self._room = 0
        self._arrange()

    def _arrange(self) -> None:
        """Build the request. The copy is: thread state, current frames of the cframes, older chunks, frames
        elsewhere, chunk, pointer(s) to the current frame, frames elsewhere, chunk."""
        fields, size = self._fields, self._fields.frame_size
        self._copy = None
        pieces = [piece(self.address + fields.start, fields.span)]
        again = [piece(self.address + fields.current_at, 8)]
        at = fields.span
        if fields.cframe is not None:
            cframes = [piece(address + fields.cframe, 8) for address in self._cframes]
            self._cframes = {address: 8 * number for number, address in enumerate(self._cframes)}
            pieces += cframes
            again += cframes
            at += 8 * len(cframes)
        pieces += [piece(address, length) for address, length in self._older]
        self._first = at
        at += sum(length for _, length in self._older)
        frames = [piece(address, size) for address in self._elsewhere]
        self._elsewhere = {address: number * size for number, address in enumerate(self._elsewhere)}
        if self._room:
            frames.append(piece(self._chunk, self._room))
        both = len(self._elsewhere) * size + self._room
        self._again = at + both
        self._second = self._again + 8 * len(again)
        self.length = self._second + both
        self.request = b"".join([*pieces, *frames, *again, *frames])

    def look(self, at: int, partial: bool = False) -> Look:
        """Judge the copy of `request` that starts at byte `at` of the memory's buffer. With `partial`, the
        callers that both copies agree about are enough: a thread that calls and returns all the time keeps
        its callers, not its leaf."""
        fields, octets, words = self._fields, self._memory.octets, self._memory.words
        word, again = at >> 3, (at + self._again) >> 3
        if words[word + fields.tid] != self.tid:
            return Look.GONE
        top, after = words[word + fields.current], words[again]
        if fields.cframe is not None:
            before, later = self._cframes.get(top, -1), self._cframes.get(after, -1)
            if before < 0 or later < 0:
                self._learn_cframes(top, after)
                return Look.LEARNT
            top, after = words[(at + fields.span + before) >> 3], words[again + 1 + (later >> 3)]
        self._base = words[word + fields.base] if fields.base is not None else 0
        if top in (0, self._base) or after in (0, self._base):  # in no Python code
            if top != after:
                return Look.TORN
            self.chain, self._copy, self.reused, self.partial = (), None, False, False
            return Look.WHOLE
        chunk = words[word + fields.chunk]
        used = words[word + fields.top] - chunk
        if chunk != self._chunk or not _CHUNK_HEADER <= used <= self._room:
            return self._learn_chunk(chunk, used)
        first = at + self._first
        copy = bytes(octets[first : at + self._again - self._room + used])
        self.reused = copy == self._copy and top == self._top == after
        return Look.WHOLE if self.reused else self._judge(at, top, after, copy, partial)

    def _judge(self, at: int, top: int, after: int, copy: bytes, partial: bool) -> Look:
        """Walk a copy that differs from the last one."""
        octets = self._memory.octets
        chunk_at = at + self._again - self._room
        if self._memory.words[chunk_at >> 3] != (self._older[0][0] if self._older else 0):
            return self._learn_older(self._memory.words[chunk_at >> 3])
        first = at + self._first
        frames_at = first + sum(length for _, length in self._older)
        chain = self._walk(top, first, frames_at)
        if chain is Look.TORN and top != after:  # the first current frame had returned meanwhile
            chain = self._walk(after, first, frames_at)
        if isinstance(chain, Look):
            return chain
        second = at + self._second
        repeated = copy[sum(length for _, length in self._older) :]
        settled = top == after and bytes(octets[second : second + len(repeated)]) == repeated
        self.partial = False
        if not settled:
            other = self._walk(after, first, second)
            if isinstance(other, Look):
                return other
            chain, self.partial = agreed(chain, other, partial)
            if not chain:
                return Look.TORN
        self.chain, self._top = tuple(chain), top
        self._copy = copy if settled else None
        return Look.WHOLE

    def _walk(self, top: int, older_at: int, frames_at: int) -> list[int] | Look:
        """Follow the chain of frames through one copy: the frames elsewhere and the chunk from `frames_at`
        on. A torn chain can be a cycle: callers in the chunk must lie below their callees."""
        fields, octets, elsewhere = self._fields, self._memory.octets, self._elsewhere
        unpack, shim, size = fields.frame.unpack_from, fields.shim, fields.frame_size
        frames_at += fields.frame_code
        shift = frames_at + len(elsewhere) * size - self._chunk
        low, above = self._chunk + _CHUNK_HEADER, self._chunk + self._room - size + 1
        chain: list[int] = []
        seen: list[int] = []
        missing: list[int] = []
        address, kind = top, -1
        base = self._base
        while address and address != base:
            if low <= address < above:
                code, previous, instruction, kind = unpack(octets, address + shift)
                above = address
            elif (offset := elsewhere.get(address)) is not None:
                code, previous, instruction, kind = unpack(octets, frames_at + offset)
                seen.append(address)
                if len(seen) > len(elsewhere):
                    return Look.TORN
            elif (offset := self._in_older(address)) >= 0:
                code, previous, instruction, kind = unpack(octets, older_at + offset + fields.frame_code)
            else:
                data = self._fetch(address, missing)
                if data is None:
                    return Look.TORN
                code, previous, instruction, kind = unpack(data, fields.frame_code)
            if kind < shim:
                chain.append(code & _UNTAGGED)
                chain.append(instruction)
            address = previous
        whole = address == base if base else kind == fields.root
        if not whole or 0 in chain:
            return Look.TORN
        if missing:
            self._learn_elsewhere(missing, seen)
            return Look.LEARNT
        return chain

    def _fetch(self, address: int, missing: list[int]) -> bytes | None:
        """A frame that was not asked for, added to `missing`; None when there is none, or too many."""
        if address in missing or len(missing) == _MAX_ELSEWHERE:
            return None
        missing.append(address)
        try:
            return self._memory.read(address, self._fields.frame_size)
        except OSError:
            return None

    def _in_older(self, address: int) -> int:
        """Offset of a frame in the copy of the older chunks, -1 when it is in none of them."""
        offset = 0
        for start, length in self._older:
            if start < address <= start + length - self._fields.frame_size:
                return offset + address - start
            offset += length
        return -1

    def _learn_cframes(self, *addresses: int) -> None:
        """C calls back into Python change the _PyCFrame; a thread alternates between a few."""
        others = [address for address in self._cframes if address not in addresses]
        self._cframes = dict.fromkeys([*addresses, *others][:_SPARE], 0)
        self._arrange()

    def _learn_elsewhere(self, missing: list[int], seen: list[int]) -> None:
        """Ask for the frames that this walk met outside the chunks, and for a few that others met: they
        alternate."""
        others = [address for address in self._elsewhere if address not in seen]
        self._elsewhere = dict.fromkeys([*missing, *seen, *others[:_SPARE]], 0)
        self._arrange()

    def _learn_chunk(self, chunk: int, used: int) -> Look:
        """The stack has grown beyond the room or lies in another chunk."""
        if chunk != self._chunk:
            try:
                self._size = self._memory.pointer(chunk + 8)
            except OSError:
                return Look.TORN
            self._older = []
        if not _CHUNK_HEADER <= used <= self._size <= _MAX_OLDER:
            return Look.TORN
        self._chunk = chunk
        # in steps, so that the request seldom changes; never past the end of the chunk
        self._room = min(self._size & -8, (used + 2 * _ROOM) // _ROOM * _ROOM)
        self._arrange()
        return Look.LEARNT

    def _learn_older(self, previous: int) -> Look:
        """The full chunks below the current one; only deep stacks have any."""
        older: list[tuple[int, int]] = []
        total = 0
        while previous and total <= _MAX_OLDER:
            try:
                header = self._memory.read(previous, _CHUNK_HEADER)
            except OSError:
                return Look.TORN
            below, size, top = _HEADER.unpack(header)
            length = _CHUNK_HEADER + 8 * top
            if length > size:
                return Look.TORN
            older.append((previous, length))
            total += length
            previous = below
        self._older = older
        self._arrange()
        return Look.LEARNT
