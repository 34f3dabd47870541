import json

import pytest

from perfdiag.baseline import session_json
from perfdiag.baseline.fields import BadField
from tests.baseline.examples import sessions

THREE = sessions(range(3), metrics=2)


def document():
    return json.loads(session_json.dump("suite", THREE))


def test_what_is_dumped_is_loaded():
    assert ("suite", THREE) == session_json.load(session_json.dump("suite", THREE))


def test_a_saved_session_is_a_small_diff():
    before = session_json.dump("suite", THREE[:2]).decode().splitlines()
    after = session_json.dump("suite", THREE).decode().splitlines()
    changed = [line for line in before if line not in after]
    assert [] == changed
    assert before[:-3] == after[: len(before) - 3]  # but the comma after the last session


def test_a_newer_schema_is_named():
    broken = document() | {"schema": "perfdiag.session/2"}
    with pytest.raises(BadField, match=r"perfdiag\.session/2"):
        session_json.load(json.dumps(broken).encode())


def change(path, value):
    def apply(root):
        node = root
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value

    return apply


FIRST = ("sessions", 0, "metrics", 0)


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (change(("suite",), "../../etc/x"), "suite is not a name"),
        (change(("suite",), "n" * 300), "suite is not a name"),
        (change(("sessions",), {}), "sessions is not an array"),
        (change(("sessions", 1, "session_id"), "s0"), "session_id: s0 occurs twice"),
        (change(("sessions", 1, "session_id"), "../x"), r"sessions\[1\]\.session_id is not a name"),
        (change(("sessions", 0, "order"), -1), "order is not a count"),
        (change(("sessions", 0, "fingerprint"), []), "fingerprint is not an object"),
        (change((*FIRST, "name"), "b1"), "b1 occurs twice"),
        (change((*FIRST, "unit"), "parsec"), "unit parsec"),
        (change((*FIRST, "better"), "sideways"), "better sideways"),
        (change((*FIRST, "processes"), []), "no samples"),
        (change((*FIRST, "processes"), [[]]), "not an array of samples"),
        (change((*FIRST, "processes"), [[0]]), "zero or negative"),
        (change((*FIRST, "processes"), [[-1.0]]), "negative"),
        (change((*FIRST, "processes"), [["1"]]), "not a number"),
        (change((*FIRST, "histogram"), [[1, 1]]), "both samples and a histogram"),
        (change((*FIRST, "histogram"), [[2, 1], [1, 1]]), "buckets must rise"),
        (change((*FIRST, "histogram"), [[1, 0]]), "counts be positive"),
        (change((*FIRST, "histogram"), [[10**9, 1]]), "buckets must rise"),
        (change((*FIRST, "histogram"), [[1.5, 1]]), "array of"),
    ],
)
def test_what_perfdiag_did_not_write_is_refused_with_its_path(edit, complaint):
    broken = document()
    edit(broken)
    with pytest.raises(BadField, match=complaint):
        session_json.load(json.dumps(broken).encode())


@pytest.mark.parametrize("name", ["a", "A.b-c_9", "x" * 64])
def test_plain_names_may_name_a_suite(name):
    assert session_json.is_name(name)


@pytest.mark.parametrize("name", ["", "x" * 65, "a/b", "..", ".hidden", "a\n", "ä", "a b"])
def test_other_names_may_not(name):
    assert not session_json.is_name(name)
