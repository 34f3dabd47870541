"""The GPUs of the host: what NVML says of them, asked of a disposable child and checked."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from perfdiag.errors import Broken, Late, Missing
from perfdiag.host.inspector import Inspector, Question
from perfdiag.text import printable

_DEADLINE = 10.0  # seconds; the driver may have to be woken
_FIRST, _LATER = 1.0, 0.25  # seconds that a look waits for an answer
_MOST = 1 << 62

# Bits of nvmlDeviceGetCurrentClocksThrottleReasons that mean less speed under load (nvml.h); idle clocks and
# clocks that somebody has set are none
THROTTLES = {
    0x4: "power cap",
    0x8: "hardware slowdown",
    0x20: "heat (software)",
    0x40: "heat (hardware)",
    0x80: "power brake",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU at one moment; None is what it does not tell. `utilization` is the part of the time since the
    driver's last reading (a sixth of a second to a second) in which at least one kernel ran; `processes`:
    bytes that each process (its id as the host counts) has on it."""

    index: int
    name: str
    utilization: float | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    power: float | None = None  # of what it may draw
    throttles: tuple[str, ...] = ()
    processes: tuple[tuple[int, int | None], ...] = ()


class Gpus(Protocol):
    """What tells about the GPUs of a host."""

    def read(self) -> tuple[Gpu, ...]:
        """All GPUs now. Missing where they cannot be read."""
        ...


class NvmlGpus:
    """Asks NVML in a child of its own; a look never waits long for the answer, Late until it has come."""

    def __init__(self, inspector: Inspector | None = None) -> None:
        self._inspector = inspector
        self._question: Question | None = None
        self._asked = False

    def read(self) -> tuple[Gpu, ...]:
        if self._inspector is None:
            self._inspector = Inspector(deadline=_DEADLINE)
        question = self._question or self._inspector.ask("gpus")
        wait, self._asked = _LATER if self._asked else _FIRST, True
        if not self._inspector.ready(question, wait):
            self._question = question
            raise Late("NVML has not answered yet")
        self._question = None
        if isinstance(question.answer, Missing):
            raise question.answer
        return gpus_of(question.answer or b"[]")


def gpus_of(answer: bytes) -> tuple[Gpu, ...]:
    """The records of what NVML was read as (JSON). Broken when it is none of that."""
    try:
        return tuple(_gpu(row) for row in json.loads(answer))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Broken(f"NVML: {type(error).__name__} in its answer") from error


def _gpu(row: dict[str, Any]) -> Gpu:
    drawn, limit = _natural(row["power_mw"]), _natural(row["power_limit_mw"])
    percent = _natural(row["utilization"])
    return Gpu(
        index=_natural(row["index"]) or 0,
        name=printable(str(row["name"]), 96),
        utilization=None if percent is None or percent > 100 else percent / 100,
        memory_used=_natural(row["memory_used"]),
        memory_total=_natural(row["memory_total"]),
        power=drawn / limit if drawn is not None and limit else None,
        throttles=tuple(_throttles(_natural(row["throttle"]) or 0)),
        processes=tuple((int(one["pid"]), _natural(one["memory"])) for one in row["processes"] or ()),
    )


def _natural(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < _MOST else None


def _throttles(bits: int) -> Iterable[str]:
    return (name for bit, name in THROTTLES.items() if bits & bit)
