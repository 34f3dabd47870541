"""The report for a person at a terminal, 100 columns wide.

The verdict stands in the first line, then the brief, at most five findings, where busy thread time goes, the
hot functions, the resources (utilization, saturation, errors), and what the look could not see and what it
cost. No colour: `perfdiag.reports` render text, and the command line colours it with `colourise`.
"""

from collections.abc import Iterable, Sequence

from perfdiag.diagnosis import BreakdownRow, Finding, FunctionRow, Report, UseRow
from perfdiag.model import STOPPED, TASKS, Estimate, Object, Place
from perfdiag.plugins import Format
from perfdiag.reports._contrast import lines
from perfdiag.reports._layout import WIDTH, cut, interval, shown, table, wrapped
from perfdiag.reports._tables import lines as table_lines
from perfdiag.reports._training import lines as training_lines
from perfdiag.text import printable, printable_lines, without_commands
from perfdiag.units import Unit

_MOST_FINDINGS = 5
_NOTABLE = 0.01  # probability of being the largest cause, below which it is not worth a word
_MOST_ROWS = 12
_MOST_FUNCTIONS = 5
_LABEL = 10  # columns of the label of a line of a finding


def render(report: Report) -> str:
    blocks = [
        [_verdict(report)],
        [line for sentence in report.brief for line in wrapped(printable(sentence), 0)],
        *(_finding(number, finding) for number, finding in enumerate(report.findings[:_MOST_FINDINGS], 1)),
        _more(report.findings[_MOST_FINDINGS:]),
        lines(report.contrast),
        training_lines(report.training),
        _breakdown(report),
        _functions(report.functions),
        _resources(report.use),
        _followed_up(report),
        _unseen(report),
        _cost(report),
    ]
    return without_commands("\n\n".join("\n".join(block) for block in blocks if block) + "\n")


def _verdict(report: Report) -> str:
    target, cost = printable(report.meta.target, 40), report.meta.cost
    if report.verdict == "inconclusive":
        ended = f" ({printable(report.meta.ended, 40)})" if report.meta.ended else ""
        ticks = f"{cost.made} of {cost.planned} ticks of {target}"
        more = f", needs about {shown(report.needs, Unit.SECONDS)} more" if report.needs else ""
        return cut(f"INCONCLUSIVE: {ticks} are too few{more}{ended}", WIDTH)
    if report.verdict == "healthy" or not report.findings:
        state = "STOPPED" if STOPPED in report.meta.blind else "HEALTHY"
        return cut(f"{state}: nothing of severity notice or above in {target}", WIDTH)
    first, many = report.findings[0], len(report.findings)
    place = f" in {_place(first.where, 36)}" if first.where else ""
    gain = f"gain {interval(first.gain)}" + (f", 1 of {many} findings" if many > 1 else "")
    return cut(f"{first.severity.name}: {printable(first.kind)}{place}, {gain}", WIDTH)


def _finding(number: int, finding: Finding) -> list[str]:
    name = printable(finding.kind) + (f" ({printable(finding.pattern)})" if finding.pattern else "")
    level = finding.severity.name + (" INCONCLUSIVE" if finding.verdict == "inconclusive" else "")
    sure = f"  confidence {shown(finding.confidence, Unit.RATIO)}" if finding.confidence >= _NOTABLE else ""
    lines = [cut(f"{number}. {name}  {level}  gain {interval(finding.gain)}{sure}", WIDTH)]
    lines += _labelled("where", [_place(finding.where, 80)] if finding.where else [])
    lines += _labelled("object", [_object(finding.object, 80)] if finding.object else [])
    lines += _labelled("found", [finding.summary])
    lines += _labelled("evidence", _evidence(finding))
    lines += _labelled("because of", finding.chain)
    lines += table_lines(finding.tables)
    lines += _labelled("victims", [_place(place, 80) for place in finding.victims[:3]])
    lines += _labelled("symptoms", finding.symptoms)
    lines += _labelled("why", [_first_paragraph(finding.why)])
    lines += _labelled("do", [_first_paragraph(finding.advice)])
    lines += _labelled("not", [f"{item.kind}: {item.because}" for item in finding.against])
    lines += _labelled("next", [finding.next])
    lines += _labelled("undecided", [_needs(finding.needs)] if finding.needs else [])
    return lines


def _needs(seconds: float) -> str:
    return f"about {shown(seconds, Unit.SECONDS)} more of looking would decide it"


def _evidence(finding: Finding) -> Iterable[str]:
    of = " of busy thread time" if finding.of_time else ""
    yield f"{interval(finding.impact)}{of}"
    for item in finding.evidence:
        if item.value == finding.impact.value and item.unit is finding.impact.unit:
            continue  # the share that was judged, when all of it is the finding's own
        bounds = ""
        if item.low is not None and item.high is not None:
            bounds = f" [{shown(item.low, item.unit)}, {shown(item.high, item.unit)}]"
        yield f"{item.name} {shown(item.value, item.unit)}{bounds} ({item.source})"


def _more(findings: Sequence[Finding]) -> list[str]:
    kinds = ", ".join(f"{printable(finding.kind)} {finding.severity.name}" for finding in findings)
    return wrapped(f"and {len(findings)} more: {kinds}", 0) if findings else []


