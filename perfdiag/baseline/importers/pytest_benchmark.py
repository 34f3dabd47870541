"""pytest-benchmark: what `pytest --benchmark-json=FILE` or `--benchmark-autosave` writes.

One run is one session of one process. With the rounds (`data`) the samples are times per iteration of each
round; without them only the median is known, and nothing about the spread within the session.
"""

from typing import Any

from perfdiag.baseline.fields import BadField, Node, number, utc
from perfdiag.baseline.session import Better, Metric, Session, content_id, metric
from perfdiag.baseline.sources import Importer
from perfdiag.model import Labels
from perfdiag.units import Unit

SUITE = "pytest-benchmark"


def recognise(document: dict[str, Any]) -> bool:
    return "machine_info" in document and "benchmarks" in document and "version" in document


def load(document: Node, content: bytes) -> tuple[str, Session]:
    machine = document.node("machine_info")
    commit = document.node("commit_info") if document.value.get("commit_info") else None
    session = Session(
        session_id=content_id(content),
        source=SUITE,
        started=utc(document, "datetime"),
        fingerprint=_fingerprint(machine),
        commit=_commit(commit) if commit else "",
        build=machine.text("python_compiler", ""),
        order=0,
        metrics=tuple(_metric(benchmark) for benchmark in document.nodes("benchmarks")),
    )
    names = [each.name for each in session.metrics]
    if len(set(names)) < len(names):
        raise BadField("two benchmarks have the same full name")
    return SUITE, session


def _commit(commit: Node) -> str:
    dirty = "-dirty" if commit.value.get("dirty") is True else ""
    return commit.text("id", "") + dirty


def _fingerprint(machine: Node) -> Labels:
    cpu = machine.node("cpu") if isinstance(machine.value.get("cpu"), dict) else Node({})
    count = cpu.value.get("count")
    found = {
        "cpu": cpu.text("brand_raw", machine.text("processor", "")),
        "cpus": str(count) if isinstance(count, int) else "",
        "kernel": machine.text("release", ""),
        "machine": machine.text("machine", ""),
        "python": machine.text("python_implementation", "") + " " + machine.text("python_version", ""),
        "system": machine.text("system", ""),
    }
    return tuple(sorted(found.items()))


def _metric(benchmark: Node) -> Metric:
    stats = benchmark.node("stats")
    if stats.value.get("data"):
        path = stats.at("data")
        samples = [number(value, path) for value in stats.array("data")]
    else:
        samples, path = [stats.number("median")], stats.at("median")
    if min(samples) <= 0:
        raise BadField(f"{path}: a time is zero or negative")
    return metric(benchmark.text("fullname"), Unit.SECONDS, Better.LOWER, [samples])


SPEC = Importer(name="pytest-benchmark JSON", help=__doc__, recognise=recognise, load=load)
