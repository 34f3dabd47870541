"""How sure a finding is: the probability that its kind with its culprit is the largest recoverable cause.

It is a product. How often the finding would be the largest if the look were made again: the window is drawn
anew in blocks, and each share goes astray by what attribution may be wrong by. What nothing claims, where it
is more than what is claimed: the cause may be there. How much was seen: n blocks of time that are as good as
independent, and the part of the planned looks that were made. What else it may be: causes that would claim
the same time, and that a short look cannot judge. How certain the culprit is: the part of the
claimed time that was spent at it. And what stays wrong when there is nothing against a diagnosis.
docs/agent-performance/method.md says how the numbers were fitted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from perfdiag.attribution.busy import Array, Busy
from perfdiag.attribution.places import function_keys
from perfdiag.claims import Claimed
from perfdiag.model import IMPOSED, OWN_WAITS, Object, Place, Stack, TimeClass
from perfdiag.plugins import Rule
from perfdiag.stats.shares import resample_sums
from perfdiag.timetable import TimeKey

SURE = 0.92  # of diagnoses with nothing against them are right
_RESAMPLES = 400
_ASTRAY = 0.03  # standard deviation of a share beside what targets log of themselves
_PRIOR = 0.25  # blocks that a claim must have had before it is worth as much as what was not seen
_UNEXPLAINED = 2.0  # times what is claimed: as much that nothing claims leaves half of the confidence
_UNJUDGED = 0.75  # of it is left where a cause that would claim the time could not be judged
_OF_STORAGE = {TimeClass.DISK, TimeClass.WRITE, TimeClass.FSYNC, TimeClass.FAULT}  # bring nobody work
_ELSEWHERE = 0.5  # of the confidence is lost when none of the claimed time was spent at the culprit


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """What the confidence of one claim is made of; see above."""

    chance: float  # of being the largest of what is claimed
    rest: float  # of the busy time is claimed by nothing, beside what this one claims
    looks: float  # blocks of time that are as good as independent
    made: float  # of the planned looks
    at_culprit: float
    causes: tuple[str, ...] = ()  # that would claim the time too, and could not be judged

    @property
    def confidence(self) -> float:
        seen = self.made * self.looks / (self.looks + _PRIOR)
        place = 1 - _ELSEWHERE * (1 - self.at_culprit)
        judged = _UNJUDGED if self.causes else 1.0
        explained = 1 / (1 + (self.rest / _UNEXPLAINED) ** 2)
        return round(SURE * self.chance * explained * seen * place * judged, 3)


def chances(parts: Array, gains: Sequence[float], seed: int) -> Array:
    """How often each claim (parts: [k, n_blocks], seconds) is the largest by its gain when it is drawn
    again."""
    sums = resample_sums(parts, seed=seed, resamples=_RESAMPLES)
    totals = parts.sum(axis=1)
    drawn = sums * (np.array(gains) / np.where(totals > 0, totals, 1.0))
    drawn += np.random.default_rng(seed + 1).normal(0.0, _ASTRAY, drawn.shape)
    chance: Array = np.bincount(np.argmax(drawn, axis=1), minlength=len(parts)) / _RESAMPLES
    return chance


def independent(part: Array) -> float:
    """Blocks of equal size that say as much: all of them for time that is spread evenly, one for a burst."""
    squares = float((part**2).sum())
    return float(part.sum()) ** 2 / squares if squares > 0 else 0.0


def looks_at(claimed: Claimed, part: Array, busy: Busy) -> float:
    """Independent looks at what is claimed (its time per block is `part`): blocks, but of waits not more than
    have ended, for one that never does may be a wait for work, unless it is known who has what it is for."""
    rows = [busy.rows[number] for number in claimed.rows]
    blocks, waits = independent(part), [(key, row) for key, row in rows if _may_be_for_work(key)]
    if len(waits) < len(rows):
        return blocks
    ended = sum(busy.turns.get(key, 0.0) for key, _ in waits)
    return min(blocks, max(_PRIOR, ended))


def _may_be_for_work(key: TimeKey) -> bool:
    has_holder = key.time is TimeClass.LOCK and key.other >= 0
    return key.time in OWN_WAITS - _OF_STORAGE and not has_holder


def at_culprit(claimed: Claimed, busy: Busy, stacks: Sequence[Stack], objects: Sequence[Object]) -> float:
    """The part of the claimed time in whose stack, or in that of who stood in the way, the culprit's function
    is, or that was spent on its object. All of it for what is done to a thread from outside."""
    draft = claimed.draft
    rows = [busy.rows[number] for number in claimed.rows]
    weights = [float(seconds.sum()) for _, seconds in rows]
    whole = sum(weights)
    if whole <= 0 or (draft.claim and draft.claim.times <= IMPOSED - {TimeClass.GIL}):
        return 1.0
    there = [_is_at(draft.where, (key.stack, key.other), stacks) for key, _ in rows]
    name = draft.object.name if draft.object else ""
    on_it = [bool(name) and key.object >= 0 and objects[key.object].name == name for key, _ in rows]
    parts = [sum(w for w, yes in zip(weights, found, strict=True) if yes) for found in (there, on_it)]
    return max(parts) / whole


def _is_at(where: Place | None, ids: Sequence[int], stacks: Sequence[Stack]) -> bool:
    if where is None:
        return False
    key = f"{where.file}:{where.function}"
    return any(number >= 0 and key in function_keys(stacks[number]) for number in ids)


def unjudged_causes(kind: str, rules: Mapping[str, Rule], unjudged: Collection[str]) -> tuple[str, ...]:
    """Kinds that would claim the time of this one, and could not be judged."""
    return tuple(sorted(name for name in unjudged if kind in rules[name].explains))
