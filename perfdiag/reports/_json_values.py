"""Records and numbers as JSON values: six significant digits, null for what is not a finite number."""

import math

from perfdiag.model import Estimate, Object, Place
from perfdiag.text import printable_lines

Json = dict[str, object]


def text(value: str) -> str:
    return printable_lines(value)


def texts(values: tuple[str, ...]) -> list[str]:
    return [text(value) for value in values]


def number(value: float | None) -> float | None:
    """Six significant digits; integers stay integers."""
    if value is None or not math.isfinite(value):
        return None
    return value if isinstance(value, int) else float(f"{value:.6g}") + 0.0


def window(times: tuple[float, float] | None) -> list[float | None] | None:
    if times is None:
        return None
    return [round(at, 6) if math.isfinite(at) else None for at in times]


def estimate(found: Estimate | None) -> Json | None:
    if found is None:
        return None
    return {
        "value": number(found.value),
        "low": number(found.low),
        "high": number(found.high),
        "unit": found.unit.value,
        "n": found.n,
        "confidence": number(found.confidence),
        "window": window(found.window),
        "caveats": texts(found.caveats),
    }


def place(where: Place | None) -> Json | None:
    if where is None:
        return None
    return {
        "file": text(where.file),
        "line": where.line,
        "function": text(where.function),
        "stack": texts(where.stack),
    }


def item_of(item: Object | None) -> Json | None:
    if item is None:
        return None
    return {
        "type": item.type.value,
        "name": text(item.name),
        "service": text(item.service),
        "peer": text(item.peer),
        "peer_pid": item.peer_pid or None,
    }
