"""Which part of a training step a stack is in: data, not code.

A row names a file by its last parts and a function by the last part of its name, of PyTorch and of what
stands on it. The outermost match tells the phase, for a data set may well run a model; but what a closure
does that an optimiser calls is not the optimiser's, and a wait for an accelerator is one wherever it stands.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from perfdiag.attribution.groups import user_frame
from perfdiag.attribution.places import function_key
from perfdiag.attribution.waits import waits_for
from perfdiag.model import Frame, Stack, TimeClass


class Phase(StrEnum):
    DATA = "data wait"
    TRANSFER = "host to device"
    FORWARD = "forward"
    BACKWARD = "backward"
    OPTIMISER = "optimiser"
    CHECKPOINT = "checkpoint"
    SYNCHRONISE = "synchronise"
    OTHER = "other"


TRAINS = frozenset({Phase.BACKWARD, Phase.OPTIMISER})  # what only a training loop does

PHASES: dict[tuple[str, str], Phase] = {
    # the next batch: made here, or waited for
    ("utils/data/dataloader.py", "_next_data"): Phase.DATA,
    ("utils/data/dataloader.py", "__next__"): Phase.DATA,
    ("utils/data/dataloader.py", "__iter__"): Phase.DATA,
    ("stateful_dataloader/stateful_dataloader.py", "_next_data"): Phase.DATA,
    ("data/ops/iterator_ops.py", "_next_internal"): Phase.DATA,  # TensorFlow
    # a batch or a model to its device
    ("nn/modules/module.py", "to"): Phase.TRANSFER,
    ("nn/modules/module.py", "cuda"): Phase.TRANSFER,
    ("data/_utils/pin_memory.py", "pin_memory"): Phase.TRANSFER,
    ("accelerate/utils/operations.py", "send_to_device"): Phase.TRANSFER,
    ("fabric/utilities/apply_func.py", "move_data_to_device"): Phase.TRANSFER,
    ("lightning_fabric/utilities/apply_func.py", "move_data_to_device"): Phase.TRANSFER,
    # the model and the loss
    ("nn/modules/module.py", "_call_impl"): Phase.FORWARD,
    ("nn/modules/module.py", "_wrapped_call_impl"): Phase.FORWARD,
    # gradients
    ("torch/_tensor.py", "backward"): Phase.BACKWARD,
    ("torch/autograd/__init__.py", "backward"): Phase.BACKWARD,
    ("torch/autograd/__init__.py", "grad"): Phase.BACKWARD,
    ("torch/autograd/graph.py", "_engine_run_backward"): Phase.BACKWARD,
    # every `step` of an optimiser is called through this wrapper
    ("optim/optimizer.py", "wrapper"): Phase.OPTIMISER,
    ("optim/optimizer.py", "zero_grad"): Phase.OPTIMISER,
    ("optim/lr_scheduler.py", "step"): Phase.OPTIMISER,
    # weights to a file
    ("torch/serialization.py", "save"): Phase.CHECKPOINT,
    ("distributed/checkpoint/state_dict_saver.py", "save"): Phase.CHECKPOINT,
    ("safetensors/torch.py", "save_file"): Phase.CHECKPOINT,
    ("safetensors/torch.py", "save_model"): Phase.CHECKPOINT,
    # the host waits for its accelerator
    ("torch/cuda/__init__.py", "synchronize"): Phase.SYNCHRONISE,
    ("torch/cuda/streams.py", "synchronize"): Phase.SYNCHRONISE,
    ("torch/xpu/__init__.py", "synchronize"): Phase.SYNCHRONISE,
    ("torch/xpu/streams.py", "synchronize"): Phase.SYNCHRONISE,
    ("torch/mps/__init__.py", "synchronize"): Phase.SYNCHRONISE,
    ("jax/_src/api.py", "block_until_ready"): Phase.SYNCHRONISE,
}

_TO_FILES = frozenset({TimeClass.FSYNC, TimeClass.WRITE, TimeClass.DISK})


@lru_cache(maxsize=4096)
def _named(file: str, function: str) -> Phase | None:
    parts, name = file.split("/"), function.rpartition(".")[2]
    keys = (("/".join(parts[-count:]), name) for count in (2, 3, 4))
    return next((PHASES[key] for key in keys if key in PHASES), None)


def _of_frame(frame: Frame) -> Phase | None:
    return _named(frame.file, frame.function)


def entry(frames: Sequence[Frame]) -> tuple[Phase, int] | None:
    """The phase of a stack, and the position of the frame that tells it; None where nothing does."""
    found: tuple[Phase, int] | None = None
    for position in range(len(frames) - 1, -1, -1):  # from the root
        phase = _of_frame(frames[position])
        if phase is Phase.SYNCHRONISE:
            return phase, position
        if phase is not None and (found is None or found[0] is Phase.OPTIMISER is not phase):
            found = phase, position
    return found


def loader_frame(frames: Sequence[Frame]) -> Frame | None:
    """Where a loop asks its loader for a batch: the innermost such frame; None where it does not."""
    return next((frame for frame in frames if _of_frame(frame) is Phase.DATA), None)


class Phases:
    """The phases of stacks, which may grow behind it."""

    def __init__(self, stacks: Sequence[Stack]) -> None:
        self._stacks = stacks
        self._known: dict[int, Phase | None] = {}

    def of(self, stack: int) -> Phase:
        """By the frames of the libraries alone."""
        return self._entered(stack) or Phase.OTHER

    def told(self, rows: Iterable[tuple[int, TimeClass]]) -> dict[int, Phase]:
        """The phase of each stack of the rows (stack, class of time). What a function that calls for a
        checkpoint does with files besides (fsync, rename) belongs to it; a wait for a helper or a queue is
        one for data."""
        found: dict[int, Phase] = {}
        savers: set[str] | None = None
        for stack, time in rows:
            if found.get(stack, Phase.OTHER) is not Phase.OTHER:
                continue
            found[stack] = self.of(stack)
            if stack < 0 or found[stack] is not Phase.OTHER:
                continue
            frames = self._stacks[stack].frames
            if waits_for(frames) in (TimeClass.IDLE, TimeClass.CHILD):
                found[stack] = Phase.DATA
            elif time in _TO_FILES and (frame := user_frame(frames)) is not None:
                savers = set(_callers(self._stacks)) if savers is None else savers
                if function_key(frame) in savers:
                    found[stack] = Phase.CHECKPOINT
        return found

    def _entered(self, stack: int) -> Phase | None:
        if stack < 0:
            return None
        if stack not in self._known:
            found = entry(self._stacks[stack].frames)
            self._known[stack] = found[0] if found else None
        return self._known[stack]


def _callers(stacks: Iterable[Stack]) -> Iterable[str]:
    """The functions that call for a checkpoint."""
    for stack in stacks:
        found = entry(stack.frames)
        if found and found[0] is Phase.CHECKPOINT and found[1] + 1 < len(stack.frames):
            yield function_key(stack.frames[found[1] + 1])
