import struct
from collections.abc import Callable

import pytest

from perfdiag.sampler.cpython.debug_offsets import TABLE_SIZE, parse, published_version
from perfdiag.sampler.cpython.layout import Unsupported

# CPython 3.13.0, x86-64 (Include/internal/pycore_runtime.h), field by field after the header
V3130 = (
    *(283320, 608, 632),
    *(194968, 7272, 7264, 7344, 7400, 7656, 7640, 7648, 16, 7752, 0, 7768, 7760),
    *(304, 0, 8, 16, 72, 152, 160, 232, 32),
    *(80, 8, 0, 56, 72, 70),
    *(208, 112, 120, 128, 136, 68, 52, 96, 104, 200),
    *(16, 8),
    *(416, 24, 88, 168),
    *(32, 24, 16),
    *(40, 24, 16),
    *(48, 32, 40),
    *(24, 16),
    *(32, 16, 24),
    *(40, 16, 32),
    *(64, 32, 16, 40),
    *(240, 200),
)

Table = Callable[..., bytes]


@pytest.fixture
def table() -> Table:
    def make(hexversion: int = 0x030D00F0, free_threaded: int = 0, **changes: int) -> bytes:
        values = list(V3130)
        for index, value in changes.items():
            values[int(index[1:])] = value
        data = struct.pack(f"<8sQQ{len(values)}Q", b"xdebugpy", hexversion, free_threaded, *values)
        return data.ljust(TABLE_SIZE, b"\0")

    return make


def test_a_table_becomes_a_layout(table: Table) -> None:
    layout = parse(table())
    assert (3, 13, 0) == published_version(table())
    assert (632, 16, 7264, 7344) == (
        layout.interpreters_head,
        layout.interpreter_gil,
        layout.interpreter_next,
        layout.threads_head,
    )
    assert (7400 + 200, 8, 16) == (layout.gc_collecting, layout.gil_holder, layout.gil_locked)
    assert (72, None, 232, 240) == (
        layout.thread_current_frame,
        layout.thread_cframe,
        layout.thread_chunk,
        layout.thread_top,
    )
    assert (40, 56) == (layout.str_ascii_size, layout.str_compact_size)


def test_memory_without_the_cookie_holds_no_table() -> None:
    assert published_version(bytes(TABLE_SIZE)) is None
    with pytest.raises(Unsupported):
        parse(bytes(TABLE_SIZE))


def test_builds_that_are_laid_out_otherwise_are_refused(table: Table) -> None:
    with pytest.raises(Unsupported, match=r"3\.13\.0 is a free-threaded build"):
        parse(table(free_threaded=1))
    with pytest.raises(Unsupported, match="pre-release"):
        parse(table(hexversion=0x030D00B1))
    with pytest.raises(Unsupported, match=r"CPython 3\.15"):
        parse(table(hexversion=0x030F00F0))


def test_an_offset_outside_its_struct_is_refused(table: Table) -> None:
    with pytest.raises(Unsupported, match=r"thread_state\.prev lies outside"):
        parse(table(_17=305))
    with pytest.raises(Unsupported, match="lies outside"):
        parse(table(_2=1 << 40))
