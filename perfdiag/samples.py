"""How collectors write samples, and how they go on when a part of what they read is missing."""

from collections.abc import Callable, Iterable, Iterator

from perfdiag.errors import Missing
from perfdiag.model import Kind, Sample
from perfdiag.units import Unit


def counter(name: str, value: float, unit: Unit = Unit.COUNT, /, **labels: str) -> Sample:
    """A value that only grows until it is reset."""
    return Sample(name=name, value=float(value), unit=unit, kind=Kind.COUNTER, labels=tuple(labels.items()))


def gauge(name: str, value: float, unit: Unit = Unit.COUNT, /, **labels: str) -> Sample:
    """A value as it is now."""
    return Sample(name=name, value=float(value), unit=unit, kind=Kind.GAUGE, labels=tuple(labels.items()))


def gather(*parts: Callable[[], Iterable[Sample]]) -> Iterator[Sample]:
    """The samples of every part that can be read. Then raises what was missing: the first, with the words of
    all."""
    missing: list[Missing] = []
    for part in parts:
        try:
            yield from part()
        except Missing as error:
            missing.append(error)
    if missing:
        raise type(missing[0])("; ".join(dict.fromkeys(str(error) for error in missing)))
