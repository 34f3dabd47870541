from dataclasses import replace

from perfdiag.analyzers.seen import SPEC
from perfdiag.model import Frame, ObjectType, Origin, Stack
from tests.analyzers.folded import signals_of
from tests.recordings_made import META, Script, Shop, run, wait


def seen(recording):
    return {signal.name: signal.estimate.value for signal in signals_of(SPEC, recording)}


def native(script):
    """The id of a stack of a program that is not Python."""
    frame = Frame(file="/usr/sbin/nginx", function="main", line=0, first_line=0, origin=Origin.NATIVE)
    script.stacks.append(Stack(id=len(script.stacks), frames=(frame,)))
    return len(script.stacks) - 1


def test_what_the_non_stop_reader_saw_is_all_there():
    shop = Shop()
    shop.thread(1, run(100, shop.price))
    names = {"stacks.seen", "interpreter.seen", "locks.seen"}
    assert names == seen(shop.recording()).keys()


def test_stacks_that_are_joined_by_time_come_without_the_state_of_the_interpreter():
    shop = Shop()
    shop.thread(1, run(100, shop.price))
    recording = shop.recording()
    recording.meta = replace(recording.meta, engine="py-spy")
    assert {"stacks.seen"} == seen(recording).keys()


def test_stacks_without_an_interpreter_are_not_its():
    script = Script(gil=False)
    script.thread(1, run(100, native(script), gil=False))
    assert {} == seen(script.recording())


def test_a_mutex_of_native_code_is_a_lock_that_is_seen():
    script = Script(gil=False)
    mutex = script.item(ObjectType.FUTEX, "mutex 0x7f00")
    script.thread(1, *20 * (run(1, native(script), gil=False), wait(4, "futex", item=mutex)))
    assert {"locks.seen": 1} == seen(script.recording())


def test_before_the_first_step_there_are_no_signals():
    assert () == SPEC.signals(SPEC.start(META), 0.0)
