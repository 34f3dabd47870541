from perfdiag.attribution.sections import critical_section
from tests.recordings_made import Script


def test_the_section_is_where_holders_stand_in_the_function_that_others_wait_in():
    script = Script()
    waiting = script.stack("stock.py:20 reserve", "views.py:4 serve")
    commit = script.stack("db.py:9 commit", "stock.py:25 reserve", "views.py:4 serve")
    count = script.stack("stock.py:23 reserve", "views.py:4 serve")
    elsewhere = script.stack("orders.py:40 price", "views.py:4 serve")
    stacks = script.stacks
    found = critical_section(
        [(stacks[commit], 0.6), (stacks[count], 0.3), (stacks[elsewhere], 5.0)], [(stacks[waiting], 1.0)]
    )
    assert ("stock.py", "reserve", 25) == (found.file, found.function, found.line)


def test_without_a_holder_there_is_no_section():
    script = Script()
    waiting = script.stacks[script.stack("stock.py:20 reserve")]
    assert None is critical_section([], [(waiting, 1.0)])
