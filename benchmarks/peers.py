"""perfdiag's reader beside other samplers that read a target from outside, in the same run.

    python benchmarks/peers.py [--rounds 3] [--seconds 2.5] [--austin PATH]

Nine threads at 100 Hz: some call tiny functions as fast as they can, some rest, some wait. For each sampler:
CPU per delivered stack, stacks delivered of those asked for, stacks that are no possible calls, and the work
that the target got done, as a ratio to a window of the same round in which nobody looked. Medians over
interleaved rounds. CPython 3.15 with its own sampler (Tachyon) and py-spy, 3.13 with austin and py-spy; what
is not there is left out. `make newer-pythons` gets 3.15; austin is austin-dist 3.7.0 on PyPI.
"""

import argparse
import itertools
import math
import mmap
import os
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from perfdiag.host.elf import parse_maps
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.reader import Reader

RATE, THREADS, HOT = 100, 9, 4
WARM_UP = 1.0  # seconds: every sampler has started by then
TARGET = Path(__file__).with_name("_tiny_calls.py")
SOURCE = TARGET.read_text().splitlines()

Frames = tuple[tuple[str, int], ...]  # function and line, root first; of the target's own file


class Look(NamedTuple):
    """`cpu` seconds of a window in which this many stacks were delivered, of the window's length."""

    cpu: float
    stacks: Counter[Frames]
    seconds: float


