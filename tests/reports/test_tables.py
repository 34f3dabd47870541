from perfdiag.diagnosis import Table
from perfdiag.reports._tables import MOST_ROWS, cells, columns, lines

EPISODES = Table(
    name="how long",
    columns=("what", "times", "longest, s", "share of it"),
    rows=(("waits", 40.0, 0.031, 0.5),),
)


def test_the_name_of_a_column_tells_the_unit_of_its_numbers() -> None:
    assert ("what", "times", "longest", "share of it") == columns(EPISODES)
    assert [("waits", "40", "31 ms", "50 %")] == cells(EPISODES)


def test_a_table_has_a_bound() -> None:
    many = Table(name="t", columns=("n",), rows=tuple((float(n),) for n in range(50)))
    assert MOST_ROWS == len(cells(many))


def test_a_terminal_gets_aligned_columns_without_control_characters() -> None:
    hostile = Table(name="a\x1b[31m", columns=("who\n",), rows=(("x\x07y",),))
    found = list(lines([EPISODES, hostile]))
    assert ["   how long", "     what   times  longest  share of it"] == found[:2]
    assert not any(ord(letter) < 32 for line in found for letter in line)
