from perfdiag.model import Frame, Origin
from perfdiag.recording import Recording
from perfdiag.sampler.engines.join import join_points, join_spans
from perfdiag.sampler.engines.looks import Looks
from perfdiag.ticks import RUNNING, RowFlag
from tests.recordings_made import META, NUMBERS

TICK, TID = 10, 7  # a tick each ten nanoseconds
RECV = NUMBERS["recvfrom"]


def recording(*calls, tid=TID, flags=()):
    """A thread with one row for each call, at the ticks 0, 1, ...; None: no row in that tick."""
    made = Recording(meta=META)
    for number, call in enumerate(calls):
        made.ticks.ticks.append(number * TICK, 0)
        if call is not None:
            flag = RowFlag.GONE if number in flags else 0
            made.ticks.rows.append(number, 0, tid, 0, 0, 0, 0, 0, 0, call, -1, -1, flag)
    return made


def looks(*seen, tid=TID):
    """Looks from (since, until, name)."""
    result = Looks()
    for since, until, name in seen:
        frame = Frame(file="/srv/a.py", function=name, line=1, first_line=1, origin=Origin.USER)
        result.add(tid, since, until, (frame,))
    return result


def named(made):
    """The function of each row, '' for a row without a stack."""
    return [made.stacks[n].frames[0].function if n >= 0 else "" for n in made.ticks.rows["stack"]]


def test_a_running_thread_gets_what_was_seen_a_moment_later():
    made = recording(RUNNING, RUNNING, RUNNING)
    assert 3 == join_spans(made, looks((0, 8, "a"), (8, 24, "b"), (24, 40, "c")), lag=5)
    assert ["a", "b", "c"] == named(made)
    assert [0, 1, 2] == [stack.id for stack in made.stacks]


def test_a_blocked_thread_gets_what_was_seen_while_it_was_surely_blocked():
    made = recording(RUNNING, RECV, None, None, RUNNING)
    join_spans(made, looks((0, 18, "ran"), (18, 44, "waits"), (44, 60, "ran")), lag=5)
    assert ["ran", "waits", "ran"] == named(made)


def test_a_time_in_which_the_thread_was_not_seen_has_no_stack():
    made = recording(RUNNING, RUNNING, RUNNING, RUNNING)
    assert 2 == join_spans(made, looks((10, 19, "a"), (30, 50, "b")), lag=2)
    assert ["", "a", "", "b"] == named(made)


def test_the_nearest_look_at_a_cpu_is_taken_for_a_thread_that_runs():
    made = recording(RUNNING, RUNNING, RUNNING)
    seen = looks((1, 1, "a"), (9, 9, "b"), (12, 12, "c"), (19, 19, "d"))
    assert 3 == join_points(made, seen)
    assert ["a", "b", "d"] == named(made)
    assert [0, 0, 0] == list(made.ticks.rows["flags"])


def test_a_thread_that_is_blocked_by_now_gets_what_it_did_before_and_says_so():
    made = recording(RUNNING, RECV, None, RECV)
    join_points(made, looks((1, 1, "a"), (6, 6, "b"), (28, 28, "late"), (31, 31, "later")))
    assert ["a", "b", "late"] == named(made)
    assert [0, RowFlag.WORKED, RowFlag.WORKED] == list(made.ticks.rows["flags"])


def test_a_blocked_thread_that_was_not_seen_on_a_cpu_has_no_stack_and_says_so():
    made = recording(RECV, RECV, RECV)
    assert 1 == join_points(made, looks((12, 12, "a")))
    assert ["", "", "a"] == named(made)
    assert [RowFlag.WORKED, RowFlag.WORKED, RowFlag.WORKED] == list(made.ticks.rows["flags"])


def test_other_threads_and_rows_of_the_gone_get_nothing():
    made = recording(RUNNING, RUNNING, flags={1})
    assert 0 == join_spans(made, looks((0, 50, "a"), tid=8), lag=0)
    assert 1 == join_spans(made, looks((0, 50, "a")), lag=0)
    assert ["a", ""] == named(made)


def test_a_stack_that_the_sampler_has_read_is_kept():
    made = recording(RUNNING, RUNNING)
    join_spans(made, looks((0, 50, "a")), lag=0)
    assert 0 == join_spans(made, looks((0, 50, "b")), lag=0)
    assert ["a", "a"] == named(made)


def test_equal_stacks_are_one():
    made = recording(RUNNING, RUNNING, RUNNING, RUNNING)
    join_spans(made, looks((0, 11, "a"), (11, 21, "b"), (21, 60, "a")), lag=0)
    assert (["a", "a", "b", "a"], 2) == (named(made), len(made.stacks))
