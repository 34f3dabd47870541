import json
from pathlib import Path

import pytest

from perfdiag.baseline import session_json, store
from perfdiag.baseline.sources import Importer, importers, read_file, read_files, read_path
from perfdiag.errors import UsageError
from tests.baseline.examples import sessions


def suite_file(path: Path, numbers: range, suite: str = "suite") -> Path:
    path.write_bytes(session_json.dump(suite, sessions(numbers)))
    return path


def test_every_importer_has_a_spec_and_a_manual():
    found = importers()
    assert ["perfdiag JSON report", "pytest-benchmark JSON"] == [each.name for each in found]
    assert all(isinstance(each, Importer) and len(each.help) > 100 for each in found)


def test_no_importer_recognises_what_belongs_to_another():
    documents = ({"schema": "perfdiag.report/1"}, {"machine_info": {}, "benchmarks": [], "version": "5"}, {})
    assert [1, 1, 0] == [sum(each.recognise(document) for each in importers()) for document in documents]


def test_a_suite_of_a_baseline_is_a_source_whatever_its_name(tmp_path):
    assert {"suite": sessions(range(2))} == read_file(suite_file(tmp_path / "any.txt", range(2)))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "empty"),
        (b"[]", "not an object"),
        (b'{"a": 1}', "it is none of perfdiag JSON report, pytest-benchmark JSON"),
        (b'{"schema": "perfdiag.session/1", "suite": "s", "sessions": []}', "it has no session"),
        (b'{"schema": "perfdiag.session/2"}', "perfdiag.session/2"),
        (b'{"machine_info": [], "benchmarks": [], "version": "5"}', "machine_info is not an object"),
        (b"BenchmarkX 1 2 ns/op", "line 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_cause(tmp_path, content, complaint):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(UsageError, match=r"cannot use .*file") as caught:
        read_file(tmp_path / "file")
    assert complaint in caught.value.cause


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="there is no file"):
        read_file(tmp_path / "absent")


def test_files_of_one_suite_are_one_side(tmp_path):
    first, second = suite_file(tmp_path / "1", range(2)), suite_file(tmp_path / "2", range(2, 3))
    assert {"suite": sessions(range(3))} == read_files((first, second))
    assert {"mine": sessions(range(3))} == read_files((first, second), "mine")


def test_the_same_session_twice_is_refused(tmp_path):
    path = suite_file(tmp_path / "1", range(2))
    with pytest.raises(UsageError, match="session s0 is given twice"):
        read_files((path, path))


def test_a_directory_is_a_baseline_with_all_its_suites(tmp_path):
    store.append(tmp_path, "a", sessions(range(2)))
    store.append(tmp_path, "b", sessions(range(3)))
    assert {"a": sessions(range(2)), "b": sessions(range(3))} == read_path(tmp_path)
    assert json.loads((tmp_path / "a.json").read_text())["schema"] == session_json.SCHEMA
