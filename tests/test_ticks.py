import pytest

from perfdiag.ticks import GIL_COLUMNS, ROW_COLUMNS, TICK_COLUMNS, Columns, Ticks


def test_a_row_goes_to_every_column():
    table = Columns(("tick", "tid"))
    table.append(0, 17)
    table.append(1, -(2**63))
    assert 2 == len(table)
    assert [17, -(2**63)] == list(table["tid"])
    assert [(0, 17), (1, -(2**63))] == list(table.rows())
    assert [(1, -(2**63))] == list(table.rows(1))
    assert [(0, 17)] == list(table.rows(0, 1))


def test_a_row_of_the_wrong_width_is_refused():
    with pytest.raises(ValueError, match="zip"):
        Columns(("tick", "tid")).append(1)


def test_a_number_that_does_not_fit_is_refused_and_never_cut():
    with pytest.raises(OverflowError):
        Columns(("at_ns",)).append(2**63)


def test_a_recording_has_three_tables():
    ticks = Ticks()
    assert (TICK_COLUMNS, ROW_COLUMNS, GIL_COLUMNS) == (ticks.ticks.names, ticks.rows.names, ticks.gil.names)
    assert [0, 0, 0] == [len(table) for table in (ticks.ticks, ticks.rows, ticks.gil)]
