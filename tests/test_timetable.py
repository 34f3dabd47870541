import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.model import Slice, TimeClass
from perfdiag.timetable import BLOCK, MOST_BLOCKS, TimeTable


def part(t0, t1, weight=None, time=TimeClass.PYTHON, **fields):
    given_fields = {"process": 0, "tid": 1, "object": -1, "stack": 3} | fields
    return Slice(t0=t0, t1=t1, time=time, weight=t1 - t0 if weight is None else weight, **given_fields)


def blocks(table):
    ((_, row),) = table.rows.items()
    return {block: round(seconds, 9) for block, seconds in row.items()}


def test_a_slice_is_split_over_the_blocks_that_it_touches():
    table = TimeTable(start=100.0)
    table.add(part(100.2, 100.6), "main thread")
    assert {0: 0.05, 1: 0.25, 2: 0.1} == blocks(table)
    assert 3 == table.blocks


def test_a_slice_that_ends_with_a_block_does_not_touch_the_next():
    table = TimeTable(start=0.0)
    table.add(part(0.0, BLOCK), "g")
    assert {0: BLOCK} == blocks(table)
    assert 1 == table.blocks


def test_weight_is_what_counts_and_not_the_length():
    table = TimeTable(start=0.0)
    table.add(part(0.0, 0.5, weight=0.1), "g")
    assert {0: 0.05, 1: 0.05} == blocks(table)


@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 3), st.floats(0, 2)), min_size=1, max_size=8),
)
def test_no_weight_is_lost_or_made(parts):
    table = TimeTable(start=0.0)
    for start, length, weight in parts:
        table.add(part(start, start + length, weight=weight), "g")
    total = sum(weight for _, _, weight in parts)
    assert pytest.approx(total, abs=1e-6) == sum(sum(row.values()) for row in table.rows.values())
    assert pytest.approx(total, abs=1e-6) == sum(table.by_thread[0, 1, "g"].values())
    assert all(0 <= block < table.blocks for row in table.rows.values() for block in row)


def test_what_differs_in_one_thing_is_a_row_of_its_own():
    table = TimeTable(start=0.0)
    table.add(part(0, 0.1), "g")
    table.add(part(0.1, 0.2), "g")
    for other in ({"stack": 4}, {"object": 1}, {"process": 1}, {"time": TimeClass.GIL}, {"other": 9}):
        table.add(part(0, 0.1, **other), "g")
    table.add(part(0, 0.1), "another")
    assert 7 == len(table.rows)


def test_threads_keep_their_busy_and_their_idle_seconds():
    table = TimeTable(start=0.0)
    table.add(part(0.0, 0.3), "g")
    table.add(part(0.3, 0.4, time=TimeClass.IDLE), "g")
    assert pytest.approx({True: 0.3, False: 0.1}) == table.by_thread[0, 1, "g"]


def test_a_long_look_has_longer_blocks_and_not_more_of_them():
    table = TimeTable(start=0.0)
    for second in range(3600):
        table.add(part(second, second + 0.5), "g")
    assert (4.0, 900) == (table.block, table.blocks)
    ((_, row),) = table.rows.items()
    assert {2.0} == set(row.values())
    assert pytest.approx(1800) == sum(table.by_thread[0, 1, "g"].values())


def test_a_slice_of_a_year_fits():
    table = TimeTable(start=0.0)
    table.add(part(0.0, 3e7), "g")
    assert MOST_BLOCKS >= table.blocks
    assert pytest.approx(3e7) == sum(sum(row.values()) for row in table.rows.values())
