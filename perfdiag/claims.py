"""Which rows of busy time each draft gets: causes first, then the larger ones.

A draft whose rows are mostly taken by then is a symptom of the draft that took them, with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfdiag.attribution.busy import Busy
from perfdiag.attribution.files import told_as
from perfdiag.attribution.places import function_keys
from perfdiag.diagnosis import Claim, Draft
from perfdiag.model import Object, Stack
from perfdiag.plugins import Rule
from perfdiag.timetable import TimeKey

_FOLDED = 0.5  # of its own time taken by causes before it: then a draft is their symptom


@dataclass(slots=True)
class Claimed:
    """A draft, the rows of `Busy.rows` that it got, and what was folded under it."""

    draft: Draft
    rows: list[int]
    symptoms: list[str] = field(default_factory=list)


def _size(draft: Draft) -> tuple[object, ...]:
    """The larger share first; of equal ones always the same."""
    claim = draft.claim or Claim(times=frozenset())
    what = (sorted(claim.times), sorted(claim.objects), sorted(claim.functions), claim.group)
    return (-draft.estimate.value, draft.kind, draft.summary, what)


def in_order(drafts: Sequence[Draft], rules: Mapping[str, Rule]) -> list[Draft]:
    """Causes before their consequences, the larger first among equals."""
    left = sorted(drafts, key=_size)
    ordered: list[Draft] = []
    while left:
        kinds = {draft.kind for draft in left}
        free = next(
            (
                draft
                for draft in left
                if not any(draft.kind in rules[kind].explains for kind in kinds - {draft.kind})
            ),
            left[0],
        )
        ordered.append(free)
        left.remove(free)
    return ordered


def _matches(claim: Claim, key: TimeKey, name: str, functions: set[str]) -> bool:
    """Whether a row of time is of the kind that the claim names."""
    if key.time not in claim.times:
        return False
    return key.group in claim.or_groups or (
        (not claim.group or key.group == claim.group)
        and (not claim.objects or name in claim.objects)
        and name not in claim.others
        and (not claim.functions or bool(claim.functions & functions))
    )


class Claimable:
    """The rows of busy time, with what claims name them by."""

    def __init__(self, busy: Busy, stacks: Sequence[Stack], objects: Sequence[Object]) -> None:
        self.keys = [key for key, _ in busy.rows]
        self.seconds = [float(row.sum()) for _, row in busy.rows]
        self._functions = {key.stack: function_keys(stacks[key.stack]) for key in self.keys if key.stack >= 0}
        self._names = [
            told_as(key.time, objects[key.object].name) if key.object >= 0 else "" for key in self.keys
        ]

    def rows(self, claim: Claim) -> list[int]:
        """Indices of the rows that a claim asks for."""
        return [
            number
            for number, (key, name) in enumerate(zip(self.keys, self._names, strict=True))
            if _matches(claim, key, name, self._functions.get(key.stack, set()))
        ]


def claim_rows(
    drafts: Sequence[Draft], busy: Busy, stacks: Sequence[Stack], objects: Sequence[Object]
) -> list[Claimed]:
    """The drafts that kept time of their own, in the order given. Drafts without a claim are left out."""
    claimable = Claimable(busy, stacks, objects)
    seconds = claimable.seconds
    owner: dict[int, Claimed] = {}
    result: list[Claimed] = []
    for draft in drafts:
        claim = draft.claim
        if claim is None:
            continue
        wanted = claimable.rows(claim)
        taken = [number for number in wanted if number in owner]
        lost, asked = sum(seconds[n] for n in taken), sum(seconds[n] for n in wanted)
        if taken and lost >= _FOLDED * asked:
            _fold(draft, taken, owner, seconds)
            continue
        if not wanted:
            continue  # nothing of what was measured is of this kind
        claimed = Claimed(draft, [number for number in wanted if number not in owner])
        owner.update(dict.fromkeys(claimed.rows, claimed))
        result.append(claimed)
    return result


def _fold(draft: Draft, taken: Sequence[int], owner: Mapping[int, Claimed], seconds: Sequence[float]) -> None:
    """List the draft under the one that has most of its time."""
    share: dict[int, float] = {}
    for number in taken:
        share[id(owner[number])] = share.get(id(owner[number]), 0.0) + seconds[number]
    cause = max((owner[number] for number in taken), key=lambda claimed: share[id(claimed)])
    cause.symptoms.append(f"{draft.kind}: {draft.summary} The same time is claimed by {cause.draft.kind}.")
