"""The whole report as JSON, `"schema": "perfdiag.report/1"` (`perfdiag schema report`).

Numbers are in base units with six significant digits, monotonic times with microseconds; what is not a finite
number is null. Keys keep their order and strings are ASCII with `<` escaped: the same report gives the same
bytes, which may stand inside a page.
"""

import re

from perfdiag.diagnosis import BreakdownRow, Evidence, Finding, FunctionRow, GroupRow, Report, Table, UseRow
from perfdiag.model import Cost, Meta
from perfdiag.plugins import Format
from perfdiag.reports._contrast import as_json
from perfdiag.reports._json_values import Json
from perfdiag.reports._json_values import estimate as _estimate
from perfdiag.reports._json_values import item_of as _object
from perfdiag.reports._json_values import number as _number
from perfdiag.reports._json_values import place as _place
from perfdiag.reports._json_values import text as _text
from perfdiag.reports._json_values import texts as _texts
from perfdiag.reports._json_values import window as _window
from perfdiag.reports._training import as_json as training_row
from perfdiag.text import json_document
from perfdiag.units import wall

_PID = re.compile(r"[0-9]{1,10}")


def render(report: Report) -> str:
    content: Json = {
        "schema": "perfdiag.report/1",
        "run_id": _text(report.meta.run_id),
        "verdict": report.verdict,
        "brief": _texts(report.brief),
        "needs_seconds": _number(report.needs),
        "window": _window(report.window),
        "meta": _meta(report.meta),
        "findings": [_finding(finding) for finding in report.findings],
        "groups": [_group(row) for row in report.groups],
        "functions": [_function(row) for row in report.functions],
        "breakdown": [_breakdown(row) for row in report.breakdown],
        "contrast": as_json(report.contrast),
        "training": [training_row(row) for row in report.training],
        "followed_up": [
            {name: _text(getattr(one, name)) for name in ("question", "measurement", "answer")}
            for one in report.followed_up
        ],
        "use": [_use(row) for row in report.use],
        "not_evaluated": [{"kind": row.kind, "missing": _text(row.missing)} for row in report.not_evaluated],
        "faults": [
            {"source": _text(fault.source), "kind": fault.kind.value, "detail": _text(fault.detail)}
            for fault in report.faults
        ],
    }
    return json_document(content)


def _subject(subject: str, command: str = "", processes: int = 1) -> Json:
    """'host', 'process:PID', 'tree:PID' or 'set:PID,PID'."""
    kind, _, name = subject.partition(":")
    pids = [int(pid) for pid in name.split(",") if _PID.fullmatch(pid)]
    if pids:
        which: Json = {"pid": pids[0]} if len(pids) == 1 else {"pids": pids}
        return {"type": _text(kind)} | which | {"name": _text(command), "processes": processes}
    return {"type": _text(kind), "name": _text(name)} if name else {"type": _text(kind)}


def _finding(finding: Finding) -> Json:
    busy = {"of": "busy thread time"} if finding.of_time else {}
    return {
        "kind": finding.kind,
        "resource": finding.resource,
        "aspect": finding.aspect,
        "pattern": finding.pattern,
        "fingerprint": finding.fingerprint,
        "verdict": finding.verdict,
        "severity": finding.severity.name.lower(),
        "score": finding.score,
        "subject": _subject(finding.subject, finding.subject_name, finding.processes),
        "window": _window(finding.window),
        "impact": (_estimate(finding.impact) or {}) | busy,
        "gain": (_estimate(finding.gain) or {}) | {"model": finding.gain_model},
        "confidence": _number(finding.confidence),
        "where": _place(finding.where),
        "victims": [_place(place) for place in finding.victims],
        "object": _object(finding.object),
        "chain": _texts(finding.chain),
        "summary": _text(finding.summary),
        "why": _text(finding.why),
        "advice": _text(finding.advice),
        "evidence": [_evidence(item) for item in finding.evidence],
        "tables": [_table(table) for table in finding.tables],
        "symptoms": _texts(finding.symptoms),
        "against": [{"kind": item.kind, "because": _text(item.because)} for item in finding.against],
        "next": _text(finding.next),
        "thresholds": {name: _number(value) for name, value in finding.thresholds},
        "measured": _text(finding.measured),
        "needs_seconds": _number(finding.needs),
    }


def _table(table: Table) -> Json:
    return {
        "name": _text(table.name),
        "columns": _texts(table.columns),
        "rows": [[_text(c) if isinstance(c, str) else _number(c) for c in row] for row in table.rows],
    }


def _evidence(item: Evidence) -> Json:
    return {
        "name": _text(item.name),
        "value": _number(item.value),
        "low": _number(item.low),
        "high": _number(item.high),
        "unit": item.unit.value,
        "source": _text(item.source),
    }


def _group(row: GroupRow) -> Json:
    return {
        "name": _text(row.name),
        "threads": row.threads,
        "occupancy": _estimate(row.occupancy),
        "pressed": row.pressed,
    }


def _function(row: FunctionRow) -> Json:
    return {
        "group": _text(row.group),
        "threads": row.threads,
        "where": _place(row.where),
        "self": _estimate(row.self_share),
        "total": _estimate(row.total_share),
    }


def _breakdown(row: BreakdownRow) -> Json:
    return {
        "group": _text(row.group),
        "class": row.time.value,
        "share": _estimate(row.share),
        "where": _place(row.where),
        "object": _object(row.object),
        "pressed": row.pressed,
    }


def _use(row: UseRow) -> Json:
    return {
        "resource": _text(row.resource),
        "utilization": _estimate(row.utilization),
        "saturation": _estimate(row.saturation),
        "errors": _estimate(row.errors),
        "note": _text(row.note),
    }


def _meta(meta: Meta) -> Json:
    return {
        "version": meta.version,
        "started": wall(meta.started),
        "host": {"name": _text(meta.hostname), "kernel": _text(meta.kernel), "cpus": meta.cpus},
        "target": _text(meta.target),
        "exit_status": meta.exit_status,
        "duration": _number(meta.duration),
        "rate": _number(meta.rate),
        "engine": _text(meta.engine),
        "ended": _text(meta.ended),
        "options": {_text(name): _text(value) for name, value in meta.options},
        "blind": _texts(meta.blind),
        "cost": _cost(meta.cost),
    }


def _cost(cost: Cost) -> Json:
    return {
        "sampler_cpu": _number(cost.sampler_cpu),
        "parent_cpu": _number(cost.parent_cpu),
        "stopped": _number(cost.stopped),
        "planned": cost.planned,
        "made": cost.made,
        "stacks": cost.stacks,
        "torn": cost.torn,
        "retried": cost.retried,
        "budget": _number(cost.budget),
        "used": _number(cost.used),
    }


SPEC = Format(name="json", help=__doc__, suffixes=(".json",), render=render)
