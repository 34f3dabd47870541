import pytest

from perfdiag.analyzers.children import SPEC
from perfdiag.model import ObjectType
from tests.analyzers.folded import signals_of
from tests.recordings_made import STDLIB, Script, run, wait


def found_in(script):
    return {signal.label("group"): signal for signal in signals_of(SPEC, script.recording())}


def forks(*, name="shop", above=()):
    """A program that forks, for a tick, and waits a tick for its child: 300 times."""
    script = Script()
    stack = script.stack(*above, "jobs.py:4 spawn", "jobs.py:20 main")
    child = script.item(ObjectType.CHILD, name)
    script.thread(1, *150 * (run(1, stack, system=True), wait(1, "wait4", stack, child)), main=True)
    return script


def test_children_that_run_the_program_itself_are_counted_with_what_forking_them_costs():
    (found,) = found_in(forks()).values()
    assert 50 == pytest.approx(float(found.label("ended")), rel=0.05)
    assert 0.01 == pytest.approx(float(found.label("life")), rel=0.05)
    assert found.estimate.value > 0.9
    assert ("spawn", 4) == (found.where.function, found.where.line)
    assert found.label("function").endswith("jobs.py:spawn")


def test_children_that_run_another_program_are_not_counted():
    assert {} == found_in(forks(name="git"))
    assert {} == found_in(forks(above=(f"{STDLIB}/subprocess.py:1264 Popen.wait",)))


def test_a_program_of_whose_code_nothing_is_known_is_told_by_the_name_of_its_children():
    script = Script(gil=False)
    child = script.item(ObjectType.CHILD, "shop")
    script.thread(1, *150 * (run(1, gil=False, system=True), wait(1, "wait4", item=child)), main=True)
    (found,) = found_in(script).values()
    assert (None, "", "shop") == (found.where, found.label("function"), found.object.name)
    assert 0.5 == pytest.approx(found.estimate.value, abs=0.02)


def test_who_waits_for_nobody_is_not_told():
    script = Script()
    script.thread(1, run(300, script.stack("jobs.py:20 main")), main=True)
    assert {} == found_in(script)
