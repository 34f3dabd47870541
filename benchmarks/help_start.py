"""What `perfdiag --help` costs beside an empty click program: CPU and wall of whole processes, interleaved.

python benchmarks/help_start.py [--pairs 20]
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time

EMPTY = "import click\n@click.group()\ndef main(): pass\nmain()"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "empty click program": [sys.executable, "-c", EMPTY, "--help"],
    "perfdiag --help": [sys.executable, "-m", "perfdiag", "--help"],
}


def run(command: list[str]) -> tuple[float, float]:
    """(CPU seconds, wall seconds) of one run."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=20)
    pairs = parser.parse_args().pairs
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for _ in range(pairs):
        for name, command in COMMANDS.items():
            rows[name].append(run(command))
    base = statistics.median(cpu for cpu, _ in rows["empty click program"])
    for name, values in rows.items():
        cpu = statistics.median(value for value, _ in values)
        wall = statistics.median(value for _, value in values)
        times = f"CPU {1000 * cpu:4.0f} ms  wall {1000 * wall:4.0f} ms"
        print(f"  {name:22} {times}  {cpu / base:.2f} of empty click")


if __name__ == "__main__":
    main()
