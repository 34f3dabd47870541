"""Markdown for a pull request or the page of an incident: verdict, a table of the findings, then each one.

Every name is inert on a site that shows it: no HTML, link, mention or formula, and no bar that ends a table.
"""

import math
from collections.abc import Iterable, Sequence

from perfdiag.attribution.places import spot
from perfdiag.diagnosis import Contrast, Evidence, Finding, Report
from perfdiag.model import STOPPED, Estimate, Object, Place
from perfdiag.plugins import Format
from perfdiag.reports._tables import cells, columns
from perfdiag.reports._training import sentence
from perfdiag.text import markdown, markdown_code, markdown_prose, without_commands
from perfdiag.units import Unit, human

_SHOWN = 10  # findings that are told in full, and faults


def render(report: Report) -> str:
    blocks = [
        f"## {_verdict(report)}",
        *(markdown_prose(sentence) for sentence in report.brief),
        *_contrast(report.contrast),
        _overview(report.findings),
        *(block for finding in report.findings[:_SHOWN] for block in _finding(finding)),
        _bullets("Training, of the wall time", map(sentence, report.training)),
        _bullets(
            "Measured for an open question",
            (f"{one.question} {one.measurement}: {one.answer}" for one in report.followed_up),
        ),
        *_unseen(report),
        _cost(report),
    ]
    return without_commands("\n\n".join(block for block in blocks if block) + "\n")


def _verdict(report: Report) -> str:
    target = markdown_code(report.meta.target)
    if report.verdict == "inconclusive":
        more = f", needs about {human(report.needs, Unit.SECONDS)} more" if report.needs else ""
        return f"Inconclusive: {target}{more}".rstrip()
    if report.verdict == "healthy" or not report.findings:
        state = "Stopped" if STOPPED in report.meta.blind else "Healthy"
        return f"{state}: nothing of severity notice or above in {target}"
    first = report.findings[0]
    place = f" in {_place(first.where)}" if first.where else ""
    return f"{first.severity.name.capitalize()}: {markdown_code(first.kind)}{place}"


def _contrast(contrast: Contrast | None) -> Iterable[str]:
    """How the second of two processes differs from the first."""
    if contrast is None:
        return
    yield markdown_prose(f"{contrast.other} against {contrast.base}: {contrast.verdict}; {contrast.because}")
    rows = [
        (
            _place(row.where) or markdown(row.name) or "in all",
            f"{row.base:.2f}",
            f"{row.other:.2f}",
            _interval(row.difference),
            _interval(row.change) if row.change else "",
            "differs" if row.certain else "",
        )
        for row in contrast.rows
    ]
    yield _table(("busy threads", "first", "second", "difference", "change", "certain"), rows)


def _overview(findings: Sequence[Finding]) -> str:
    rows = [
        (
            markdown_code(finding.kind),
            _level(finding),
            _interval(finding.gain),
            _human(finding.confidence, Unit.RATIO),
            _place(finding.where),
            _object(finding.object),
        )
        for finding in findings
    ]
    return _table(("kind", "severity", "gain", "confidence", "where", "object"), rows)


def _finding(finding: Finding) -> Iterable[str]:
    """The blocks of a finding: heading, what, how it is known, what it is not, what to do."""
    pattern = f" ({markdown(finding.pattern)})" if finding.pattern else ""
    place = f" in {_place(finding.where)}" if finding.where else ""
    yield f"### {markdown_code(finding.kind)}{pattern}{place}"
    yield markdown_prose(finding.summary)
    yield _table(("evidence", "value", "interval", "source"), list(_evidence(finding)))
    yield _bullets("Because of", finding.chain)
    for one in finding.tables:
        yield f"**{markdown(one.name)}**"
        yield _table(tuple(map(markdown, columns(one))), [tuple(map(markdown, row)) for row in cells(one)])
    yield _bullets("Held up by it", (_place(place) for place in finding.victims))
    yield _bullets("Symptoms", finding.symptoms)
    yield _bullets("Rejected", (f"`{item.kind}`: {item.because}" for item in finding.against))
    yield from _paragraphs("Why it matters", finding.why)
    yield from _paragraphs("What to do", finding.advice)
    if finding.next:
        yield f"**Next:** {markdown_code(finding.next)}"


