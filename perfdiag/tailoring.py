"""What a draft says of the program at hand: the pattern that was measured in it, and the advice for the
packages that it uses."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import perfdiag.patterns
from perfdiag.advice import pack_texts, pattern_text
from perfdiag.case import Case, Herd, Part, Team
from perfdiag.claims import Claimable
from perfdiag.diagnosis import Draft
from perfdiag.ledger import Context
from perfdiag.model import ON_CPU, OWN_WAITS, Stack, TimeClass
from perfdiag.packs import loaded, pack_of
from perfdiag.plugins import Pattern, Signals, discover
from perfdiag.recording import Recording
from perfdiag.timetable import TimeTable, Wakes

_MOST = 3  # packs in one finding
_THERE = 0.2  # of a draft's time below code of a pack; less is somebody else's
_SURE = 0.6  # confidence of a pattern that is told
OF_RULES = frozenset({"deadlock"})  # patterns that a rule sees by itself, with advice of their own
_READY = ON_CPU | {TimeClass.RUNQUEUE, TimeClass.THROTTLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What drafts are tailored by: the busy time that they claim, all of it, the packs that are loaded."""

    rows: Claimable
    table: TimeTable
    stacks: Sequence[Stack]
    signals: Signals
    cpus: float
    seconds: float
    packs: Sequence[str]


def patterns() -> tuple[Pattern, ...]:
    return discover(perfdiag.patterns, Pattern)


def tailored(
    drafts: Iterable[Draft], recording: Recording, table: TimeTable, signals: Signals, context: Context
) -> list[Draft]:
    """Drafts with the pattern that applies, and with the advice for it and for the packs in use."""
    paths = {frame.file for stack in recording.stacks for frame in stack.frames}
    packs = set(loaded(paths)).union(*(process.modules for process in recording.processes))
    known = Known(
        rows=Claimable(context.busy, recording.stacks, recording.objects),
        table=table,
        stacks=recording.stacks,
        signals=signals,
        cpus=context.cpus,
        seconds=max(1e-9, context.window[1] - context.window[0]),
        packs=sorted(packs),
    )
    known_patterns = patterns()
    return [_tailored(draft, known_patterns, known) for draft in drafts]


def _tailored(draft: Draft, known_patterns: Sequence[Pattern], known: Known) -> Draft:
    claimed = known.rows.rows(draft.claim) if draft.claim else []
    first = pattern_text(draft.pattern) if draft.pattern in OF_RULES else ""
    draft = replace(draft, advice=(first, _advice(draft, claimed, known)))
    if not claimed or draft.pattern:
        return draft
    case = case_of(draft, claimed, known)
    found = [
        (recognised, pattern.name)
        for pattern in known_patterns
        if draft.kind in pattern.kinds and (recognised := pattern.recognise(case, known.signals))
    ]
    best, name = max(found, key=lambda one: one[0].confidence, default=(None, ""))
    if best is None or best.confidence < _SURE:
        return draft
    return replace(
        draft,
        pattern=name,
        summary=f"{draft.summary} {best.sentence}",
        evidence=(*draft.evidence, best.evidence),
        advice=(pattern_text(name), draft.advice[1]),
    )


def case_of(draft: Draft, claimed: Sequence[int], known: Known) -> Case:
    """A draft with what was counted of the rows that it claims."""
    parts = []
    for number in claimed:
        key = known.rows.keys[number]
        parts.append(
            Part(
                time=key.time,
                group=key.group,
                stack=known.stacks[key.stack] if key.stack >= 0 else None,
                seconds=known.rows.seconds[number],
                turns=known.table.turns.get(key, 0.0),
            )
        )
    by_group: dict[str, float] = defaultdict(float)
    for part in parts:
        by_group[part.group] += part.seconds
    team = _team(max(by_group, key=lambda group: (by_group[group], group)), known)
    herds = tuple(_herd(name, wakes, known.seconds) for name, wakes in sorted(known.table.wakes.items()))
    return Case(
        draft=draft, parts=tuple(parts), team=team, seconds=known.seconds, cpus=known.cpus, herds=herds
    )


def _team(group: str, known: Known) -> Team:
    spent: dict[TimeClass, float] = defaultdict(float)
    stacks = set()
    for key, row in known.table.rows.items():
        if key.group == group:
            spent[key.time] += sum(row.values())
            stacks.add(key.stack)
    turns: dict[TimeClass, float] = defaultdict(float)
    for key, number in known.table.turns.items():
        if key.group == group:
            turns[key.time] += number
    workers = (busy[True] > 0 for (_, _, name), busy in known.table.by_thread.items() if name == group)
    return Team(
        name=group,
        threads=sum(workers),
        computing=sum(spent[time] for time in ON_CPU) / known.seconds,
        ready=sum(spent[time] for time in _READY) / known.seconds,
        idle_turns=turns[TimeClass.IDLE],
        own_turns=sum(turns[time] for time in OWN_WAITS),
        stacks=tuple(known.stacks[number] for number in sorted(stacks) if number >= 0),
    )


def _herd(group: str, wakes: Wakes, seconds: float) -> Herd:
    return Herd(
        name=group,
        rate=wakes.in_vain / seconds,
        in_vain=wakes.in_vain / wakes.woken,
        at_once=wakes.in_vain_squared / wakes.in_vain,
        unevenness=unevenness(wakes),
    )


def unevenness(wakes: Wakes) -> float:
    """Variance by mean of the turns in vain at a tick."""
    mean = wakes.turns / wakes.ticks
    return (wakes.turns_squared / wakes.ticks - mean * mean) / mean


def _advice(draft: Draft, claimed: Iterable[int], known: Known) -> str:
    texts = pack_texts(draft.kind)
    if not texts:
        return ""
    names = dict.fromkeys([*_on_stacks(claimed, known), *known.packs])
    return "\n\n".join([texts[name] for name in names if name in texts][:_MOST])


def _on_stacks(claimed: Iterable[int], known: Known) -> list[str]:
    """Packs below whose code the time of a draft is spent, the nearest to the wait first."""
    spent: dict[str, float] = defaultdict(float)
    depth: dict[str, float] = defaultdict(float)
    total = 0.0
    for number in claimed:
        key, seconds = known.rows.keys[number], known.rows.seconds[number]
        total += seconds
        found: dict[str, int] = {}
        for level, frame in enumerate(known.stacks[key.stack].frames if key.stack >= 0 else ()):
            pack = pack_of(frame.file)
            if pack is not None:
                found.setdefault(pack.name, level)
        for name, level in found.items():
            spent[name] += seconds
            depth[name] += level * seconds
    there = [name for name in spent if spent[name] >= _THERE * total > 0]
    return sorted(there, key=lambda name: (depth[name] / spent[name], name))
