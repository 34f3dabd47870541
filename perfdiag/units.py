"""Base units inside, human scales outside; the only module that scales."""

from datetime import UTC, datetime
from enum import StrEnum


class Unit(StrEnum):
    """Base units; every number in the records is in one of these."""

    SECONDS = "s"
    BYTES = "B"
    RATIO = "ratio"
    COUNT = "1"
    PER_SECOND = "1/s"
    BYTES_PER_SECOND = "B/s"
    HERTZ = "Hz"


_SECONDS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_BINARY = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B"))
_DECIMAL = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""))


def _scaled(value: float, scales: tuple[tuple[float, str], ...], space: str = " ") -> str:
    factor, name = next(((f, n) for f, n in scales if abs(value) >= f), scales[-1])
    if value == 0:
        factor, name = next((f, n) for f, n in scales if f == 1)
    number = value / factor
    digits = 0 if abs(number) >= 100 or number == int(number) else 1 if abs(number) >= 10 else 2
    return f"{number:.{digits}f}{space if name else ''}{name}"


def human(value: float, unit: Unit) -> str:
    """A number for people: 0.0123 s -> '12.3 ms', 0.41 ratio -> '41 %'."""
    match unit:
        case Unit.RATIO:
            percent = value * 100
            return f"{percent:.0f} %" if abs(percent) >= 10 or percent == int(percent) else f"{percent:.1f} %"
        case Unit.SECONDS:
            return _scaled(value, _SECONDS)
        case Unit.BYTES:
            return _scaled(value, _BINARY)
        case Unit.BYTES_PER_SECOND:
            return _scaled(value, _BINARY) + "/s"
        case Unit.PER_SECOND:
            return _scaled(value, _DECIMAL, "") + "/s"
        case Unit.HERTZ:
            return _scaled(value, _DECIMAL, " ") + "Hz" if abs(value) >= 1000 else f"{value:g} Hz"
        case Unit.COUNT:
            return _scaled(value, _DECIMAL, "")


def wall(seconds: float) -> str | None:
    """RFC 3339 in UTC, with milliseconds; None when no calendar has it."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
