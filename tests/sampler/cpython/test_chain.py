import struct

import pytest

from perfdiag.sampler.cpython.chain import Fields, agreed
from perfdiag.sampler.cpython.tables import TABLES

A, B, C, D = [1, 10], [2, 20], [3, 30], [4, 40]  # frames: code object, instruction


@pytest.mark.parametrize("version", [version for version in TABLES if version >= (3, 11)])
def test_fields_are_words_from_the_start_of_the_copied_part(version: tuple[int, int]) -> None:
    layout = TABLES[version]
    assert layout.thread_cframe is not None
    state = bytearray(512)
    wanted = (layout.thread_tid, layout.thread_cframe, layout.thread_chunk, layout.thread_top)
    for value, offset in enumerate(wanted, 1):
        struct.pack_into("<Q", state, offset, value)
    fields = Fields(layout)
    words = memoryview(state)[fields.start : fields.start + fields.span].cast("Q")
    assert [1, 2, 3, 4] == [words[at] for at in (fields.tid, fields.current, fields.chunk, fields.top)]


def test_the_first_chain_wins_when_its_callers_stayed() -> None:
    assert (C + B + A, False) == agreed(C + B + A, D + B + A, False)
    assert (C + B + A, False) == agreed(C + B + A, D + C + B + A, False)
    assert (A, False) == agreed(A, B, False)


def test_the_second_chain_counts_when_only_its_callers_stayed() -> None:
    assert (B + A, False) == agreed(D + C + [2, 21] + A, B + A, False)


def test_shared_callers_are_enough_when_a_part_will_do() -> None:
    one, other = D + C + B + A, C + D + [2, 21] + A
    assert ([], False) == agreed(one, other, False)
    # B executed at two places: it is there, and its callers are
    assert (B + A, True) == agreed(one, other, True)
    assert (A, True) == agreed(D + C + B + A, D + B + C + A, True)
    assert ([], True) == agreed(D + C + B, B + C + D, True)
