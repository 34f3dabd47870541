"""perfdiag against the labelled programs, live: `pytest -m scenario tests/scenarios/test_live.py`."""

import pytest

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.results import line
from tests.scenarios.runner import judge, options_from
from tests.scenarios.scoring import Score, total
from tests.scenarios.truth import Scenario

pytestmark = pytest.mark.scenario


@pytest.fixture(scope="module")
def scores() -> list[Score]:
    return []


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_scenario_can_be_judged(scenario: Scenario, scores: list[Score]) -> None:
    run = judge(scenario, options_from([]))
    print(line(run, scenario.truth))
    if run.score is None:
        pytest.skip(run.note)
    scores.append(run.score)
    if scenario.truth is None:
        assert run.score.kind_right, line(run, scenario.truth)


def test_enough_of_them_are_judged_right(scores: list[Score]) -> None:
    """Runs after the others: the totals of what they scored."""
    if not scores:
        pytest.skip("no scenario was judged")
    assert total(scores).passed, total(scores)
