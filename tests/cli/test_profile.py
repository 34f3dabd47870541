"""One look at a real program: everything it writes."""

import json

from tests.cli.running import perfdiag


def test_a_look_is_printed_and_every_output_is_written(look, busy):
    assert (0, "") == (look.ended.code, look.ended.err)
    report = json.loads(look.read("run.json"))
    assert report["brief"] == look.read("run.txt").splitlines()
    assert " ".join(report["brief"]) in " ".join(look.ended.out.split())
    assert (f"(pid {busy})", "", "non-stop reader") == (
        report["meta"]["target"].partition(" ")[2],
        report["meta"]["ended"],
        report["meta"]["engine"],
    )
    assert "count" in look.read("run.collapsed")
    for name in ("json", "perfdiag", "txt", "collapsed"):
        assert 0o600 == (look.folder / f"run.{name}").stat().st_mode & 0o777


def test_a_recording_gives_the_report_of_the_look_to_the_byte(look):
    assert look.read("run.json") == perfdiag("report", look.recording, "-f", "json").out
    assert look.ended.out == perfdiag("report", look.recording).out


def test_an_option_that_is_wrong_is_refused_before_the_look(busy):
    ended = perfdiag("profile", "-p", busy, "-d", "20", "--only", "cpu.gli")
    assert (2, "there is no rule called 'cpu.gli'") == (ended.code, ended.told["error"])
    assert ended.seconds < 5


def test_a_look_that_is_too_short_is_inconclusive(busy):
    ended = perfdiag("profile", "-p", busy, "-d", "20ms", "-f", "brief")
    assert (4, True) == (ended.code, ended.out.startswith("Inconclusive"))
