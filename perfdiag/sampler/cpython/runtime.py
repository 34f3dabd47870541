"""Finds the interpreter in a process: address of `_PyRuntime`, version and layout."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfdiag.host.elf import X86_64, Image, Mapping, NotElf, images, open_mapped
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.debug_offsets import COOKIE, TABLE_SIZE, parse, published_version
from perfdiag.sampler.cpython.layout import TABLES, Layout, Unsupported, Version, version_of

_SCAN_LIMIT = 1 << 26


class Runtime(NamedTuple):
    address: int  # of _PyRuntime
    version: Version
    layout: Layout


def locate(memory: Memory, mappings: Sequence[Mapping]) -> Runtime:
    """The interpreter of the process. Unsupported says why there is none that can be read."""
    if any("/ld-musl-" in row.path for row in mappings):
        raise Unsupported("the interpreter uses musl; only glibc is known")
    reason = "not a CPython process"
    for mapping in _candidates(mappings):
        try:
            with open_mapped(memory.pid, mapping) as file:
                image = Image(file, mapping.start)
                if image.machine != X86_64:
                    raise Unsupported("the interpreter is not built for x86-64")
                found = image.symbols(("_PyRuntime", "Py_Version"))
                address = found.get("_PyRuntime") or image.section(".PyRuntime")
        except (NotElf, FileNotFoundError) as error:
            reason = str(error)
            continue
        if address is not None:
            return _identify(memory, address, found.get("Py_Version"))
    address = _search_cookie(memory, mappings)
    if address is None:
        raise Unsupported(reason)
    return _identify(memory, address, None)


def _candidates(mappings: Sequence[Mapping]) -> list[Mapping]:
    """libpython, python*, and the executable of a program that embeds an interpreter."""
    rows = images(mappings, "libpython", "python")
    return rows + [row for row in mappings[:1] if row.inode and row not in rows]


def _identify(memory: Memory, address: int, version_at: int | None) -> Runtime:
    table = memory.read(address, TABLE_SIZE)
    published = published_version(table)
    if published is not None:
        return Runtime(address, published, parse(table))
    if version_at is None:
        raise Unsupported("CPython before 3.11")
    version = version_of(int.from_bytes(memory.read(version_at, 8), "little"))
    layout = TABLES.get(version[:2])
    if layout is None:
        raise Unsupported("CPython {}.{}.{} is not known to this reader".format(*version))
    return Runtime(address, version, layout)


def _search_cookie(memory: Memory, mappings: Sequence[Mapping]) -> int | None:
    """Address of the table of offsets in the writable mappings of python files: needs no ELF file."""
    for row in mappings:
        name = row.path.rsplit("/", 1)[-1]
        if "python" in name and row.permissions.startswith("rw") and row.end - row.start <= _SCAN_LIMIT:
            data = memory.read(row.start, row.end - row.start)
            for at in _occurrences(data, COOKIE):
                if at % 8 == 0 and data[at + 11 : at + 16] == b"\x03\0\0\0\0":  # PY_VERSION_HEX of Python 3
                    return row.start + at
    return None


def _occurrences(data: bytes, wanted: bytes) -> Iterator[int]:
    at = data.find(wanted)
    while at >= 0:
        yield at
        at = data.find(wanted, at + 1)
