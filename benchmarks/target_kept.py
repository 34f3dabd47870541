"""How much of a target's throughput is left while it is profiled: perfdiag and py-spy, interleaved.

The target counts its work in a file mapped into memory: eight threads that all want the GIL, stacks twenty
frames deep. Each pair is a window with a sampler beside a window without one on either side; the ratio of the
two is what is kept. Medians with a 95 % interval for the median (order statistics).

    python benchmarks/target_kept.py [--pairs 40] [--threads 8] [--window 0.7]
"""

import argparse
import mmap
import os
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TARGET = """
import ctypes, mmap, os, sys, threading
with open(sys.argv[1], "r+b") as file:
    shared = mmap.mmap(file.fileno(), 4096)
counters = (ctypes.c_uint64 * 512).from_buffer(shared)
def deep(level, number):
    if level:
        return deep(level - 1, number)
    total = 0
    while os.getppid() == parent:
        for i in range(200):
            total += i * i
        counters[number] += 1
parent = os.getppid()
for number in range(int(sys.argv[2])):
    threading.Thread(target=deep, args=(18, number), daemon=True).start()
threading.Event().wait()
"""

SETTLE = 0.45  # seconds for a sampler to attach


class Target:
    """A process that counts its work."""

    def __init__(self, threads: int) -> None:
        self._file = tempfile.NamedTemporaryFile()
        self._file.write(bytes(4096))
        self._file.flush()
        self._shared = mmap.mmap(self._file.fileno(), 4096, prot=mmap.PROT_READ)
        self.process = subprocess.Popen([sys.executable, "-c", TARGET, self._file.name, str(threads)])

    def work(self) -> int:
        return sum(struct.unpack("<512Q", self._shared[:4096]))

    def rate(self, seconds: float) -> float:
        before, start = self.work(), time.perf_counter()
        time.sleep(seconds)
        return (self.work() - before) / (time.perf_counter() - start)


def perfdiag(pid: int) -> list[str]:
    return [sys.executable, "-m", "perfdiag", "profile", "-p", str(pid), "-d", "60", "-q"]


def py_spy(pid: int, *extra: str) -> list[str]:
    program = str(Path(sys.executable).parent / "py-spy")
    options = ["-r", "100", "-d", "60", "-f", "raw", "-o", os.devnull]
    return [program, "record", "-p", str(pid), *options, *extra]


def kept(target: Target, command: Callable[[int], list[str]], window: float) -> tuple[float, float]:
    """(ratio kept, CPU share of the sampler) of one pair of windows."""
    before = target.rate(window)
    sampler = subprocess.Popen(
        command(target.process.pid),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(SETTLE)
    cpu = group_cpu(sampler.pid)
    during = target.rate(window)
    used = (group_cpu(sampler.pid) - cpu) / window
    os.killpg(sampler.pid, signal.SIGKILL)
    sampler.wait()
    time.sleep(0.1)
    after = target.rate(window)
    return during / ((before + after) / 2), used


def group_cpu(session: int) -> float:
    """CPU seconds of all processes of a session or started by its leader (schedstat)."""
    total = 0.0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                if session in (int(fields[3]), int(fields[1]), int(name)):
                    total += int(Path(f"/proc/{name}/schedstat").read_text().split()[0]) / 1e9
            except (OSError, ValueError):
                continue
    return total


def interval(values: list[float]) -> tuple[float, float, float]:
    """Median and its 95 % interval by order statistics (normal approximation of the binomial rank)."""
    ordered, n = sorted(values), len(values)
    reach = 0.98 * n**0.5
    low = ordered[max(0, int(n / 2 - reach))]
    high = ordered[min(n - 1, int(n / 2 + reach))]
    return statistics.median(ordered), low, high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--window", type=float, default=0.7)
    arguments = parser.parse_args()
    samplers: dict[str, Callable[[int], list[str]]] = {
        "perfdiag profile": perfdiag,
        "py-spy record": py_spy,
        "py-spy record --nonblocking": lambda pid: py_spy(pid, "--nonblocking"),
    }
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in samplers}
    target = Target(arguments.threads)
    try:
        time.sleep(1.0)
        for number in range(arguments.pairs):
            for name, command in samplers.items():
                if name == "perfdiag profile" or number % 4 == 0:  # the peer's loss is plain after ten pairs
                    results[name].append(kept(target, command, arguments.window))
    finally:
        target.process.kill()
        target.process.wait()
    print(f"target kept, {arguments.threads} threads at the GIL, 20 frames deep, 100 Hz")
    for name, rows in results.items():
        median, low, high = interval([ratio for ratio, _ in rows])
        cpu = statistics.median(used for _, used in rows)
        print(
            f"  {name:28} {median:.3f} [{low:.3f}, {high:.3f}]  n {len(rows)}  sampler CPU {100 * cpu:.1f} %"
        )


if __name__ == "__main__":
    main()
