from dataclasses import replace

import pytest

from perfdiag.analyzers.rules.lock_contention import SPEC
from perfdiag.diagnosis import Severity, Signal
from perfdiag.model import Estimate, Object, ObjectType, TimeClass
from perfdiag.units import Unit
from tests.analyzers.rules.signals_made import DATABASE, LOAD, LOCK, PRICE, said, share, verdicts

OTHER = Object(id=7, type=ObjectType.FUTEX, name="futex 0x20")

TABLE = [
    # value, low, high: what is said
    ((0.09, 0.08, 0.1), []),
    ((0.12, 0.08, 0.16), ["inconclusive"]),
    ((0.12, 0.1, 0.14), ["notice"]),
    ((0.31, 0.29, 0.33), ["notice"]),
    ((0.35, 0.3, 0.4), ["warning"]),
    ((0.8, 0.7, 0.9), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.lock", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("time.lock", 0.2)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.2, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.2 + 0.001, share_warning=0.9, share_critical=0.95)


def test_it_names_the_section_of_the_holder_and_the_line_that_waits():
    (found,) = said(SPEC, share("time.lock", 0.4, where=LOAD, other=PRICE, object=LOCK))
    assert "Threads wait for a lock, held in load (orders.py:88), for 40 % of busy time." == found.summary
    assert ("the holder stands at /srv/shop/orders.py:88 load",) == found.chain
    assert (PRICE,) == found.victims
    assert frozenset({"futex 0x10"}) == found.claim.objects
    assert frozenset({TimeClass.LOCK}) == found.claim.times


def test_a_holder_that_was_not_seen_stands_nowhere():
    (found,) = said(SPEC, share("time.lock", 0.4, where=LOAD, other=LOAD, object=LOCK))
    assert () == found.chain


def test_a_lock_of_native_code_has_no_place():
    (found,) = said(SPEC, share("time.lock", 0.4))
    assert "Threads wait for a lock of native code for 40 % of busy time." == found.summary


def held(lock, value, does, **more):
    return share("lock.held", value, labels=(("lock", lock), ("does", does)), **more)


def contended(*signals):
    """What is said of a lock, with what was seen of it."""
    (found,) = said(SPEC, share("time.lock", 0.4, where=LOAD, other=PRICE, object=LOCK), *signals)
    return found


def seconds(value, what, of, n=9):
    estimate = Estimate(value=value, low=value, high=value, unit=Unit.SECONDS, n=n, caveats=("0.01",))
    labels = (("lock", LOCK.name), ("what", what), ("of", of))
    return Signal(name="lock.time", subject="process:42", estimate=estimate, labels=labels)


def test_the_chain_goes_from_the_lock_to_its_holder_and_on_to_what_that_waits_for():
    found = contended(
        held(LOCK.name, 0.91, "waits for another lock", where=LOAD, other=LOAD, object=OTHER),
        held(LOCK.name, 0.01, "computes", where=LOAD, other=LOAD),
        held(OTHER.name, 1.0, "sleeps", where=PRICE, other=LOAD),
    )
    assert (
        "held for 91 % of the waited time by load (orders.py:88), which waits for another lock",
        (
            "that lock (futex 0x20) is held for 100 % of the waited time by price (orders.py:40),"
            " which sleeps in load (orders.py:88)"
        ),
    ) == found.chain


def test_a_chain_that_comes_back_ends_there():
    found = contended(
        held(LOCK.name, 1.0, "waits for another lock", where=LOAD, object=OTHER),
        held(OTHER.name, 1.0, "waits for another lock", where=PRICE, object=LOCK),
    )
    assert "futex 0x10 is where this began: the holders wait for each other" == found.chain[-1]
    assert 3 == len(found.chain)


def test_what_a_peer_of_the_holder_does_is_told():
    peer = share("peer.does", 0.9, labels=(("text", "postgres computes"), ("hop", "1")), object=DATABASE)
    found = contended(held(LOCK.name, 1.0, "waits for the answer of it", where=LOAD, object=DATABASE), peer)
    assert "postgres computes" == found.chain[-1]


def test_tables_say_who_has_it_who_waits_and_for_how_long():
    waiter = replace(share("lock.waiter", 4.0, where=PRICE), labels=(("lock", LOCK.name),))
    of = ("median", "95th percentile", "longest")
    found = contended(
        held(LOCK.name, 0.91, "sleeps", where=LOAD),
        waiter,
        *(seconds(0.02 * n, "waits", name) for n, name in enumerate(of, 1)),
        *(seconds(0.01 * n, "holds", name, n=3) for n, name in enumerate(of, 1)),
    )
    who, times = found.tables
    assert (
        ("holds", "load (orders.py:88)", "sleeps", 0.91),
        ("waits", "price (orders.py:40)", "threads: 4", ""),
    ) == who.rows
    assert "how long the lock is waited for and held, known to 10 ms" == times.name
    assert (("waits", 9.0, 0.02, 0.04, 0.06), ("holds", 3.0, 0.01, 0.02, 0.03)) == times.rows


def ring(lock, thread, holder, still=8.0, **more):
    labels = (("ring", "0"), ("lock", lock), ("thread", thread), ("holder", holder))
    estimate = Estimate(value=still, low=still, high=still, unit=Unit.SECONDS, n=1)
    return Signal(name="lock.deadlock", subject="process:42", estimate=estimate, labels=labels, **more)


TWO = (
    share("time.lock", 0.02, where=LOAD, object=LOCK),
    share("time.lock", 0.02, where=PRICE, object=OTHER),
)


def test_a_deadlock_is_critical_however_little_time_it_takes():
    edges = (
        ring(LOCK.name, "thread 1", "thread 2", where=LOAD, other=PRICE, object=LOCK),
        ring(OTHER.name, "thread 2", "thread 1", where=PRICE, other=LOAD, object=OTHER),
    )
    (found,) = said(SPEC, *TWO, *edges)
    assert ("deadlock", Severity.CRITICAL, LOAD, (PRICE,)) == (
        found.pattern, found.severity, found.where, found.victims,
    )  # fmt: skip
    assert frozenset({LOCK.name, OTHER.name}) == found.claim.objects
    assert (
        "thread 1 waits in load (orders.py:88) for futex 0x10, which thread 2 has, who waits in price"
        " (orders.py:40)"
    ) == found.chain[0]
    assert "2 threads wait for each other: deadlock." in found.summary
    assert 0.0 == dict(found.thresholds)["share_critical"]


def test_threads_that_have_waited_for_a_moment_are_no_deadlock():
    edges = [ring(LOCK.name, "thread 1", "thread 1", 1.9, where=LOAD, other=LOAD, object=LOCK)]
    assert [] == said(SPEC, *TWO, *edges)
    (found,) = said(SPEC, *TWO, *edges, deadlock_after=1.0)
    assert "A thread waits for a lock that it has itself: deadlock." in found.summary
    assert "which it has itself, from further out on its stack" in found.chain[0]


def test_who_has_a_file_locked_is_another_process():
    path = "/srv/shop/visits.sqlite3"
    file = Object(id=8, type=ObjectType.FILE, name=path, peer="backup (pid 77)", peer_pid=77)
    (found,) = said(SPEC, share("time.lock", 0.9, where=LOAD, other=LOAD, object=file))
    said_so = f"a lock on {path} in load (orders.py:88), held by backup (pid 77), for 90 %"
    assert said_so in found.summary
    assert ("at the other end: backup (pid 77)",) == found.chain
    assert "perfdiag profile -p 77" in found.next


def test_of_two_locks_of_one_name_the_times_of_the_first_are_told():
    of = ("median", "95th percentile", "longest")
    times = [seconds(0.01 * n, "waits", name) for n, name in enumerate(2 * of, 1)]
    (table,) = contended(*times).tables
    assert (("waits", 9.0, 0.01, 0.02, 0.03),) == table.rows
