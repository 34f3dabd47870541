import numpy as np
import pytest

from perfdiag.attribution.busy import busy_time
from perfdiag.model import Slice, TimeClass
from perfdiag.timetable import TimeTable


def table(*rows):
    """Slices of (tid, group, class, t0, t1), all of it weighed."""
    found = TimeTable(start=0.0)
    for tid, group, time, t0, t1 in rows:
        part = Slice(process=0, tid=tid, t0=t0, t1=t1, time=time, object=-1, stack=-1, weight=t1 - t0)
        found.add(part, group)
    return found


BUSY = (1, "workers", TimeClass.PYTHON, 0.0, 0.5)
PAUSE = (1, "workers", TimeClass.IDLE, 0.5, 0.75)
CALM = (2, "metrics", TimeClass.PYTHON, 0.0, 0.25)
REST = (2, "metrics", TimeClass.IDLE, 0.25, 1.0)


def test_only_groups_under_pressure_count_unless_all_are_asked_for():
    rows = table(BUSY, PAUSE, CALM, REST)
    assert 0.5 == busy_time(rows, pressed_only=True).seconds
    assert 0.75 == busy_time(rows, pressed_only=False).seconds
    assert {"workers", "metrics"} == set(busy_time(rows, pressed_only=True).groups)


def test_idle_time_is_not_busy_and_the_total_is_by_block():
    busy = busy_time(table(BUSY, PAUSE, CALM, REST), pressed_only=False)
    assert pytest.approx([0.5, 0.25, 0.0, 0.0]) == busy.total
    assert [TimeClass.PYTHON, TimeClass.PYTHON] == [key.time for key, _ in busy.rows]


def test_a_part_is_the_sum_of_its_rows():
    busy = busy_time(table(BUSY, PAUSE, CALM, REST), pressed_only=False)
    assert pytest.approx(busy.total) == busy.part(row for _, row in busy.rows)
    assert pytest.approx(np.zeros(4)) == busy.part([])


def test_nothing_is_busy_in_an_empty_table():
    assert 0.0 == busy_time(TimeTable(start=0.0), pressed_only=False).seconds
