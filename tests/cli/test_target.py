"""Every process that may be asked for: what is refused and how, what is looked at, and that it runs on."""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cli.running import (
    BUSY,
    PERFDIAG,
    ROOT,
    cpu,
    finish,
    looking,
    perfdiag,
    program,
    python,
    runs_on,
    start,
    status,
    until,
)
from tests.faults.seeded import fault

SLEEPY = "import sys, time; print('ready', flush=True); time.sleep(float(sys.argv[1]))"
SHELL_LOOP = ("sh", "-c", "echo ready; while :; do :; done")
NOBODY = ("setpriv", "--reuid", "65534", "--clear-groups")
NO_CAPABILITIES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")


def profile(pid, *arguments, **options):
    return perfdiag("profile", "-p", pid, "-d", "1", *arguments, **options)


def report_of(pid, tmp_path, *arguments, **options):
    """(what became of the command, the report as JSON)."""
    path = tmp_path / "run.json"
    ended = profile(pid, "-o", path, *arguments, **options)
    return ended, json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("pid", "cause"),
    [
        ("12abc", "it is not a number"),
        ("", "it is not a number"),
        ("0", "ids are from 1 to 2147483647"),
        ("-1", "it is not a number"),
        ("2147483648", "ids are from 1 to 2147483647"),
        ("9" * 400, "ids are from 1 to 2147483647"),
        ("\x1b[31m7", "it is not a number"),
    ],
)
@fault(9, "what is no process id")
def test_what_is_no_process_id_is_refused(pid, cause):
    ended = profile(pid)
    assert (2, "", cause) == (ended.code, ended.out, ended.told["cause"])
    assert "is not a process id" in ended.told["error"]
    assert "pgrep" in ended.told["fix"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-d", "-1"), ("-d", "0"), ("-d", "nan"), ("-d", "inf"), ("-d", "1e400"), ("-d", "25h"),
        ("-d", "ten"), ("-r", "nan"), ("-r", "0"), ("-r", "-5"), ("-r", "1e9"), ("-r", "fast"),
    ],
)  # fmt: skip
def test_a_time_or_a_rate_that_cannot_be_is_refused(arguments):
    ended = perfdiag("profile", "-p", os.getpid(), *arguments)
    assert (2, "") == (ended.code, ended.out)
    assert arguments[1] in ended.told["error"]
    assert "perfdiag profile --help" in ended.told["fix"]


@fault(9, "what is no process id")
def test_a_process_that_does_not_exist_cannot_be_measured():
    with python(SLEEPY, 0) as process:
        process.wait()
    ended = profile(process.pid)
    assert (3, f"there is no process {process.pid}") == (ended.code, ended.told["error"])
    assert "it has ended, or never was" == ended.told["cause"]


@fault(8, "a zombie, a kernel thread, perfdiag itself")
def test_perfdiag_does_not_look_at_itself():
    words = " ".join((*PERFDIAG, "profile", "-p", "$$"))
    with program("sh", "-c", f"exec {words} 2>&1", ready=False) as process:
        out, _ = process.communicate(timeout=10)
    assert 3 == process.returncode
    assert f"error: process {process.pid} is perfdiag itself\n".encode() in out


@fault(8, "a zombie, a kernel thread, perfdiag itself")
def test_a_kernel_thread_is_refused():
    if not Path("/proc/2/statm").exists() or not Path("/proc/2/statm").read_text().startswith("0 "):
        pytest.skip("no kernel thread is seen here")
    ended = profile(2)
    assert 3 == ended.code
    assert "is a kernel thread" in ended.told["error"]


@fault(8, "a zombie, a kernel thread, perfdiag itself")
def test_a_zombie_is_refused():
    with python("print('ready', flush=True)") as process:
        until(lambda: status(process.pid)["State"].startswith("Z"), 5.0)
        ended = profile(process.pid)
    assert (3, f"look at the parent: -p {os.getpid()}") == (ended.code, ended.told["fix"])
    assert "has ended" in ended.told["error"]


@fault(5, "the target is stopped already")
def test_a_stopped_process_stays_stopped_and_the_report_says_so(tmp_path):
    with python(BUSY) as process:
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)  # all its threads
        before = cpu(process.pid)
        ended, report = report_of(process.pid, tmp_path)
        assert (True, before) == (ended.looked, cpu(process.pid))
        assert status(process.pid)["State"].startswith("T")
        os.kill(process.pid, signal.SIGCONT)
        assert runs_on(process.pid)
    assert "is stopped (SIGSTOP or a debugger) and stays so" in report["brief"][0]
    assert report["brief"][0] in " ".join(ended.out.split())
    assert ended.out.startswith("STOPPED: ")


