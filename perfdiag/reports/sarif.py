"""Findings as SARIF 2.1.0, for code scanning and editors: each kind is a rule, each finding a result.

Levels: critical is an error, warning a warning, notice and info are notes; a finding that is not certain is
`open`, without a level. Nothing is suppressed. What was not evaluated or not seen are notifications of the
run. Paths that are not absolute stay relative.
Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import math
import re
from collections.abc import Iterable
from urllib.parse import quote

from perfdiag.diagnosis import Finding, Report, Severity
from perfdiag.model import Estimate, Place
from perfdiag.plugins import Format
from perfdiag.reports._json_values import Json
from perfdiag.text import json_document, printable, printable_lines
from perfdiag.units import wall

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/perfdiag/perfdiag"
_LEVELS = {
    Severity.INFO: "note",
    Severity.NOTICE: "note",
    Severity.WARNING: "warning",
    Severity.CRITICAL: "error",
}


def render(report: Report) -> str:
    kinds = list({finding.kind: finding for finding in report.findings})
    run: Json = {
        "tool": {"driver": _driver(report, kinds)},
        "automationDetails": {"id": printable(f"perfdiag/{report.meta.run_id}")},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, kinds.index(finding.kind)) for finding in report.findings],
        "properties": {
            "target": printable(report.meta.target),
            "verdict": report.verdict,
            "brief": [printable(sentence) for sentence in report.brief],
        },
    }
    return json_document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _driver(report: Report, kinds: list[str]) -> Json:
    first = {finding.kind: finding for finding in reversed(report.findings)}
    return {
        "name": "perfdiag",
        "version": printable(report.meta.version),
        "informationUri": _HOME,
        "rules": [_rule(first[kind]) for kind in kinds],
    }


def _rule(finding: Finding) -> Json:
    return {
        "id": printable(finding.kind),
        "shortDescription": {"text": _plain(f"{finding.kind}: {finding.resource}, {finding.aspect}")},
        "fullDescription": {"text": _plain(finding.why or finding.kind)},
        "help": {"text": _plain(finding.advice or f"perfdiag explain {finding.kind}")},
        "properties": {"tags": ["performance", printable(finding.resource)]},
    }


def _result(finding: Finding, rule: int) -> Json:
    certain = finding.verdict == "fired"
    return {
        "ruleId": printable(finding.kind),
        "ruleIndex": rule,
        "kind": "fail" if certain else "open",
        "level": _LEVELS[finding.severity] if certain else "none",
        "rank": float(finding.score),
        "message": {"text": _plain(finding.summary or finding.kind)},
        "locations": _locations(finding.where),
        "relatedLocations": [one for place in dict.fromkeys(finding.victims) for one in _locations(place)],
        "fingerprints": {"perfdiag/v1": printable(finding.fingerprint)},
        "properties": {
            "severity": finding.severity.name.lower(),
            "confidence": _number(finding.confidence),
            "impact": _estimate(finding.impact),
            "gain": _estimate(finding.gain),
            "object": printable(finding.object.name) if finding.object else None,
            "next": printable(finding.next),
        },
    }


def _locations(place: Place | None) -> list[Json]:
    if place is None:
        return []
    logical = [{"fullyQualifiedName": printable(place.function), "kind": "function"}]
    physical = _physical(place)
    return [({"physicalLocation": physical} if physical else {}) | {"logicalLocations": logical}]


def _physical(place: Place) -> Json | None:
    """None for code that no file holds: '<string>', '<frozen importlib._bootstrap>'."""
    file = printable(place.file, 4096)
    if not file or file.startswith("<"):
        return None
    uri = quote(file, safe="/")
    region: Json = {"region": {"startLine": place.line}} if place.line > 0 else {}
    return {"artifactLocation": {"uri": f"file://{uri}" if uri.startswith("/") else uri}} | region


def _invocation(report: Report) -> Json:
    meta = report.meta
    seconds = report.window[1] - report.window[0]
    missing = (f"not evaluated: {row.kind}: {row.missing}" for row in report.not_evaluated)
    blind = (f"not seen: {text}" for text in meta.blind)
    faults = (f"{fault.source}: {fault.kind}, {fault.detail}" for fault in report.faults)
    return {
        "executionSuccessful": True,
        **_time("startTimeUtc", meta.started),
        **_time("endTimeUtc", meta.started + seconds),
        "toolExecutionNotifications": [
            *_notes(missing, "note"),
            *_notes(blind, "note"),
            *_notes(faults, "warning"),
        ],
    }


def _notes(texts: Iterable[str], level: str) -> list[Json]:
    return [{"level": level, "message": {"text": _plain(text)}} for text in texts]


def _plain(text: str) -> str:
    """A message of which nothing is a link (`[text](target)`) or the number of an argument (`{0}`)."""
    return re.sub(r"[\\\[\]]", r"\\\g<0>", printable_lines(text)).replace("{", "{{").replace("}", "}}")


def _estimate(estimate: Estimate) -> Json:
    numbers = {name: _number(getattr(estimate, name)) for name in ("value", "low", "high")}
    return {**numbers, "unit": estimate.unit.value}


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _time(name: str, seconds: float) -> Json:
    """Nothing when no calendar has it."""
    moment = wall(seconds)
    return {name: moment} if moment else {}


SPEC = Format(name="sarif", help=__doc__, suffixes=(".sarif", ".sarif.json"), render=render)
