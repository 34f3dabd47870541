"""What runs of scenarios came to: one JSON line for each, the table, the totals."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.scenarios.calibration import WINDOW, Claim, claim_of, part
from tests.scenarios.calibration import summary as calibration
from tests.scenarios.scoring import CALM, Score, Totals, total
from tests.scenarios.truth import Truth

AGREEMENT = 0.95  # of the scenarios: the same kind first in all repetitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One scenario, once: its score, or why it was not judged; `turn` counts repetitions from 1, `windows`
    are what shorter parts of the same look claimed."""

    name: str
    turn: int = 1
    score: Score | None
    note: str = ""
    report: dict[str, Any] | None = None
    windows: tuple[Claim, ...] = ()


def append(path: Path, run: Run) -> None:
    with path.open("a") as file:
        file.write(json.dumps(asdict(run)) + "\n")


def judged_in(path: Path) -> list[Run]:
    """The runs of a file that were judged; an unfinished last line is passed over."""
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return [run for run in map(_run, map(json.loads, lines)) if run.score is not None]


def _run(fields: Mapping[str, Any]) -> Run:
    score = fields["score"] and Score(**fields["score"])
    windows = tuple(Claim(**claim) for claim in fields["windows"])
    return Run(**{**fields, "score": score, "windows": windows})


def line(run: Run, truth: Truth | None) -> str:
    """One row of the table: what was expected, what was found, and whether it is right."""
    expected = truth.kind if truth else "nothing"
    if run.score is None:
        return f"{run.name:<28} skipped  {run.note}"
    found = run.score.kind or run.note or "nothing"
    pattern = f"({run.score.pattern})" if run.score.pattern else ""
    place = " ".join(text for text in (run.score.function, run.score.object, pattern) if text)
    right = "right" if run.score.pattern_right else "pattern?"
    verdict = right if run.score.place_right else "place?" if run.score.kind_right else "WRONG"
    sure = f"{run.score.confidence:.2f}" if run.score.kind else "    "
    return f"{run.name:<28} {verdict:<8} expected {expected:<20} found {found:<20} {sure} {place}"


def summary(runs: Sequence[Run]) -> str:
    """The verdicts of each scenario over all repetitions, totals of each and of all, agreement, calibration,
    and what was skipped with the reason."""
    turns = sorted({run.turn for run in runs})
    judged = [run for run in runs if run.score is not None]
    rows: list[str] = []
    if len(turns) > 1:
        by_name = {name: [run for run in judged if run.name == name] for name in dict.fromkeys(names(judged))}
        rows += [_together(name, found) for name, found in by_name.items()]
        rows += [_totals(f"repetition {n}", [run for run in judged if run.turn == n]) for n in turns]
        rows.append(_agreement(list(by_name.values())))
    rows.append(_totals("over all" if len(turns) > 1 else "totals", judged))
    rows.append(calibration("looks", [claim for run in judged if (claim := _claim(run))]))
    if windows := [claim for run in judged for claim in run.windows]:
        rows.append(calibration(f"windows of {WINDOW:g} s of them", windows))
    skipped = [run for run in runs if run.score is None]
    rows += [f"skipped {run.name}: {run.note}" for run in skipped]
    return "\n".join(rows)


def names(runs: Iterable[Run]) -> Iterable[str]:
    return (run.name for run in runs)


def totals_of(runs: Iterable[Run]) -> Totals:
    return total(run.score for run in runs if run.score is not None)


def same_kind(runs: Sequence[Run]) -> bool:
    """Whether all say the same first kind (or all that there is none)."""
    return len({run.score.kind for run in runs if run.score}) == 1


def agrees(runs: Sequence[Run]) -> bool:
    """Whether each scenario that was judged more than once was judged alike, but for few."""
    repeated = _repeated([[run for run in runs if run.name == name] for name in set(names(runs))])
    return sum(map(same_kind, repeated)) >= AGREEMENT * len(repeated)


def _repeated(groups: Iterable[list[Run]]) -> list[list[Run]]:
    judged = [[run for run in group if run.score is not None] for group in groups]
    return [group for group in judged if len(group) > 1]


def _together(name: str, runs: Sequence[Run]) -> str:
    scores = [run.score for run in runs if run.score]
    marks = " ".join("right" if one.place_right else "place" if one.kind_right else "WRONG" for one in scores)
    same = "same" if len({one.verdict for one in scores}) == 1 else "place differs"
    found = dict.fromkeys(" ".join(one.verdict).strip() or "nothing" for one in scores)
    return f"{name:<28} {marks:<18} {same if same_kind(runs) else 'DIFFERS':<14} {' | '.join(found)}"


def _totals(title: str, runs: Sequence[Run]) -> str:
    found = totals_of(runs)
    sick = (("kind", found.kind_right), ("place", found.place_right), ("resource", found.resource_right))
    healthy = (("healthy: nothing", found.healthy_right), (f"no impact >= {CALM:g}", found.calm))
    words = [f"{name} {part(right, found.sick)}" for name, right in sick]
    words += [f"{name} {part(right, found.healthy)}" for name, right in healthy]
    return f"{title}: {'; '.join(words)}"


def _agreement(groups: Iterable[list[Run]]) -> str:
    repeated = _repeated(groups)
    both = sum(len({run.score.verdict for run in group if run.score}) == 1 for group in repeated)
    kinds = part(sum(map(same_kind, repeated)), len(repeated))
    return f"agreement of all repetitions: kind {kinds}; kind and function {part(both, len(repeated))}"


def _claim(run: Run) -> Claim | None:
    if run.score is None or run.report is None:
        return None
    return claim_of(run.name, run.score, run.report["meta"]["duration"])
