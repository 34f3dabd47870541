"""Which part of a training step a stack is in."""

import pytest

from perfdiag.attribution.phases import Phase, Phases, entry, loader_frame
from perfdiag.model import TimeClass
from tests.recordings_made import STDLIB, Script

TORCH = "/opt/ml/lib/python3.11/site-packages/torch"
LOOP = ("fit.py:40 fit", "fit.py:60 <module>")
CALL = f"{TORCH}/nn/modules/module.py:1787 Module._call_impl"
STEP = f"{TORCH}/optim/optimizer.py:533 Optimizer.profile_hook_step.<locals>.wrapper"
BATCH = f"{TORCH}/utils/data/dataloader.py:787 _SingleProcessDataLoaderIter._next_data"
SAVE = f"{TORCH}/serialization.py:967 save"
SYNC = f"{TORCH}/cuda/__init__.py:1209 synchronize"
GET = f"{STDLIB}/queue.py:171 Queue.get"


def phase(*lines):
    script = Script()
    return Phases(script.stacks).of(script.stack(*lines))


@pytest.mark.parametrize(
    ("expected", "frames"),
    [
        (Phase.DATA, ("words.py:3 tokenise", BATCH)),
        (Phase.FORWARD, (f"{TORCH}/nn/functional.py:9 linear", CALL)),
        (Phase.BACKWARD, (f"{TORCH}/autograd/graph.py:9 _engine_run_backward",)),
        (Phase.OPTIMISER, (f"{TORCH}/optim/sgd.py:379 _single_tensor_sgd", STEP)),
        (Phase.CHECKPOINT, (f"{TORCH}/serialization.py:1253 _save", SAVE)),
        (Phase.TRANSFER, (f"{TORCH}/nn/modules/module.py:9 Module.to",)),
        (Phase.SYNCHRONISE, (SYNC,)),
        (Phase.OTHER, ("words.py:3 tokenise",)),
        (Phase.OTHER, (f"{STDLIB}/json/__init__.py:9 step",)),
    ],
)  # fmt: skip
def test_a_frame_of_a_library_tells_the_phase(expected, frames):
    assert expected == phase(*frames, *LOOP)


def test_a_model_in_a_data_set_is_part_of_making_data():
    assert Phase.DATA == phase(CALL, "words.py:3 embed", BATCH, *LOOP)


def test_what_the_closure_of_an_optimiser_does_is_not_the_optimisers():
    assert Phase.FORWARD == phase(CALL, "fit.py:22 closure", STEP, *LOOP)


def test_a_wait_for_the_accelerator_is_one_also_within_the_model():
    assert Phase.SYNCHRONISE == phase(SYNC, "net.py:5 Net.forward", CALL, *LOOP)


def test_an_unknown_stack_is_in_no_phase():
    assert Phase.OTHER == Phases([]).of(-1)
    assert entry(()) is None


def told(script, *rows):
    return Phases(script.stacks).told(rows)


def test_what_a_function_that_saves_does_with_files_belongs_to_the_checkpoint():
    script = Script()
    script.stack(SAVE, "fit.py:30 keep", *LOOP)
    sync = script.stack("fit.py:31 keep", *LOOP)
    other = script.stack("fit.py:99 log", *LOOP)
    found = told(script, (sync, TimeClass.RUNQUEUE), (sync, TimeClass.FSYNC), (other, TimeClass.FSYNC))
    assert {sync: Phase.CHECKPOINT, other: Phase.OTHER} == found


def test_what_it_computes_besides_is_not_part_of_it():
    script = Script()
    script.stack(SAVE, "fit.py:30 fit", "fit.py:60 <module>")
    loop = script.stack("fit.py:40 fit", "fit.py:60 <module>")
    assert {loop: Phase.OTHER} == told(script, (loop, TimeClass.PYTHON))


def test_a_wait_for_a_queue_in_the_loop_is_one_for_data():
    script = Script()
    get = script.stack(GET, *LOOP)
    assert {get: Phase.DATA} == told(script, (get, TimeClass.IDLE))


def test_the_loader_of_a_wait_is_its_innermost_frame():
    script = Script()
    inner = f"{TORCH}/utils/data/dataloader.py:1468 _MultiProcessingDataLoaderIter._next_data"
    outer = f"{TORCH}/utils/data/dataloader.py:741 _BaseDataLoaderIter.__next__"
    stacks = [script.stack(GET, inner, outer, *LOOP), script.stack(GET, *LOOP)]
    frames = [loader_frame(script.stacks[stack].frames) for stack in stacks]
    assert ["_MultiProcessingDataLoaderIter._next_data", None] == [
        frame and frame.function for frame in frames
    ]
