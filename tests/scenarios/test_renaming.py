"""Programs under other names do the same, and are judged by the same truth."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.renaming import HERE, neutral_names, renamed
from tests.scenarios.truth import Scenario

every_program = pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS.values() if one.program], ids=lambda one: one.name
)


def names_of(text: str) -> dict[str, str]:
    return neutral_names([ast.parse(text)], {})


def functions_of(path: Path) -> set[str]:
    """Those that are defined in a program."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@every_program
def test_the_function_of_the_truth_has_another_name_and_is_there(scenario: Scenario, tmp_path: Path) -> None:
    other = renamed(scenario, tmp_path)
    where = scenario.truth.where if scenario.truth else None
    if where in functions_of(HERE / "targets" / scenario.program):  # else it is a library's
        assert other.truth
        assert other.truth.where != where
        assert other.truth.where in functions_of(Path(other.program))
    else:
        assert other.truth == scenario.truth


def test_what_a_library_calls_or_knows_keeps_its_name() -> None:
    text = (
        "import threading\nclass Crew(threading.Thread):\n def run(self): self.load()\n def load(self): ...\n"
    )
    assert {"Crew": "C1", "load": "f2"} == names_of(text)


def test_what_an_option_is_called_keeps_its_name() -> None:
    assert {} == names_of("def out_file(): ...\nparser.add_argument('--out-file')\n")


def test_a_renamed_program_gives_the_same_answer(tmp_path: Path) -> None:
    program = tmp_path / "shop.py"
    program.write_text(
        "from stock import Stock, level as amount\n"
        "def reserve(stock, *, level=1): return f'{stock.take(level)} {amount(stock)}'\n"
        "print(reserve(Stock(), level=3))\n"
    )
    (tmp_path / "stock.py").write_text(
        "class Stock:\n left = 10\n def take(self, level):\n  self.left -= level\n  return self.left\n"
        "def level(stock): return stock.left\n"
    )
    copies = tmp_path / "copies"
    copies.mkdir()
    other = renamed(Scenario(name="x", truth=None, evidence=(), program=str(program)), copies)
    assert "m1.py" == Path(other.program).name
    assert "reserve" not in Path(other.program).read_text()
    outputs = [subprocess.check_output([sys.executable, path]) for path in (str(program), other.program)]
    assert [b"7 7\n"] * 2 == outputs
