"""`--engine`: what reads stacks, and what becomes of a run when it cannot."""

import json
import os
import shutil

import pytest

from perfdiag.sampler.engines import perf, pyspy
from tests.cli.running import ROOT, perfdiag, program, python
from tests.cli.test_target import NO_CAPABILITIES, NOBODY
from tests.sampler.engines.targets import compiled

HOT = "print('ready', flush=True)\ndef hot():\n while True: sum(range(100))\nhot()"

needs_py_spy = pytest.mark.skipif(not pyspy.program(), reason="py-spy is not installed")
needs_perf = pytest.mark.skipif(not perf.program() or not ROOT, reason="perf is not installed or permitted")


def profile(pid, *options, **more):
    """The report of a look, as JSON."""
    ended = perfdiag("profile", "-p", pid, "-d", "2", "-f", "json", *options, **more)
    assert ended.code in (0, 4), ended.err
    return json.loads(ended.out)


def functions(report):
    return {row["where"]["function"] for row in report["breakdown"] if row["where"]}


def missing(report):
    return {one["kind"]: one["missing"] for one in report["not_evaluated"]}


@needs_py_spy
def test_with_py_spy_there_are_stacks_and_what_it_cannot_judge_is_not_evaluated():
    with python(HOT) as target:
        report = profile(target.pid, "--engine", "py-spy")
    assert "py-spy" == report["meta"]["engine"]
    assert {"hot"} == functions(report), report
    unread = "the state of an interpreter was not read"
    assert (unread, unread) == (missing(report)["cpu.gil"], missing(report)["cpu.gc"])
    assert "asyncio.blocked-loop" in missing(report)
    assert any("who holds the GIL" in text for text in report["meta"]["blind"])


@needs_py_spy
def test_native_frames_come_from_py_spy_and_their_price_is_told():
    with python(HOT) as target:
        report = profile(target.pid, "--native")
    assert "py-spy" == report["meta"]["engine"]
    assert any("py-spy stops it for each look" in text for text in report["meta"]["blind"])


@needs_perf
def test_a_program_that_is_not_python_is_looked_at_by_perf_by_itself(tmp_path):
    with program(compiled(tmp_path)) as target:
        report = profile(target.pid)
    assert "perf" == report["meta"]["engine"]
    assert "turn" in functions(report)
    assert not any("Python" in text for text in report["meta"]["blind"])


def test_without_an_engine_the_program_itself_is_named(tmp_path):
    path = compiled(tmp_path)
    with program(path) as target:
        report = profile(target.pid, "--engine", "none", "--set", "cpu.hot-code.share_notice=0.001")
    hot = next(one for one in report["findings"] if one["kind"] == "cpu.hot-code")
    assert ("/proc", path, "spinner") == (
        report["meta"]["engine"],
        hot["where"]["file"],
        hot["where"]["function"],
    )


@pytest.mark.skipif(
    not ROOT or not perf.program() or not shutil.which("setpriv"), reason="needs root and perf"
)
def test_a_perf_that_is_refused_is_told_in_its_own_words(tmp_path):
    path = compiled(tmp_path)
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        os.chmod(folder, 0o755)
    with program(*NOBODY, path) as target:
        report = profile(target.pid, "--engine", "perf", before=NO_CAPABILITIES)
    (told,) = [text for text in report["meta"]["blind"] if text.startswith("native stacks")]
    assert "perf saw nothing: " in told
    assert "Error" not in told
    assert "/proc" == report["meta"]["engine"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--engine", "perf", "--native"], "--native does not go with --engine perf"),
        (["--engine", "non-stop", "--blocking"], "--blocking does not go with --engine non-stop"),
        (["--blocking"], "--blocking does not go with --engine auto"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options, error):
    ended = perfdiag("profile", "-p", 1, *options)
    assert (2, error) == (ended.code, ended.told["error"])
