import os
import struct
from pathlib import Path

import pytest

from perfdiag.host.elf import parse_maps
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.debug_offsets import named
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.task_layout import TaskLayout, find, parse
from tests.sampler.cpython.test_debug_offsets import V3148, packed

# the section .AsyncioDebug of CPython 3.14.8
SECTION = (168, 136, 96, 108, 109, 128, 152, 225864, 10880, 936, 864, 872, 880)


def layout(*changes: tuple[int, int]) -> TaskLayout:
    """That of 3.14.8, with other values at these places of the section."""
    values = list(SECTION)
    for index, value in changes:
        values[index] = value
    return parse((3, 14), named(packed(V3148, 0x030E08F0)), struct.pack("<13Q", *values))


def test_the_section_and_the_interpreters_table_become_a_layout() -> None:
    found = layout()
    assert (168, 136, 128, 152) == (
        found.task_size,
        found.task_name,
        found.task_coroutine,
        found.task_node,
    )
    assert (10880, 880, 872) == (found.interpreter_tasks, found.thread_tasks, found.running_task)
    assert (72 + 80, 72 + 56, 72 + 64) == (
        found.coroutine_size,
        found.coroutine_instruction,
        found.coroutine_top,
    )


@pytest.mark.parametrize("change", [(1, 168), (8, 225864), (12, 1 << 40), (10, 1 << 40)])
def test_an_offset_outside_its_struct_is_refused(change: tuple[int, int]) -> None:
    with pytest.raises(Unsupported, match="lies outside its struct"):
        layout(change)


def test_a_task_larger_than_any_is_refused() -> None:
    """It would be copied for each of them."""
    with pytest.raises(Unsupported, match="size of a task"):
        layout((0, 1 << 40))


def test_before_314_there_are_no_tasks_to_be_read() -> None:
    mappings = parse_maps(Path("/proc/self/maps").read_text())
    assert find(Memory(os.getpid()), mappings, (3, 13, 0), 0) is None


def test_an_interpreter_without_asyncio_has_no_section() -> None:
    mappings = [row for row in parse_maps(Path("/proc/self/maps").read_text()) if "python" not in row.path]
    assert find(Memory(os.getpid()), mappings, (3, 14, 0), 0) is None
