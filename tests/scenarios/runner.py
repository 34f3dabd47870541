"""Runs perfdiag on the labelled programs: `python -m tests.scenarios.runner [--names a,b] [--repeat N]`.

Each scenario is staged, profiled from outside and scored against its truth. A run is judged only when the
host was quiet before it and the sampler kept up; otherwise it is tried again, a few times, and then skipped
with the reason. With `--record DIR` each program is recorded there, and the report on the recording scored.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tests.scenarios.scoring import Score, Totals, kept_up, score, total
from tests.scenarios.servers import Unavailable, end_with_parent
from tests.scenarios.stage import chosen, on_stage
from tests.scenarios.surroundings import wait_for_quiet
from tests.scenarios.truth import Scenario

PERFDIAG = (sys.executable, "-m", "perfdiag")
GRACE_SECONDS = 30.0  # for perfdiag to start and to diagnose
RECORD_SECONDS = 4.0
RECORD_LIMIT = 300_000  # bytes
LAST_WORDS = 200  # characters of stderr
NOT_KEPT_UP = 4  # perfdiag's exit code for "inconclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One scenario, once: its score, or why it was not judged."""

    name: str
    score: Score | None
    note: str = ""
    report: dict[str, Any] | None = None


class Unjudged(Exception):
    """This attempt says nothing about perfdiag; the message says why."""


def perfdiag(*words: str, seconds: float) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PERFDIAG, *words],
        capture_output=True,
        text=True,
        timeout=seconds + GRACE_SECONDS,
        preexec_fn=end_with_parent,
    )


def report_of(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """The report that perfdiag printed; ChildProcessError with its last words when it printed none."""
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        if done.returncode == NOT_KEPT_UP:
            raise Unjudged("perfdiag found its own look inconclusive") from None
        words = " ".join(done.stderr.split())[-LAST_WORDS:]
        raise ChildProcessError(f"status {done.returncode}: {words}") from None


def look(scenario: Scenario, options: argparse.Namespace) -> dict[str, Any]:
    """The report on a staged scenario: of a live look, or of a recording that is kept."""
    with on_stage(scenario, python=options.python) as target:
        pid = ("-p", str(target.pid), *(("-s",) if scenario.tree else ()))
        if not options.record:
            words = ("profile", *pid, "-d", f"{options.duration:g}", "-f", "json")
            return report_of(perfdiag(*words, seconds=options.duration))
        path = Path(options.record) / f"{scenario.name}.perfdiag"
        path.parent.mkdir(parents=True, exist_ok=True)
        perfdiag("record", *pid, "-d", f"{RECORD_SECONDS:g}", "-o", str(path), seconds=RECORD_SECONDS)
    if path.exists() and path.stat().st_size > RECORD_LIMIT:
        raise Unjudged(f"the recording takes {path.stat().st_size} bytes")
    return report_of(perfdiag("report", str(path), "-f", "json", seconds=0))


def attempt(scenario: Scenario, options: argparse.Namespace) -> Run:
    noise = wait_for_quiet(options.patience)
    if not noise.quiet:
        raise Unjudged(f"the host was not quiet: {noise}")
    try:
        report = look(scenario, options)
    except (ChildProcessError, subprocess.TimeoutExpired) as error:
        wrong = Score(healthy=scenario.truth is None, kind_right=False, place_right=False)
        return Run(name=scenario.name, score=wrong, note=f"no report: {error}")
    except TimeoutError as error:
        raise Unjudged(str(error)) from error
    if not kept_up(report):
        cost = report["meta"]["cost"]
        raise Unjudged(f"the sampler made {cost['made']} of {cost['planned']} ticks")
    return Run(name=scenario.name, score=score(report, scenario.truth), report=report)


def judge(scenario: Scenario, options: argparse.Namespace) -> Run:
    """The first attempt that can be judged, of a bounded number."""
    why = ""
    for _ in range(options.attempts):
        try:
            return attempt(scenario, options)
        except Unjudged as reason:
            why = str(reason)
        except Unavailable as missing:
            return Run(name=scenario.name, score=None, note=str(missing))
    return Run(name=scenario.name, score=None, note=f"{why} ({options.attempts} attempts)")


def line(run: Run, scenario: Scenario) -> str:
    """One row of the table: what was expected, what was found, and whether it is right."""
    expected = scenario.truth.kind if scenario.truth else "nothing"
    if run.score is None:
        return f"{run.name:<24} skipped  {run.note}"
    found = run.score.kind or run.note or "nothing"
    place = " ".join(part for part in (run.score.function, run.score.object) if part)
    verdict = "right" if run.score.place_right else "place?" if run.score.kind_right else "WRONG"
    return f"{run.name:<24} {verdict:<8} expected {expected:<16} found {found:<16} {place}"


def summary(runs: Sequence[Run]) -> str:
    """The totals, and each scenario that was skipped with the reason."""
    totals, skipped = totals_of(runs), [run for run in runs if run.score is None]
    head = (
        f"judged {totals.sick + totals.healthy}, skipped {len(skipped)}: "
        f"kind {totals.kind_right}/{totals.sick}, place {totals.place_right}/{totals.sick}, "
        f"healthy {totals.healthy_right}/{totals.healthy}"
    )
    return "\n".join([head, *(f"  skipped {run.name}: {run.note}" for run in skipped)])


def totals_of(runs: Sequence[Run]) -> Totals:
    return total(run.score for run in runs if run.score is not None)


def run_all(options: argparse.Namespace) -> Iterator[Run]:
    for turn in range(options.repeat):
        for scenario in chosen(options.names):
            run = judge(scenario, options)
            print(f"{turn + 1} " if options.repeat > 1 else "", line(run, scenario), sep="", flush=True)
            yield run


def options_from(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--names", default="", help="comma-separated; all by default")
    parser.add_argument("--repeat", type=int, default=1, metavar="N")
    parser.add_argument("--duration", type=float, default=8.0, metavar="SECONDS")
    parser.add_argument("--json", metavar="FILE", help="write scores and reports")
    parser.add_argument("--record", metavar="DIR", help="record each program there; scores the recording")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that runs the targets")
    parser.add_argument("--attempts", type=int, default=3, help="tries of a scenario before it is skipped")
    parser.add_argument("--patience", type=float, default=20.0, help="seconds to wait for a quiet host")
    return parser.parse_args(words)


def _unwind(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main(words: list[str] | None = None) -> int:
    options = options_from(words)
    signal.signal(signal.SIGTERM, _unwind)  # so that everything on stage is taken down
    runs = list(run_all(options))
    print(summary(runs))
    if options.json:
        Path(options.json).write_text(json.dumps([asdict(run) for run in runs], indent=1) + os.linesep)
    return 0 if totals_of(runs).passed else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
