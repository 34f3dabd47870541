"""Two sides with all their suites, as one question with one answer."""

from collections.abc import Mapping
from math import expm1

from perfdiag.baseline.comparison import Compared, compare_suite
from perfdiag.baseline.session import Session
from perfdiag.baseline.shift import common_shift
from perfdiag.baseline.verdict import Judgement, Policy, judge
from perfdiag.errors import TargetError, UsageError

Suites = Mapping[str, tuple[Session, ...]]


def judge_suites(base: Suites, new: Suites, policy: Policy) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
    """Judgements of every suite of `new`, and notes; a new session that the baseline already holds is
    judged against the others.

    Raises UsageError when a side has no sessions, TargetError when the sides have no metric in common.
    """
    rows: list[Compared] = []
    notes: list[str] = []
    for suite, sessions in new.items():
        old, note = _without(suite, base.get(suite, ()), sessions)
        notes.extend(note)
        compared = compare_suite(suite, old, sessions)
        rows.extend(compared)
        shift = common_shift(compared)
        if shift is not None:
            notes.append(
                f"{suite}: all metrics moved together by {100 * expm1(shift):+.1f} %:"
                " the machine is in another state, or the change is global"
            )
    missing = [suite for suite in base if suite not in new]
    notes.extend(f"{suite}: not measured on the new side" for suite in missing)
    if not new:
        raise UsageError("there is nothing to compare", cause="the new side has no session")
    if all(row.obstacle.startswith("not measured") for row in rows):
        raise TargetError("the two sides have no metric in common", cause="nothing could be compared")
    return judge(rows, policy), tuple(notes)


def _without(
    suite: str, base: tuple[Session, ...], new: tuple[Session, ...]
) -> tuple[tuple[Session, ...], tuple[str, ...]]:
    """The sessions of `base` that are not on the new side too, and a note when there were such."""
    if not base or not new:
        raise UsageError(
            f"there is nothing to compare the suite {suite} with",
            cause="only one side has sessions of it",
            fix="save one with `perfdiag baseline save`, or name the suite with --suite",
        )
    ids = {session.session_id for session in new}
    old = tuple(session for session in base if session.session_id not in ids)
    if not old:
        raise UsageError(
            f"there is nothing to compare the suite {suite} with",
            cause="both sides are the same sessions",
            fix="measure again: a new run is a new session",
        )
    if len(old) == len(base):
        return old, ()
    return old, (f"{suite}: {len(base) - len(old)} of the new sessions were left out of the baseline",)