class Target:
    """The running program; `work()` counts what its hot threads got done."""

    def __init__(self, python: str, folder: Path) -> None:
        counts = folder / "counts"
        counts.write_bytes(bytes(64))
        self.process = subprocess.Popen([python, TARGET, counts], stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.process.stdout.readline()
        with counts.open("r+b") as file:
            self._counts = mmap.mmap(file.fileno(), 64, prot=mmap.PROT_READ)

    @property
    def pid(self) -> int:
        return self.process.pid

    def work(self) -> int:
        return sum(struct.unpack(f"{HOT}Q", self._counts[: 8 * HOT]))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def own_reader(target: Target, seconds: float) -> Look:
    reader = Reader(target.pid, Memory(target.pid), parse_maps(Path(f"/proc/{target.pid}/maps").read_text()))
    tids = [int(path.name) for path in Path(f"/proc/{target.pid}/task").iterdir()]
    found: Counter[int] = Counter()
    reader.tick(tids)
    cpu, due = time.process_time(), time.monotonic()
    for _ in range(int(seconds * RATE)):
        found.update(reader.tick(tids).stacks.values())
        due = max(due + 1 / RATE, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
    cpu = time.process_time() - cpu
    stacks: Counter[Frames] = Counter()
    for stack, count in found.items():
        frames = reversed(reader.frames(stack))
        stacks[tuple((f.function, f.line) for f in frames if f.file == str(TARGET))] += count
    return Look(cpu, stacks, seconds)


def command(
    words: Callable[[Target, int, Path], list[str]], frame: "re.Pattern[str]", stack: "re.Pattern[str]"
) -> Callable[[Target, float], Look]:
    """A sampler that is a program of its own. `words` make its command for a target, a duration and a file;
    in the file each line that `stack` matches is one, with its count or time; `frame` finds its frames."""

    def measure(target: Target, seconds: float) -> Look:
        duration = math.ceil(seconds + WARM_UP + 0.5)
        with tempfile.NamedTemporaryFile("r", suffix=".txt") as output:
            process = subprocess.Popen(
                words(target, duration, Path(output.name)),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(WARM_UP)
            cpu, start = _cpu_of(process.pid), time.monotonic()
            time.sleep(seconds)
            cpu, window = _cpu_of(process.pid) - cpu, time.monotonic() - start
            process.wait()
            lines = Path(output.name).read_text().splitlines()
        stacks: Counter[Frames] = Counter()
        for line in lines:
            if match := stack.search(line):
                frames = tuple((m["function"], int(m["line"])) for m in frame.finditer(line))
                stacks[frames] += int(match["count"]) if "count" in stack.groupindex else 1
        part = window / duration
        return Look(cpu / part, stacks, duration)

    return measure


def _cpu_of(pid: int) -> float:
    """CPU seconds of all threads of a process (/proc/PID/task/TID/schedstat)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def possible(frames: Frames) -> bool:
    """Does each line call the function above it, from one of the functions that a thread begins with?"""
    calls = itertools.pairwise(frames)
    begins = not frames or frames[0][0] in ("<module>", "hot", "half", "wait")
    return begins and all(f"{callee}(" in SOURCE[line - 1] for (_, line), (callee, _) in calls)


def _tachyon(python: str) -> Callable[[Target, float], Look]:
    def words(target: Target, duration: int, output: Path) -> list[str]:
        attach = [python, "-m", "profiling.sampling", "attach", "-a", "-r", str(RATE), "-d", str(duration)]
        return [*attach, "--collapsed", "-o", str(output), str(target.pid)]

    frame = re.compile(r"_tiny_calls\.py:(?P<function>[^:;]+):(?P<line>\d+)")
    return command(words, frame, re.compile(r"^tid:.* (?P<count>\d+)$"))


def _py_spy(path: str) -> Callable[[Target, float], Look]:
    def words(target: Target, duration: int, output: Path) -> list[str]:
        record = [path, "record", "--nonblocking", "--idle", "--threads", "-f", "raw", "-r", str(RATE)]
        return [*record, "-p", str(target.pid), "-d", str(duration), "-o", str(output)]

    frame = re.compile(r"(?P<function>[^;(]+) \(\S*_tiny_calls\.py:(?P<line>\d+)\)")
    return command(words, frame, re.compile(r"^thread \(.* (?P<count>\d+)$"))


def _austin(path: str) -> Callable[[Target, float], Look]:
    def words(target: Target, duration: int, output: Path) -> list[str]:
        interval = str(1_000_000 // RATE)
        return [path, "-i", interval, "-x", str(duration), "-p", str(target.pid), "-o", str(output)]

    frame = re.compile(r"_tiny_calls\.py:(?P<function>[^:;]+):(?P<line>\d+)")
    return command(words, frame, re.compile(r"^P\d+;T"))


def compare(
    python: str, samplers: dict[str, Callable[[Target, float], Look]], rounds: int, seconds: float
) -> None:
    """Print a table for one interpreter."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in samplers}
    with tempfile.TemporaryDirectory() as folder:
        target = Target(python, Path(folder))
        try:
            for _ in range(rounds):
                quiet = _speed(target, lambda: time.sleep(seconds))[0]
                for name, measure in samplers.items():
                    speed, look = _speed(target, lambda measure=measure: measure(target, seconds))
                    total = look.stacks.total()
                    wrong = sum(count for frames, count in look.stacks.items() if not possible(frames))
                    row = (
                        1e6 * look.cpu / max(1, total),
                        total / (look.seconds * RATE * THREADS),
                        wrong / max(1, total),
                        speed / quiet,
                    )
                    rows[name].append(row)
        finally:
            target.end()
    version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{version}: {THREADS} threads, {RATE} Hz, {rounds} rounds of {seconds} s")
    heads = ("CPU a stack", "of perfdiag", "delivered", "impossible", "target kept")
    print(f"  {'':22}" + "".join(f"{head:>12}" for head in heads))
    for name, values in rows.items():
        cost, delivered, wrong, kept = (statistics.median(column) for column in zip(*values, strict=True))
        pairs = zip(values, rows["perfdiag's reader"], strict=True)
        ratio = statistics.median(peer[0] / own[0] for peer, own in pairs)
        print(f"  {name:22}{cost:9.0f} us{ratio:12.2f}{delivered:12.1%}{wrong:12.2%}{kept:12.2f}")


def _speed(target: Target, act: Callable[[], Look | None]) -> tuple[float, Look]:
    """Work a second while `act` goes on, and what it returns."""
    before, start = target.work(), time.monotonic()
    look = act()
    return (target.work() - before) / (time.monotonic() - start), look or Look(0.0, Counter(), 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.5)
    parser.add_argument("--austin", default=shutil.which("austin"), help="its path")
    parser.add_argument("--older", default=shutil.which("python3.13"), help="path of a CPython 3.13")
    options = parser.parse_args()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "perfdiag" / "newer-pythons"
    newer = Path(os.environ.get("PERFDIAG_NEWER_PYTHONS") or cache) / "python3.15"
    beside = Path(sys.executable).with_name("py-spy")
    py_spy = str(beside) if beside.exists() else shutil.which("py-spy")
    peers = {"py-spy --nonblocking": _py_spy(py_spy)} if py_spy else {}
    own = {"perfdiag's reader": own_reader}
    if newer.exists():
        compare(str(newer), own | {"Tachyon": _tachyon(str(newer))} | peers, options.rounds, options.seconds)
    if options.older and options.austin:
        austin = {"austin": _austin(options.austin)}
        compare(options.older, own | austin | peers, options.rounds, options.seconds)


if __name__ == "__main__":
    main()
