"""The table and the totals of runs, and the file that they are kept in."""

from pathlib import Path

from tests.scenarios.calibration import Claim
from tests.scenarios.results import Run, agrees, append, judged_in, line, same_kind, summary
from tests.scenarios.scoring import Score
from tests.scenarios.truth import Truth

LOCK = Truth(kind="lock.contention", resource="lock", where="reserve")


def run(kind: str, turn: int = 1, name: str = "stock", function: str = "reserve", right: bool = True) -> Run:
    score = Score(
        healthy=False, kind=kind, function=function, confidence=0.9, kind_right=right, place_right=right,
        resource_right=right, resource="lock",
    )  # fmt: skip
    return Run(name=name, turn=turn, score=score, report={"meta": {"duration": 8.0}})


SKIPPED = Run(name="other", score=None, note="the host was not quiet")


def test_what_was_judged_is_read_back_from_its_file(tmp_path: Path) -> None:
    window = Claim(name="stock", seconds=4.0, confidence=0.8, right=True, found="lock.contention")
    kept = Run(name="stock", turn=2, score=run("sleep").score, report={"x": 1}, windows=(window,))
    append(tmp_path / "runs", kept)
    append(tmp_path / "runs", SKIPPED)
    assert [kept] == judged_in(tmp_path / "runs")


def test_a_run_that_was_killed_while_it_was_written_is_made_again(tmp_path: Path) -> None:
    append(tmp_path / "runs", run("sleep"))
    with (tmp_path / "runs").open("a") as file:
        file.write('{"name": "sto')
    assert [run("sleep")] == judged_in(tmp_path / "runs")


def test_no_file_holds_no_run(tmp_path: Path) -> None:
    assert [] == judged_in(tmp_path / "runs")


def test_a_row_says_what_was_expected_and_what_was_found() -> None:
    text = line(run("sleep", right=False), LOCK)
    assert [
        "stock",
        "WRONG",
        "expected",
        "lock.contention",
        "found",
        "sleep",
        "0.90",
        "reserve",
    ] == text.split()


def test_a_row_says_why_a_run_was_skipped() -> None:
    assert ["other", "skipped", "the", "host"] == line(SKIPPED, LOCK).split()[:4]


def test_repetitions_agree_when_their_first_kinds_are_the_same() -> None:
    assert same_kind([run("sleep", 1), run("sleep", 2)])
    assert not same_kind([run("sleep", 1), run("lock.contention", 2)])


def test_one_that_differs_of_twenty_is_little_enough() -> None:
    alike = [run("sleep", turn, name=f"n{number}") for number in range(19) for turn in (1, 2)]
    assert agrees([*alike, run("sleep", 1), run("lock.contention", 2)])
    assert not agrees([*alike[2:], run("sleep", 1), run("lock.contention", 2)])


def test_the_summary_has_each_repetition_and_all_together() -> None:
    text = summary([run("lock.contention", 1), run("sleep", 2, right=False), SKIPPED])
    assert "DIFFERS" in text
    assert "repetition 1: kind 1/1 100%" in text
    assert "repetition 2: kind 0/1 0%" in text
    assert "over all: kind 1/2 50%" in text
    assert "agreement of all repetitions: kind 0/1 0%" in text
    assert "looks: Brier score 0.410 of 2" in text  # 0.1 and 0.9, squared, in the mean
    assert "skipped other: the host was not quiet" in text
