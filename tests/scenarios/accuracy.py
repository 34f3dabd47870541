"""How well attribution agrees with what targets log of themselves: `python -m tests.scenarios.accuracy`.

A target makes one class of wait and logs each one on CLOCK_MONOTONIC. perfdiag records it from outside; the
share of each thread's wall time that attribution gives to the class is compared with the log.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from perfdiag.attribution.fold import Attribution
from perfdiag.model import Slice
from perfdiag.recording import Recording
from perfdiag.storage.reader import load
from tests.scenarios.runner import perfdiag
from tests.scenarios.stage import on_stage
from tests.scenarios.surroundings import wait_for_quiet
from tests.scenarios.truth import Scenario

SECONDS = 6.0
END_SECONDS = 3.0
TICKS_MADE = 0.95
WITHIN = {  # class: the difference allowed, in shares of wall time
    "network": 0.03, "lock": 0.03, "idle": 0.03, "child": 0.03, "sleep": 0.03, "gil": 0.03, "fsync": 0.10,
}  # fmt: skip
WAITS = {"network": "network", "lock": "lock", "queue": "idle", "sleep": "sleep", "child": "child",
         "gil": "gil", "fsync": "fsync"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One row of a truth log: `seconds` of a class within t0..t1."""

    tid: int
    time: str
    t0: float
    t1: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Shares of the threads' wall time that went to a class, as logged and as attributed."""

    time: str
    threads: int
    logged: float
    attributed: float
    made: float  # ticks made, of those planned

    @property
    def error(self) -> float:
        return self.attributed - self.logged


def rows_of(log: Path) -> list[Logged]:
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    return [Logged(time=row.pop("class"), **row) for row in rows]


def inside(t0: float, t1: float, window: tuple[float, float]) -> float:
    """The part of t0..t1 that lies in the window, 0 to 1."""
    if t1 <= t0:
        return float(window[0] <= t0 <= window[1])
    return max(0.0, min(t1, window[1]) - max(t0, window[0])) / (t1 - t0)


def slices_of(recording: Recording) -> list[Slice]:
    count = len(recording.ticks.ticks)
    return Attribution(recording).step(0, count, recording.window[1])[0]


def judged_window(rows: Iterable[Logged], window: tuple[float, float]) -> tuple[float, float]:
    """The recording's window; for the GIL, which is logged by the second, the whole seconds in it."""
    whole = [row for row in rows if row.time == "gil" and inside(row.t0, row.t1, window) == 1]
    return (min(row.t0 for row in whole), max(row.t1 for row in whole)) if whole else window


def agreement(time: str, rows: Sequence[Logged], recording: Recording) -> Agreement:
    """Over the threads that logged the class."""
    slices = slices_of(recording)
    rows = [row for row in rows if row.time == time]
    tids = {row.tid for row in rows}
    logged = attributed = wall = 0.0
    for tid in tids:
        own = [row for row in rows if row.tid == tid]
        window = judged_window(own, recording.window)
        wall += window[1] - window[0]
        logged += sum(row.seconds * inside(row.t0, row.t1, window) for row in own)
        parts = [part for part in slices if part.tid == tid and part.time == time]
        attributed += sum(part.weight * inside(part.t0, part.t1, window) for part in parts)
    cost = recording.meta.cost
    return Agreement(
        time=time,
        threads=len(tids),
        logged=logged / wall,
        attributed=attributed / wall,
        made=cost.made / cost.planned if cost.planned else 0.0,
    )


def _wait_for_log(log: Path) -> None:
    deadline = time.monotonic() + END_SECONDS
    while not log.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the target did not write {log}")
        time.sleep(0.05)


def measure(wait: str, seconds: float = SECONDS) -> Agreement:
    """Records a target that makes this wait, and compares."""
    scenario = Scenario(
        name=f"accuracy.{wait}",
        program="accuracy.py",
        truth=None,
        thread="",
        evidence=(),
        directory=True,
        options=("--wait", wait),
    )
    with TemporaryDirectory(prefix="perfdiag-accuracy-") as directory:
        path = Path(directory) / "run.perfdiag"
        with on_stage(scenario, log=True) as target:
            words = ("record", "-p", str(target.pid), "-d", f"{seconds:g}", "-o", str(path))
            done = perfdiag(*words, seconds=seconds)
            if done.returncode:
                raise ChildProcessError(f"perfdiag record: status {done.returncode}: {done.stderr.strip()}")
            os.kill(target.pid, signal.SIGTERM)
            _wait_for_log(target.truth_log)
            rows = rows_of(target.truth_log)
        return agreement(WAITS[wait], rows, load(str(path)))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--waits", default=",".join(WAITS), help="comma-separated")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    wrong = 0
    print("wait      threads  logged  attributed   error   ticks  host")
    for wait in options.waits.split(","):
        noise = wait_for_quiet(20)
        found = measure(wait, options.seconds)
        judged = noise.quiet and found.made >= TICKS_MADE
        wrong += judged and abs(found.error) > WITHIN[found.time]
        print(
            f"{wait:<8} {found.threads:>8} {found.logged:>7.1%} {found.attributed:>11.1%}"
            f" {found.error:>+7.1%} {found.made:>7.1%}  {noise}{'' if judged else ' (not judged)'}"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
