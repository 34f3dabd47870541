import json

from perfdiag.baseline import table
from perfdiag.baseline.gate import judge_suites
from perfdiag.baseline.verdict import Policy
from perfdiag.errors import Exit
from tests.baseline.examples import session, sessions

JUDGEMENTS, NOTES = judge_suites(
    {"suite": sessions(range(6), metrics=4)},
    {"suite": (session(9, metrics=5, slower={"b2": 1.2, "b1": 0.8}),)},
    Policy(),
)


def test_the_table_begins_with_the_worst_and_ends_with_the_counts():
    lines = table.terminal(JUDGEMENTS, ("a note",)).splitlines()
    assert ["verdict", "regressed", "inconclusive", "improved", "unchanged", "unchanged"] == [
        line.split()[0] for line in lines[:6]
    ]
    assert [
        "inconclusive (1): not measured in the baseline sessions",
        "a note",
        "1 regressed, 1 inconclusive, 1 improved, 2 unchanged",
    ] == lines[6:]


def test_a_row_tells_everything_a_verdict_rests_on():
    row = table.terminal(JUDGEMENTS).splitlines()[1]
    for part in ("b2 p50", "1.19 ms", "+19.", "..", "6+1", "history", "+2."):
        assert part in row


def test_nothing_compared_is_said():
    assert "nothing to compare" in table.terminal(())


def test_json_holds_every_judgement_with_all_digits():
    document = json.loads(table.as_json(JUDGEMENTS, NOTES, Exit.GATE))
    assert ("perfdiag.comparison/1", 1) == (document["schema"], document["exit"])
    assert {
        "regressed": 1,
        "incomparable": 0,
        "inconclusive": 1,
        "improved": 1,
        "unchanged": 2,
    } == document["counts"]
    worst = next(each for each in document["judgements"] if each["verdict"] == "regressed")
    expected = next(each for each in JUDGEMENTS if each.metric == "b2")
    assert expected.change.low == worst["change"]["low"]
    assert expected.adjusted_p == worst["adjusted_p"]
    alone = next(each for each in document["judgements"] if each["metric"] == "b4")
    assert (None, None) == (alone["change"], alone["detectable"])
