"""What one look at all processes costs beside psutil: CPU per process, interleaved, over sleeping processes.

python benchmarks/sweep.py [--processes 500] [--pairs 11]

Both give name, start, CPU times, resident memory and threads of every process; the sweep gives the control
group and the run-queue wait too. A share of the processes computes between two looks, as on a host that has
work.
"""

import argparse
import os
import signal
import statistics
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

import perfdiag.collectors
from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.sweep import Sweep
from perfdiag.plugins import Collector, discover

BUSY = 20  # one in so many moves between two looks


def start(number: int) -> list[int]:
    """Processes that sleep; every BUSY-th spins a moment at each SIGUSR1."""
    pids = []
    for _ in range(number):
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGUSR1, lambda *_: sum(range(300_000)))
            while True:
                signal.pause()
        pids.append(pid)
    return pids


def with_psutil() -> int:
    count = 0
    for process in psutil.process_iter():
        try:
            with process.oneshot():
                process.name(), process.create_time(), process.cpu_times()
                process.memory_info(), process.num_threads()
        except psutil.Error:
            continue
        count += 1
    return count


def cpu_each(look: Callable[[], int]) -> float:
    """Microseconds of CPU for each process."""
    before = time.process_time()
    count = look()
    return 1e6 * (time.process_time() - before) / count


def collectors_ms(host: Host) -> float:
    """CPU milliseconds of all collectors of the host, once."""
    found = [one for one in discover(perfdiag.collectors, Collector) if one.scope == "host"]
    before = time.process_time()
    for one in found:
        with suppress(Missing):
            list(one.collect(host, None))
    return 1e3 * (time.process_time() - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--processes", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=11)
    arguments = parser.parse_args()
    pids, host = start(arguments.processes), Host()
    sweep = Sweep(host)
    try:
        seen, _ = len(sweep.take()), with_psutil()
        pairs = []
        for _ in range(arguments.pairs):
            for pid in pids[::BUSY]:
                os.kill(pid, signal.SIGUSR1)
            time.sleep(0.2)
            pairs.append((cpu_each(lambda: len(sweep.take())), cpu_each(with_psutil)))
        collectors = statistics.median(collectors_ms(host) for _ in range(arguments.pairs))
    finally:
        sweep.close()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    ours, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    ratios = sorted(their / our for our, their in pairs)
    print(f"  {seen} processes: sweep {ours:.1f} µs each, psutil {theirs:.1f} µs each")
    print(f"  psutil / sweep: {statistics.median(ratios):.1f} [{ratios[0]:.1f} .. {ratios[-1]:.1f}]")
    share = 300 * ours / 1e6 + collectors / 1e3
    print(f"  collectors {collectors:.2f} ms; with 300 processes once a second {share:.2%} of a core")


if __name__ == "__main__":
    main()
