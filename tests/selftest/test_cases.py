"""The programs of the self-test are what their truths speak of."""

import ast

import pytest

from perfdiag.analyzers import rules
from perfdiag.plugins import Rule, discover
from perfdiag.selftest.cases import CASES, PROGRAMS

KINDS = {rule.kind for rule in discover(rules, Rule)}


def functions_of(program):
    tree = ast.parse((PROGRAMS / f"{program}.py").read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_truth_names_a_kind_that_is_known_and_a_function_of_the_program(case):
    there = functions_of(case.program)
    assert "main" in there
    if case.kind:
        assert case.kind in KINDS
        assert case.where in there


def test_each_program_is_used():
    used = {name for case in CASES for name in (case.program, case.peer) if name}
    assert {path.stem for path in PROGRAMS.glob("*.py")} - {"__init__"} == used


def test_two_are_healthy():
    assert ["healthy.idle", "healthy.steady"] == [case.name for case in CASES if not case.kind]
