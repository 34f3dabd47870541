"""The whole triage as JSON, `"schema": "perfdiag.triage/1"` (`perfdiag schema triage`).

Numbers are in base units with six significant digits, monotonic times with microseconds; what is not a finite
number is null.
"""

import math
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from perfdiag.diagnosis import Severity
from perfdiag.model import Estimate
from perfdiag.plugins import Format
from perfdiag.text import json_document, printable_lines
from perfdiag.triage.records import About, Activity, Triage
from perfdiag.units import wall

Json = dict[str, object]


def render(triage: Triage) -> str:
    return json_document({"schema": "perfdiag.triage/1", **_plain(triage)})


def _plain(value: Any) -> Any:
    """A record as JSON has it: names of fields are keys, texts are printable, numbers are rounded."""
    match value:
        case Activity():
            figures = {name.value: _plain(estimate) for name, estimate in value.figures}
            return _fields(value, "figures", "cgroup") | {"figures": figures}
        case About():
            window, started = _window(value.window), wall(value.started)
            return _fields(value, "window", "started") | {"window": window, "started": started}
        case Estimate():
            return _fields(value, "window") | {"window": _window(value.window)}
        case Severity():
            return value.name.lower()
        case Enum():
            return value.value
        case str():
            return printable_lines(value)
        case bool() | int() | None:
            return value
        case float():
            return float(f"{value:.6g}") + 0.0 if math.isfinite(value) else None
        case tuple():
            return [_plain(one) for one in value]
    assert is_dataclass(value)
    return _fields(value)


def _fields(record: Any, *without: str) -> Json:
    names = (field.name for field in fields(record) if field.name not in without)
    return {name: _plain(getattr(record, name)) for name in names}


def _window(window: tuple[float, float] | None) -> list[float] | None:
    return None if window is None else [round(at, 6) for at in window]


SPEC = Format(name="json", help=__doc__, suffixes=(".json",), render=render)
