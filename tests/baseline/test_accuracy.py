"""False alarms and power on a real A/A series: the same Go 1.17 measured on ten days on one machine.

The data (golang/perf, cmd/benchseries/testdata, BSD-3) is not part of the project: PERFDIAG_DATA names the
folder that holds go_benchseries/go_odd.tar.gz.
"""

import os
import tarfile
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from perfdiag.baseline.gate import judge_suites
from perfdiag.baseline.session import Better, Session, metric
from perfdiag.baseline.verdict import Policy, Verdict
from perfdiag.units import Unit

DATA = os.environ.get("PERFDIAG_DATA", "")
ARCHIVE = Path(DATA) / "go_benchseries" / "go_odd.tar.gz"
BASELINE = 5
CHECKS = 60

pytestmark = pytest.mark.skipif(
    not (DATA and ARCHIVE.exists()), reason="PERFDIAG_DATA names no Go A/A series"
)


def benchmarks(text: str) -> dict[str, list[float]]:
    """Seconds per operation of each benchmark, one value per process."""
    found = defaultdict(list)
    for line in text.splitlines():
        fields = line.split()
        if line.startswith("Benchmark") and fields[3:4] == ["ns/op"]:
            found[fields[0]].append(float(fields[2]) * 1e-9)
    return found


@pytest.fixture(scope="module")
def days():
    with tarfile.open(ARCHIVE) as archive:
        names = sorted(name for name in archive.getnames() if "Go1.17" in name)
        return [benchmarks(archive.extractfile(name).read().decode()) for name in names]


def session(day: int, days, factors: dict[str, float]) -> Session:
    metrics = tuple(
        metric(name, Unit.SECONDS, Better.LOWER, [[value * factors.get(name, 1.0)] for value in values])
        for name, values in sorted(days[day].items())
    )
    return Session(
        session_id=f"day{day}", source="go", started="", fingerprint=(), commit="", build="", order=day,
        metrics=metrics,
    )  # fmt: skip


def checks(days):
    """A seeded choice of (candidate day, baseline days) out of all."""
    every = [
        (day, base)
        for day in range(len(days))
        for base in combinations([other for other in range(len(days)) if other != day], BASELINE)
    ]
    chosen = np.random.default_rng(1).choice(len(every), CHECKS, replace=False)
    return [every[index] for index in chosen]


def regressed(days, day, base, factors, policy):
    old = tuple(session(each, days, {}) for each in base)
    judgements, _ = judge_suites({"go": old}, {"go": (session(day, days, factors),)}, policy)
    return {each.metric for each in judgements if each.verdict is Verdict.REGRESSED}


@pytest.mark.parametrize("strict", [False, True])
def test_unchanged_code_raises_few_false_alarms(days, strict):
    found = [regressed(days, day, base, {}, Policy(strict=strict)) for day, base in checks(days)]
    assert sum(map(bool, found)) / CHECKS <= (0.0 if strict else 0.10)
    assert sum(map(len, found)) / (CHECKS * len(days[0])) <= 0.002


@pytest.mark.parametrize(("effect", "power"), [(1.03, 0.85), (1.05, 0.95)])
def test_a_slowdown_is_found_with_the_promised_power(days, effect, power):
    rng = np.random.default_rng(2)
    names = sorted(days[0])
    hits = false = 0
    for day, base in checks(days):
        slowed = rng.choice(names, 10, replace=False).tolist()
        found = regressed(days, day, base, dict.fromkeys(slowed, effect), Policy())
        hits += len(found & set(slowed))
        false += len(found - set(slowed))
    assert hits / (10 * CHECKS) >= power
    assert false / max(1, hits + false) <= 0.05
