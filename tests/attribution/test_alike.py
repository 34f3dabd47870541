import pytest

from perfdiag.attribution.alike import Alike
from tests.recordings_made import STDLIB, Script

ROOT = f"{STDLIB}/threading.py:975 Thread.run"
WORKER = f"{STDLIB}/concurrent/futures/thread.py:83 _worker"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # further on in the same function
        (("pool.py:7 borrow", "desk.py:5 serve", ROOT), ("desk.py:6 serve", ROOT), True),
        (("pool.py:7 borrow", "desk.py:5 serve", ROOT), ("bank.py:1 ask", "desk.py:6 serve", ROOT), True),
        # on the line that called
        (("pool.py:7 borrow", "desk.py:5 serve", ROOT), ("desk.py:5 serve", ROOT), True),
        # one base class, two parts
        (("roles.py:9 take", "base.py:3 run", ROOT), ("roles.py:20 bring", "base.py:3 run", ROOT), False),
        # two loops of an executor, and one that has nothing to do
        (("jobs.py:3 consume", WORKER), ("jobs.py:9 produce", WORKER), False),
        (("jobs.py:3 consume", WORKER), (f"{STDLIB}/concurrent/futures/thread.py:81 _worker",), False),
        # the head of a block and its body, on one line
        (
            ("pool.py:7 Pool.__enter__", "desk.py:5 serve", ROOT),
            ("bank.py:1 ask", "desk.py:5 serve", ROOT),
            True,
        ),
        ((ROOT,), (ROOT,), False),
    ],
)
def test_threads_that_run_the_same_code_stand_on_different_lines_of_the_same_function(one, other, expected):
    script = Script()
    stacks = [script.stack(*one), script.stack(*other)]
    alike = Alike(lambda number: script.stacks[number] if number >= 0 else None)
    assert (expected, expected) == (alike(*stacks), alike(*reversed(stacks)))
    assert not alike(-1, stacks[0])
