"""A recording that is made now and judged later, also when its making was cut short."""

import json
import signal

from tests.cli.running import finish, looking, perfdiag, start, until


def test_what_was_recorded_can_be_reported(busy, tmp_path):
    path = tmp_path / "run.perfdiag"
    made = perfdiag("record", "-p", busy, "-d", "1", "-o", path)
    assert (0, "", f"wrote {path}: ") == (made.code, made.out, made.err[: len(f"wrote {path}: ")])
    assert [path] == list(tmp_path.iterdir())
    ended = perfdiag("report", path, "-f", "json")
    report = json.loads(ended.out)
    assert (True, f"(pid {busy})") == (ended.looked, report["meta"]["target"].partition(" ")[2])
    assert report["meta"]["cost"]["stacks"] > 0


def test_a_recorder_that_is_killed_leaves_what_it_had_written(busy, tmp_path):
    path = tmp_path / "run.perfdiag"
    process = start("record", "-p", busy, "-d", "30", "-o", path)
    looking(process)
    log = tmp_path / "run.perfdiag-wal"
    first = until(lambda: log.exists() and log.stat().st_size, 5.0)
    until(lambda: log.stat().st_size > first, 5.0)
    process.send_signal(signal.SIGKILL)
    assert -signal.SIGKILL == finish(process).code
    ended = perfdiag("report", path, "-f", "json")
    report = json.loads(ended.out)
    assert "the recording was not closed" == report["meta"]["ended"]
    assert (True, True) == (ended.looked, report["meta"]["cost"]["made"] >= 60)


def test_an_interrupted_recording_is_closed(busy, tmp_path):
    path = tmp_path / "run.perfdiag"
    process = start("record", "-p", busy, "-d", "30", "-o", path)
    looking(process)
    process.send_signal(signal.SIGINT)
    assert 130 == finish(process).code
    assert [path] == list(tmp_path.iterdir())
    assert "interrupted" == json.loads(perfdiag("report", path, "-f", "json").out)["meta"]["ended"]


def test_only_a_recording_can_be_recorded(busy, tmp_path):
    ended = perfdiag("record", "-p", busy, "-o", tmp_path / "run.json")
    assert (2, "only a recording can be written here") == (ended.code, ended.told["cause"])
