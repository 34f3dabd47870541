import pytest

from perfdiag.analyzers.gil import SPEC
from tests.analyzers.folded import signals_of
from tests.recordings_made import META, Shop, run, wait


def edges(recording):
    return [
        (one.where.function, one.other.function, round(one.estimate.value, 3))
        for one in signals_of(SPEC, recording)
    ]


def test_an_edge_names_who_holds_while_whom_waits():
    shop = Shop()
    shop.thread(1, *2 * (run(100, shop.price), wait(100, "recvfrom", shop.load, shop.database)))
    shop.thread(2, *2 * (wait(100, "futex", shop.append, shop.gil_futex), run(100, shop.append)))
    assert [("price", "append", 0.25)] == edges(shop.recording())


def test_the_largest_edge_comes_first_and_shares_are_of_all_busy_time():
    shop = Shop()
    shop.thread(1, run(400, shop.price))
    shop.thread(2, wait(400, "futex", shop.load, shop.gil_futex))
    shop.thread(3, wait(100, "futex", shop.append, shop.gil_futex), run(300, shop.append, gil=False))
    found = edges(shop.recording())
    assert [("price", "load"), ("price", "append")] == [edge[:2] for edge in found]
    assert pytest.approx([1 / 3, 1 / 12], abs=0.001) == [edge[2] for edge in found]


def test_lines_of_one_function_are_told_apart():
    shop = Shop()
    more = shop.stack("orders.py:43 price", "views.py:4 serve")
    shop.thread(1, run(300, shop.price), run(100, more))
    shop.thread(2, wait(400, "futex", shop.load, shop.gil_futex))
    signals = signals_of(SPEC, shop.recording())
    assert [(40, 88), (43, 88)] == [(one.where.line, one.other.line) for one in signals]
    assert pytest.approx([3 / 8, 1 / 8], abs=0.01) == [one.estimate.value for one in signals]


def test_a_wait_without_a_known_holder_has_no_edge():
    shop = Shop()
    shop.thread(1, wait(100, "futex", shop.load, shop.gil_futex))
    assert [] == edges(shop.recording())
    assert () == SPEC.signals(SPEC.start(META), 0.0)
