import struct
from collections.abc import Callable, Sequence

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

# CPython 3.14.8 and 3.15.0, x86-64 (Include/internal/pycore_debug_offsets.h)
V3148 = (
    *(316616, 784, 808),
    *(225864, 7280, 7272, 7344, 7360, 7408, 7688, 7672, 7680, 16, 7784, 0, 7800, 7792, 7992, 0),
    *(832, 0, 8, 16, 72, 152, 160, 232, 32),
    *(88, 8, 0, 56, 80, 74, 64, 0),
    *(216, 112, 120, 128, 136, 68, 52, 96, 104, 208, 0),
    *(16, 8),
    *(416, 24, 88, 168),
    *(40, 32, 16),
    *(40, 24, 16),
    *(200, 24, 40, 32),
    *(48, 32, 40),
    *(24, 16),
    *(32, 16, 24),
    *(40, 16, 32),
    *(64, 32, 16, 40),
    *(264, 192),
    *(160, 24, 72, 67),
    *(0, 8),
)
V3150 = (
    *(346568, 912, 936),
    *(226240, 7272, 7264, 7336, 7352, 7400, 7592, 7576, 7584, 16, 7736, 0, 7752, 7744, 7944, 0),
    *(888, 0, 8, 16, 72, 80, 88, 96, 176, 184, 256, 32, 36, 40, 136, 288),
    *(0,),
    *(88, 8, 0, 56, 80, 74, 64, 0),
    *(216, 112, 120, 128, 136, 68, 52, 96, 104, 208, 0),
    *(16, 8),
    *(424, 24, 88, 168, 32, 288),
    *(944, 888),
    *(40, 32, 16),
    *(40, 24, 16),
    *(200, 24, 40, 32),
    *(48, 32, 40),
    *(24, 16),
    *(32, 16, 24),
    *(40, 16, 32),
    *(64, 32, 16, 40, 56),
    *(176, 112, 120, 1112, 104),
    *(160, 24, 72, 67),
    *(0, 8),
)

Table = Callable[..., bytes]


def packed(values: Sequence[int], hexversion: int, free_threaded: int = 0) -> bytes:
    data = struct.pack(f"<8sQQ{len(values)}Q", b"xdebugpy", hexversion, free_threaded, *values)
    return data.ljust(TABLE_SIZE, b"\0")


@pytest.fixture
def table() -> Table:
    def make(hexversion: int = 0x030D00F0, free_threaded: int = 0, **changes: int) -> bytes:
        values = list(V3130)
        for index, value in changes.items():
            values[int(index[1:])] = value
        return packed(values, hexversion, free_threaded)

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


def test_each_minor_version_has_its_own_order_of_fields() -> None:
    v314, v315 = parse(packed(V3148, 0x030E08F0)), parse(packed(V3150, 0x030F00F0))
    assert [(7344, 16, 72, None, 160, 232), (7336, 16, 72, 80, 184, 256)] == [
        (
            layout.threads_head,
            layout.interpreter_gil,
            layout.thread_current_frame,
            layout.thread_base_frame,
            layout.thread_tid,
            layout.thread_chunk,
        )
        for layout in (v314, v315)
    ]
    assert [7408 + 192, 7400 + 112] == [v314.gc_collecting, v315.gc_collecting]
    assert [56, 56] == [v314.str_compact_size, v315.str_compact_size]


def test_memory_without_the_cookie_holds_no_table() -> None:
    assert published_version(bytes(TABLE_SIZE)) is None
    with pytest.raises(Unsupported):
        parse(bytes(TABLE_SIZE))


def test_builds_that_are_laid_out_otherwise_are_refused(table: Table) -> None:
    with pytest.raises(Unsupported, match=r"3\.13\.0 is a free-threaded build"):
        parse(table(free_threaded=1))
    with pytest.raises(Unsupported, match="pre-release"):
        parse(table(hexversion=0x030D00B1))
    with pytest.raises(Unsupported, match="pre-release"):
        parse(packed(V3150, 0x030F00B1))
    with pytest.raises(Unsupported, match=r"CPython 3\.16"):
        parse(table(hexversion=0x031000F0))


def test_an_offset_outside_its_struct_is_refused(table: Table) -> None:
    with pytest.raises(Unsupported, match=r"thread_state\.prev lies outside"):
        parse(table(_17=305))
    with pytest.raises(Unsupported, match="lies outside"):
        parse(table(_2=1 << 40))
