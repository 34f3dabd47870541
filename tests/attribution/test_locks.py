from hypothesis import given
from hypothesis import strategies as st

from perfdiag.attribution.locks import Holders, Seen, acquiring_frame, candidates
from perfdiag.model import TimeClass
from tests.recordings_made import STDLIB, Script

LOCK, ANOTHER = 4, 5


def holder(holders, lock, threads):
    """The stack of the likely holder, -1: there is none."""
    found = holders.holder(lock, threads)
    return found.stack if found else -1


def setting():
    """A script's stacks: waiting for the lock, inside it, inside and waiting for another, elsewhere."""
    script = Script()
    waiting = script.stack("stock.py:20 reserve", "views.py:4 serve")
    inside = script.stack("stock.py:23 reserve", "views.py:4 serve")
    deeper = script.stack("db.py:9 commit", "stock.py:25 reserve", "views.py:4 serve")
    elsewhere = script.stack("orders.py:40 price", "views.py:4 serve")
    stacks = dict(enumerate(script.stacks))
    holders = Holders(stacks.get)
    holders.waits(LOCK, waiting)
    return holders, waiting, inside, deeper, elsewhere


def test_the_holder_stands_in_the_function_that_acquires_and_does_not_wait_for_it():
    holders, waiting, inside, _, elsewhere = setting()
    threads = [
        Seen(1, TimeClass.LOCK, LOCK, waiting), Seen(2, None, -1, elsewhere), Seen(3, None, -1, inside),
    ]  # fmt: skip
    assert inside == holder(holders, LOCK, threads)


def test_a_holder_may_be_deeper_down_and_wait_for_something_else():
    holders, waiting, _, deeper, _ = setting()
    threads = [Seen(1, TimeClass.LOCK, LOCK, waiting), Seen(2, TimeClass.FSYNC, 9, deeper)]
    assert deeper == holder(holders, LOCK, threads)


def test_of_two_the_one_that_waits_for_no_other_lock_is_likelier():
    holders, _, inside, deeper, _ = setting()
    assert inside == holder(
        holders, LOCK, [Seen(1, TimeClass.LOCK, ANOTHER, deeper), Seen(2, None, -1, inside)]
    )


def test_nobody_holds_a_lock_when_nobody_stands_past_it():
    holders, waiting, inside, _, elsewhere = setting()
    assert -1 == holder(holders, LOCK, [Seen(1, TimeClass.LOCK, LOCK, waiting), Seen(2, None, -1, elsewhere)])
    assert [] == candidates([Seen(1, TimeClass.IDLE, -1, inside), Seen(2, None, -1, -1)])
    assert -1 == holder(holders, ANOTHER, [Seen(1, None, -1, inside)])


def test_a_wrapper_takes_the_lock_for_its_caller():
    script = Script()
    script.stack("guard.py:7 Guard.__enter__", "stock.py:25 reserve", "views.py:4 serve")
    entered = f"{STDLIB}/contextlib.py:137 _GeneratorContextManager.__enter__"
    script.stack("guard.py:12 held", entered, "stock.py:40 count")
    script.stack("stock.py:25 reserve", "views.py:4 serve")
    found = [acquiring_frame(stack.frames) for stack in script.stacks]
    assert ["reserve", "count", "reserve"] == [frame.function for frame in found]


def test_one_that_runs_on_the_line_that_acquires_may_be_about_to():
    script = Script()
    waits = script.stack("stock.py:24 reserve", "views.py:4 serve")
    holders = Holders(dict(enumerate(script.stacks)).get)
    holders.waits(9, waits)
    assert -1 == holder(holders, 9, [Seen(1, None, -1, waits)])
    assert waits == holder(holders, 9, [Seen(1, TimeClass.SLEEP, -1, waits)])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, TimeClass.LOCK, TimeClass.FSYNC]), st.integers(4, 6), st.integers(0, 3)
        ),
        max_size=12,
    ),
    st.sampled_from([LOCK, ANOTHER]),
)
def test_the_candidates_have_the_holder_among_them(threads, lock):
    holders, waiting, *_ = setting()
    holders.waits(ANOTHER, waiting)
    seen = [Seen(tid, *thread) for tid, thread in enumerate(threads)]
    assert holder(holders, lock, seen) == holder(holders, lock, candidates(seen))
