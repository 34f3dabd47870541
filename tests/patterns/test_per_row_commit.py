import pytest

from perfdiag.model import TimeClass
from perfdiag.patterns.per_row_commit import SPEC
from tests.patterns.cases_made import case, part, signals, stack


def durable(turns, written, *, lines=(88,)):
    parts = [
        part(9.0 / len(lines), turns / len(lines), time=TimeClass.FSYNC, on=stack(line=line))
        for line in lines
    ]
    found = SPEC.recognise(case(*parts, kind="disk.fsync", item=None), signals(process_written=written))
    return found and round(found.evidence.value)


def test_little_is_written_between_many_waits_for_durability():
    assert 200 == durable(2000, 200 * 4096.0)


@pytest.mark.parametrize(
    ("turns", "written", "lines"),
    [(2000, 200 * 65536.0, (88,)), (20, 4096.0, (88,)), (2000, 200 * 4096.0, (88, 90)), (2000, 0.0, (88,))],
    ids=["batches", "seldom", "two lines", "nothing known of what is written"],
)
def test_other_waits_for_durability_are_not_told(turns, written, lines):
    assert durable(turns, written, lines=lines) is None


def test_a_commit_sent_to_a_database_for_each_row():
    commits = stack(
        ("psycopg/connection.py", "Connection.wait"), ("psycopg/connection.py", "Connection.commit")
    )
    found = SPEC.recognise(case(part(8.0, 800, on=commits)), signals())
    assert found is not None
    assert "commits" == found.evidence.name
    assert SPEC.recognise(case(part(8.0, 800)), signals()) is None
