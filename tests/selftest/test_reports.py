"""How the self-test is told."""

import json

from perfdiag.selftest.cases import Case
from perfdiag.selftest.reports import as_json, as_text, heading, row
from perfdiag.selftest.scoring import Outcome

SICK = Case(program="back_off", kind="sleep", where="pause")
RIGHT = Outcome(case=SICK, kind="sleep", where="pause", share=0.9)
WRONG = Outcome(case=SICK, kind="cpu.gil", where="address", share=0.4)
UNJUDGED = Outcome(case=Case(program="idle"), unjudged="no\x1b[31m way")
EVERY = (RIGHT, WRONG, UNJUDGED)


def test_a_row_says_what_was_found_and_what_is_there():
    assert [
        "verdict     program                found                   share  where\n",
        "right       sleep                  sleep                     90%  pause\n",
        "WRONG       sleep                  cpu.gil                   40%  address, not pause\n",
        "not judged  healthy.idle           no\\x1b[31m way\n",
    ] == [heading(), *map(row, EVERY)]


def test_the_last_lines_have_the_totals():
    assert "\n1 of 2 right; 1 of 3 not judged\nprecision 50% (" in as_text(EVERY)
    assert "recall 50% (" in as_text(EVERY)
    assert "precision - (" in as_text([UNJUDGED])


def test_one_that_was_interrupted_has_no_verdict():
    assert "\ninterrupted after 3 programs\n1 of 2 right" in as_text(EVERY, "interrupted")
    assert "interrupted" == json.loads(as_json(EVERY, "interrupted"))["verdict"]


def test_the_document_has_each_program():
    document = json.loads(as_json(EVERY))
    assert ("perfdiag.selftest/1", "failed", 0.5) == (
        document["schema"], document["verdict"], document["precision"]
    )  # fmt: skip
    assert [True, False, None] == [one["right"] for one in document["outcomes"]]
