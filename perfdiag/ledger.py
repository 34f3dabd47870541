"""Who claims which time: each slice belongs to at most one finding.

Drafts claim in the order of causes (a rule says which kinds are consequences of its own), then of size. A
draft whose slices are mostly taken by then is a symptom of the one that took them. What is left decides
impact, gain and rank.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from perfdiag.attribution.busy import Array, Busy
from perfdiag.claims import Claimed, claim_rows, in_order
from perfdiag.confidence import SURE, Certainty, at_culprit, chances, looks_at, unjudged_causes
from perfdiag.diagnosis import Draft, Finding, Severity
from perfdiag.model import ON_CPU, Estimate, Object, Stack
from perfdiag.plugins import Rule
from perfdiag.score import score, severity
from perfdiag.stats.shares import shares
from perfdiag.undecided import more_time

_ALIKE = 0.05  # gains closer than this are as good as equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The texts of a kind: why it matters, and what to do."""

    why: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the ledger looks things up in. `cpus` is the least of online, affinity and quota; `health` the
    share of planned ticks that were made; `unjudged` are kinds that a short look could not judge;
    `names` are those of the subjects, and `whole` is the subject that stands for all `processes`."""

    busy: Busy
    stacks: Sequence[Stack]
    objects: Sequence[Object]
    rules: Mapping[str, Rule]
    texts: Mapping[str, Advice]
    cpus: float
    health: float
    window: tuple[float, float]
    measured: str
    seed: int
    unjudged: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""
    processes: int = 1


def settle(drafts: Sequence[Draft], context: Context) -> tuple[Finding, ...]:
    """Findings in the order of their gain; what claims no time comes by its score among them."""
    ordered = in_order(drafts, context.rules)
    timed = [draft for draft in ordered if draft.claim is not None]
    claims = claim_rows(timed, context.busy, context.stacks, context.objects)
    findings = _timed(claims, context) + _levels([draft for draft in ordered if draft.claim is None], context)
    return tuple(replace(finding, needs=more_time(finding)) for finding in sorted(findings, key=_rank))


def _levels(drafts: Sequence[Draft], context: Context) -> list[Finding]:
    """Findings that claim no time; of two about the same the one that explains the other has it as a
    symptom."""
    symptoms: dict[int, list[str]] = {number: [] for number in range(len(drafts))}
    for number, draft in enumerate(drafts):  # causes come first
        for cause in range(number):
            if cause in symptoms and draft.kind in context.rules[drafts[cause].kind].explains:
                symptoms[cause].append(f"{draft.kind}: {draft.summary} {drafts[cause].kind} explains it.")
                del symptoms[number]
                break
    return [
        _finding(
            drafts[number],
            context,
            impact=drafts[number].estimate,
            gain=drafts[number].estimate,
            confidence=round(SURE * drafts[number].confidence, 3),
            symptoms=tuple(found),
        )
        for number, found in symptoms.items()
    ]


def _rank(finding: Finding) -> tuple[object, ...]:
    """Fired before undecided, then by gain. Of two that give back as much, the one that waits comes before
    the one that works: what is left after the wait is gone is the work."""
    steps = round(finding.gain.value / _ALIKE)
    waits = finding.aspect == "saturation"
    return (
        finding.verdict != "fired",
        -steps,
        not waits,
        -finding.gain.value,
        finding.kind,
        finding.fingerprint,
    )


def _timed(claims: Sequence[Claimed], context: Context) -> list[Finding]:
    busy = context.busy
    if not claims or busy.seconds <= 0:
        return []
    parts = np.array([busy.part(busy.rows[number][1] for number in claimed.rows) for claimed in claims])
    impacts = shares(parts, busy.total)
    on_cpu = [float(row.sum()) if key.time in ON_CPU else 0.0 for key, row in busy.rows]
    gains = [_gain(claimed, impact, on_cpu, context) for claimed, impact in zip(claims, impacts, strict=True)]
    certainties = _certainties(claims, parts, [gain.value for gain in gains], context)
    return [
        _finding(
            _judged(claimed.draft, impact),
            context,
            impact=impact,
            gain=gain,
            confidence=certainty.confidence,
            symptoms=tuple(claimed.symptoms),
        )
        for claimed, impact, gain, certainty in zip(claims, impacts, gains, certainties, strict=True)
    ]


def _judged(draft: Draft, impact: Estimate) -> Draft:
    """Severity and score again, now that it is known how much time is the finding's own."""
    limits = dict(draft.thresholds)
    notice, warning = limits["share_notice"], limits["share_warning"]
    found = severity(impact.low, notice, warning, limits["share_critical"])
    return replace(
        draft,
        estimate=impact,
        severity=Severity.INFO if found is None else found,
        score=score(impact.low, notice, warning),
    )


