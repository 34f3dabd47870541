"""What every report format must do, run over all that are discovered."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import perfdiag.reports
from perfdiag.plugins import Format, discover
from tests.examples import REPORTS

FORMATS = discover(perfdiag.reports, Format)
GOLDEN = Path(__file__).parent / "golden"
INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
COMMANDS = re.compile(r"^ *::\w+|##\w*\[", re.MULTILINE)

every_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
every_report = pytest.mark.parametrize("name", REPORTS)


@every_format
@every_report
def test_a_report_renders_to_visible_text_and_line_feeds(form: Format, name: str) -> None:
    text = form.render(REPORTS[name])
    assert [] == INVISIBLE.findall(text)
    text.encode("utf-8")
    assert text == "" or text.endswith("\n")


@every_format
@every_report
def test_rendering_is_pure(form: Format, name: str) -> None:
    assert form.render(REPORTS[name]) == form.render(REPORTS[name])


@every_format
def test_no_name_becomes_a_command_of_a_ci_system(form: Format) -> None:
    assert [] == COMMANDS.findall(form.render(REPORTS["hostile"]))


@every_format
@pytest.mark.parametrize("name", ["full", "calm", "inconclusive", "hostile"])
def test_the_text_is_the_golden_one(
    form: Format, name: str, check_golden: Callable[[Path, str], None]
) -> None:
    check_golden(GOLDEN / f"{name}.{form.name}", form.render(REPORTS[name]))


def test_no_two_formats_share_a_suffix() -> None:
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    assert sorted(set(suffixes)) == sorted(suffixes)


@every_format
def test_a_format_has_a_manual(form: Format) -> None:
    assert len(form.help.split()) > 5
