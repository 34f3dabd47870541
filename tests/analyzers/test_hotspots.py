from dataclasses import replace

import pytest

from perfdiag.analyzers.hotspots import SPEC
from perfdiag.model import Place
from tests.analyzers.folded import shares, signals_of
from tests.recordings_made import META, STDLIB, Shop, run, wait


def places(signals, name):
    return [(one.where.function, round(one.estimate.value, 3)) for one in signals if one.name == name]


def test_the_hot_function_of_a_group_is_the_deepest_with_most_of_its_cpu_time():
    shop = Shop()
    tax = shop.stack("tax.py:9 rate", "orders.py:41 price", "views.py:4 serve")
    ship = shop.stack("ship.py:9 cost", "orders.py:42 price", "views.py:4 serve")
    shop.thread(1, *4 * (run(40, tax), run(40, ship), wait(20, "recvfrom", shop.load, shop.database)))
    signals = signals_of(SPEC, shop.recording())
    assert [("price", 0.8)] == places(signals, "cpu.function")
    assert {("rate", 0.4), ("cost", 0.4)} == set(places(signals, "cpu.self"))


@pytest.mark.parametrize(
    ("ticks", "where", "other", "share"),
    [
        # of the framework, of the view itself, of what it calls
        ((25, 20, 55), "rate", "price", 0.75),  # most of the view, and of all
        ((25, 40, 35), "price", None, 0.75),
        ((35, 25, 40), "price", None, 0.65),  # most of the view, but not nearly half of all
        ((0, 30, 70), "rate", None, 0.7),
    ],
)
def test_where_most_of_it_is_in_one_callee_that_is_the_place_to_look_at(ticks, where, other, share):
    shop = Shop()
    framework = shop.stack("views.py:4 serve")
    view = shop.stack("orders.py:41 price", "views.py:4 serve")
    callee = shop.stack("tax.py:9 rate", "orders.py:42 price", "views.py:4 serve")
    stacks = (framework, view, callee)
    shop.thread(1, *4 * tuple(run(count, stack) for count, stack in zip(ticks, stacks, strict=True) if count))
    (found,) = [one for one in signals_of(SPEC, shop.recording()) if one.name == "cpu.function"]
    assert (where, other) == (found.where.function, found.other and found.other.function)
    assert share == pytest.approx(found.estimate.value, abs=0.03)


def test_each_group_of_threads_has_its_own_largest_first():
    shop = Shop()
    report, send = shop.stack("metrics.py:5 report"), shop.stack("metrics.py:7 report")
    shop.thread(1, run(400, shop.price))
    shop.thread(2, *4 * (run(60, report, gil=False), wait(40, "recvfrom", send, shop.database)))
    signals = signals_of(SPEC, shop.recording())
    assert [("price", 0.5), ("report", 0.3)] == places(signals, "cpu.function")
    groups = [one.label("group") for one in signals if one.name == "cpu.function"]
    assert ["serve (views.py)", "report (metrics.py)"] == groups


def test_library_code_counts_for_the_line_that_calls_it():
    shop = Shop()
    parse = shop.stack(f"{STDLIB}/json/decoder.py:355 raw_decode", "orders.py:12 parse", "views.py:4 serve")
    shop.thread(1, run(100, parse))
    signals = signals_of(SPEC, shop.recording())
    assert [("parse", 1.0)] == places(signals, "cpu.self")
    assert [("parse", 1.0)] == places(signals, "cpu.function")


def test_garbage_collection_and_waits_are_no_hot_code():
    shop = Shop()
    shop.thread(1, run(50, shop.price, collecting=True), wait(50, "recvfrom", shop.load, shop.database))
    assert [] == shares(signals_of(SPEC, shop.recording()))


def test_cpu_time_without_a_stack_is_the_programs():
    shop = Shop()
    shop.thread(1, run(100, gil=False))
    (found,) = signals_of(SPEC, shop.recording())
    assert ("cpu.function", 1.0) == (found.name, found.estimate.value)
    assert Place(file="python", function="shop", line=0) == found.where


def test_cpu_time_without_a_stack_beside_an_interpreter_has_no_place():
    shop = Shop()
    shop.thread(1, run(100, gil=False))
    recording = shop.recording()
    recording.processes[0] = replace(recording.processes[0], runtime="CPython 3.11.7")
    (found,) = signals_of(SPEC, recording)
    assert None is found.where


def test_before_the_first_step_there_are_no_signals():
    assert () == SPEC.signals(SPEC.start(META), 0.0)
