"""Sessions as JSON, perfdiag.session/1: stable key order, one line per metric, so that a saved session is a
small diff in git."""

import json
import re
from collections.abc import Iterator
from typing import Any

from perfdiag.baseline.fields import BadField, Node, number, parse
from perfdiag.baseline.session import Better, Metric, Session
from perfdiag.units import Unit

SCHEMA = "perfdiag.session/1"
MOST_SESSIONS = 1000
MOST_METRICS = 10_000
# A bucket of GROWTH**i below 1e-40 or above 1e40 is no measurement; larger exponents overflow a float.
MOST_BUCKET = 25_000
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def is_name(text: str) -> bool:
    """Whether `text` may name a suite, and so a file: no path, no hidden file."""
    return bool(_NAME.fullmatch(text)) and not text.startswith(".")


def dump(suite: str, sessions: tuple[Session, ...]) -> bytes:
    """The file of a suite."""
    head = f'{{\n"schema": {json.dumps(SCHEMA)},\n"suite": {json.dumps(suite)},\n"sessions": [\n'
    return (head + ",\n".join(map(_dump_session, sessions)) + "\n]\n}\n").encode()


def _dump_session(session: Session) -> str:
    lines = [
        f"{json.dumps(key)}: {_compact(value)}"
        for key, value in (
            ("session_id", session.session_id),
            ("source", session.source),
            ("started", session.started),
            ("fingerprint", dict(session.fingerprint)),
            ("commit", session.commit),
            ("build", session.build),
            ("order", session.order),
        )
    ]
    metrics = ",\n".join(map(_dump_metric, session.metrics))
    return "{" + ",\n".join(lines) + f',\n"metrics": [\n{metrics}\n]}}'


def _dump_metric(metric: Metric) -> str:
    record: dict[str, Any] = {"name": metric.name, "unit": metric.unit.value, "better": metric.better.value}
    if metric.histogram:
        record["histogram"] = metric.histogram
    else:
        record["processes"] = metric.processes
    return _compact(record)


def _compact(value: object) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def load(content: bytes) -> tuple[str, tuple[Session, ...]]:
    """Suite and sessions of a file; raises BadField for anything that perfdiag did not write."""
    document = Node(parse(content))
    schema = document.text("schema")
    if schema != SCHEMA:
        newer = schema.startswith("perfdiag.session/")
        raise BadField(
            f"its schema is {schema}, this perfdiag reads {SCHEMA}" if newer else "it is not a baseline"
        )
    suite = document.text("suite")
    if not is_name(suite):
        raise BadField("suite is not a name of 1 to 64 letters, digits, '.', '_' and '-'")
    if len(document.array("sessions")) > MOST_SESSIONS:
        raise BadField(f"more than {MOST_SESSIONS} sessions")
    sessions = tuple(_session(node) for node in document.nodes("sessions"))
    _no_duplicates([session.session_id for session in sessions], "session_id")
    return suite, sessions


def _session(node: Node) -> Session:
    fingerprint = node.node("fingerprint")
    if len(node.array("metrics")) > MOST_METRICS:
        raise BadField(f"{node.at('metrics')}: more than {MOST_METRICS}")
    metrics = tuple(_metric(each) for each in node.nodes("metrics"))
    _no_duplicates([metric.name for metric in metrics], node.at("metrics"))
    session_id = node.text("session_id")
    if not is_name(session_id):
        raise BadField(f"{node.at('session_id')} is not a name")
    return Session(
        session_id=session_id,
        source=node.text("source"),
        started=node.text("started"),
        fingerprint=tuple((key, fingerprint.text(key)) for key in sorted(fingerprint.value)),
        commit=node.text("commit"),
        build=node.text("build"),
        order=node.count("order"),
        metrics=metrics,
    )


def _metric(node: Node) -> Metric:
    unit, better = node.text("unit"), node.text("better")
    if unit not in list(Unit) or better not in list(Better):
        raise BadField(f"{node.path}: unit {unit} or better {better} is not known")
    positive = Unit(unit) is not Unit.RATIO
    histogram = tuple(_buckets(node)) if "histogram" in node.value else ()
    processes = tuple(_processes(node, positive)) if "processes" in node.value else ()
    metric = Metric(
        name=node.text("name"),
        unit=Unit(unit),
        better=Better(better),
        processes=processes,
        histogram=histogram,
    )
    if metric.count == 0 or (histogram and processes):
        raise BadField(f"{node.path} has no samples, or both samples and a histogram")
    return metric


def _processes(node: Node, positive: bool) -> Iterator[tuple[float, ...]]:
    for index, samples in enumerate(node.array("processes")):
        path = f"{node.at('processes')}[{index}]"
        if not isinstance(samples, list) or not samples:
            raise BadField(f"{path} is not an array of samples")
        values = tuple(number(value, path) for value in samples)
        if min(values) < 0 or (positive and min(values) == 0):
            raise BadField(f"{path}: a measurement is {'zero or ' if positive else ''}negative")
        yield values


def _buckets(node: Node) -> Iterator[tuple[int, int]]:
    last, path = -MOST_BUCKET - 1, node.at("histogram")
    for pair in node.array("histogram"):
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(value) is int for value in pair)):
            raise BadField(f"{path} is not an array of [bucket, count]")
        bucket, count = pair
        if not (last < bucket <= MOST_BUCKET and 0 < count <= 10**7):
            raise BadField(f"{path}: buckets must rise and counts be positive")
        last = bucket
        yield bucket, count


def _no_duplicates(names: list[str], path: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BadField(f"{path}: {name} occurs twice")
        seen.add(name)
