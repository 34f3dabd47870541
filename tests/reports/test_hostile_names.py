"""A thousand names that are made to deceive, through every writer; each output is read back by a reader."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

import perfdiag.reports
from perfdiag import schemas
from perfdiag.plugins import Format, discover
from perfdiag.reports._colours import colourise
from perfdiag.reports.terminal import WIDTH
from perfdiag.text import printable, printable_lines
from tests.examples import FULL, hostile
from tests.hostile_names import names
from tests.reports import firefox_reading, markdown_reading, pprof_reading
from tests.test_conformance_formats import COMMANDS, INVISIBLE

FORMATS = {one.name: one for one in discover(perfdiag.reports, Format)}
NAMES = names(1000, seed=1)
FEW = 25
EVERY = 20  # of the names: a schema is slow to check

FILES = Path(__file__).parent / "schemas"
SCHEMAS = {
    "json": Draft202012Validator(json.loads(schemas.text("report"))),
    "sarif": Draft7Validator(json.loads((FILES / "sarif-2.1.0.schema.json").read_text("utf-8"))),
    "speedscope": Draft7Validator(json.loads((FILES / "speedscope.schema.json").read_text("utf-8"))),
}


def brief(text: str, name: str) -> None:
    assert len(FULL.brief) == text.count("\n")


def collapsed(text: str, name: str) -> None:
    for line in text.splitlines():
        stack, _, count = line.rpartition(" ")
        assert int(count) > 0
        assert stack.split(";")[-1] in {"[network]", "[gil]"}
        assert len(stack.split(";")) in {2, 4}


def terminal(text: str, name: str) -> None:
    assert text.startswith("WARNING: ")
    restored = text.replace(r"\x23#", "##").replace(r"\x3a:", "::")  # these escapes come on top
    assert [] == [line for line in restored.split("\n") if len(line) > WIDTH]
    coloured = ("m" + colourise(text)).split("\x1b[")
    assert text == "".join(part.split("m", 1)[-1] for part in coloured)


def json_(text: str, name: str) -> None:
    report = json.loads(text)
    assert "<" not in text
    assert printable_lines(name) == report["meta"]["target"]


def markdown(text: str, name: str) -> None:
    assert text.startswith("## Warning: ")
    assert [] == markdown_reading.inert(text)
    for rows in markdown_reading.tables(text):
        assert {len(rows[0])} == {len(row) for row in rows}


def speedscope(text: str, name: str) -> None:
    frames = json.loads(text)["shared"]["frames"]
    assert {"name": printable(name), "file": printable(name), "line": 88} in frames


def pprof(text: str, name: str) -> None:
    shown = printable(name)
    assert f"    {shown} {shown}:88 from 80\n" in text


def firefox(text: str, name: str) -> None:
    profile = json.loads(text)
    firefox_reading.check(profile)
    shown = printable(name)
    assert [f"{shown} {shown}:4", f"{shown} {shown}:88"] == firefox_reading.stacks(profile, 0)[0][0]


def sarif(text: str, name: str) -> None:
    (run,) = json.loads(text)["runs"]
    assert len(FULL.findings) == len(run["results"])
    for result in run["results"]:
        for location in result["locations"]:
            uri = location.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "x")
            assert uri.isascii()
            assert [] == [mark for mark in "<>\"'` \\|{}:" if mark in uri.removeprefix("file:")]


READERS: dict[str, Callable[[str, str], None]] = {
    "brief": brief,
    "collapsed": collapsed,
    "firefox": firefox,
    "json": json_,
    "markdown": markdown,
    "pprof": pprof,
    "sarif": sarif,
    "speedscope": speedscope,
    "terminal": terminal,
}


def test_every_format_has_a_reader_here() -> None:
    assert FORMATS.keys() == READERS.keys()


@pytest.mark.fault(44, "hostile names through every writer")
@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(NAMES[:FEW], id="a-few"),
        pytest.param(NAMES[FEW:], id="the-others", marks=pytest.mark.faults),
    ],
)
def test_hostile_names_stay_names(form: Format, chosen: list[str]) -> None:
    for number, name in enumerate(chosen):
        rendered = form.render(hostile(FULL, lambda _, name=name: name))
        text = pprof_reading.text(rendered) if isinstance(rendered, bytes) else rendered
        assert [] == INVISIBLE.findall(text), repr(name)
        if not form.binary:
            assert [] == COMMANDS.findall(text), repr(name)
        READERS[form.name](text, name)
        if form.name in SCHEMAS and number % EVERY == 0:
            assert [] == list(SCHEMAS[form.name].iter_errors(json.loads(text))), repr(name)
