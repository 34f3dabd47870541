from types import SimpleNamespace

from perfdiag.sampler.cpython.reader import ReaderStats
from perfdiag.sampler.tally import Tally, engine


def one(comm="app", readers=1, reason="", replaced=0, lost=False):
    stats = ReaderStats(stacks=10, retried=2)
    return SimpleNamespace(
        member=SimpleNamespace(torn=1, threads=SimpleNamespace(unopened=3)),
        readers=[SimpleNamespace(stats=stats)] * readers,
        replaced=replaced,
        lost=lost,
        reason=reason,
        notes=(),
        process=SimpleNamespace(comm=comm),
    )


def test_counts_are_those_of_all_processes_and_of_all_their_interpreters():
    tally = Tally()
    tally.take(one(readers=2), over=True)
    tally.take(one(readers=0, reason="no"), over=False)
    expected = {"engine": "non-stop reader", "torn": 2, "stacks": 20, "retried": 4, "unopened": 6}
    assert expected == tally.totals()


def test_without_an_interpreter_the_view_is_that_of_the_kernel():
    assert ("/proc", "non-stop reader") == (engine(0), engine(2))


def test_an_interpreter_that_goes_with_its_process_was_not_replaced():
    tally = Tally()
    tally.take(one(replaced=1, lost=True), over=True)
    assert [] == tally.blind(alone=True)
    tally.take(one(replaced=1, lost=True), over=False)
    (told,) = tally.blind(alone=True)
    assert told.endswith("the program was replaced (exec) while it was looked at")


def test_reasons_are_told_with_how_many_processes_have_them():
    tally = Tally()
    for comm in ("sh", "cc1", "cc1"):
        tally.take(one(comm, readers=0, reason="not a CPython process"), over=True)
    tally.take(one(), over=True)
    assert ["Python stacks of 3 of 4 processes (cc1, sh): not a CPython process"] == tally.blind(alone=False)


def test_of_one_process_the_reason_is_told_once():
    tally = Tally()
    tally.take(one(readers=0, reason="not a CPython process"), over=True)
    assert [] == tally.blind(alone=True)
    assert ["Python stacks: not a CPython process"] == tally.blind(alone=False)
