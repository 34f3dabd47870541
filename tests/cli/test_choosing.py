"""Ways to choose what is looked at: numbers, names, a tree, a command."""

import json
import os
import signal
import sys
import uuid

import pytest

from tests.cli.running import BUSY, looking, perfdiag, python, runs_on, start

FORKING = """
import os, signal, sys
def count(n):
    while n: n -= 1
def work():
    while True: count(100000)
children = []
for _ in range(2):
    pid = os.fork()
    if not pid: work()
    children.append(pid)
def end(*_):
    for pid in children: os.kill(pid, signal.SIGKILL)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
for pid in children: os.waitpid(pid, 0)
"""

BURN = """
import sys, time
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    sum(range(999))
"""


def report(*arguments, tmp_path, **options):
    path = tmp_path / "run.json"
    ended = perfdiag("profile", "-o", path, *arguments, **options)
    return ended, json.loads(path.read_text("utf-8"))


@pytest.fixture
def tree():
    with python(FORKING) as process:
        yield process.pid
        process.terminate()
        process.wait()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), "nothing to look at was chosen"),
        (("-p", "1", "--name", "x"), "-p and --name contradict each other"),
        (("-p", "1", "--", "true"), "-p and -- CMD contradict each other"),
        (("--name", "x", "--", "true"), "--name and -- CMD contradict each other"),
        (("--against-pid", "1", "--", "true"), "--against-pid and -- CMD contradict each other"),
        (("--",), "there is no command after --"),
        (("--", "no-such-command-here"), "no-such-command-here cannot be started"),
        (("--name", "("), "--name '(' is not a regular expression"),
        (
            ("--name", "a{4294967296}"),
            "--name 'a{4294967296}' is not a regular expression",
        ),
        (("sleep", "1"), "Got unexpected extra arguments (sleep 1)"),
        (("-p", "1", "--budget", "0"), "Invalid value for '--budget': '0' is not from 0.1% to 100%"),
        (
            ("-p", "1", "--budget", "much"),
            "Invalid value for '--budget': 'much' is not a share such as 1% or 0.01",
        ),
    ],
)
@pytest.mark.parametrize("verb", ["profile", "record"])
def test_a_choice_that_cannot_be_is_refused(verb, arguments, error, tmp_path):
    ended = perfdiag(verb, "-o", tmp_path / "run.perfdiag", *arguments)
    assert (2, "") == (ended.code, ended.out)
    assert error == ended.told["error"]


def test_a_name_that_fits_nothing_is_told():
    name = f"none-{uuid.uuid4().hex}"
    ended = perfdiag("profile", "--name", name)
    assert (3, f"no process fits --name '{name}'") == (ended.code, ended.told["error"])


def test_a_name_that_fits_only_what_cannot_be_measured_says_why():
    ended = perfdiag("profile", "--name", "^kthreadd$")
    if "no process fits" in ended.told["error"]:
        pytest.skip("no thread of the kernel can be seen")
    assert 3 == ended.code
    assert "kernel" in ended.told["error"]


def test_a_tree_is_one_program_in_which_an_idle_master_dilutes_nothing(tree, tmp_path):
    ended, found = report("-p", tree, "-s", "-d", "2", tmp_path=tmp_path)
    assert ended.looked
    first = found["findings"][0]
    assert {"type": "tree", "pid": tree, "processes": 3} == {
        name: first["subject"][name] for name in ("type", "pid", "processes")
    }
    assert f"(pid {tree}) and 2 below it" in found["meta"]["target"]
    groups = {row["name"]: row["threads"] for row in found["groups"]}
    (workers,) = [name for name in groups if name.startswith("main thread (") and name.endswith(" workers)")]
    assert {workers: 2} == groups
    assert {"count", "work"} >= {row["where"]["function"] for row in found["breakdown"] if row["where"]}


def test_several_processes_are_measured_in_one_run(busy, tmp_path):
    with python(BUSY) as other:
        ended, found = report(
            "-p", f"{busy},{other.pid}", "-p", busy, "-d", "1.5", "--any", tmp_path=tmp_path
        )
        assert runs_on(other.pid)
    assert ended.looked
    assert f"(pid {busy}) and " in found["meta"]["target"]
    assert f"(pid {other.pid})" in found["meta"]["target"]
    subjects = {
        tuple(one["subject"].get("pids", ())) for one in found["findings"] if one["kind"] == "cpu.hot-code"
    }
    assert subjects <= {(busy, other.pid)}
    assert found["meta"]["cost"]["made"] > 50


def test_a_name_finds_all_that_fits_but_not_perfdiag_itself(tmp_path):
    mark = uuid.uuid4().hex
    with python(BUSY, mark) as one, python(BUSY, mark) as other:
        # we are their parent: perfdiag has to be no descendant of what carries the mark
        ended, found = report("--name", mark, "-d", "1.2", tmp_path=tmp_path)
    assert ended.looked
    assert {True} == {f"(pid {pid})" in found["meta"]["target"] for pid in (one.pid, other.pid)}


def test_a_command_is_looked_at_from_its_birth_to_its_end(tmp_path):
    ended, found = report(
        "--", sys.executable, "-c", BURN + "print('out')\nsys.exit(5)", "3", tmp_path=tmp_path
    )
    assert ended.looked
    assert ended.out.startswith("out\n")
    meta = found["meta"]
    assert (5, "target exited") == (meta["exit_status"], meta["ended"])
    low, high = found["window"]
    assert 2.8 < high - low < 8
    assert meta["cost"]["stacks"] > 30
    assert "cpython" not in meta["target"]


