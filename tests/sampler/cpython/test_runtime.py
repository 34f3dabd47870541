import ctypes
import os
import sys
from pathlib import Path

import pytest

from perfdiag.host.elf import Mapping, parse_maps
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.runtime import Runtime, locate
from tests.sampler.cpython.conftest import NEWER, Start, attach, newer_pythons


def test_the_interpreter_of_this_process_is_found(own_runtime: Runtime) -> None:
    assert sys.version_info[:3] == own_runtime.version
    symbol = ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime")
    assert ctypes.addressof(symbol) == own_runtime.address


def test_a_process_without_an_interpreter_is_refused() -> None:
    rows = [row for row in parse_maps(Path("/proc/self/maps").read_text()) if "python" not in row.path]
    with pytest.raises(Unsupported, match="not a CPython process"):
        locate(Memory(os.getpid()), rows)


def test_musl_is_refused_in_words() -> None:
    row = Mapping(0x1000, 0x2000, "r-xp", 0, 7, "/lib/ld-musl-x86_64.so.1")
    with pytest.raises(Unsupported, match="musl"):
        locate(Memory(os.getpid()), [row])


def test_the_table_of_offsets_is_found_without_an_elf_file() -> None:
    """A table in a writable mapping named after python is found by its cookie; here one of a version that
    is too new to be known."""
    place = ctypes.create_string_buffer(8192)
    start = (ctypes.addressof(place) + 4095) & -4096
    table = b"xdebugpy" + (0x031000F0).to_bytes(8, "little") + bytes(8)
    ctypes.memmove(start + 64, table, len(table))
    row = Mapping(start, start + 4096, "rw-p", 4096, 7, "/opt/python3.16")
    with pytest.raises(Unsupported, match=r"CPython 3\.16"):
        locate(Memory(os.getpid()), [row])


@pytest.mark.newer_pythons
@pytest.mark.parametrize("version", NEWER)
def test_an_interpreter_in_another_root_is_found(version: str, start: Start) -> None:
    """Its path in maps starts at our root, where other processes of that root see it from theirs."""
    root = newer_pythons() / "root"
    if not root.exists() or os.geteuid() != 0:
        pytest.skip("needs root, and what `make newer-pythons` gets")
    code = "import asyncio, time; print('ready', flush=True); time.sleep(60)"
    target = start("chroot", str(root), f"/usr/bin/python{version}", "-c", code)
    reader = attach(target.pid)
    assert reader.version.startswith(version)
    assert [] == reader.tasks()
