from perfdiag.attribution.wakers import Wakers

QUEUE = "a queue"
WAITS, DRAINS, BUSY, BEATS = ((0, tid) for tid in (1, 2, 3, 4))
EVERYBODY = (WAITS, DRAINS, BUSY, BEATS)


def watched(*, looks=40, every=4):
    """One thread is woken in every fourth look, when another one runs; a third runs in all of them."""
    wakers = Wakers()
    for number in range(looks):
        wakers.ran(BUSY)
        if number % every == 0:
            wakers.ran(DRAINS)
            wakers.ran(WAITS)
            wakers.woke(WAITS, QUEUE)
        if number % 25 == 0:
            wakers.ran(BEATS)
        wakers.tick()
    return wakers


def test_who_runs_when_one_is_woken_and_seldom_else_wakes_it():
    assert DRAINS == watched().waker(QUEUE, EVERYBODY)


def test_one_of_those_that_were_asked_for_is_told():
    assert BUSY == watched().waker(QUEUE, (BUSY, BEATS))
    assert None is watched().waker(QUEUE, (BEATS,))


def test_of_what_nobody_was_woken_from_nothing_is_known():
    assert None is watched().waker("another", EVERYBODY)
    assert None is watched(looks=12).waker(QUEUE, EVERYBODY)


def test_a_thread_that_has_ended_wakes_nobody():
    wakers = watched()
    wakers.forget(DRAINS)
    assert BUSY == wakers.waker(QUEUE, EVERYBODY)
