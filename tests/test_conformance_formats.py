"""What every report format must do, run over all that are discovered."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import perfdiag.reports
from perfdiag.plugins import Format, discover
from tests.examples import REPORTS
from tests.reports import pprof_reading

FORMATS = discover(perfdiag.reports, Format)
GOLDEN = Path(__file__).parent / "golden"
INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
COMMANDS = re.compile(r"^ *::\w+|##\w*\[", re.MULTILINE)

READERS = {"pprof": pprof_reading.text}  # of binary formats: what they hold, as lines


def shown(form: Format, name: str) -> str:
    """What a format makes of a report, as text."""
    rendered = form.render(REPORTS[name])
    assert form.binary == isinstance(rendered, bytes)
    return READERS[form.name](rendered) if isinstance(rendered, bytes) else rendered


every_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
every_report = pytest.mark.parametrize("name", REPORTS)


@every_format
@every_report
def test_a_report_renders_to_visible_text_and_line_feeds(form: Format, name: str) -> None:
    text = shown(form, name)
    assert [] == INVISIBLE.findall(text)
    text.encode("utf-8")
    assert text == "" or text.endswith("\n")


@every_format
@every_report
def test_rendering_is_pure(form: Format, name: str) -> None:
    assert form.render(REPORTS[name]) == form.render(REPORTS[name])


@pytest.mark.parametrize("form", [one for one in FORMATS if not one.binary], ids=lambda form: form.name)
def test_no_name_becomes_a_command_of_a_ci_system(form: Format) -> None:
    assert [] == COMMANDS.findall(shown(form, "hostile"))


@every_format
@pytest.mark.parametrize("name", ["full", "calm", "inconclusive", "hostile"])
def test_the_text_is_the_golden_one(
    form: Format, name: str, check_golden: Callable[[Path, str], None]
) -> None:
    check_golden(GOLDEN / f"{name}.{form.name}", shown(form, name))


def test_no_two_formats_share_a_suffix() -> None:
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    assert sorted(set(suffixes)) == sorted(suffixes)


@every_format
def test_a_format_has_a_manual(form: Format) -> None:
    assert len(form.help.split()) > 5
