import pytest

from perfdiag.attribution.busy import busy_time
from perfdiag.attribution.fold import Attribution
from perfdiag.attribution.functions import function_rows
from perfdiag.timetable import TimeTable
from tests.recordings_made import STDLIB, Script, Shop, run, wait


def rows_of(script: Script):
    recording = script.recording()
    table = TimeTable(start=recording.window[0])
    count = len(recording.ticks.ticks)
    slices, groups = Attribution(recording).step(0, count, recording.window[1])
    for part in slices:
        table.add(part, groups[part.process, part.tid])
    return function_rows(busy_time(table, pressed_only=False), recording.stacks)


def told(rows):
    return [
        (row.where.function, round(row.self_share.value, 2), round(row.total_share.value, 2)) for row in rows
    ]


def test_the_time_of_a_function_alone_and_with_what_it_calls():
    shop = Shop()
    tax = shop.stack("tax.py:9 rate", "orders.py:41 price", "views.py:4 serve")
    own = shop.stack("orders.py:44 price", "views.py:4 serve")
    shop.thread(1, *4 * (run(40, tax), run(10, own), wait(50, "recvfrom", shop.load, shop.database)))
    assert [("rate", 0.8, 0.8), ("price", 0.2, 1.0), ("serve", 0.0, 1.0)] == told(rows_of(shop))


def test_a_function_that_calls_itself_is_counted_once():
    shop = Shop()
    deep = shop.stack(*3 * ("tree.py:5 walk",), "views.py:4 serve")
    shop.thread(1, run(100, deep))
    assert [("walk", 1.0, 1.0), ("serve", 0.0, 1.0)] == told(rows_of(shop))


def test_library_code_at_the_leaf_is_a_function_of_its_own():
    shop = Shop()
    parse = shop.stack(f"{STDLIB}/json/decoder.py:355 raw_decode", "orders.py:12 parse")
    shop.thread(1, run(100, parse))
    assert [("raw_decode", 1.0, 1.0), ("parse", 0.0, 1.0)] == told(rows_of(shop))


def test_each_group_of_threads_has_rows_of_its_own():
    shop = Shop()
    report = shop.stack("tax.py:9 rate", "metrics.py:5 report")
    serve = shop.stack("tax.py:9 rate", "views.py:4 serve")
    shop.thread(1, run(100, report, gil=False))
    for number in (2, 3):
        shop.thread(number, run(100, serve, gil=False))
    found = {(row.group, row.where.function): row for row in rows_of(shop)}
    assert 1 == found["report (metrics.py)", "rate"].threads
    assert 2 == found["serve (views.py)", "rate"].threads
    assert pytest.approx(2 / 3, abs=0.01) == found["serve (views.py)", "rate"].self_share.value


def test_the_line_is_the_one_with_most_time():
    shop = Shop()
    first, second = shop.stack("orders.py:40 price"), shop.stack("orders.py:47 price")
    shop.thread(1, run(30, first), run(70, second))
    (row,) = rows_of(shop)
    assert ("orders.py", 47) == (row.where.file, row.where.line)


def test_waits_are_not_hot_and_nothing_computed_gives_no_rows():
    shop = Shop()
    shop.thread(1, wait(100, "recvfrom", shop.load, shop.database))
    assert () == rows_of(shop)


def test_a_look_has_a_bounded_number_of_rows():
    shop = Shop()
    stacks = [shop.stack(f"work.py:{n + 1} step_{n}", "views.py:4 serve") for n in range(100)]
    shop.thread(1, *(run(2, stack) for stack in stacks))
    found = rows_of(shop)
    assert 10 < len(found) <= 40
    assert "serve" in {row.where.function for row in found}
