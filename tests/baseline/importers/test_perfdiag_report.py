"""The reports are rendered by the JSON format itself."""

import json
from dataclasses import replace

import pytest

from perfdiag.baseline.fields import BadField, Node
from perfdiag.baseline.importers.perfdiag_report import SPEC
from perfdiag.baseline.session import Better
from perfdiag.baseline.sources import read_file
from perfdiag.reports import json_file
from perfdiag.units import Unit
from tests.examples import FULL


def load(document):
    return SPEC.load(Node(document), json.dumps(document).encode())[1]


def full():
    return json.loads(json_file.render(FULL))


def test_a_report_is_one_session_with_one_value_per_metric(tmp_path):
    (tmp_path / "report").write_text(json_file.render(FULL))
    (session,) = read_file(tmp_path / "report")["perfdiag"]
    metrics = {metric.name: metric for metric in session.metrics}
    assert FULL.meta.run_id == session.session_id
    assert (("cpus", "4"), ("engine", FULL.meta.engine), ("kernel", "6.1.0-18")) == session.fingerprint
    assert {Unit.RATIO} == {metric.unit for metric in session.metrics}
    assert ((0.41,),) == metrics["share.network"].processes
    assert ((0.0,),) == metrics["share.lock"].processes
    assert ((0.41,),) == metrics["function.orders.py:load"].processes
    assert ((0.62,),) == metrics["utilization.cpu"].processes
    assert "share.idle" not in metrics
    assert "2026-09-21T13:33:20Z"[:4] == session.started[:4]


def test_waits_have_a_better_direction_and_computing_has_none():
    better = {metric.name: metric.better for metric in load(full()).metrics}
    assert (Better.LOWER, Better.NEITHER, Better.NEITHER) == (
        better["share.gil"],
        better["share.python"],
        better["function.orders.py:load"],
    )


def test_rows_of_one_class_add_up():
    row = FULL.breakdown[0]
    twice = replace(FULL, breakdown=(row, replace(row, group="other")))
    metrics = {each.name: each for each in load(json.loads(json_file.render(twice))).metrics}
    assert 0.82 == pytest.approx(metrics["share.network"].processes[0][0])


def test_an_inconclusive_report_is_no_session():
    with pytest.raises(BadField, match="inconclusive"):
        load(full() | {"verdict": "inconclusive"})


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("breakdown", 0, "class"), "magic", "magic is no class of time"),
        (("breakdown", 0, "share", "value"), 7, r"breakdown\[0\]\.share\.value is not a share"),
        (("breakdown", 0, "share", "value"), None, "not a number"),
        (("meta", "host"), None, "meta.host is not an object"),
        (("meta", "started"), None, "meta.started"),
    ],
)
def test_a_report_that_perfdiag_did_not_write_is_refused(path, value, complaint):
    document = node = full()
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    with pytest.raises(BadField, match=complaint):
        load(document)


def test_a_run_id_that_is_a_path_is_not_used():
    assert "/" not in load(full() | {"run_id": "../../x"}).session_id