def _evidence(finding: Finding) -> Iterable[tuple[str, ...]]:
    of = " of busy thread time" if finding.of_time else ""
    impact, bounds = finding.impact, _bounds(finding.impact)
    yield (f"impact{of}", _human(impact.value, impact.unit), bounds, "")
    for item in finding.evidence:
        if item.value == impact.value and item.unit is impact.unit:
            continue  # the share that was judged, when all of it is the finding's own
        yield (markdown(item.name), _human(item.value, item.unit), _bounds(item), markdown(item.source))


def _unseen(report: Report) -> Iterable[str]:
    missing: dict[str, list[str]] = {}
    for row in report.not_evaluated:
        missing.setdefault(row.missing, []).append(row.kind)
    lines = [f"{', '.join(f'`{kind}`' for kind in kinds)}: {reason}" for reason, kinds in missing.items()]
    lines += report.meta.blind
    lines += [f"{fault.source}: {fault.kind}, {fault.detail}" for fault in report.faults[:_SHOWN]]
    yield _bullets("Not evaluated, not seen", lines)


def _cost(report: Report) -> str:
    meta, cost = report.meta, report.meta.cost
    ended = f" ({markdown(meta.ended)})" if meta.ended else ""
    engine = f"; {markdown(meta.engine)}" if meta.engine else ""
    return (
        f"Cost of the look, {_human(meta.duration, Unit.SECONDS)}{ended}: "
        f"{_human(cost.sampler_cpu + cost.parent_cpu, Unit.SECONDS)} of CPU, "
        f"{cost.made} of {cost.planned} ticks, {cost.stacks} stacks{engine}; "
        f"perfdiag {markdown_code(meta.version)}, run {markdown_code(meta.run_id)}"
    )


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table without the columns that are empty in every row."""
    kept = [column for column in range(len(header)) if any(row[column] for row in rows)]
    lines = [header, ("---",) * len(header), *rows] if rows else []
    return "\n".join(f"| {' | '.join(line[column] for column in kept)} |" for line in lines)


def _bullets(title: str, texts: Iterable[str]) -> str:
    lines = [f"- {markdown_prose(text)}" for text in texts if text]
    return "\n".join([f"**{title}**", "", *lines]) if lines else ""


def _paragraphs(title: str, text: str) -> Iterable[str]:
    paragraphs = [markdown_prose(part) for part in text.split("\n\n") if part.strip()]
    return [f"**{title}**", *paragraphs] if paragraphs else []


def _level(finding: Finding) -> str:
    level = finding.severity.name.lower()
    return f"{level}, inconclusive" if finding.verdict == "inconclusive" else level


def _place(place: Place | None) -> str:
    return markdown_code(f"{spot(place.file, place.line)} {place.function}") if place else ""


def _object(item: Object | None) -> str:
    if item is None:
        return ""
    more = "; ".join(text for text in (item.service, item.peer) if text)
    return markdown_code(f"{item.type} {item.name}" + (f" ({more})" if more else ""))


def _human(value: float, unit: Unit) -> str:
    return human(value, unit) if math.isfinite(value) else "?"


def _bounds(item: Estimate | Evidence) -> str:
    if item.low is None or item.high is None or item.low == item.high:
        return ""
    return f"{_human(item.low, item.unit)} to {_human(item.high, item.unit)}"


def _interval(estimate: Estimate) -> str:
    bounds = _bounds(estimate)
    return _human(estimate.value, estimate.unit) + (f" ({bounds})" if bounds else "")


SPEC = Format(name="markdown", help=__doc__, suffixes=(".md",), render=render)