@fault(4, "the target ends in the middle of the look")
def test_a_target_that_ends_at_once_cannot_be_measured(tmp_path):
    with python(BUSY) as target:
        process = start("record", "-p", target.pid, "-d", "20", "-o", tmp_path / "run.perfdiag")
        looking(process, 0.2)
        target.kill()
        ended = finish(process)
    assert 3 == ended.code
    assert f"(pid {target.pid}) ended after 0." in ended.told["error"]
    assert {"error", "cause", "fix"} <= ended.told.keys()


def test_a_target_that_ends_after_more_than_a_second_is_reported(tmp_path):
    path = tmp_path / "run.json"
    with python(BUSY) as target:
        process = start("profile", "-p", target.pid, "-d", "20", "-o", path)
        looking(process, 1.6)
        target.kill()
        ended = finish(process)
    assert (True, True) == (ended.looked, ended.seconds < 5)
    assert "target exited" == json.loads(path.read_text("utf-8"))["meta"]["ended"]
    assert " of 20 s (target exited)" in " ".join(ended.out.split())


def test_a_target_that_replaces_itself_again_and_again_is_survived(tmp_path):
    path = tmp_path / "again.py"
    path.write_text(
        "import os, sys, time\nprint('ready', flush=True)\ntime.sleep(0.15)\n"
        "os.execv(sys.executable, [sys.executable, '-I', '-S', __file__])\n"
    )
    with program(sys.executable, "-I", "-S", str(path)) as process:
        ended, report = report_of(process.pid, tmp_path, "-d", "3")  # a slow machine starts Python slowly
        assert runs_on(process.pid)
    assert ended.looked
    assert ended.seconds < 3 + 5
    assert any("replaced (exec)" in text for text in report["meta"]["blind"])


@fault(10, "the interpreter's file was deleted by an upgrade, or there is none")
def test_a_busy_program_that_is_not_python_is_looked_at(tmp_path):
    with program(*SHELL_LOOP) as process:
        ended, report = report_of(process.pid, tmp_path)
        assert runs_on(process.pid)
    assert (True, True) == (ended.looked, report["meta"]["engine"] in ("/proc", "perf"))
    assert ["main thread"] == [row["group"] for row in report["breakdown"][:1]]


@pytest.mark.skipif(not ROOT or not shutil.which("setpriv"), reason="only root can start another user's")
@fault(11, "the right to look is missing")
def test_another_users_process_gives_a_degraded_report_that_says_why(tmp_path):
    with program(*NOBODY, *SHELL_LOOP) as process:
        ended, report = report_of(process.pid, tmp_path, before=NO_CAPABILITIES)
        assert runs_on(process.pid)
    assert (True, "/proc") == (ended.looked, report["meta"]["engine"])
    stacks = [text for text in report["meta"]["blind"] if text.startswith("Python stacks")]
    assert ["it belongs to another user (uid 65534) and perfdiag lacks CAP_SYS_PTRACE; run as root"] == [
        text.partition(": ")[2] for text in stacks
    ]
    assert "belongs to another user (uid 65534)" in " ".join(ended.out.split())


@pytest.mark.skipif(ROOT, reason="root may look at every process")
@fault(11, "the right to look is missing")
def test_a_process_of_root_gives_a_degraded_report_that_says_why():
    if "0" != status(1)["Uid"].split()[0]:
        pytest.skip("process 1 is not root's")
    ended = profile(1)
    assert (True, True) == (ended.looked, "belongs to another user (uid 0)" in " ".join(ended.out.split()))


@pytest.mark.parametrize(
    ("number", "code", "why"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_an_interrupted_look_reports_what_it_has(busy, tmp_path, number, code, why):
    path = tmp_path / "run.json"
    process = start("profile", "-p", busy, "-d", "30", "-o", path)
    looking(process)
    process.send_signal(number)
    ended = finish(process)
    assert (code, True) == (ended.code, ended.seconds < 5)
    report = json.loads(path.read_text("utf-8"))
    assert (why, True) == (report["meta"]["ended"], report["meta"]["cost"]["made"] > 20)
    assert report["meta"]["cost"]["stacks"] > 0  # the sampler had the time to say what it did
    assert f"({why})" in " ".join(ended.out.split())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_sampler_that_is_killed_or_stopped_costs_the_rest_of_the_look_alone(busy, tmp_path, number):
    path = tmp_path / "run.json"
    started = time.monotonic()
    process = start("profile", "-p", busy, "-d", "2", "-o", path)
    os.kill(looking(process), number)
    ended = finish(process, started)
    assert (4, True) == (ended.code, ended.seconds < 2 + 5)
    report = json.loads(path.read_text("utf-8"))
    assert ("the sampler ended early", "inconclusive") == (report["meta"]["ended"], report["verdict"])
    assert report["meta"]["cost"]["made"] > 0
    assert ["sampler"] == [fault["source"] for fault in report["faults"]]
