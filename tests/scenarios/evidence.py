"""Takes evidence for a scenario without perfdiag: `python -m tests.scenarios.evidence [NAME,...]`.

For the threads that matter (those with `Scenario.thread` on their stack) over a few seconds: what py-spy sees
on their stacks, the state and system call that /proc shows, the scheduler's accounts, and the target's truth
log; for its processes faults, memory and descriptors; for the host pressure and segments sent again. What it
prints goes into the scenario's file by hand.
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

from tests.scenarios.counters import (
    Thread,
    blocked_call,
    holdings_of,
    pressure,
    segments,
    threads_of,
    times_of,
    tree_of,
)
from tests.scenarios.scoring import last_name
from tests.scenarios.servers import Unavailable
from tests.scenarios.stage import Target, chosen, on_stage
from tests.scenarios.truth import Scenario

SECONDS = 4.0
LOOKS_PER_DUMP = 4


@dataclass(slots=True)
class Looks:
    """What was seen of the threads that matter."""

    stacks: Counter[str] = field(default_factory=Counter)  # innermost function, and 'in WHERE'
    calls: Counter[str] = field(default_factory=Counter)
    number: int = 0
    rising: Counter[str] = field(default_factory=Counter)  # looks at which it was more than at the one before
    last: Counter[str] = field(default_factory=Counter)
    threads: set[Thread] = field(default_factory=set)


def dump(pid: int) -> list[dict[str, Any]]:
    """The threads of a process as py-spy sees them, stopped for a moment."""
    command = [str(Path(sys.executable).with_name("py-spy")), "dump", "--json", "--pid", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    return list(json.loads(done.stdout)) if done.returncode == 0 else []


def count_stacks(pid: int, scenario: Scenario, looks: Looks) -> None:
    where = scenario.truth.where if scenario.truth else None
    for thread in dump(pid):
        names = [last_name(frame["name"]) for frame in thread["frames"]]
        if scenario.thread not in ("", *names):
            continue
        looks.threads.add((pid, thread["os_thread_id"]))
        looks.stacks[f"leaf {names[0]}" if names else "leaf -"] += 1
        looks.stacks[f"in {where}" if where in names else f"not in {where}"] += 1


def look(target: Target, scenario: Scenario, looks: Looks) -> list[int]:
    """One look at each process; which they are."""
    pids = tree_of(target.pid) if scenario.tree else [target.pid]
    if scenario.program:
        for pid in pids:
            count_stacks(pid, scenario, looks)
    else:
        looks.threads |= threads_of(pids)
    held = holdings_of(pids)
    looks.rising.update(name for name in ("resident MB", "descriptors") if held[name] > looks.last[name])
    looks.last = held
    looks.number += 1
    return pids


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


def counted(pids: Iterable[int], looks: Looks) -> dict[str, Counter[str]]:
    return {
        "threads": times_of(looks.threads),
        "processes": holdings_of(pids),
        "pressure": pressure(),
        "segments": segments(),
    }


def take(scenario: Scenario) -> None:
    looks = Looks()
    with on_stage(scenario, log=bool(scenario.program)) as target:
        pids = look(target, scenario, looks)
        t0, before, unlimited = time.monotonic(), counted(pids, looks), periods(target)
        while time.monotonic() - t0 < SECONDS:
            for _ in range(LOOKS_PER_DUMP):
                time.sleep(0.03)
                looks.calls.update(blocked_call(thread) for thread in looks.threads)
            look(target, scenario, looks)
        t1, after, limited = time.monotonic(), counted(pids, looks), periods(target)
        # The target ends here and writes its log, which goes with the directory: keep a copy.
        subprocess.run(["kill", "-TERM", str(target.pid)], check=True)
        time.sleep(0.5)
        tids = {tid for _, tid in looks.threads}
        classes = logged(target.truth_log, tids, t0, t1) if target.truth_log.exists() else Counter()
    wall = (t1 - t0) * len(looks.threads)
    print(f"{scenario.name}: {len(looks.threads)} threads with {scenario.thread or 'any'}, {t1 - t0:.1f} s")
    show("py-spy dump", looks.stacks, sum(looks.stacks.values()) / 2)
    show("/proc state, call", looks.calls, looks.calls.total())
    show("truth log", classes, wall)
    show("rising", looks.rising, looks.number)
    if target.group:
        show("cpu.stat", {"throttled": limited[1] - unlimited[1]}, limited[0] - unlimited[0])
    for title, counts in after.items():
        counts.subtract(before[title])
        show(title, counts, wall if title == "threads" else t1 - t0)


def main() -> None:
    for scenario in chosen(sys.argv[1] if len(sys.argv) > 1 else ""):
        try:
            take(scenario)
        except Unavailable as missing:
            print(f"{scenario.name}: not taken, {missing}")


if __name__ == "__main__":
    main()
