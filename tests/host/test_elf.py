import ctypes
import io
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.host.elf import X86_64, Image, Mapping, NotElf, images, open_mapped, parse_maps

MAPS = """\
55d0c0a00000-55d0c0a01000 r--p 00000000 fe:00 17263                      /usr/bin/python3.11
55d0c0a01000-55d0c0a02000 r-xp 00001000 fe:00 17263                      /usr/bin/python3.11
55d0c1b00000-55d0c1c00000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000001000 r--p 00000000 fe:00 99                         /lib/lib python3.so (deleted)
7f0000002000-7f0000003000 rw-p 00000000 00:00 0
garbage
"""
OWN = "/proc/self/exe"


def test_maps_are_parsed_with_spaces_in_paths_and_without_paths() -> None:
    rows = parse_maps(MAPS)
    assert 5 == len(rows)
    assert Mapping(0x55D0C0A01000, 0x55D0C0A02000, "r-xp", 0x1000, 17263, "/usr/bin/python3.11") == rows[1]
    assert ["[heap]", "/lib/lib python3.so (deleted)", ""] == [row.path for row in rows[2:]]


def test_images_are_the_first_mappings_of_files_in_the_order_of_the_names() -> None:
    rows = parse_maps(MAPS)
    assert [rows[3], rows[0]] == images(rows, "lib python", "python")


def test_every_line_of_our_own_maps_is_understood() -> None:
    text = Path("/proc/self/maps").read_text()
    assert len(text.splitlines()) == len(parse_maps(text))


def test_a_symbol_is_found_where_the_linker_put_it() -> None:
    expected = ctypes.addressof(ctypes.c_ulong.in_dll(ctypes.pythonapi, "Py_Version"))
    rows = parse_maps(Path("/proc/self/maps").read_text())
    found = {}
    for row in images(rows, "libpython", "python"):
        with open_mapped(os.getpid(), row) as file:
            image = Image(file, row.start)
            found |= image.symbols(("Py_Version", "no_such_symbol"))
            assert image.section(".no_such_section") is None
            assert image.section(".text") is not None
    assert {"Py_Version": expected} == found


def test_an_image_states_its_machine() -> None:
    with open(OWN, "rb") as file:
        assert struct.unpack_from("<H", file.read(20), 18)[0] == Image(file, 0).machine
    assert 62 == X86_64


def test_a_mapped_file_is_opened_by_the_name_that_leads_to_it(tmp_path: Path) -> None:
    path = tmp_path / "libpython3.so"
    path.write_bytes(b"x")
    row = Mapping(1, 2, "r--p", 0, path.stat().st_ino, str(path))
    with open_mapped(os.getpid(), row) as file:
        assert b"x" == file.read()
    with pytest.raises(FileNotFoundError, match="gone: no such file"):
        open_mapped(os.getpid(), row._replace(path=str(tmp_path / "gone")))


def test_a_pipe_that_was_put_in_the_place_of_a_mapped_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "python3")
    mapping = Mapping(0x1000, 0x2000, "r-xp", 0, 7, str(tmp_path / "python3"))
    with pytest.raises(FileNotFoundError):
        open_mapped(os.getpid(), mapping)


def test_the_file_with_the_inode_of_the_mapping_is_preferred(tmp_path: Path) -> None:
    inside, outside = tmp_path / "proc/7/root/lib", tmp_path / "lib"
    for path, content in ((inside / "x", b"in"), (outside / "x", b"out")):
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    (tmp_path / "proc/7/root" / str(tmp_path)[1:]).mkdir(parents=True)
    (tmp_path / "proc/7/root" / str(tmp_path)[1:] / "lib").symlink_to(inside)
    row = Mapping(1, 2, "r--p", 0, (outside / "x").stat().st_ino, str(outside / "x"))
    with open_mapped(7, row, str(tmp_path / "proc")) as file:
        assert b"out" == file.read()
    with open_mapped(7, row._replace(inode=1), str(tmp_path / "proc")) as file:
        assert b"in" == file.read()


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"#!/bin/sh\n" * 20, b"\x7fELF\x01\x01" + bytes(90)])
def test_other_files_are_not_elf(content: bytes) -> None:
    with pytest.raises(NotElf):
        Image(io.BytesIO(content), 0)


@given(st.data())
def test_a_damaged_file_gives_not_elf_and_no_other_error(data: st.DataObject) -> None:
    content = bytearray(Path("/bin/true").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.one_of(st.integers(16, 63), st.integers(0, len(content) - 1)))
        content[at] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(64, len(content))) :]
    try:
        image = Image(io.BytesIO(content), 0)
        image.symbols(("_PyRuntime",))
        image.section(".PyRuntime")
    except NotElf:
        pass
