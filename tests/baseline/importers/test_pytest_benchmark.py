"""The files are made by the real pytest-benchmark."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from perfdiag.baseline.fields import BadField, Node
from perfdiag.baseline.importers.pytest_benchmark import SPEC
from perfdiag.baseline.session import MOST_SAMPLES
from perfdiag.baseline.sources import read_file
from perfdiag.baseline.statistic import statistic
from perfdiag.errors import UsageError

BENCHMARK = """
def test_few(benchmark):
    benchmark.pedantic(sum, args=(range(100),), rounds=20, iterations=5)

def test_many(benchmark):
    benchmark.pedantic(sum, args=(range(10),), rounds=500)
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The JSON file of one run."""
    folder = tmp_path_factory.mktemp("benchmark")
    (folder / "test_it.py").write_text(BENCHMARK)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--benchmark-json=run.json"]
    # no worker of the run that this test is in
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(
        [*command, "test_it.py"], cwd=folder, check=True, capture_output=True, timeout=60, env=alone
    )
    return folder / "run.json"


def load(document):
    return SPEC.load(Node(document), json.dumps(document).encode())[1]


def test_a_real_run_is_one_session(written):
    raw = json.loads(written.read_text())
    suites = read_file(written)
    (session,) = suites["pytest-benchmark"]
    few, many = session.metrics
    assert ("test_it.py::test_few", "test_it.py::test_many") == (few.name, many.name)
    assert (20, 500) == (few.count, many.count)
    assert raw["benchmarks"][0]["stats"]["data"] == pytest.approx(few.processes[0], rel=1e-5)
    assert many.count > MOST_SAMPLES
    assert many.histogram
    machine = dict(session.fingerprint)
    assert (raw["machine_info"]["release"], raw["machine_info"]["machine"]) == (
        machine["kernel"],
        machine["machine"],
    )
    assert raw["datetime"][:19] + "Z" == session.started


def test_the_same_file_is_the_same_session(written):
    assert read_file(written) == read_file(written)


def test_a_file_without_rounds_gives_the_median(written):
    document = json.loads(written.read_text())
    for benchmark in document["benchmarks"]:
        del benchmark["stats"]["data"]
    assert [1, 1] == [metric.count for metric in load(document).metrics]


@pytest.mark.parametrize("bad", [0, -1.0, "1", None, True])
def test_a_time_that_is_no_time_is_refused_with_its_place(written, bad):
    document = json.loads(written.read_text())
    document["benchmarks"][1]["stats"]["data"][7] = bad
    with pytest.raises(BadField, match=r"benchmarks\[1\]\.stats\.data"):
        load(document)


def test_two_benchmarks_of_one_name_are_refused(written):
    document = json.loads(written.read_text())
    document["benchmarks"][1]["fullname"] = document["benchmarks"][0]["fullname"]
    with pytest.raises(BadField, match="same full name"):
        load(document)


def test_a_run_without_benchmarks_has_no_measurement(written, tmp_path):
    document = json.loads(written.read_text()) | {"benchmarks": []}
    (tmp_path / "run.json").write_text(json.dumps(document))
    with pytest.raises(UsageError) as caught:
        read_file(tmp_path / "run.json")
    assert "it has no measurement" == caught.value.cause


def test_a_truncated_file_is_refused_with_its_line(written, tmp_path):
    content = written.read_bytes()
    (tmp_path / "run.json").write_bytes(content[: len(content) // 2])
    with pytest.raises(UsageError) as caught:
        read_file(tmp_path / "run.json")
    assert caught.value.cause.startswith("line ")


def test_names_with_control_characters_are_escaped(written):
    document = json.loads(written.read_text())
    document["benchmarks"][0]["fullname"] = "test\x1b[31m"
    assert "test\\x1b[31m" == load(document).metrics[0].name


def test_the_tails_of_many_rounds_survive_the_histogram(written):
    raw = json.loads(written.read_text())["benchmarks"][1]["stats"]["data"]
    (session,) = read_file(written)["pytest-benchmark"]
    assert np.log(np.quantile(raw, 0.95)) == pytest.approx(
        statistic(session.metrics[1], 0.95).value, abs=0.005
    )
