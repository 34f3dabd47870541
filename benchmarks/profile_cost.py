"""What a whole `perfdiag profile` costs: a target of fifty threads of which ten, or all, move.

Sampling is the CPU of the sampler child per second of the look, start and diagnosis the CPU of the rest of
the command; PSS is the largest sum over all its processes, read ten times a second.

    python benchmarks/profile_cost.py [--seconds 10]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

TARGET = """
import sys, threading, time
def work(level):
    if level:
        return work(level - 1)
    while True:
        sum(i * i for i in range(200))
        time.sleep(0.004)
def wait():
    threading.Event().wait()
moving = int(sys.argv[1])
for number in range(49):
    target, words = (work, (15,)) if number < moving else (wait, ())
    threading.Thread(target=target, args=words, daemon=True).start()
print("ready", flush=True)
wait()
"""


def family(leader: int) -> list[int]:
    """The process and what descends from it."""
    found = [leader]
    for pid in found:
        try:
            found += [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            continue
    return found


def pss(pids: list[int]) -> int:
    """Bytes; processes that have ended count nothing."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def measure(moving: int, seconds: float) -> str:
    target = subprocess.Popen([sys.executable, "-c", TARGET, str(moving)], stdout=subprocess.PIPE)
    assert target.stdout is not None
    target.stdout.readline()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "perfdiag", "profile", "-p", str(target.pid), "-d", f"{seconds:g}"]
    profile = subprocess.Popen([*command, "-f", "json"], stdout=subprocess.PIPE)
    most = 0
    os.set_blocking(profile.stdout.fileno(), False)  # type: ignore[union-attr]
    output = b""
    while profile.poll() is None:
        most = max(most, pss(family(profile.pid)))
        output += profile.stdout.read() or b""  # type: ignore[union-attr]
        time.sleep(0.1)
    output += profile.stdout.read() or b""  # type: ignore[union-attr]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    target.kill()
    target.wait()
    cost = json.loads(output)["meta"]["cost"]
    everything = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    sampling, rest = cost["sampler_cpu"], everything - cost["sampler_cpu"]
    made = cost["made"] / cost["planned"]
    return (
        f"  {moving:2} of 50 threads move: sampling {100 * sampling / seconds:4.1f} % of a core,"
        f" start and diagnosis {rest:.2f} s CPU, PSS {most / 1e6:.0f} MB, {100 * made:.0f} % of ticks"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=10.0)
    seconds = parser.parse_args().seconds
    for moving in (10, 49):
        print(measure(moving, seconds))


if __name__ == "__main__":
    main()
