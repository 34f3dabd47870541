"""The versions before 3.11 in images made by hand; real ones are read in test_reader."""

import ctypes
import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from perfdiag.host.elf import Image, parse_maps
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.release import SYMBOLS, pthread_tid, release

SINCE = {name: 0 for name in SYMBOLS if name != "Py_Version"}


def _image(literals: bytes) -> Image:
    return cast(Image, SimpleNamespace(content=lambda name: literals if name == ".rodata" else b""))


def _without(*names: str) -> dict[str, int]:
    return {name: value for name, value in SINCE.items() if name not in names}


@pytest.mark.parametrize(
    ("symbols", "literals", "version"),
    [
        (SINCE, b"x\0/opt/3.10.13\0", (3, 10, 13)),  # shared with the tail of a path
        (_without("PyModule_AddObjectRef"), b"3.8.4\x003.9.2+\0", (3, 9, 2)),
        (_without("PyModule_AddObjectRef", "PyFrame_GetBack"), b"\x0013.8.1\x003.8.18\0", (3, 8, 18)),
    ],
)
def test_functions_say_the_minor_version_and_a_literal_the_release(
    symbols: dict[str, int], literals: bytes, version: tuple[int, int, int]
) -> None:
    assert version == release(Memory(os.getpid()), _image(literals), symbols)


def test_what_is_too_old_or_no_final_release_is_refused() -> None:
    memory = Memory(os.getpid())
    with pytest.raises(Unsupported, match=r"older than 3\.8"):
        release(memory, _image(b"3.7.1\0"), {})
    with pytest.raises(Unsupported, match=r"3\.10 of a release that is not a final one"):
        release(memory, _image(b"3.10.0rc2\0"), SINCE)


def test_the_library_says_where_a_pthread_has_its_thread_id() -> None:
    memory = Memory(os.getpid())
    at = pthread_tid(memory, parse_maps(Path("/proc/self/maps").read_text()))
    pthread_self = ctypes.CDLL(None).pthread_self
    pthread_self.restype = ctypes.c_void_p
    assert os.getpid() == int.from_bytes(memory.read(pthread_self() + at, 4), "little")


def test_without_a_description_it_is_where_glibc_has_it_on_this_machine() -> None:
    memory = Memory(os.getpid())
    assert pthread_tid(memory, parse_maps(Path("/proc/self/maps").read_text())) == pthread_tid(memory, [])
