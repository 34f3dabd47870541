"""perfdiag's own reports: what `perfdiag profile -f json` writes (perfdiag.report/1).

One report is one session with one value per metric: the share of busy thread time of each class of wait,
lower is better; the shares of computing and of the top functions, which are told and not judged, for a share
also grows when another shrinks; and the utilization of the CPUs.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from perfdiag.baseline.fields import BadField, Node, utc
from perfdiag.baseline.session import Better, Metric, Session, content_id, metric
from perfdiag.baseline.sources import Importer
from perfdiag.model import TimeClass
from perfdiag.units import Unit

SUITE = "perfdiag"
TOP_FUNCTIONS = 20
_COMPUTING = frozenset({TimeClass.PYTHON, TimeClass.NATIVE, TimeClass.KERNEL, TimeClass.UNKNOWN})


def recognise(document: dict[str, Any]) -> bool:
    return document.get("schema") == "perfdiag.report/1"


def load(document: Node, content: bytes) -> tuple[str, Session]:
    meta = document.node("meta")
    if document.text("verdict", "") == "inconclusive":
        raise BadField("the report itself is inconclusive: too little was measured")
    host = meta.node("host")
    fingerprint = {
        "cpus": str(host.count("cpus")),
        "engine": meta.text("engine", ""),
        "kernel": host.text("kernel"),
    }
    session = Session(
        session_id=_identity(document.text("run_id", ""), content),
        source="perfdiag",
        started=utc(meta, "started"),
        fingerprint=tuple(sorted(fingerprint.items())),
        commit="",
        build="perfdiag " + meta.text("version", ""),
        order=0,
        metrics=tuple(_metrics(document)),
    )
    return SUITE, session


def _identity(run_id: str, content: bytes) -> str:
    return run_id if re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}", run_id) else content_id(content)


def _metrics(document: Node) -> Iterator[Metric]:
    classes: dict[str, float] = dict.fromkeys(TimeClass, 0.0)  # a class that is absent has the share 0
    functions: dict[str, float] = defaultdict(float)
    for row in document.nodes("breakdown"):
        share = _share(row.node("share"))
        time = row.text("class")
        if time not in classes:
            raise BadField(f"{row.path}: {time} is no class of time")
        classes[time] += share
        if row.value.get("where") is not None:
            where = row.node("where")
            functions[f"{where.text('file')}:{where.text('function')}"] += share
    for time, share in classes.items():
        if time != TimeClass.IDLE:
            better = Better.NEITHER if time in _COMPUTING else Better.LOWER
            yield _ratio(f"share.{time}", share, better)
    top = sorted(functions.items(), key=lambda item: (-item[1], item[0]))[:TOP_FUNCTIONS]
    for function, share in sorted(top):
        yield _ratio(f"function.{function}", share, Better.NEITHER)
    for row in document.nodes("use"):
        if row.text("resource") == "cpu" and row.value.get("utilization") is not None:
            yield _ratio("utilization.cpu", row.node("utilization").number("value"), Better.LOWER)


def _share(estimate: Node) -> float:
    value = estimate.number("value")
    if not 0 <= value <= 1.0001:
        raise BadField(f"{estimate.at('value')} is not a share")
    return value


def _ratio(name: str, value: float, better: Better) -> Metric:
    return metric(name, Unit.RATIO, better, [[value]])


SPEC = Importer(name="perfdiag JSON report", help=__doc__, recognise=recognise, load=load)
