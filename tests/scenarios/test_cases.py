"""The labels of the scenarios are complete, consistent and backed by evidence."""

import ast
from pathlib import Path

import pytest

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.truth import Scenario

TARGETS = Path(__file__).parent / "targets"
DOMINANT = 0.6  # of the relevant time; below that a label is not kept
RESOURCES = {"cpu", "gil", "cgroup", "scheduler", "network", "disk", "lock", "sleep", "child"}

every_scenario = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())


def functions_of(program: str) -> set[str]:
    tree = ast.parse((TARGETS / program).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_there_is_a_scenario_for_each_kind_and_three_healthy_ones() -> None:
    expected = {
        "cpu.hot-code", "cpu.gil", "cpu.gc", "cpu.throttled", "cpu.runqueue",
        "net.peer-wait", "disk.fsync", "lock.contention", "sleep", "child.wait",
    }  # fmt: skip
    assert expected == {scenario.truth.kind for scenario in SCENARIOS.values() if scenario.truth}
    assert 3 == sum(scenario.truth is None for scenario in SCENARIOS.values())


@every_scenario
def test_each_truth_has_evidence_for_most_of_the_relevant_time(scenario: Scenario) -> None:
    assert len(scenario.evidence) >= 2
    assert all(DOMINANT <= evidence.share <= 1 and evidence.source for evidence in scenario.evidence)


@every_scenario
def test_the_named_functions_are_in_the_program(scenario: Scenario) -> None:
    there = functions_of(scenario.program)
    if scenario.truth is None:
        return
    assert scenario.thread in there
    assert scenario.truth.where is None or scenario.truth.where in there
    assert scenario.truth.resource in RESOURCES