def left_to_run(tmp_path, *arguments, stop=None):
    """(exit code, the report, what was said) of a look that ends before its command does."""
    path, said = tmp_path / "run.json", tmp_path / "said"
    with said.open("w") as errors:  # a file, which the command may hold open
        process = start(
            "profile", "-q", "-o", path, *arguments, "--", sys.executable, "-c", BURN, "30",
            stdout=errors, stderr=errors,
        )  # fmt: skip
        if stop:
            looking(process, 1.2)
            process.send_signal(stop)
        code = process.wait(15)
    found = json.loads(path.read_text("utf-8"))
    pid = int(found["meta"]["target"].partition("(pid ")[2].rstrip(")"))
    try:
        assert runs_on(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
    assert f"(pid {pid}) runs on" in said.read_text("utf-8")
    assert None is found["meta"]["exit_status"]
    return code, found


def test_a_command_is_left_to_run_when_the_time_is_over(tmp_path):
    code, found = left_to_run(tmp_path, "-d", "1.2")
    assert code in (0, 4)
    assert "" == found["meta"]["ended"]


def test_an_interrupt_ends_the_look_at_a_command_and_not_the_command(tmp_path):
    code, found = left_to_run(tmp_path, stop=signal.SIGINT)
    assert (130, "interrupted") == (code, found["meta"]["ended"])


def test_a_command_gets_the_input_and_the_words_of_its_user(tmp_path):
    path = tmp_path / "in"
    path.write_text("from outside\n")
    code = "import sys, time\nprint(input(), sys.argv[1:])\n" + BURN.replace("sys.argv[1]", "3")
    with path.open() as words:
        ended = perfdiag("profile", "-q", "--", sys.executable, "-c", code, "-d", "--x", stdin=words)
    assert (True, "from outside ['-d', '--x']\n") == (ended.looked, ended.out)


def test_a_recording_of_a_tree_gives_the_same_report(tree, tmp_path):
    path = tmp_path / "run.perfdiag"
    ended = perfdiag("record", "-p", tree, "-s", "-d", "1.5", "-o", path)
    assert ended.looked
    ended = perfdiag("report", path, "-f", "json")
    assert {"tree"} == {one["subject"]["type"] for one in json.loads(ended.out)["findings"]}


# Computes for a share of each turn of 20 ms of CPU time, whoever else computes
PACED = """
import sys, time
def count(n):
    while n: n -= 1
def turn(share):
    end = time.process_time() + 0.02 * share
    while time.process_time() < end: count(1000)
print("ready", flush=True)
while True:
    due = time.monotonic() + 0.02
    turn(float(sys.argv[1]))
    time.sleep(max(0, due - time.monotonic()))
"""


def test_of_two_processes_the_one_that_takes_more_is_worse_and_fails_the_gate(tmp_path):
    with python(PACED, 0.1) as one, python(PACED, 0.5) as other:
        ended, found = report("-p", one.pid, "--against-pid", other.pid, "-d", "4", tmp_path=tmp_path)
    if found["contrast"]["verdict"] == "undecided" and os.getloadavg()[0] > 2 * (os.cpu_count() or 1):
        pytest.skip("the host is so busy that neither gets what it needs")
    assert (1, "worse") == (ended.code, found["contrast"]["verdict"])
    assert f"(pid {other.pid}) is WORSE than " in " ".join(ended.out.split())
    assert any(row["certain"] and row["kind"] == "function" for row in found["contrast"]["rows"])


def test_of_two_equal_processes_neither_is_worse(tmp_path):
    with python(PACED, 0.3) as one, python(PACED, 0.3) as other:
        ended, found = report("-p", one.pid, "--against-pid", other.pid, "-d", "4", tmp_path=tmp_path)
    assert (ended.code, found["contrast"]["verdict"]) in ((0, "not worse"), (4, "undecided"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--against-pid", "1"),
        ("-p", "1", "-p", "2", "--against-pid", "3"),
        ("-p", "1,2", "--against-pid", "3"),
        ("-p", "1", "--against-pid", "1"),
        ("-p", "1", "-s", "--against-pid", "2"),
    ],
)
def test_only_one_process_is_compared_with_one(arguments):
    ended = perfdiag("profile", *arguments)
    assert (2, "--against-pid compares one process with another") == (ended.code, ended.told["error"])


STORM = """
import os, time
print("ready", flush=True)
while True:
    pid = os.fork()
    if not pid:
        end = time.process_time() + 0.002
        while time.process_time() < end: pass
        os._exit(0)
    os.waitpid(pid, 0)
    time.sleep(0.003)
"""


def test_a_tree_that_forks_all_the_time_is_told_to_be_seen_in_part(tmp_path):
    with python(STORM) as process:
        ended, found = report("-p", process.pid, "-s", "-d", "2", tmp_path=tmp_path)
    assert ended.looked
    (told,) = [text for text in found["meta"]["blind"] if text.startswith("children that lived too short")]
    assert " s of CPU; " in told
    assert "processes and threads a second were started on this host" in told
    assert found["meta"]["cost"]["used"] < 0.5
