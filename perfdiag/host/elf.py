"""Symbols and sections of the files that a process has mapped, as addresses in that process.

`/proc/PID/maps` is parsed from text, because reading it can block for ever (it waits for the process's
memory lock): who may wait is the caller's business. Formats: elf(5), proc_pid_maps(5).
"""

import errno
import os
import re
import stat
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

_LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ (\d+) *(.*)")
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_SYMBOL_TABLES = (2, 11)  # SHT_SYMTAB, SHT_DYNSYM
_LOAD = 1  # PT_LOAD
_TABLE_LIMIT = 1 << 26
_OFFSET_LIMIT = 1 << 40
X86_64 = 62  # e_machine


class Mapping(NamedTuple):
    start: int
    end: int
    permissions: str  # 'r-xp'
    offset: int
    inode: int
    path: str


class NotElf(ValueError):
    """The file is not an ELF file for 64-bit little-endian machines, or it is damaged."""


class _Section(NamedTuple):
    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int


def parse_maps(text: str) -> list[Mapping]:
    """The lines of /proc/PID/maps; lines of another form are left out."""
    rows = []
    for line in text.split("\n"):  # not splitlines: a path may hold other line separators
        if match := _LINE.fullmatch(line):
            start, end, permissions, offset, inode, path = match.groups()
            rows.append(Mapping(int(start, 16), int(end, 16), permissions, int(offset, 16), int(inode), path))
    return rows


def images(mappings: Iterable[Mapping], *names: str) -> list[Mapping]:
    """First mappings (file offset 0) of the files whose base name contains one of `names`, in the order of
    `names`, each file once."""
    first = [row for row in mappings if row.offset == 0 and row.inode]
    found: dict[tuple[str, int], Mapping] = {}
    for name in names:
        for row in first:
            if name in os.path.basename(row.path):
                found.setdefault((row.path, row.inode), row)
    return list(found.values())


def open_mapped(pid: int, mapping: Mapping, procfs: str = "/proc") -> BinaryIO:
    """The mapped file. Its path is relative to the *reader's* root for a process in a chroot, and to the
    process's own root in another mount namespace; map_files is always right but needs privileges. On
    overlay filesystems the inode in maps can differ from the file's: then the first file found is taken."""
    try:
        return open(f"{procfs}/{pid}/map_files/{mapping.start:x}-{mapping.end:x}", "rb")
    except OSError:
        pass
    files = []
    for name in (f"{procfs}/{pid}/root{mapping.path}", mapping.path):
        try:
            files.append(open(name, "rb", opener=_regular))  # noqa: SIM115 - one of them is returned open
        except OSError:
            continue
    if not files:
        raise FileNotFoundError(f"{mapping.path}: no such file, seen from here or from process {pid}")
    right = next((file for file in files if os.fstat(file.fileno()).st_ino == mapping.inode), files[0])
    for file in files:
        if file is not right:
            file.close()
    return right


def _regular(path: str, flags: int) -> int:
    """By a path there may be another file by now; opening a pipe would wait for its writer."""
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise FileNotFoundError(errno.ENOENT, "no regular file", path)


class Image:
    """One ELF file as it lies in a process from `start` on."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        try:
            header = _HEADER.unpack(self._read(0, _HEADER.size))
        except struct.error as error:
            raise NotElf("shorter than an ELF header") from error
        if header[0][:6] != b"\x7fELF\x02\x01":
            raise NotElf("no 64-bit little-endian ELF file")
        self.machine: int = header[2]
        segments = list(_rows(_SEGMENT, self._read(header[5], header[9] * header[10])))
        lowest = min((row[3] for row in segments if row[0] == _LOAD), default=0)
        self._bias = start - (lowest & -4096)
        table = self._read(header[6], header[11] * header[12])
        self._sections = [_Section(*row) for row in _rows(_SECTION, table)]
        self._names = self._content(header[13])

    def _read(self, offset: int, length: int) -> bytes:
        if length > _TABLE_LIMIT or offset > _OFFSET_LIMIT:
            raise NotElf(f"a table of {length} bytes at {offset}")
        self._file.seek(offset)
        return self._file.read(length)

    def _content(self, number: int) -> bytes:
        if number >= len(self._sections):
            raise NotElf(f"no section {number}")
        section = self._sections[number]
        return self._read(section.offset, section.size)

    def section(self, name: str) -> int | None:
        """Address of a section in the process."""
        number = self._number(name)
        return None if number is None else self._bias + self._sections[number].address

    def content(self, name: str) -> bytes:
        """What the file holds of a section; b'' when there is none of this name."""
        number = self._number(name)
        return b"" if number is None else self._content(number)

    def _number(self, name: str) -> int | None:
        wanted = name.encode() + b"\0"
        matches = (self._names.startswith(wanted, section.name) for section in self._sections)
        return next((number for number, match in enumerate(matches) if match), None)

    def symbols(self, names: Sequence[str]) -> dict[str, int]:
        """Addresses in the process of those of the symbols that the file defines."""
        found: dict[str, int] = {}
        for section in self._sections:
            if section.type in _SYMBOL_TABLES and len(found) < len(names):
                strings = self._content(section.link)
                places = {_offsets: name for name in names for _offsets in _occurrences(strings, name)}
                for row in _rows(_SYMBOL, self._read(section.offset, section.size)):
                    if row[0] in places and row[3]:
                        found.setdefault(places[row[0]], self._bias + row[4])
        return found


def _rows(form: struct.Struct, data: bytes) -> "Iterator[tuple[int, ...]]":
    """Entries of a table; a truncated last one is left out."""
    return form.iter_unpack(data[: len(data) // form.size * form.size])


def _occurrences(strings: bytes, name: str) -> Iterator[int]:
    """Offsets of a whole name in a string table (linkers may share the tails of names)."""
    wanted = name.encode() + b"\0"
    at = strings.find(wanted)
    while at >= 0:
        yield at
        at = strings.find(wanted, at + 1)
