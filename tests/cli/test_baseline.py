"""The verbs on real pytest-benchmark files and by the files of a baseline."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from perfdiag.baseline import session_json
from perfdiag.cli.baseline import baseline
from perfdiag.errors import PerfdiagError
from tests.baseline.examples import session, sessions


def run(*arguments):
    """(exit code, output) as `perfdiag` would end: errors give their own code."""
    result = CliRunner().invoke(baseline, [str(argument) for argument in arguments])
    if isinstance(result.exception, PerfdiagError):
        return int(result.exception.exit), result.exception.what
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


@pytest.fixture
def files(tmp_path):
    """`files(session)` writes a file with one session and gives its path."""

    def write(*made):
        path = tmp_path / f"{made[0].session_id}.run"
        path.write_bytes(session_json.dump("suite", made))
        return path

    return write


@pytest.fixture
def saved(tmp_path, files):
    """A baseline of six sessions."""
    directory = tmp_path / "b"
    assert 0 == run("save", "-b", directory, *map(files, sessions(range(6))))[0]
    return directory


def test_save_says_how_many_sessions_there_are(tmp_path, files):
    first = run("save", "-b", tmp_path / "b", files(session(0)))
    assert (0, "suite: 1 session saved, 1 in the baseline\n") == first
    more = run("save", "-b", tmp_path / "b", files(session(1)), files(session(2)))
    assert (0, "suite: 2 sessions saved, 3 in the baseline\n") == more


def test_an_unchanged_program_passes(saved, files):
    code, output = run("check", "-b", saved, files(session(9)))
    assert (0, "10 unchanged") == (code, output.splitlines()[-1])


def test_a_regression_exits_with_1(saved, files):
    code, output = run("check", "-b", saved, files(session(9, slower={"b3": 1.1})))
    assert 1 == code
    assert ["regressed", "b3", "p50"] == output.splitlines()[1].split()[:3]
    assert "1 regressed, 9 unchanged" == output.splitlines()[-1]


def test_an_undecided_check_exits_with_4_unless_told_otherwise(tmp_path, files):
    run("save", "-b", tmp_path / "b", files(session(0)))
    new = files(session(9))
    assert 4 == run("check", "-b", tmp_path / "b", new)[0]
    assert 4 == run("check", "-b", tmp_path / "b", new, "--inconclusive=fail")[0]
    assert 0 == run("check", "-b", tmp_path / "b", new, "--inconclusive=pass")[0]


def test_a_regression_is_not_excused_by_passing_the_inconclusive(saved, files):
    new = files(session(9, slower={"b3": 1.1}))
    assert 1 == run("check", "-b", saved, new, "--inconclusive=pass")[0]


def test_another_machine_exits_with_3(saved, files):
    new = files(replace(session(9), fingerprint=(("cpu", "Xeon"),)))
    code, output = run("check", "-b", saved, new, "--inconclusive=pass")
    assert 3 == code
    assert "cpu was EPYC, is Xeon" in output


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "-b", "{saved}", "/absent"),
        ("check", "-b", "/absent", "{new}"),
        ("check", "-b", "{saved}", "{new}", "--format", "yaml"),
        ("check", "-b", "{saved}", "{new}", "--suite", "other"),
        ("check", "-b", "{saved}"),
        ("check", "{new}"),
        ("save", "-b", "{saved}", "{new}", "--suite", "../../etc/x"),
        ("diff", "{new}"),
        ("diff", "{new}", "{new}"),
    ],
)
def test_bad_usage_exits_with_2(saved, files, arguments):
    new = files(session(9))
    assert 2 == run(*(each.format(saved=saved, new=new) for each in arguments))[0]


def test_a_broken_baseline_never_passes(saved, files):
    (saved / "suite.json").write_text("{}")
    code, message = run("check", "-b", saved, files(session(9)), "--inconclusive=pass")
    assert 3 == code
    assert "suite.json is broken" in message


def test_diff_takes_files_and_directories(saved, files):
    slow = files(session(9, slower={"b3": 1.1}))
    assert 1 == run("diff", saved, slow)[0]
    assert 4 == run("diff", files(session(1)), files(session(2)))[0]
    assert 0 == run("diff", saved, files(session(9)))[0]


def test_json_carries_the_exit_code(saved, files):
    code, output = run("check", "-b", saved, files(session(9, slower={"b3": 1.1})), "--format", "json")
    assert (1, 1) == (code, json.loads(output)["exit"])


def test_strict_is_passed_on(saved, files):
    new = files(session(9, slower={"b3": 1.05}))
    usual, strict = (
        json.loads(run("check", "-b", saved, new, "--format", "json", *more)[1])["judgements"][3]
        for more in ((), ("--strict",))
    )
    assert usual["adjusted_p"] < strict["adjusted_p"]


def test_a_large_check_is_cheap_repeats_byte_for_byte_and_needs_no_scipy(tmp_path):
    """100 metrics x 10 sessions in 1 s of CPU and 100 MB, imports included."""
    base, new = tmp_path / "base", tmp_path / "new"
    base.write_bytes(session_json.dump("suite", sessions(range(10), metrics=100)))
    new.write_bytes(session_json.dump("suite", (session(99, metrics=100),)))
    program = (
        "import sys, resource\n"
        "from perfdiag.cli.baseline import baseline\n"
        "start = resource.getrusage(resource.RUSAGE_SELF)\n"
        f"baseline(['diff', {str(base)!r}, {str(new)!r}], standalone_mode=False)\n"
        "end = resource.getrusage(resource.RUSAGE_SELF)\n"
        "cpu = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print('scipy' in sys.modules, cpu, int(status['VmHWM'].split()[0]) / 1024, file=sys.stderr)\n"
    )
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=60
        )
        for _ in range(2)
    )
    assert first.stdout == second.stdout
    assert "unchanged" in first.stdout
    scipy, cpu, megabytes = first.stderr.split()
    assert "False" == scipy
    assert float(cpu) < 1.0
    assert float(megabytes) < 100
