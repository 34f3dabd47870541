from dataclasses import replace

import pytest

from perfdiag.analyzers.locks import SPEC, _rings
from perfdiag.model import ObjectType
from tests.analyzers.folded import signals_of
from tests.recordings_made import META, Shop, run, wait


def named(signals, name):
    return [signal for signal in signals if signal.name == name]


def queue_behind_a_query():
    """Threads 2 and 3 wait for what thread 1 has, which asks a database below the section."""
    shop = Shop()
    asks = shop.stack("db.py:9 query", "stock.py:25 reserve", "views.py:4 serve")
    shop.thread(1, run(10, shop.reserved), wait(90, "recvfrom", asks, shop.database))
    for tid in (2, 3):
        shop.thread(tid, run(1, shop.price), wait(99, "futex", shop.reserve, shop.lock))
    return shop


def test_what_the_holder_does_is_told_with_its_part_of_the_waited_time():
    held = named(signals_of(SPEC, queue_behind_a_query().recording()), "lock.held")
    assert ["waits for the answer of postgresql at 10.0.0.7:5432", "computes, or waits for a CPU"] == [
        one.label("does") for one in held
    ]
    assert pytest.approx([0.9, 0.1], abs=0.02) == [one.estimate.value for one in held]
    assert [("reserve", 25), ("reserve", 23)] == [(one.where.function, one.where.line) for one in held]
    assert ["query", "reserve"] == [one.other.function for one in held]
    assert "10.0.0.7:5432" == held[0].object.name
    assert {"futex 0x10"} == {one.label("lock") for one in held}
    assert "thread-1 (thread 1)" == held[0].label("thread")


def test_who_waits_and_for_how_long():
    signals = signals_of(SPEC, queue_behind_a_query().recording())
    (waiter,) = named(signals, "lock.waiter")
    assert (20, 2) == (waiter.where.line, waiter.estimate.value)
    times = {(one.label("what"), one.label("of")): one.estimate for one in named(signals, "lock.time")}
    assert 6 == len(times)
    assert pytest.approx(0.99, abs=0.02) == times["waits", "median"].value
    assert 2 == times["waits", "longest"].n
    assert 1 == times["holds", "longest"].n


def test_no_duration_is_shorter_than_the_time_between_two_looks():
    shop = Shop()
    shop.thread(1, *100 * (wait(1.5, "recvfrom", shop.reserved, shop.database), run(0.5, shop.price)))
    shop.thread(2, *100 * (wait(0.5, "futex", shop.reserve, shop.lock), run(1.5, shop.price)))
    times = named(signals_of(SPEC, shop.recording()), "lock.time")
    assert times
    assert min(one.estimate.value for one in times) >= 0.01
    assert {("0.01",)} == {one.estimate.caveats for one in times}


def test_a_ring_of_threads_that_stand_still_is_told_once():
    shop = Shop()
    for tid, name in ((2, "futex 0x20"), (1, "futex 0x30"), (3, "futex 0x40")):
        number = shop.item(ObjectType.FUTEX, name)
        shop.objects[number] = replace(shop.objects[number], holder=tid)
    first, second, own = len(shop.objects) - 3, len(shop.objects) - 2, len(shop.objects) - 1
    shop.thread(1, wait(300, "futex", shop.append, first))
    shop.thread(2, run(100, shop.price), wait(200, "futex", shop.load, second))
    shop.thread(3, wait(300, "futex", shop.reserve, own))
    shop.thread(4, wait(300, "futex", shop.append, first))  # behind the ring, not in it
    found = named(signals_of(SPEC, shop.recording()), "lock.deadlock")
    assert [
        ("0", "append", "load", 3.0),
        ("0", "load", "append", 2.0),
        ("1", "reserve", "reserve", 3.0),
    ] == [
        (one.label("ring"), one.where.function, one.other.function, round(one.estimate.value, 1))
        for one in found
    ]


def test_of_threads_whose_code_is_not_known_a_deadlock_has_no_place():
    shop = Shop()
    for tid in (2, 1):
        number = shop.item(ObjectType.FUTEX, f"mutex {tid:#x}")
        shop.objects[number] = replace(shop.objects[number], holder=tid)
    shop.thread(1, wait(300, "futex", -1, len(shop.objects) - 2))
    shop.thread(2, wait(300, "futex", -1, len(shop.objects) - 1))
    found = named(signals_of(SPEC, shop.recording()), "lock.deadlock")
    assert 2 * [(None, None)] == [(one.where, one.other) for one in found]


def test_each_cycle_of_a_graph_is_found_once():
    edges = {1: 2, 2: 3, 3: 1, 4: 1, 5: 6, 7: 7, 8: 7}
    graph = {(0, one): (0, other) for one, other in edges.items()}
    assert [[1, 2, 3], [7]] == [[tid for _, tid in ring] for ring in _rings(graph)]
    assert [] == list(_rings({}))


def test_without_locks_nothing_is_said():
    shop = Shop()
    shop.thread(1, run(100, shop.price))
    assert [] == signals_of(SPEC, shop.recording())
    assert () == SPEC.signals(SPEC.start(META), 0.0)
