import random
import zlib
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.storage import columns

INT64 = st.integers(-(1 << 63), (1 << 63) - 1)


@given(st.lists(INT64))
def test_every_column_of_64_bit_integers_comes_back(values: list[int]) -> None:
    blob = columns.encode(array("q", values))
    assert values == list(columns.decode(zlib.decompress(blob)))


@given(st.lists(st.tuples(st.integers(0, 3), INT64)))
def test_a_column_with_keys_comes_back_with_the_same_keys(rows: list[tuple[int, int]]) -> None:
    keys, values = [key for key, _ in rows], [value for _, value in rows]
    blob = columns.encode(array("q", values), keys)
    assert values == list(columns.decode(zlib.decompress(blob), keys))


def test_keys_make_counters_of_many_threads_small() -> None:
    noise = random.Random(3)
    threads = [noise.randrange(8) for _ in range(8000)]
    counters = array("q", (thread * 10**12 + row * 9999 for row, thread in enumerate(threads)))
    assert len(columns.encode(counters, threads)) < 0.75 * len(columns.encode(counters))


def test_a_column_of_a_broken_length_is_refused() -> None:
    with pytest.raises(ValueError, match="broken length"):
        columns.decode(b"1234567")


def test_more_numbers_than_keys_are_refused() -> None:
    blob = columns.encode(array("q", [1, 2, 3]))
    with pytest.raises(ValueError, match="longer"):
        columns.decode(zlib.decompress(blob), [1, 1])
