"""Takes evidence for a scenario without perfdiag: `python -m tests.scenarios.evidence [NAME,...]`.

For the threads that matter (those with `Scenario.thread` on their stack) over a few seconds: what py-spy sees
on their stacks, the state and system call that /proc shows, the scheduler's own accounts, the cgroup's, and
the target's truth log. What it prints goes into the scenario's file by hand.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scenarios.scoring import last_name
from tests.scenarios.servers import Unavailable
from tests.scenarios.stage import Target, chosen, on_stage
from tests.scenarios.truth import Scenario

SECONDS = 4.0
LOOKS_PER_DUMP = 4
CALLS = {  # of x86-64; others are shown by number
    "0": "read", "7": "poll", "45": "recvfrom", "61": "wait4", "74": "fsync", "75": "fdatasync",
    "202": "futex", "219": "restart_syscall", "230": "clock_nanosleep",
}  # fmt: skip


@dataclass(slots=True)
class Looks:
    """What was seen of the threads that matter."""

    stacks: Counter[str] = field(default_factory=Counter)  # innermost function, and 'in WHERE'
    calls: Counter[str] = field(default_factory=Counter)
    tids: set[int] = field(default_factory=set)
    failed: int = 0


def dump(pid: int) -> list[dict[str, Any]]:
    """The threads of a process as py-spy sees them, stopped for a moment."""
    command = [str(Path(sys.executable).with_name("py-spy")), "dump", "--json", "--pid", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    return list(json.loads(done.stdout)) if done.returncode == 0 else []


def matters(thread: Mapping[str, Any], scenario: Scenario) -> bool:
    return any(last_name(frame["name"]) == scenario.thread for frame in thread["frames"])


def count_stacks(threads: Iterable[Mapping[str, Any]], scenario: Scenario, looks: Looks) -> None:
    where = scenario.truth.where if scenario.truth else None
    for thread in threads:
        if not matters(thread, scenario):
            continue
        looks.tids.add(thread["os_thread_id"])
        names = [last_name(frame["name"]) for frame in thread["frames"]]
        looks.stacks[f"leaf {names[0]}"] += 1
        looks.stacks[f"in {where}" if where in names else f"not in {where}"] += 1


def blocked_call(pid: int, tid: int) -> str:
    """'R', or the state and the system call in which a thread waits; proc_pid_syscall(5)."""
    try:
        text = Path(f"/proc/{pid}/task/{tid}/syscall").read_text().split()
        state = Path(f"/proc/{pid}/task/{tid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"
    if text[0] == "running" or state == "R":
        return "R"
    return f"{state} {CALLS.get(text[0], text[0])}"


def schedstat(pid: int, tids: Iterable[int]) -> tuple[float, float]:
    """(CPU, run queue) seconds of the threads so far."""
    rows = [Path(f"/proc/{pid}/task/{tid}/schedstat").read_text().split() for tid in tids]
    return sum(int(row[0]) for row in rows) / 1e9, sum(int(row[1]) for row in rows) / 1e9


def periods(target: Target) -> tuple[int, int]:
    """(all, throttled) periods of the target's cgroup so far; (0, 0) without one."""
    if target.group is None:
        return 0, 0
    rows = dict(line.split() for line in (target.group / "cpu.stat").read_text().splitlines())
    return int(rows["nr_periods"]), int(rows["nr_throttled"])


def logged(path: Path, tids: set[int], t0: float, t1: float) -> Counter[str]:
    """Seconds of each class that the truth log has for these threads between t0 and t1."""
    seconds: Counter[str] = Counter()
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if row["tid"] in tids and row["t1"] > row["t0"]:
            inside = max(0.0, min(row["t1"], t1) - max(row["t0"], t0)) / (row["t1"] - row["t0"])
            seconds[row["class"]] += row["seconds"] * inside
    return seconds


def show(title: str, counts: Mapping[str, float], whole: float) -> None:
    parts = sorted(counts.items(), key=lambda item: -item[1])[:8]
    print(f"  {title:<22}" + "  ".join(f"{name} {value / whole:.3f}" for name, value in parts if whole))


def take(scenario: Scenario) -> None:
    looks = Looks()
    with on_stage(scenario, log=True) as target:
        count_stacks(dump(target.pid), scenario, looks)
        t0, before, unlimited = time.monotonic(), schedstat(target.pid, looks.tids), periods(target)
        while time.monotonic() - t0 < SECONDS:
            for _ in range(LOOKS_PER_DUMP):
                time.sleep(0.03)
                looks.calls.update(blocked_call(target.pid, tid) for tid in looks.tids)
            count_stacks(dump(target.pid), scenario, looks)
        t1, after, limited = time.monotonic(), schedstat(target.pid, looks.tids), periods(target)
        # The target ends here and writes its log, which goes with the directory: keep a copy.
        subprocess.run(["kill", "-TERM", str(target.pid)], check=True)
        time.sleep(0.5)
        classes = logged(target.truth_log, looks.tids, t0, t1) if target.truth_log.exists() else Counter()
    wall = (t1 - t0) * len(looks.tids)
    print(f"{scenario.name}: {len(looks.tids)} threads with {scenario.thread}, {t1 - t0:.1f} s")
    show("py-spy dump", looks.stacks, sum(looks.stacks.values()) / 2)
    show("/proc state, call", looks.calls, looks.calls.total())
    show("schedstat", {"cpu": after[0] - before[0], "run queue": after[1] - before[1]}, wall)
    show("truth log", classes, wall)
    if target.group:
        show("cpu.stat", {"throttled": limited[1] - unlimited[1]}, limited[0] - unlimited[0])


def main() -> None:
    for scenario in chosen(sys.argv[1] if len(sys.argv) > 1 else ""):
        try:
            take(scenario)
        except Unavailable as missing:
            print(f"{scenario.name}: not taken, {missing}")


if __name__ == "__main__":
    main()
