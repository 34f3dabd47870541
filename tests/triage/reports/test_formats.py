"""What every format of a triage must do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import perfdiag.triage.reports
from perfdiag import schemas
from perfdiag.plugins import Format, discover
from perfdiag.reports._colours import colourise
from perfdiag.reports._layout import WIDTH
from perfdiag.text import printable_lines
from perfdiag.triage.records import Figure, State
from perfdiag.triage.reports.brief import render as brief
from perfdiag.triage.reports.json_file import render as json_file
from perfdiag.triage.reports.terminal import render as terminal
from perfdiag.units import Unit
from tests.examples import hostile
from tests.hostile_names import names
from tests.schemas.test_schemas import sealed
from tests.test_conformance_formats import COMMANDS, INVISIBLE
from tests.triage.examples import HEALTHY, INCONCLUSIVE, SATURATED, TRIAGES, UNSURE

FORMATS = discover(perfdiag.triage.reports, Format)
GOLDEN = Path(__file__).parent.parent / "golden"
SCHEMA = json.loads(schemas.text("triage"))

every_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


def test_there_are_a_terminal_a_json_and_a_brief_format() -> None:
    assert {"terminal", "json", "brief"} == {form.name for form in FORMATS}


@every_format
@pytest.mark.parametrize("name", TRIAGES)
def test_the_text_is_the_golden_one(
    form: Format, name: str, check_golden: Callable[[Path, str], None]
) -> None:
    check_golden(GOLDEN / f"{name}.{form.name}", form.render(TRIAGES[name]))


@every_format
def test_hostile_names_stay_names(form: Format) -> None:
    validator = Draft202012Validator(SCHEMA)
    for name in names(100, seed=2):
        text = form.render(hostile(SATURATED, lambda _, name=name: name))
        assert [] == INVISIBLE.findall(text), repr(name)
        assert [] == COMMANDS.findall(text), repr(name)
        if form.name == "brief":
            assert len(SATURATED.brief) == text.count("\n")
        elif form.name == "json":
            content = json.loads(text)
            assert printable_lines(name) == content["about"]["hostname"]
            assert [] == [error for error in validator.iter_errors(content) if "enum" not in error.schema]
        else:
            restored = text.replace(r"\x23#", "##").replace(r"\x3a:", "::")
            assert [] == [line for line in restored.split("\n") if len(line) > WIDTH]


def test_every_triage_keeps_the_schema_and_nothing_is_left_undeclared() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for triage in TRIAGES.values():
        content = json.loads(json_file(triage))
        if triage is not TRIAGES["hostile"]:
            Draft202012Validator(sealed(SCHEMA)).validate(content)
    content["about"]["undeclared"] = 1
    assert not Draft202012Validator(sealed(SCHEMA)).is_valid(content)


def test_the_words_of_the_schema_are_those_of_the_records() -> None:
    definitions = SCHEMA["$defs"]
    assert [state.value for state in State] == definitions["resource"]["properties"]["state"]["enum"]
    assert [figure.value for figure in Figure] == definitions["figure"]["enum"]
    assert [unit.value for unit in Unit] == definitions["unit"]["enum"]
    assert [figure.value for figure in Figure] == list(
        definitions["process"]["properties"]["figures"]["properties"]
    )


def test_times_are_exact_and_numbers_have_six_digits() -> None:
    content = json.loads(json_file(SATURATED))
    assert [81_204.113_207, 81_214.121_004] == content["about"]["window"]
    assert [81_204.113_207, 81_214.121_004] == content["resources"][0]["saturation"]["window"]
    assert 0.212346 == content["about"]["cpu"]
    assert "2026-09-21T14:13:20.500Z" == content["about"]["started"]


def test_the_verdict_stands_in_the_first_line() -> None:
    first = {name: terminal(triage).split("\n")[0] for name, triage in TRIAGES.items()}
    assert "WARNING: cpu saturated" == first["saturated"]
    assert "HEALTHY: no resource of web-3 is saturated" == first["healthy"]
    assert "INCONCLUSIVE: over the limit on web-3, but it may be chance: cpu" == first["unsure"]
    assert "INCONCLUSIVE: 2 looks at web-3 are too few" == first["inconclusive"]
    assert colourise(terminal(SATURATED)).startswith("\x1b[1;33mWARNING\x1b[0m: ")


def test_who_is_behind_it_and_what_to_paste_are_told() -> None:
    text = terminal(SATURATED)
    assert "   by pid 4711 node of shop.service: 1.62 CPUs in use, 84 % of what all processes have" in text
    assert "\n  perfdiag profile -p 4711\n      # cpu saturated: " in text
    assert "Next" not in terminal(HEALTHY)
    assert "(interrupted)" in terminal(INCONCLUSIVE)


def test_what_is_not_known_of_a_process_is_no_zero() -> None:
    row = next(line for line in terminal(SATURATED).split("\n") if "kswapd0" in line)
    assert 6 == row.count("?")


def test_the_brief_is_a_line_for_each_sentence() -> None:
    assert [*UNSURE.brief, ""] == brief(UNSURE).split("\n")
