"""What the tests of collectors have in common: a sample as (value, unit, kind) by name and labels."""

from collections.abc import Iterable

from perfdiag.model import Kind, Sample
from perfdiag.plugins import Collector
from tests.hosts import PID, RecordedHost

Reading = tuple[float, str, str]


def readings(samples: Iterable[Sample]) -> dict[str, Reading]:
    """'disk.bytes{device=vda,direction=read}' -> (value, unit, 'counter' or 'gauge')."""
    return {series(one): (one.value, one.unit.value, one.kind.value) for one in samples}


def series(sample: Sample) -> str:
    labels = ",".join(f"{key}={value}" for key, value in sample.labels)
    return f"{sample.name}{{{labels}}}" if labels else sample.name


def collect(collector: Collector, tree: RecordedHost) -> dict[str, Reading]:
    pid = PID if collector.scope == "process" else None
    return readings(collector.collect(tree.host, pid))


def counter(value: float, unit: str = "1") -> Reading:
    return (value, unit, Kind.COUNTER.value)


def gauge(value: float, unit: str = "1") -> Reading:
    return (value, unit, Kind.GAUGE.value)
