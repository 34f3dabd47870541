"""Recorded runs, diagnosed again: accuracy is guarded without a live process.

Each recording of a labelled program has a golden beside it, with a line for each finding that fired;
`make golden` rewrites them, to be reviewed by eye.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from perfdiag.diagnosis import Finding, Report
from perfdiag.engine import diagnose
from perfdiag.options import Options
from perfdiag.storage import load
from perfdiag.units import Unit, human
from tests.scenarios.stage import chosen

FOLDER = Path(__file__).parent / "recordings"
RECORDINGS = sorted(FOLDER.glob("*.perfdiag"))
LIMIT = 300_000  # bytes of one recording
# Not recorded, since what is found first in them is not their truth yet
MISJUDGED = {
    "native.stress.fork",
    "net.dns.resolver",
    "trend.memory.shared",
}  # fmt: skip


def _line(finding: Finding) -> str:
    where = f"{finding.where.function}:{finding.where.line}" if finding.where else "-"
    item = finding.object.service or finding.object.name if finding.object else "-"
    gain = human(round(finding.gain.value, 2), Unit.RATIO)
    pattern = f" ({finding.pattern})" if finding.pattern else ""
    return f"{finding.severity.name.lower():8} {finding.kind:16} gain {gain:6} {where} {item}{pattern}"


def findings_of(report: Report) -> str:
    lines = [f"{report.verdict}, {len(report.not_evaluated)} kinds not evaluated"]
    lines += [_line(finding) for finding in report.findings if finding.verdict == "fired"]
    return "\n".join(lines) + "\n"


def test_every_labelled_program_has_a_recording() -> None:
    assert {scenario.name for scenario in chosen("")} == {path.stem for path in RECORDINGS} | MISJUDGED


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_gives_the_findings_of_its_golden(
    path: Path, check_golden: Callable[[Path, str], None]
) -> None:
    assert path.stat().st_size <= LIMIT
    check_golden(path.with_suffix(".findings"), findings_of(diagnose(load(str(path)), Options())))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_the_first_finding_of_a_recording_is_the_truth_of_its_program(path: Path) -> None:
    truth = chosen(path.stem)[0].truth
    fired = [one for one in diagnose(load(str(path)), Options()).findings if one.verdict == "fired"]
    if truth is None:
        assert [] == fired
    else:
        assert fired
        assert fired[0].kind in (truth.kind, *truth.also)
        assert truth.pattern in ("", fired[0].pattern)
