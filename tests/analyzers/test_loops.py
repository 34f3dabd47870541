import pytest

from perfdiag.analyzers.loops import SPEC
from tests.analyzers.folded import signals_of
from tests.attribution.test_loops import Loop
from tests.attribution.test_own_loops import OwnLoop
from tests.recordings_made import META, run, wait


def named(signals, name):
    return [signal for signal in signals if signal.name == name]


def test_a_callback_that_sleeps_blocks_its_loop_for_as_long_as_it_takes():
    loop = Loop()
    loop.thread(
        1, *5 * (loop.idle(20), run(1, loop.rate_limit), loop.sleep(9), run(10, loop.price)), main=True
    )
    signals = signals_of(SPEC, loop.recording())
    (blocked,) = named(signals, "loop.blocked")
    assert pytest.approx(0.5, abs=0.01) == blocked.estimate.value
    assert ("broadcast", 9) == (blocked.where.function, blocked.where.line)
    assert "main thread" == blocked.label("group")
    assert [5.0] == [signal.estimate.value for signal in named(signals, "loop.episodes")]
    durations = {one.label("of"): round(one.estimate.value, 2) for one in named(signals, "loop.episode")}
    assert {"median": 0.1, "95th percentile": 0.1, "longest": 0.1} == durations


def test_the_culprit_is_looked_for_below_the_loop_and_not_in_what_started_it():
    loop = Loop()
    turn = (loop.idle(5), run(6, loop.parse), run(4, loop.parse_more), run(1, loop.store), loop.idle(5))
    loop.thread(1, *5 * turn, main=True)
    (blocked,) = named(signals_of(SPEC, loop.recording()), "loop.blocked")
    assert ("parse_row", 3) == (blocked.where.function, blocked.where.line)


def test_each_function_that_the_loop_calls_is_told():
    loop = Loop()
    turn = (loop.idle(5), run(8, loop.parse), loop.idle(5), run(1, loop.rate_limit), loop.sleep(5))
    loop.thread(1, *5 * turn, main=True)
    found = named(signals_of(SPEC, loop.recording()), "loop.callback")
    assert ["upload", "broadcast"] == [signal.where.function for signal in found]
    assert pytest.approx([8 / 14, 6 / 14], abs=0.02) == [signal.estimate.value for signal in found]


def test_a_function_whose_callbacks_are_mostly_short_does_not_block_the_loop():
    loop = Loop()
    short = 20 * (loop.idle(1), run(2, loop.parse))
    loop.thread(1, *short, loop.idle(1), run(6, loop.parse), *short, main=True)
    assert [] == signals_of(SPEC, loop.recording())


def test_time_in_which_the_loop_waits_for_the_gil_is_not_its_callbacks():
    loop = Loop()
    held_up = wait(20, "futex", loop.parse, loop.gil_futex)
    loop.thread(1, *4 * (loop.idle(5), run(10, loop.parse), held_up), main=True)
    loop.thread(2, run(140, loop.price))
    (blocked,) = named(signals_of(SPEC, loop.recording()), "loop.blocked")
    assert pytest.approx(0.4 / 2.6, abs=0.01) == blocked.estimate.value


def test_a_loop_that_is_blocked_for_a_tenth_of_the_time_is_under_pressure():
    loop = Loop()
    loop.thread(1, *3 * (run(1, loop.rate_limit), loop.sleep(5), loop.idle(40)), main=True)
    (blocked,) = named(signals_of(SPEC, loop.recording()), "loop.blocked")
    assert pytest.approx(1.0) == blocked.estimate.value
    calm = Loop()
    calm.thread(1, *3 * (run(1, calm.rate_limit), calm.sleep(5), calm.idle(80)), main=True)
    assert [] == signals_of(SPEC, calm.recording())


def test_before_the_first_step_there_are_no_signals():
    assert () == SPEC.signals(SPEC.start(META), 0.0)


def test_how_long_others_wait_is_told_in_the_mean():
    loop = Loop()
    loop.thread(1, *5 * (loop.idle(20), run(1, loop.rate_limit), loop.sleep(19)), main=True)
    signals = signals_of(SPEC, loop.recording())
    (delay,), (held,) = named(signals, "loop.delay"), named(signals, "loop.held")
    assert (
        pytest.approx(5 * 0.2**2 / (2 * 2.0), rel=0.02) == delay.estimate.value
    )  # a tenth of a second, half the time
    assert pytest.approx(0.5, abs=0.01) == held.estimate.value


def test_each_callback_has_its_own_durations():
    loop = Loop()
    slow, quick = (run(1, loop.rate_limit), loop.sleep(19)), (run(6, loop.store),)
    loop.thread(1, *5 * (loop.idle(10), *slow, loop.idle(10), *quick), main=True)
    lasted = named(signals_of(SPEC, loop.recording()), "loop.lasted")
    assert [("broadcast", 9, 5), ("upload", 21, 5)] == [
        (one.where.function, one.where.line, one.estimate.n) for one in lasted if one.label("of") == "longest"
    ]
    assert [0.2, 0.06] == [round(one.estimate.value, 2) for one in lasted if one.label("of") == "median"]
    assert {""} == {one.label("loop") for one in lasted}


def test_loops_of_several_threads_are_kept_apart():
    loop = Loop()
    for tid, ticks in ((1, 19), (2, 9)):
        loop.thread(tid, *5 * (loop.idle(20), run(1, loop.rate_limit), loop.sleep(ticks)), loop.idle(60))
    signals = signals_of(SPEC, loop.recording())
    longest = [one for one in named(signals, "loop.lasted") if one.label("of") == "longest"]
    assert [("thread 1 of 42", 0.2), ("thread 2 of 42", 0.1)] == [
        (one.label("loop"), round(one.estimate.value, 2)) for one in longest
    ]


def test_a_loop_of_ones_own_has_its_callback_named():
    loop = OwnLoop()
    loop.thread(1, *8 * loop.turn(*loop.asks(9)), main=True)
    signals = signals_of(SPEC, loop.recording())
    (blocked,) = named(signals, "loop.blocked")
    assert "look_up" == blocked.where.function
    assert {"handle"} == {one.where.function for one in named(signals, "loop.callback")}