def _gain(claimed: Claimed, impact: Estimate, on_cpu: Sequence[float], context: Context) -> Estimate:
    """1 - T'/T: T is the busy time, T' the same without what is claimed, but never less than what the CPU
    time that remains needs on the CPUs there are, unless the remedy is more of them. `on_cpu`: CPU seconds of
    each row."""
    if claimed.draft.model == "capacity":
        return impact
    busy = context.busy
    rows = set(claimed.rows)
    remains = sum(seconds for number, seconds in enumerate(on_cpu) if number not in rows)
    wall = max(1e-9, context.window[1] - context.window[0])
    threads = busy.seconds / wall  # at work at the same time
    floor = remains / max(context.cpus, 1e-9) * threads / busy.seconds if threads > 1 else 0.0
    most = max(0.0, 1 - floor)
    return replace(
        impact,
        value=min(impact.value, most),
        low=min(impact.low, most),
        high=min(impact.high, most),
    )


def _certainties(
    claims: Sequence[Claimed], parts: Array, gains: Sequence[float], context: Context
) -> list[Certainty]:
    """What the confidence of each claim is made of."""
    busy = context.busy
    wins = chances(parts, gains, context.seed)
    rest = busy.seconds - float(parts.sum())
    return [
        Certainty(
            chance=float(win),
            rest=max(0.0, rest) / max(1e-9, float(part.sum())),
            looks=looks_at(claimed, part, busy),
            made=context.health,
            causes=unjudged_causes(claimed.draft.kind, context.rules, context.unjudged),
            at_culprit=at_culprit(claimed, busy, context.stacks, context.objects),
        )
        for claimed, part, win in zip(claims, parts, wins, strict=True)
    ]


def _fingerprint(draft: Draft) -> str:
    """Stable over runs: kind, place without its line, and object."""
    where = f"{draft.where.file}:{draft.where.function}" if draft.where else ""
    item = draft.object.service or draft.object.type if draft.object else ""
    what = "|".join((draft.kind, where, item))
    return f"{zlib.crc32(what.encode(errors='backslashreplace')):08x}"


def _finding(
    draft: Draft, context: Context, *,
    impact: Estimate, gain: Estimate, confidence: float, symptoms: tuple[str, ...],
) -> Finding:  # fmt: skip
    rule, texts = context.rules[draft.kind], context.texts[draft.kind]
    return Finding(
        kind=draft.kind,
        resource=rule.resource,
        aspect=rule.aspect,
        pattern=draft.pattern,
        fingerprint=_fingerprint(draft),
        verdict="fired" if draft.severity >= Severity.NOTICE else "inconclusive",
        severity=draft.severity,
        score=round(draft.score),
        subject=draft.subject,
        window=context.window,
        impact=impact,
        gain=gain,
        gain_model=draft.model,
        confidence=confidence,
        where=draft.where,
        victims=draft.victims,
        object=draft.object,
        chain=draft.chain,
        summary=draft.summary,
        why=texts.why,
        advice="\n\n".join(filter(None, (draft.advice[0], texts.advice, draft.advice[1]))),
        evidence=draft.evidence,
        symptoms=symptoms,
        against=draft.against,
        next=draft.next,
        thresholds=draft.thresholds,
        measured=context.measured,
        subject_name=context.names.get(draft.subject, ""),
        processes=context.processes if draft.subject == context.whole else 1,
        tables=draft.tables,
    )
