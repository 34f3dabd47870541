from perfdiag.sampler.cpython.tasks import TaskState
from perfdiag.sampler.tasks import BornTask, TaskRows
from perfdiag.ticks import FIRST_TASK, RUNNING, TASK, RowFlag, Ticks

SECOND = 1_000_000_000  # nanoseconds


class Reader:
    """Gives the states that it was given, one list a look."""

    def __init__(self, *looks: list[TaskState] | None) -> None:
        self._looks = list(looks)

    def tasks(self) -> list[TaskState] | None:
        return self._looks.pop(0)


def state(number: int, stack: int = 0, *, running: bool = False, moved: bool = False) -> TaskState:
    return TaskState(number, f"n{number}", 7, running, -1 if running else stack, moved, ())


def looked(*looks: list[TaskState] | None, peer: int = -1) -> tuple[TaskRows, Ticks]:
    """Looks a second apart; stack n of the reader is 10 + n of the recording."""
    rows, ticks, reader = TaskRows(3), Ticks(), Reader(*looks)
    for tick in range(len(looks)):
        rows.look(tick, tick * SECOND, reader, lambda stack: 10 + stack, lambda loop: peer, ticks)
    return rows, ticks


def table(ticks: Ticks) -> list[tuple[int, int, int, int, int]]:
    """(tick, task, call, stack, flags) of each row."""
    names = ("tick", "tid", "call", "stack", "flags")
    return list(zip(*(ticks.rows[name] for name in names), strict=True))


def test_a_row_is_written_when_a_task_changed() -> None:
    waits, runs = [state(0, 1)], [state(0, running=True)]
    rows, ticks = looked(waits, waits, runs, runs, [state(0, 1, moved=True)])
    assert [
        (0, FIRST_TASK, TASK, 11, 0),
        (2, FIRST_TASK, RUNNING, -1, 0),
        (4, FIRST_TASK, TASK, 11, 0),
    ] == table(ticks)
    assert [0, 0, 1] == list(ticks.rows["slices"])
    assert [BornTask(FIRST_TASK, "task n0", 7)] == rows.born
    assert {3} == set(ticks.rows["process"])


def test_the_object_is_the_only_peer_of_the_loop() -> None:
    _, ticks = looked([state(0)], peer=4)
    assert [4] == list(ticks.rows["object"])


def test_a_task_that_is_not_listed_any_more_has_ended() -> None:
    _, ticks = looked([state(0), state(1)], [state(1)])
    assert (1, FIRST_TASK, TASK, -1, RowFlag.GONE) == table(ticks)[-1]


def test_names_are_short_and_without_secrets() -> None:
    named = state(0)._replace(name="get https://me:hunter2@db:5432/ " + 100 * "x")
    rows, _ = looked([named])
    assert "hunter2" not in rows.born[0].name
    assert rows.born[0].name.startswith("task get https://")
    assert len(rows.born[0].name) <= 85


def test_of_a_long_name_only_the_words_that_are_looked_at_as_a_whole_are_shown() -> None:
    long = [state(0)._replace(name="load https://me:" + 300 * "hunter2" + "@db/ x")]
    assert "task load …" == looked(long)[0].born[0].name
    assert "task …" == looked([state(0)._replace(name=3000 * "token")])[0].born[0].name


def test_a_look_that_failed_changes_nothing() -> None:
    _, ticks = looked([state(0)], None, [state(0)])
    assert 1 == len(ticks.rows)


def test_between_two_looks_some_time_goes_by() -> None:
    rows, ticks, reader = TaskRows(0), Ticks(), Reader([state(0, 1)], [state(0, 2)])
    for tick, at in enumerate((0, SECOND // 100, SECOND // 2)):
        rows.look(tick, at, reader, lambda stack: stack, lambda loop: -1, ticks)
    assert [(0, 1), (2, 2)] == [(row[0], row[3]) for row in table(ticks)]


def test_another_reader_numbers_its_tasks_anew() -> None:
    rows, ticks = looked([state(0), state(1)])
    rows.restart()
    rows.look(5, 5 * SECOND, Reader([state(0)]), lambda stack: stack, lambda loop: -1, ticks)
    assert [(FIRST_TASK, RowFlag.GONE), (FIRST_TASK + 1, RowFlag.GONE), (FIRST_TASK + 2, 0)] == [
        (row[1], row[4]) for row in table(ticks)[2:]
    ]


def test_with_their_process_all_tasks_end() -> None:
    rows, ticks = looked([state(0), state(1)])
    rows.end(1, ticks)
    assert [RowFlag.GONE, RowFlag.GONE] == [row[4] for row in table(ticks)[2:]]