def _breakdown(report: Report) -> list[str]:
    if not report.breakdown:
        return []
    lines = ["Where busy thread time goes"]
    for row in report.groups:
        state = "under pressure" if row.pressed else "no pressure"
        what = "task" if row.name.startswith(TASKS) else "thread"
        many = f"{row.threads} {what}{'s' if row.threads != 1 else ''}"
        occupied = f"{many}, occupied {interval(row.occupancy)}, {state}"
        lines.append(f"  {printable(row.name, 40)}: {occupied}")
    rows = [_breakdown_row(row) for row in report.breakdown[:_MOST_ROWS]]
    lines += table(("share", "class", "where", "object", "group"), rows, (18, 9, 28, 24, 11))
    left = len(report.breakdown) - _MOST_ROWS
    return [*lines, f"  and {left} more rows (-f json)"] if left > 0 else lines


def _breakdown_row(row: BreakdownRow) -> tuple[str, ...]:
    place = _place(row.where, 28) if row.where else ""
    item = _object(row.object, 24) if row.object else ""
    return (interval(row.share), row.time.value, place, item, printable(row.group))


def _functions(rows: Sequence[FunctionRow]) -> list[str]:
    """Where the CPU time goes: a few rows, for the hottest tell most."""
    if not rows:
        return []
    cells = [
        (interval(row.self_share), interval(row.total_share), _place(row.where, 40), printable(row.group))
        for row in rows[:_MOST_FUNCTIONS]
    ]
    return [
        "Hot functions, of the CPU time",
        *table(("self", "total", "function", "group"), cells, (18, 18, 40, 16)),
    ]


def _resources(rows: Sequence[UseRow]) -> list[str]:
    if not rows:
        return []
    cells = [
        (
            printable(row.resource),
            _measured(row.utilization),
            _measured(row.saturation),
            _measured(row.errors),
            printable(row.note),
        )
        for row in rows
    ]
    header = ("resource", "utilization", "saturation", "errors", "note")
    return ["Resources", *table(header, cells, (16, 20, 20, 12, 20))]


def _measured(estimate: Estimate | None) -> str:
    return "not measured" if estimate is None else interval(estimate)


def _followed_up(report: Report) -> list[str]:
    lines = []
    for one in report.followed_up:
        lines += wrapped(printable(f"{one.question} {one.measurement}: {one.answer}"), 4, first="  ")
    return ["Measured for an open question", *lines] if lines else []


def _unseen(report: Report) -> list[str]:
    lines = []
    missing: dict[str, list[str]] = {}
    for row in report.not_evaluated:
        missing.setdefault(row.missing, []).append(row.kind)
    for reason, kinds in missing.items():
        lines += wrapped(printable(f"{', '.join(kinds)}: {reason}", 400), 4, first="  ")
    for blind in report.meta.blind:
        lines += wrapped(printable(blind), 4, first="  ")
    for fault in report.faults[:_MOST_FINDINGS]:
        lines += wrapped(printable(f"{fault.source}: {fault.kind}, {fault.detail}"), 4, first="  ")
    left = len(report.faults) - _MOST_FINDINGS
    if left > 0:
        lines.append(f"  and {left} more faults (-f json)")
    return ["Not evaluated, not seen", *lines] if lines else []


def _cost(report: Report) -> list[str]:
    meta, cost = report.meta, report.meta.cost
    lasted = shown(meta.duration, Unit.SECONDS)
    if meta.ended:
        seconds = shown(report.window[1] - report.window[0], Unit.SECONDS)
        status = "" if meta.exit_status is None else f", exit status {meta.exit_status}"
        lasted = f"{seconds} of {lasted} ({printable(meta.ended)}{status})"
    text = (
        f"Cost of the look at {printable(meta.target)}, {lasted}: "
        f"{shown(cost.sampler_cpu + cost.parent_cpu, Unit.SECONDS)} of CPU, "
        f"target stopped {shown(cost.stopped, Unit.SECONDS)}; {cost.made} of {cost.planned} ticks, "
        f"{cost.stacks} stacks, {cost.torn} torn, {cost.retried} read again"
    )
    if meta.engine:
        text += f"; {printable(meta.engine)}"
    return wrapped(f"{text}; perfdiag {printable(meta.version)}, run {printable(meta.run_id)}", 2)


def _place(place: Place, width: int) -> str:
    """'orders.py:88 load', the path cut from the left."""
    tail = f"{f':{place.line}' if place.line else ''} {printable(place.function, max(8, width // 2))}"
    path, room = printable(place.file, 4096), max(8, width - len(tail))
    return (path if len(path) <= room else f"…{path[1 - room :]}") + tail


def _object(item: Object, width: int) -> str:
    more = "; ".join(text for text in (item.service, item.peer) if text)
    name = item.name if item.name.lower().startswith(item.type) else f"{item.type} {item.name}"
    return cut(printable(name + (f" ({more})" if more else "")), width)


def _first_paragraph(text: str) -> str:
    return " ".join(printable_lines(text).strip().split("\n\n", 1)[0].split())


def _labelled(label: str, texts: Iterable[str]) -> list[str]:
    """Wrapped texts behind a label that is said once."""
    lines: list[str] = []
    for text in texts:
        if text:
            first = "   " + ("" if lines else label).ljust(_LABEL) + " "
            lines += wrapped(printable(text, 1000), len(first), first=first)
    return lines


SPEC = Format(name="terminal", help=__doc__, suffixes=(), render=render)
