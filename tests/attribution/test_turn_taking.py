import pytest

from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.attribution.turn_taking import TurnTaking, works
from perfdiag.attribution.waits import GET
from perfdiag.model import Frame, Origin, Stack, TimeClass

BORROW = (0, "mail.py", 9)
LINES = {6: 51, 7: 52}
STACKS = {
    number: Stack(
        id=number,
        frames=(Frame(file="mail.py", function="send", line=line, first_line=50, origin=Origin.USER),),
    )
    for number, line in LINES.items()
}


def thread(tid, time=None, *, running=False, stack=-1):
    return ThreadTime(
        process=0, tid=tid, group="send_all (mail.py)", grouped=True, main=False, young=False, born=0.0,
        at=0.0, blocked=time, running=running, stack=stack,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (thread(1, running=True), True),
        (thread(1, TimeClass.NETWORK), True),
        (thread(1, TimeClass.IDLE), False),
        (thread(1), False),
    ],
)
def test_who_runs_or_waits_for_something_that_is_not_work_is_at_work(one, expected):
    assert expected is works(one)


def test_one_that_runs_the_same_code_and_is_at_work_may_have_what_another_waits_for():
    threads = {(0, 1): thread(1, TimeClass.IDLE, stack=6), (0, 2): thread(2, TimeClass.NETWORK, stack=7)}
    turns = TurnTaking(STACKS.get, threads)
    turns.waits((0, 1), threads[0, 1], BORROW, GET, within=False)
    for tid in (1, 2):
        turns.see((0, tid), threads[0, tid], "")
    turns.forget((0, 1))
    turns.waits((0, 1), threads[0, 1], BORROW, GET, within=False)
    turns.count(0.01, lambda function: False)
    assert 7 == turns.at_work(BORROW)


def test_a_thread_that_has_ended_waits_nowhere():
    threads = {(0, 1): thread(1, TimeClass.IDLE)}
    turns = TurnTaking(STACKS.get, threads)
    turns.waits((0, 1), threads[0, 1], BORROW, GET, within=False)
    assert BORROW == turns.place((0, 1))
    turns.end((0, 1))
    assert None is turns.place((0, 1))
