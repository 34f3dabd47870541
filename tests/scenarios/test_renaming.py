"""Programs under other names do the same, and are judged by the same truth."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.renaming import neutral_names, renamed
from tests.scenarios.truth import Scenario

every_program = pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS.values() if one.program], ids=lambda one: one.name
)


def names_of(text: str) -> dict[str, str]:
    return neutral_names([ast.parse(text)], {})


@every_program
def test_the_function_of_the_truth_has_another_name_and_is_there(scenario: Scenario, tmp_path: Path) -> None:
    other = renamed(scenario, tmp_path)
    tree = ast.parse(Path(other.program).read_text())
    defined = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert other.thread in {*defined, ""} or other.thread == scenario.thread
    if scenario.truth and scenario.truth.where:
        assert other.truth
        assert other.truth.where in defined
        assert other.truth.where != scenario.truth.where


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
