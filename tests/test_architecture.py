"""The source tree keeps its rules, and each rule can be broken."""

import pytest

from tests.architecture import CHECKS, EXEMPT, Check, violations
from tests.source_tree import Module, source_tree

MODULES = source_tree()

# (path, source, what the check of that name says of it)
PLANTED = {
    "layers": [
        ("perfdiag/stats/x.py", "from perfdiag.engine import diagnose", "1: stats must not import engine"),
        ("perfdiag/units.py", "import perfdiag.text", "1: units must not import text"),
        ("perfdiag/host/x.py", "def f():\n from perfdiag import cli", "2: host must not import cli"),
        ("perfdiag/cli/x.py", "from . import profile", "1: relative import ..profile"),
        ("perfdiag/novel/x.py", "", "1: novel has no level: give it one in LEVELS"),
    ],
    "siblings": [
        (
            "perfdiag/collectors/x.py",
            "from perfdiag.collectors import cpu",
            "1: a plug-in must not import perfdiag.collectors.cpu",
        ),
        (
            "perfdiag/analyzers/rules/x.py",
            "from perfdiag.analyzers.gil import SPEC",
            "1: a plug-in must not import perfdiag.analyzers.gil.SPEC",
        ),
    ],
    "one_spec": [
        ("perfdiag/reports/x.py", "def render(): pass", "1: has 0 SPEC, not one"),
        ("perfdiag/reports/x.py", "SPEC = 1\nSPEC = 2", "2: has 2 SPEC, not one"),
    ],
    "doors": [
        ("perfdiag/daemon/x.py", "import subprocess", "1: imports subprocess outside perfdiag/host"),
        ("perfdiag/daemon/x.py", "from ctypes import CDLL", "1: imports ctypes outside perfdiag/host"),
        ("perfdiag/cli/x.py", "import os\nos.system('ls')", "2: uses os.system outside perfdiag/host"),
        ("perfdiag/cli/x.py", "import os\nos.execvp('ls', [])", "2: uses os.execvp outside perfdiag/host"),
    ],
    "refused": [("perfdiag/host/x.py", "import pickle", "1: imports pickle")],
    "printing": [
        ("perfdiag/engine.py", "print(1)", "1: prints outside perfdiag/cli"),
        ("perfdiag/log.py", "import sys\nsys.stderr.write('')", "2: uses sys.stderr outside perfdiag/cli"),
        ("perfdiag/reports/x.py", "import click", "1: imports click outside perfdiag/cli"),
    ],
    "broad_except": [
        ("perfdiag/host/x.py", "try: f()\nexcept: pass", "2: catches everything"),
        ("perfdiag/host/x.py", "try: f()\nexcept (OSError, Exception): pass", "2: catches everything"),
        (
            "perfdiag/host/x.py",
            "try: f()\nexcept Exception as e: raise OSError from e",
            "2: catches everything",
        ),
    ],
    "docstring": [("perfdiag/host/x.py", "NUMBER = 1", "1: has no docstring")],
    "vague_name": [
        ("perfdiag/host/utils.py", "", "1: has a name that says nothing"),
        ("perfdiag/common/x.py", "", "1: has a name that says nothing"),
    ],
    "file_size": [
        ("perfdiag/host/x.py", "#\n" * 251, "251: has 251 lines, more than 250: does it do one thing?")
    ],
    "function_size": [
        ("perfdiag/host/x.py", "def f():\n" + " 1\n" * 40, "1: f has 41 lines, more than 40"),
    ],
    "has_test": [
        (
            "perfdiag/host/novel.py",
            "def f(): pass",
            "1: has no tests/host/test_novel.py, and no test imports it",
        ),
    ],
}

# What looks alike and is allowed
HARMLESS = {
    "layers": [("perfdiag/engine.py", "from perfdiag.units import Unit\nimport os")],
    "siblings": [("perfdiag/collectors/x.py", "from perfdiag.collectors._netlink import dump")],
    "one_spec": [("perfdiag/reports/_x.py", ""), ("perfdiag/reports/x.py", "SPEC = 1")],
    "doors": [("perfdiag/host/x.py", "import subprocess"), ("perfdiag/web/x.py", "import os\nos.getpid()")],
    "broad_except": [("perfdiag/host/x.py", "try: f()\nexcept BaseException:\n g()\n raise")],
    "docstring": [("perfdiag/host/__init__.py", "")],
    "function_size": [("perfdiag/host/x.py", "def f():\n" + " 1\n" * 39)],
}

BY_NAME = {check.__name__: check for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=BY_NAME)
def test_the_package_keeps_the_rule(check: Check) -> None:
    assert "" == "\n".join(violations(check, MODULES))


@pytest.mark.parametrize(
    ("name", "path", "source", "expected"), [(name, *row) for name, rows in PLANTED.items() for row in rows]
)
def test_a_rule_sees_what_breaks_it(name: str, path: str, source: str, expected: str) -> None:
    found = BY_NAME[name](Module(path=path, text=source))
    assert [expected] == [f"{line}: {what}" for line, what in found]


@pytest.mark.parametrize(
    ("name", "path", "source"), [(name, *row) for name, rows in HARMLESS.items() for row in rows]
)
def test_a_rule_lets_pass_what_is_harmless(name: str, path: str, source: str) -> None:
    assert [] == list(BY_NAME[name](Module(path=path, text=source)))


def test_every_rule_is_tried_on_something_that_breaks_it() -> None:
    assert BY_NAME.keys() == PLANTED.keys()


def test_an_exemption_has_a_reason_and_a_file() -> None:
    paths = {module.path for module in MODULES}
    assert [] == [path for (_, path), reason in EXEMPT.items() if path not in paths or not reason]


def test_an_exemption_that_is_not_needed_is_reported() -> None:
    check, path = next(iter(EXEMPT))
    harmless = Module(path=path, text='"""Says nothing."""\n')
    expected = f"{path}:1: needs no exemption from {check.__name__} any more"
    assert [expected] == list(violations(check, (harmless,)))
