"""Phases of training loops, and their steps."""

import pytest

from perfdiag.analyzers.training import SPEC, training_table
from perfdiag.attribution.fold import Attribution
from perfdiag.plugins import Signals, Step
from perfdiag.timetable import TimeTable
from tests.analyzers.folded import signals_of
from tests.attribution.test_phases import BATCH, CALL, LOOP, SAVE, TORCH
from tests.recordings_made import Script, run, wait

BACKWARD = f"{TORCH}/_tensor.py:7 Tensor.backward"


def training(steps=40, *, data=2, forward=4, backward=5, other=1):
    """A loop whose step takes so many ticks."""
    script = Script()
    batch, call, back, loop = (script.stack(*lines, *LOOP) for lines in ((BATCH,), (CALL,), (BACKWARD,), ()))
    acts = [
        act
        for _ in range(steps)
        for act in (run(data, batch), run(forward, call), run(backward, back), run(other, loop))
        if act.ns
    ]
    script.thread(42, *acts, main=True)
    return script


def phases(recording):
    found = Signals(signals_of(SPEC, recording)).all("training.phase")
    return {signal.label("phase"): round(signal.estimate.value, 2) for signal in found}


def row(recording):
    (only,) = training_table(Signals(signals_of(SPEC, recording)))
    return only


def test_the_time_of_a_loop_is_told_by_phases():
    expected = {"data wait": 0.17, "forward": 0.33, "backward": 0.42, "other": 0.08}
    assert expected == pytest.approx(phases(training().recording()), abs=0.02)


def test_steps_are_counted_by_gradients_that_are_begun():
    found = row(training(steps=40).recording())
    assert "backward" == found.counted
    assert pytest.approx(100 / 12, rel=0.05) == found.steps.value
    assert found.steps.low <= 100 / 12 <= found.steps.high
    assert 40 == found.steps.n


def test_steps_that_are_shorter_than_two_looks_are_not_counted():
    script = training(steps=300, data=0.4, forward=0.3, backward=0.5, other=0.3)
    found = row(script.recording())
    assert found.steps is None
    assert "" == found.counted


def test_gradients_too_short_to_be_met_are_not_what_is_counted():
    found = row(training(steps=40, data=12, forward=6, backward=0.5).recording())
    assert "data wait" == found.counted
    assert pytest.approx(100 / 19.5, rel=0.05) == found.steps.value


def test_a_server_that_only_predicts_has_no_training():
    script = Script()
    script.thread(42, run(200, script.stack(CALL, *LOOP)), main=True)
    assert () == training_table(Signals(signals_of(SPEC, script.recording())))


def test_only_threads_that_train_are_in_the_table():
    script = training()
    script.thread(43, wait(400, "futex", script.stack(SAVE, "keep.py:9 keep_all")), name="keeper")
    assert ["main thread"] == [
        one.group for one in training_table(Signals(signals_of(SPEC, script.recording())))
    ]


@pytest.mark.parametrize("pieces", [1, 3, 7])
def test_folding_in_pieces_equals_folding_at_once(pieces):
    recording = training().recording()
    attribution, table = Attribution(recording), TimeTable(start=recording.window[0])
    slices, groups = attribution.step(0, len(recording.ticks.ticks), recording.window[1])
    for part in slices:
        table.add(part, groups[part.process, part.tid])
    slices.sort(key=lambda part: part.t0)
    state = SPEC.start(recording.meta)
    for number in range(pieces):
        part = slices[number * len(slices) // pieces : (number + 1) * len(slices) // pieces]
        step = Step(
            snapshot=recording.snapshots[-1], slices=part, table=table, processes=recording.processes,
            threads=recording.threads, objects=recording.objects, stacks=recording.stacks,
        )  # fmt: skip
        state = SPEC.step(state, step)
    steps = Signals(SPEC.signals(state, recording.window[1])).first("training.steps")
    assert 40 == steps.estimate.n
