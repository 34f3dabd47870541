"""Finds the interpreter in a process: address of `_PyRuntime`, version and layout."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfdiag.host.elf import X86_64, Image, Mapping, NotElf, images, open_mapped
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython import parking
from perfdiag.sampler.cpython.debug_offsets import COOKIE, TABLE_SIZE, parse, published_version
from perfdiag.sampler.cpython.layout import Layout, Unsupported, Version
from perfdiag.sampler.cpython.release import SYMBOLS, pthread_tid, release
from perfdiag.sampler.cpython.tables import TABLES
from perfdiag.sampler.cpython.task_layout import TaskLayout
from perfdiag.sampler.cpython.unread import NOT_PYTHON, TOO_OLD, other_machine, recognise

_SCAN_LIMIT = 1 << 26


class Runtime(NamedTuple):
    address: int  # of _PyRuntime
    version: Version
    layout: Layout
    pthread_tid: int = 0  # before 3.11: where a pthread has its thread id
    tasks: TaskLayout | None = None  # from 3.14 on, where asyncio has been imported

    @property
    def parks(self) -> bool:
        """Whether threads may wait for locks in a parking lot."""
        return self.version[:2] >= parking.FIRST


def locate(memory: Memory, mappings: Sequence[Mapping]) -> Runtime:
    """The interpreter of the process. Unsupported says why there is none that can be read."""
    recognise(mappings)
    reason = NOT_PYTHON
    for mapping in _candidates(mappings):
        try:
            with open_mapped(memory.pid, mapping) as file:
                image = Image(file, mapping.start)
                if image.machine != X86_64:
                    raise other_machine(image.machine)
                symbols = image.symbols(("_PyRuntime", "Py_Initialize", *SYMBOLS))
                address = symbols.get("_PyRuntime") or image.section(".PyRuntime")
                if address is None and "Py_Initialize" in symbols:
                    raise Unsupported(f"CPython {TOO_OLD}")
                if address is not None:
                    return _published(memory, address) or _tabulated(
                        memory, mappings, address, release(memory, image, symbols)
                    )
        except (NotElf, FileNotFoundError) as error:
            reason = str(error)
    address = _search_cookie(memory, mappings)
    found = _published(memory, address) if address is not None else None
    if found is None:
        raise Unsupported(reason)
    return found


def _candidates(mappings: Sequence[Mapping]) -> list[Mapping]:
    """libpython, the executable (it may embed an interpreter, whatever its name), python*."""
    rows = images(mappings, "libpython")
    rows += [row for row in mappings[:1] if row.inode and row not in rows]
    return rows + [row for row in images(mappings, "python") if row not in rows]


def _published(memory: Memory, address: int) -> Runtime | None:
    """The runtime with the offsets that it publishes itself, from 3.13 on."""
    table = memory.read(address, TABLE_SIZE)
    version = published_version(table)
    return None if version is None else Runtime(address, version, parse(table))


def _tabulated(memory: Memory, mappings: Sequence[Mapping], address: int, version: Version) -> Runtime:
    layout = TABLES.get(version[:2])
    if layout is None:
        raise Unsupported("CPython {}.{}.{} is newer than this reader".format(*version))
    if layout.thread_pthread is None:
        return Runtime(address, version, layout)
    return Runtime(address, version, layout, pthread_tid(memory, mappings))


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
