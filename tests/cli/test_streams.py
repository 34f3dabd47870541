"""The standard streams when they take nothing, or are not there."""

import json
import os
import subprocess

import pytest

from tests.cli.running import PERFDIAG, finish, perfdiag

FULL = "No space left on device"


def test_a_reader_that_goes_away_is_no_error(look):
    command = f"{' '.join(PERFDIAG)} report {look.recording} -f json; echo $? >&2"
    ended = subprocess.run(
        ["sh", "-c", f"({command}) | head -c 1"], capture_output=True, timeout=30, check=True
    )
    assert (b"{", b"0\n") == (ended.stdout, ended.stderr)


@pytest.mark.parametrize(
    ("redirection", "cause"), [(">/dev/full", FULL), (">&-", "it is closed"), ("<&- >&-", "it is closed")]
)
def test_a_standard_output_that_takes_nothing_is_told(look, redirection, cause, tmp_path):
    command = f"{' '.join(PERFDIAG)} report {look.recording} -o {tmp_path}/run.json {redirection}"
    ended = finish(subprocess.Popen(["sh", "-c", f"exec {command}"], stderr=subprocess.PIPE))
    assert (3, cause) == (ended.code, ended.told["cause"])
    assert "could not write all of standard output" == ended.told["error"]
    assert look.read("run.json") == (tmp_path / "run.json").read_text("utf-8")


def test_with_all_three_streams_closed_the_files_are_written_all_the_same(busy, tmp_path):
    words = f"{' '.join(PERFDIAG)} profile -p {busy} -d 0.2 -q -o {tmp_path}/run.json"
    with subprocess.Popen(["sh", "-c", f"exec {words} <&- >&- 2>&-"]) as process:
        assert 4 == process.wait(20)  # too short to say much
    assert 0 < json.loads((tmp_path / "run.json").read_text("utf-8"))["meta"]["cost"]["stacks"]


def test_what_a_terminal_of_another_encoding_cannot_show_is_escaped(look):
    ended = perfdiag("report", look.recording, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (0, True) == (ended.code, ended.out.isascii())
