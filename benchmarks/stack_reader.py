"""CPU per delivered thread stack: perfdiag's reader beside `py-spy record`, in the same run.

    python benchmarks/stack_reader.py [--rounds 3] [--seconds 2.5] [--python PATH]

Rounds are interleaved (reader, py-spy, py-spy --nonblocking) and the medians of the ratios of each round are
printed. All count every thread of the target in every tick at 100 Hz, idle ones included. CPU is that of the
sampling alone: the start of either program is left out.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from perfdiag.host.elf import parse_maps
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.reader import Reader

RATE = 100
WARM_UP = 0.7  # seconds: py-spy has started by then
TARGET = """
import threading, time, queue

def deep(frames, function):
    return deep(frames - 1, function) if frames else function()

def hot():
    x = 0
    while True:
        for _ in range(1000):
            x = x * 31 & 0xFFFFF

def half():
    while True:
        deadline = time.perf_counter() + 0.01
        while time.perf_counter() < deadline:
            sum(range(100))
        time.sleep(0.01)

lock = threading.Lock()

def contend():
    while True:
        with lock:
            time.sleep(0.005)

def wait():
    queue.Queue().get()

threads = {1: (), 9: (hot, hot, half, half, half, contend, contend, wait)}[%d]
for function in threads:
    threading.Thread(target=deep, args=(18, function), daemon=True).start()
print("ready", flush=True)
deep(18, hot)
"""


def measure_reader(pid: int, seconds: float) -> tuple[float, int]:
    """CPU seconds and stacks delivered, of all threads in each tick."""
    reader = Reader(pid, Memory(pid), parse_maps(Path(f"/proc/{pid}/maps").read_text()))
    tids = [int(path.name) for path in Path(f"/proc/{pid}/task").iterdir()]
    reader.tick(tids)
    before, cpu = reader.stats.stacks, time.process_time()
    due = time.monotonic()
    for _ in range(int(seconds * RATE)):
        reader.tick(tids)
        due = max(due + 1 / RATE, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
    return time.process_time() - cpu, reader.stats.stacks - before


def _cpu_of(pid: int) -> float:
    """CPU seconds of all threads of a process (/proc/PID/task/TID/schedstat)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def measure_py_spy(py_spy: str, pid: int, seconds: float, *options: str) -> tuple[float, int]:
    """As `measure_reader`, over the part of the recording that follows its warm-up."""
    duration = round(seconds + WARM_UP + 0.5)
    command = [py_spy, "record", "-p", str(pid), "-d", str(duration), "-r", str(RATE), "-f", "raw"]
    with subprocess.Popen(
        [*command, "--idle", "--threads", "-o", "/dev/stdout", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        time.sleep(WARM_UP)
        cpu, start = _cpu_of(process.pid), time.monotonic()
        time.sleep(seconds)
        cpu, window = _cpu_of(process.pid) - cpu, time.monotonic() - start
        output, _ = process.communicate()
    # 'frame;frame;frame 12' for each distinct stack
    stacks = sum(int(line.rpartition(" ")[2]) for line in output.splitlines() if line.startswith("thread ("))
    return cpu, round(stacks * window / duration)


def compare(python: str, py_spy: str, threads: int, rounds: int, seconds: float) -> None:
    with subprocess.Popen([python, "-c", TARGET % threads], stdout=subprocess.PIPE) as target:
        try:
            target.stdout.readline()
            costs: dict[str, list[float]] = {"reader": [], "py-spy": [], "py-spy --nonblocking": []}
            for _ in range(rounds):
                for name in costs:
                    if name == "reader":
                        cpu, stacks = measure_reader(target.pid, seconds)
                    else:
                        cpu, stacks = measure_py_spy(py_spy, target.pid, seconds, *name.split()[1:])
                    costs[name].append(1e6 * cpu / max(1, stacks))
        finally:
            target.kill()
    print(f"{threads} thread(s), 20 frames deep, {RATE} Hz, {rounds} rounds of {seconds} s:")
    for name, values in costs.items():
        ratio = statistics.median(own / peer for own, peer in zip(costs["reader"], values, strict=True))
        line = f"  {name:22}{statistics.median(values):8.1f} us CPU a stack"
        print(line if name == "reader" else f"{line}   reader / {name} = {ratio:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.5)
    parser.add_argument("--python", default=sys.executable, help="interpreter of the target")
    options = parser.parse_args()
    beside = Path(sys.executable).with_name("py-spy")
    py_spy = str(beside) if beside.exists() else shutil.which("py-spy")
    if py_spy is None:
        parser.error("py-spy is not installed")
    for threads in (1, 9):
        compare(options.python, py_spy, threads, options.rounds, options.seconds)


if __name__ == "__main__":
    main()
