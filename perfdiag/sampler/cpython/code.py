"""Code objects of the target: file, qualified name and lines, read once and verified ever after.

A code object can die and its memory be used for another one. Its header is therefore kept and compared each
time a stack uses it.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from perfdiag.host.memory import Memory, piece, u64
from perfdiag.host.secrets import scrub_path
from perfdiag.sampler.cpython.layout import Layout
from perfdiag.sampler.cpython.linetable import LineTable, decode
from perfdiag.sampler.cpython.lnotab import decode_lnotab, decode_pep626
from perfdiag.text import printable

_NAME_LIMIT = 1 << 14  # characters
_TABLE_LIMIT = 1 << 22  # bytes
_CONSTRUCTING = "__init__"  # file of a frame that 3.13 and later put between a constructor and its caller
_TYPE_NAME = 32  # bytes: longer than the names of the types that are told apart
_PAGE = 4096
_ENCODINGS = {1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}  # PEP 393 kinds


class RawFrame(NamedTuple):
    file: str
    function: str  # qualified name
    line: int
    first_line: int


class _Code(NamedTuple):
    file: str
    function: str
    first_line: int
    bytecode: int  # address; 0 before 3.11, where frames count from the start of the byte code
    lines: LineTable
    request: bytes  # reads the identity
    identity: bytes
    frames: dict[int, int]  # instruction address -> frame id


class CodeCache:
    """Frames by (code object, instruction). Frame ids count from 0; equal frames have one id."""

    def __init__(self, memory: Memory, layout: Layout) -> None:
        self._memory, self._layout = memory, layout
        self._codes: dict[int, _Code] = {}
        self._ids: dict[RawFrame, int] = {}
        self._types: dict[int, str] = {}
        self.frames: list[RawFrame] = []
        # the last verification, which the next tick mostly repeats
        self._verified: set[int] | None = None
        self._known: list[int] = []
        self._request = self._identities = b""
        # What identifies a code object: everything from behind ob_size to the line table (the pointers to
        # constants, names and file, the sizes, the first line, from 3.12 on a version that counts up). The
        # names alone do not: a freed file name may have left its place to the next one.
        self._start = layout.object_type + 16
        fields = (layout.code_first_line, layout.code_filename, layout.code_qualname, layout.code_linetable)
        self._span = (max(fields) + 8 - self._start + 7) & -8

    def __contains__(self, code: int) -> bool:
        return code in self._codes

    def frame(self, code: int, instruction: int) -> int:
        """Id of the frame that executes `instruction`. ValueError or OSError when there is no such code
        object: the stack was torn."""
        entry = self._codes.get(code)
        if entry is None:
            entry = self._codes[code] = self._load(code)
        number = entry.frames.get(instruction)
        if number is None:
            line = entry.lines.line(instruction - entry.bytecode)
            raw = RawFrame(entry.file, entry.function, line, entry.first_line)
            number = entry.frames[instruction] = self.intern(raw)
        return number

    def intern(self, raw: RawFrame) -> int:
        """Id of this frame."""
        number = self._ids.setdefault(raw, len(self.frames))
        if number == len(self.frames):
            self.frames.append(raw)
        return number

    def stack(self, ids: Iterable[int]) -> tuple[RawFrame, ...]:
        """Frames by their ids, but for those without code of the program."""
        frames = [self.frames[number] for number in ids]
        return tuple([frame for frame in frames if frame.file != _CONSTRUCTING])

    def type(self, kind: int) -> str:
        """Name of a type as C code has it, with its module for most that are not built in; the start of one
        that is long. OSError when it cannot be read."""
        name = self._types.get(kind)
        if name is None:
            at = self._memory.pointer(kind + self._layout.type_name)
            data = self._memory.read(at, min(_TYPE_NAME, _PAGE - at % _PAGE))
            if len(data) < _TYPE_NAME and b"\0" not in data:
                data += self._memory.read(at + len(data), _TYPE_NAME - len(data))
            name = self._types[kind] = data.partition(b"\0")[0].decode("latin-1")
        return name

    def drop_changed(self, codes: set[int]) -> set[int]:
        """Verify the cached ones among `codes` in one read. Those whose memory now holds something else are
        forgotten and returned."""
        if codes != self._verified:
            self._known = [code for code in codes if code in self._codes]
            self._verified = set(codes) if len(self._known) == len(codes) else None
            self._request = b"".join([self._codes[code].request for code in self._known])
            self._identities = b"".join([self._codes[code].identity for code in self._known])
        got = self._memory.gather(self._request, len(self._identities))
        copied = bytes(self._memory.octets[:got])
        if copied == self._identities:
            return set()
        self._verified = None
        parts = [slice(at, at + self._span) for at in range(0, len(self._identities), self._span)]
        stale = {
            code
            for code, part in zip(self._known, parts, strict=True)
            if copied[part] != self._identities[part]
        }
        for code in stale:
            del self._codes[code]
        return stale

    def _load(self, code: int) -> _Code:
        layout = self._layout
        header = self._memory.read(code, layout.code_size)
        if self.type(u64(header, layout.object_type)) != "code":
            raise ValueError(f"the object at {code:#x} is not a code object")
        (first_line,) = struct.unpack_from("<i", header, layout.code_first_line)
        return _Code(
            file=scrub_path(self.text(u64(header, layout.code_filename))),
            function=self.text(u64(header, layout.code_qualname)),
            first_line=first_line,
            bytecode=0 if layout.code_bytecode is None else code + layout.code_bytecode,
            lines=self._lines(header, first_line),
            request=piece(code + self._start, self._span),
            identity=header[self._start : self._start + self._span],
            frames={},
        )

    def _lines(self, header: bytes, first_line: int) -> LineTable:
        layout = self._layout
        table = self._bytes(u64(header, layout.code_linetable))
        if layout.code_string is None:
            return decode(table, first_line)
        if layout.frame_unit == 1:
            string = u64(header, layout.code_string)
            return decode_lnotab(table, first_line, self._memory.pointer(string + layout.bytes_length))
        return decode_pep626(table, first_line)

    def text(self, address: int) -> str:
        """A str object in compact form (PEP 393), with control characters escaped."""
        layout = self._layout
        head = self._memory.read(address, layout.str_compact_size)
        length = u64(head, layout.str_length)
        (state,) = struct.unpack_from("<I", head, layout.str_state)
        kind, ascii_only = state >> 2 & 7, state >> 6 & 1  # behind two bits of 'interned'
        if kind not in _ENCODINGS or length > _NAME_LIMIT:
            raise ValueError(f"the object at {address:#x} is not a name")
        start = layout.str_ascii_size if ascii_only else layout.str_compact_size
        data = self._memory.read(address + start, length * kind) if length else b""
        return printable(data.decode(_ENCODINGS[kind], "surrogatepass"))

    def _bytes(self, address: int) -> bytes:
        length = self._memory.pointer(address + self._layout.bytes_length)
        if length > _TABLE_LIMIT:
            raise ValueError(f"the object at {address:#x} is not a line table")
        return self._memory.read(address + self._layout.bytes_data, length)
