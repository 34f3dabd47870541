"""What a draft says of the program at hand: the pattern that was measured in it, and the advice for the
packages that it uses."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from perfdiag.advice import pack_texts
from perfdiag.claims import Claimable
from perfdiag.diagnosis import Draft
from perfdiag.model import Process, Stack
from perfdiag.packs import loaded, pack_of

_MOST = 3  # packs in one finding
_THERE = 0.2  # of a draft's time below code of a pack; less is somebody else's


def tailored(
    drafts: Iterable[Draft], rows: Claimable, processes: Sequence[Process], stacks: Sequence[Stack]
) -> list[Draft]:
    """Drafts with advice for the packs in use; `rows` are the busy time that they claim."""
    paths = {frame.file for stack in stacks for frame in stack.frames}
    known = set(loaded(paths)).union(*(process.modules for process in processes))
    return [
        replace(draft, advice=(draft.advice[0], _advice(draft, rows, stacks, sorted(known))))
        for draft in drafts
    ]


def _advice(draft: Draft, rows: Claimable, stacks: Sequence[Stack], known: Iterable[str]) -> str:
    texts = pack_texts(draft.kind)
    if not texts:
        return ""
    names = dict.fromkeys([*_on_stacks(draft, rows, stacks), *known])
    return "\n\n".join([texts[name] for name in names if name in texts][:_MOST])


def _on_stacks(draft: Draft, rows: Claimable, stacks: Sequence[Stack]) -> list[str]:
    """Packs below whose code the time of a draft is spent, the nearest to the wait first."""
    if draft.claim is None:
        return []
    spent: dict[str, float] = defaultdict(float)
    depth: dict[str, float] = defaultdict(float)
    total = 0.0
    for number in rows.rows(draft.claim):
        key, seconds = rows.keys[number], rows.seconds[number]
        total += seconds
        found: dict[str, int] = {}
        for level, frame in enumerate(stacks[key.stack].frames if key.stack >= 0 else ()):
            pack = pack_of(frame.file)
            if pack is not None:
                found.setdefault(pack.name, level)
        for name, level in found.items():
            spent[name] += seconds
            depth[name] += level * seconds
    there = [name for name in spent if spent[name] >= _THERE * total > 0]
    return sorted(there, key=lambda name: (depth[name] / spent[name], name))
