"""The labels of the scenarios are complete, consistent and backed by evidence."""

import ast
from pathlib import Path

import pytest

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.truth import Scenario

TARGETS = Path(__file__).parent / "targets"
DOMINANT = 0.6  # of the relevant time; below that a label is not kept
RESOURCES = {
    "cpu", "gil", "cgroup", "scheduler", "memory", "network", "disk", "lock", "fd", "sleep", "child",
}  # fmt: skip

every_scenario = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())

OF_LIBRARIES = {"_next_data"}  # functions that a finding names though they are not the program's


def functions_of(program: str) -> set[str]:
    tree = ast.parse((TARGETS / program).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_there_is_a_scenario_for_each_kind_that_concerns_a_process() -> None:
    expected = {
        "cpu.hot-code", "cpu.kernel", "cpu.gc", "cpu.single-core", "cpu.gil", "cpu.throttled", "cpu.runqueue",
        "memory.leak", "memory.pressure", "memory.faults",
        "disk.read", "disk.write", "disk.fsync", "disk.small-io", "disk.saturated",
        "net.peer-wait", "net.connect", "net.dns", "net.send-wait", "net.accept-queue", "net.retransmit",
        "lock.contention", "pool.exhausted", "queue.backlog",
        "asyncio.blocked-loop", "thread.churn", "fd.exhaustion", "child.wait", "sleep",
        "trend.memory", "trend.fd",
    }  # fmt: skip
    assert expected == {scenario.truth.kind for scenario in SCENARIOS.values() if scenario.truth}


def test_there_are_healthy_ones_trees_and_programs_that_are_not_python() -> None:
    every = SCENARIOS.values()
    assert sum(scenario.truth is None for scenario in every) >= 8
    assert 5 == sum(scenario.name.startswith("tree.") and scenario.tree for scenario in every)
    servers = {"memcached", "nginx", "redis", "postgres", "stress-ng"}
    assert servers == {one.server for one in every if not one.program}


@every_scenario
def test_each_truth_has_evidence_for_most_of_the_relevant_time(scenario: Scenario) -> None:
    assert len(scenario.evidence) >= 2
    assert all(DOMINANT <= evidence.share <= 1 and evidence.source for evidence in scenario.evidence)


@every_scenario
def test_the_named_functions_are_in_the_program(scenario: Scenario) -> None:
    if scenario.truth is None:
        return
    assert scenario.truth.resource in RESOURCES
    if not scenario.program:
        assert scenario.truth.where is None
        return
    there = functions_of(scenario.program)
    assert scenario.thread in {"", *there}
    assert scenario.truth.where is None or scenario.truth.where in there | OF_LIBRARIES
