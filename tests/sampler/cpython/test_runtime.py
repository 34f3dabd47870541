import ctypes
import os
import shutil
import sys
from pathlib import Path

import pytest

from perfdiag.host.elf import Mapping, parse_maps
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.runtime import Runtime, locate
from perfdiag.sampler.cpython.unread import recognise
from tests.sampler.cpython.conftest import NEWER, Start, attach, newer_pythons


def test_the_interpreter_of_this_process_is_found(own_runtime: Runtime) -> None:
    assert sys.version_info[:3] == own_runtime.version
    symbol = ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime")
    assert ctypes.addressof(symbol) == own_runtime.address


def test_a_process_without_an_interpreter_is_refused() -> None:
    rows = [row for row in parse_maps(Path("/proc/self/maps").read_text()) if "python" not in row.path]
    with pytest.raises(Unsupported, match="not a CPython process"):
        locate(Memory(os.getpid()), rows)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/lib/ld-musl-x86_64.so.1", "linked with musl.*py-spy reads it"),
        ("/opt/python/lib/libpython3.14t.so.1.0", "free-threaded build.*under the ordinary build"),
        ("/usr/bin/python3.13t", "free-threaded build"),
        ("/opt/graalpy-24.1/bin/graalpy", "GraalPy.*cpusampler"),
        ("/usr/lib/x86_64-linux-gnu/libpypy3.9-c.so", "PyPy.*vmprof"),
    ],
)
def test_an_interpreter_of_another_kind_is_refused_in_words(path: str, words: str) -> None:
    row = Mapping(0x1000, 0x2000, "r-xp", 0, 7, path)
    with pytest.raises(Unsupported, match=words) as refused:
        locate(Memory(os.getpid()), [row])
    assert "calls, files and peers are reported all the same" in str(refused.value)


def test_files_that_are_only_named_like_one_are_no_interpreter() -> None:
    for path, permissions in [
        ("/srv/pypy_mirror.db", "r--p"),
        ("/usr/lib/python3/dist-packages/pypy_tools.cpython-311.so", "r-xp"),
        ("/usr/bin/python3.13testing", "r-xp"),
    ]:
        recognise([Mapping(0x1000, 0x2000, permissions, 0, 7, path)])


def test_pypy_is_refused_in_words(start: Start) -> None:
    pypy = shutil.which("pypy3")
    if pypy is None:
        pytest.skip("pypy3 is not installed")
    target = start(pypy, "-c", "import time; print('ready', flush=True); time.sleep(60)")
    with pytest.raises(Unsupported, match="this is PyPy"):
        attach(target.pid)


@pytest.mark.parametrize(("machine", "name"), [(183, "aarch64"), (62 + 1000, "machine 1062")])
def test_an_interpreter_for_another_machine_is_refused_in_words(
    machine: int, name: str, tmp_path: Path
) -> None:
    image = bytearray(Path("/bin/true").read_bytes())
    image[18:20] = machine.to_bytes(2, "little")  # e_machine
    program = tmp_path / "python3.11"
    program.write_bytes(image)
    row = Mapping(0x1000, 0x2000, "r-xp", 0, program.stat().st_ino, str(program))
    with pytest.raises(Unsupported, match=f"built for {name}.*only the structs of x86-64"):
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
