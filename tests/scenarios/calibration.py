"""Whether a confidence is what it says: `python -m tests.scenarios.calibration [--seconds 4]` on the stored
recordings; the runner prints the same of live looks and of their windows of four seconds.

The confidence of the first finding is held against whether its kind and its culprit are right: by the Brier
score (the mean of (confidence - right)^2; 0.25 is a coin) and in two bins, each with how many were right.
A finding on a healthy program is wrong. Where nothing is found nothing is claimed.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from perfdiag.engine import diagnose
from perfdiag.options import Options
from perfdiag.recording import Recording
from perfdiag.reports.json_file import SPEC as JSON
from perfdiag.stats.counts import Proportion
from perfdiag.storage import load
from tests.scenarios.cases import SCENARIOS
from tests.scenarios.cutting import windows
from tests.scenarios.scoring import Score, score
from tests.scenarios.truth import Truth

RECORDINGS = Path(__file__).parent.parent / "recordings"
WINDOW = 4.0  # seconds
SURE = 0.8  # the upper bin begins there


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the first finding of one look was worth; `seconds`: how long it was."""

    name: str
    seconds: float
    confidence: float
    right: bool
    found: str = ""


def claim_of(name: str, found: Score, seconds: float) -> Claim | None:
    """None where nothing was found, so that nothing was claimed."""
    if not found.kind:
        return None
    right = found.kind_right and found.place_right
    return Claim(name=name, seconds=seconds, confidence=found.confidence, right=right, found=found.kind)


def claims_of(name: str, truth: Truth | None, recording: Recording, seconds: float) -> Iterator[Claim]:
    """Of the windows of a recording, each as if it were all there is."""
    for part in windows(recording, seconds):
        report = json.loads(JSON.render(diagnose(part, Options())))
        if claim := claim_of(name, score(report, truth), seconds):
            yield claim


def brier(claims: Iterable[Claim]) -> float:
    """The mean squared difference of confidence and truth; ValueError without a claim."""
    squares = [(claim.confidence - claim.right) ** 2 for claim in claims]
    if not squares:
        raise ValueError("nothing was claimed")
    return sum(squares) / len(squares)


def part(right: int, whole: int) -> str:
    """'18/20 90 % [70..97]', with the interval of Wilson."""
    if not whole:
        return "0/0"
    found = Proportion(right, whole).estimate((0.0, 0.0))
    return f"{right}/{whole} {found.value:.0%} [{found.low:.0%}..{found.high:.0%}]"


def summary(title: str, claims: Iterable[Claim]) -> str:
    """The Brier score, and the two bins with what was claimed in the mean and what was right."""
    claims = list(claims)
    if not claims:
        return f"{title}: nothing was claimed"
    rows = [f"{title}: Brier score {brier(claims):.3f} of {len(claims)}"]
    for words, inside in ((f">= {SURE:g}", True), (f"< {SURE:g}", False)):
        bin_ = [claim for claim in claims if (claim.confidence >= SURE) is inside]
        mean = sum(claim.confidence for claim in bin_) / len(bin_) if bin_ else 0.0
        rows.append(
            f"  confidence {words:<6} mean {mean:.2f}  right {part(sum(c.right for c in bin_), len(bin_))}"
        )
    return "\n".join(rows)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", 1)[0])
    parser.add_argument("--seconds", type=float, default=WINDOW)
    parser.add_argument("--recordings", type=Path, default=RECORDINGS)
    parser.add_argument("--wrong", action="store_true", help="list the claims that were wrong")
    options = parser.parse_args(words)
    claims: list[Claim] = []
    for path in sorted(options.recordings.glob("*.perfdiag")):
        if (scenario := SCENARIOS.get(path.stem)) is not None:
            claims += claims_of(path.stem, scenario.truth, load(str(path)), options.seconds)
    print(summary(f"windows of {options.seconds:g} s of the recordings", claims))
    for claim in claims:
        if options.wrong and not claim.right:
            print(f"  {claim.name:<28} {claim.found:<18} {claim.confidence:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
