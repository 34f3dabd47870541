"""Runs perfdiag on the labelled programs: `python -m tests.scenarios.runner [--names a,b] [--repeat N]`.

Each scenario is staged, profiled from outside and scored against its truth. A run is judged only when the
host was quiet before it and the sampler kept up; otherwise it is tried again, a few times, and then skipped
with the reason. With `--record DIR` each program is recorded there, and the report on the recording scored.
With `--renamed` the programs run under other names. `--json FILE` gets a line for each run at once; those
that are judged there already are not made again.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from perfdiag.storage import load
from tests.scenarios.calibration import WINDOW, Claim, claims_of
from tests.scenarios.renaming import renamed
from tests.scenarios.results import Run, agrees, append, judged_in, line, summary, totals_of
from tests.scenarios.scoring import Score, kept_up, score
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


def look(scenario: Scenario, options: argparse.Namespace, kept: Path) -> dict[str, Any]:
    """The report on a staged scenario, live or of what `record` made; the recording is `kept`."""
    with on_stage(scenario, python=options.python) as target:
        pid = ("-p", str(target.pid), *(("-s",) if scenario.tree else ()))
        if not options.record:
            words = ("profile", *pid, "-d", f"{options.duration:g}", "-f", "json", "-o", str(kept))
            return report_of(perfdiag(*words, seconds=options.duration))
        perfdiag("record", *pid, "-d", f"{RECORD_SECONDS:g}", "-o", str(kept), seconds=RECORD_SECONDS)
    if kept.exists() and kept.stat().st_size > RECORD_LIMIT:
        raise Unjudged(f"the recording takes {kept.stat().st_size} bytes")
    return report_of(perfdiag("report", str(kept), "-f", "json", seconds=0))


def attempt(scenario: Scenario, options: argparse.Namespace, kept: Path) -> Run:
    if options.quiet and not (noise := wait_for_quiet(options.patience)).quiet:
        raise Unjudged(f"the host was not quiet: {noise}")
    try:
        report = look(scenario, options, kept)
    except (ChildProcessError, subprocess.TimeoutExpired) as error:
        wrong = Score(
            healthy=scenario.truth is None, kind_right=False, place_right=False, resource_right=False
        )
        return Run(name=scenario.name, score=wrong, note=f"no report: {error}")
    except TimeoutError as error:
        raise Unjudged(str(error)) from error
    if not kept_up(report):
        cost = report["meta"]["cost"]
        raise Unjudged(f"the sampler made {cost['made']} of {cost['planned']} ticks")
    windows = shorter(scenario, kept) if kept.exists() and not options.record else ()
    return Run(name=scenario.name, score=score(report, scenario.truth), report=report, windows=windows)


def shorter(scenario: Scenario, kept: Path) -> tuple[Claim, ...]:
    """What parts of the look claim, each by itself."""
    return tuple(claims_of(scenario.name, scenario.truth, load(str(kept)), WINDOW))


def judge(scenario: Scenario, options: argparse.Namespace) -> Run:
    """The first attempt that can be judged, of a bounded number."""
    why = ""
    for _ in range(options.attempts):
        try:
            with tempfile.TemporaryDirectory(prefix="perfdiag-scenario-") as name:
                staged = renamed(scenario, Path(name)) if options.renamed else scenario
                kept = Path(options.record or options.keep or name) / f"{scenario.name}.perfdiag"
                kept.parent.mkdir(parents=True, exist_ok=True)
                return attempt(staged, options, kept)
        except Unjudged as reason:
            why = str(reason)
        except Unavailable as missing:
            return Run(name=scenario.name, score=None, note=str(missing))
    return Run(name=scenario.name, score=None, note=f"{why} ({options.attempts} attempts)")


def run_all(options: argparse.Namespace) -> Iterator[Run]:
    """Those that were made before, and what is made now."""
    known = {(run.turn, run.name): run for run in (judged_in(options.json) if options.json else ())}
    for turn in range(1, options.repeat + 1):
        for scenario in chosen(options.names):
            run = known.get((turn, scenario.name))
            if run is None:
                run = replace(judge(scenario, options), turn=turn)
                if options.json:
                    append(options.json, run)
                print(f"{turn} " if options.repeat > 1 else "", line(run, scenario.truth), sep="", flush=True)
            yield run


def options_from(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--names", default="", help="comma-separated; all by default")
    parser.add_argument("--repeat", type=int, default=1, metavar="N")
    parser.add_argument("--duration", type=float, default=8.0, metavar="SECONDS")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append scores and reports; resume from it")
    parser.add_argument("--renamed", action="store_true", help="run the programs under other names")
    parser.add_argument("--record", metavar="DIR", help="record each program there; scores the recording")
    parser.add_argument("--keep", metavar="DIR", help="keep the recording of the last look at each there")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that runs the targets")
    parser.add_argument("--attempts", type=int, default=3, help="tries of a scenario before it is skipped")
    parser.add_argument("--patience", type=float, default=20.0, help="seconds to wait for a quiet host")
    parser.add_argument("--no-quiet", dest="quiet", action="store_false", help="judge on a busy host too")
    return parser.parse_args(words)


def _unwind(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main(words: list[str] | None = None) -> int:
    options = options_from(words)
    signal.signal(signal.SIGTERM, _unwind)  # so that everything on stage is taken down
    runs = list(run_all(options))
    print(summary(runs))
    return 0 if totals_of(runs).passed and agrees(runs) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
