"""Reports against the published schema: what is rendered is declared, what is declared is enforced."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from perfdiag import schemas
from perfdiag.diagnosis import Severity
from perfdiag.errors import FaultKind
from perfdiag.model import ObjectType, TimeClass
from perfdiag.reports.json_file import render
from perfdiag.units import Unit
from tests.examples import REPORTS

SCHEMA = json.loads(schemas.text("report"))
DEFINITIONS = SCHEMA["$defs"]


def sealed(schema: Any) -> Any:
    """The schema with no property allowed that it does not declare."""
    if isinstance(schema, list):
        return [sealed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: sealed(value) for key, value in schema.items()}
    if "properties" in result:
        result.setdefault("unevaluatedProperties", False)
    return result


def test_the_schema_is_a_schema() -> None:
    assert ("report", "triage") == schemas.names()
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_valid(name: str) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(render(REPORTS[name])))


def test_every_property_that_is_rendered_is_declared() -> None:
    schema = sealed(SCHEMA)
    schema["$defs"]["estimate"].pop("unevaluatedProperties")  # impact and gain add to it, and are sealed
    validator, report = Draft202012Validator(schema), json.loads(render(REPORTS["full"]))
    validator.validate(report)
    for place in (report, report["meta"]["cost"], report["findings"][0]["gain"], report["use"][0]):
        place["undeclared"] = 1
        assert not validator.is_valid(report)
        del place["undeclared"]


def test_the_words_of_the_schema_are_those_of_the_records() -> None:
    finding = DEFINITIONS["finding"]["properties"]
    assert [level.name.lower() for level in Severity] == finding["severity"]["enum"]
    assert [unit.value for unit in Unit] == DEFINITIONS["unit"]["enum"]
    assert [time.value for time in TimeClass] == DEFINITIONS["breakdown"]["properties"]["class"]["enum"]
    assert [kind.value for kind in ObjectType] == DEFINITIONS["object"]["properties"]["type"]["enum"]
    assert [kind.value for kind in FaultKind] == DEFINITIONS["fault"]["properties"]["kind"]["enum"]


Breakage = Callable[[dict[str, Any]], object]
BROKEN: dict[str, Breakage] = {
    "another version": lambda report: report.update(schema="perfdiag.report/2"),
    "an unknown verdict": lambda report: report.update(verdict="fine"),
    "no findings": lambda report: report.pop("findings"),
    "a severity as a number": lambda report: report["findings"][0].update(severity=2),
    "a score above 100": lambda report: report["findings"][0].update(score=101),
    "an impact without an interval": lambda report: report["findings"][0]["impact"].pop("low"),
    "a gain without its model": lambda report: report["findings"][0]["gain"].pop("model"),
    "a gain in words": lambda report: report["findings"][0]["gain"].update(value="much"),
    "a unit that is not a base unit": lambda report: report["findings"][0]["evidence"][0].update(unit="ms"),
    "a line as text": lambda report: report["findings"][0]["where"].update(line="88"),
    "an unknown class": lambda report: report["breakdown"][0].update({"class": "magic"}),
    "a window with one end": lambda report: report.update(window=[1.0]),
    "no cost": lambda report: report["meta"].pop("cost"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_report_is_refused(name: str) -> None:
    report = copy.deepcopy(json.loads(render(REPORTS["full"])))
    BROKEN[name](report)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(report)
