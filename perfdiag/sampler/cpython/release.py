"""The release of an interpreter that publishes no table of offsets, and what else its files say."""

import re
from collections.abc import Mapping as Table
from collections.abc import Sequence

from perfdiag.host.elf import Image, Mapping, NotElf, images, open_mapped
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.layout import Unsupported, Version, version_of
from perfdiag.sampler.cpython.unread import TOO_OLD

# Before 3.11 no symbol holds the version, but each minor version has functions that older ones lack.
_SINCE = {"PyModule_AddObjectRef": 10, "PyFrame_GetBack": 9, "PyCode_NewWithPosOnlyArgs": 8}
SYMBOLS = ("Py_Version", *_SINCE)

_TID_DESCRIPTION = "_thread_db_pthread_tid"  # libthread_db reads it: bits, number, offset
_TID_OFFSET = 720  # glibc on x86-64, all releases seen


def release(memory: Memory, image: Image, symbols: Table[str, int]) -> Version:
    """The version of the interpreter in `image`, of whose symbols some are known. Unsupported when it
    cannot be told."""
    if "Py_Version" in symbols:
        return version_of(int.from_bytes(memory.read(symbols["Py_Version"], 8), "little"))
    minor = next((minor for name, minor in _SINCE.items() if name in symbols), None)
    if minor is None:
        raise Unsupported(f"CPython {TOO_OLD}")
    # PY_VERSION, a literal; linkers let it share its place with the tail of a longer one
    literal = re.search(rb"(?<![\d.])3\.%d\.(\d{1,3})\+?\0" % minor, image.content(".rodata"))
    if literal is None:
        raise Unsupported(f"CPython 3.{minor} of a release that is not a final one")
    return 3, minor, int(literal[1])


def pthread_tid(memory: Memory, mappings: Sequence[Mapping]) -> int:
    """Where glibc's struct pthread has the thread id: as the library describes it to debuggers."""
    for mapping in images(mappings, "libpthread", "libc.so", "libc-2"):
        try:
            with open_mapped(memory.pid, mapping) as file:
                found = Image(file, mapping.start).symbols((_TID_DESCRIPTION,))
            if found:
                return int.from_bytes(memory.read(found[_TID_DESCRIPTION] + 8, 4), "little")
        except (NotElf, FileNotFoundError):
            continue
    return _TID_OFFSET
