"""The clock, as a parameter: replay and tests bring their own."""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Monotonic nanoseconds, wall seconds since 1970, and a way to wait."""

    def monotonic_ns(self) -> int: ...

    def wall(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """CLOCK_MONOTONIC and CLOCK_REALTIME."""

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()

    def wall(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
