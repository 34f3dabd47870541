"""The options of the analysis, on one recording."""

import json

import pytest

from tests.cli.running import perfdiag


def judged(look, *words):
    return json.loads(perfdiag("report", look.recording, "-f", "json", *words).out)


def kinds(report):
    return {one["kind"] for one in report["findings"]}


def test_any_judges_what_is_not_under_pressure_and_only_and_skip_choose(look):
    report = judged(look, "--any")
    assert "cpu.hot-code" in kinds(report)
    assert {"cpu.hot-code"} == kinds(judged(look, "--any", "--only", "cpu.hot-code"))
    assert kinds(report) - {"cpu.hot-code"} == kinds(judged(look, "--any", "--skip", "cpu.hot-code"))


def test_a_limit_that_is_set_is_the_one_that_is_used(look):
    report = judged(look, "--any", "--only", "cpu.hot-code", "--set", "cpu.hot-code.share_notice=0.123")
    assert {0.123} == {one["thresholds"]["share_notice"] for one in report["findings"]}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--only", "cpu.gli"), "cpu.gil"),
        (("--skip", "x" * 1000), "cpu.gil"),
        (("--set", "cpu.gil.share=1"), "share_notice"),
        (("--set", "cpu.gil.share_notice=nan"), "cpu.gil.share_notice"),
        (("--set", "=1"), "cpu.gil.share_notice"),
    ],
)
def test_what_does_not_exist_is_refused_and_what_does_is_named(look, words, named):
    ended = perfdiag("report", look.recording, *words)
    assert (2, "") == (ended.code, ended.out)
    assert named in ended.told["fix"]
