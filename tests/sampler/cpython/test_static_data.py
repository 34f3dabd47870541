import ctypes
import os
from pathlib import Path

from perfdiag.host.elf import parse_maps
from perfdiag.sampler.cpython.static_data import static_data

SHARED = """\
5643f88a7000-5643f88a8000 r--p 00000000 fe:00 26723 /opt/bin/python3.11
5643f88a9000-5643f88aa000 rw-p 00002000 fe:00 26723 /opt/bin/python3.11
7fb1cbc00000-7fb1cbd00000 r-xp 00000000 fe:00 26800 /opt/lib/libpython3.11.so.1.0
7fb1cbe00000-7fb1cbf00000 rw-p 00200000 fe:00 26800 /opt/lib/libpython3.11.so.1.0
7fb1cbf00000-7fb1cbf40000 rw-p 00000000 00:00 0
7fb1cbf80000-7fb1cbf90000 rw-p 00000000 00:00 0
7fb1cc000000-7fb1cc001000 rw-p 00001000 fe:00 26900 /opt/lib/_struct.cpython-311-x86_64-linux-gnu.so
"""


def test_it_is_the_data_of_the_library_and_the_zeros_that_follow():
    assert (0x7FB1CBE00000, 0x7FB1CBF40000) == static_data(parse_maps(SHARED))


def test_without_a_library_it_is_the_data_of_the_program():
    lines = [line for line in SHARED.splitlines(keepends=True) if "libpython" not in line]
    assert (0x5643F88A9000, 0x5643F88AA000) == static_data(parse_maps("".join(lines)))


def test_a_program_that_is_no_interpreter_has_none():
    lines = [line for line in SHARED.splitlines(keepends=True) if "_struct" in line]
    assert (0, 0) == static_data(parse_maps("".join(lines)))


def test_the_runtime_of_a_real_interpreter_lies_in_it():
    start, end = static_data(parse_maps(Path(f"/proc/{os.getpid()}/maps").read_text()))
    runtime = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))
    assert start <= runtime < end
