"""The table of training steps, in every format that a person or a program reads."""

import json
from dataclasses import replace

import jsonschema
import pytest

from perfdiag import schemas
from perfdiag.diagnosis import TrainingRow
from perfdiag.model import Estimate
from perfdiag.reports import json_file, markdown, terminal
from perfdiag.units import Unit
from tests.examples import FULL, ratio

STEPS = Estimate(value=8.3, low=8.1, high=8.6, unit=Unit.PER_SECOND, n=83)
ROW = TrainingRow(
    group="main\x1b[2J thread",
    phases=(("data wait", ratio(0.61, 0.58, 0.64)), ("backward", ratio(0.39, 0.36, 0.42))),
    steps=STEPS,
    counted="backward",
)
TRAINS = replace(FULL, training=(ROW,))
UNCOUNTED = replace(FULL, training=(replace(ROW, steps=None, counted=""),))


@pytest.mark.parametrize("form", [terminal, markdown])
def test_phases_and_steps_are_told(form):
    text = form.SPEC.render(TRAINS)
    for words in ("Training, of the wall time", "data wait", "61 %", "8.3", "backward"):
        assert words in text
    assert "\x1b" not in text


@pytest.mark.parametrize("form", [terminal, markdown])
def test_steps_that_could_not_be_counted_are_told_as_that(form):
    assert "too short, or too few, to be counted" in " ".join(form.SPEC.render(UNCOUNTED).split())


@pytest.mark.parametrize("form", [terminal, markdown])
def test_a_program_that_does_not_train_has_no_such_table(form):
    assert "Training" not in form.SPEC.render(FULL)


@pytest.mark.parametrize("report", [TRAINS, UNCOUNTED])
def test_the_json_keeps_its_schema(report):
    document = json.loads(json_file.SPEC.render(report))
    jsonschema.validate(document, json.loads(schemas.text("report")))
    assert ["data wait", "backward"] == [one["phase"] for one in document["training"][0]["phases"]]
