"""What happens to the target while perfdiag looks at it, or before."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from perfdiag.errors import PerfdiagError
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.process import attach, describe
from tests.cli.running import BUSY, finish, looking, perfdiag, program, python, runs_on, start, status
from tests.faults.replaced import end, start_as
from tests.faults.seeded import SEEDS, fault

SLEEP, TAIL = shutil.which("sleep") or "", shutil.which("tail") or ""
AGAIN = """
import os, sys, threading, time
for _ in range(4): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
print("ready", flush=True)
time.sleep(float(sys.argv[1]))
os.execv(sys.executable, [sys.executable, "-c", os.environ["AGAIN"], sys.argv[1]])
"""
# Seizes a process (PTRACE_SEIZE), as a debugger does, until it is killed
TRACER = "import ctypes, sys, time; assert not ctypes.CDLL(None).ptrace(0x4206, {pid}, 0, 0); "
TRACER += "print('ready', flush=True); time.sleep(60)"


@fault(3, "the target replaces itself (exec) again and again", SEEDS)
def test_a_target_that_replaces_itself_does_not_hold_the_look_up(seed):
    pause = random.Random(seed).uniform(0.05, 0.3)
    with program(sys.executable, "-c", AGAIN, str(pause), env={**os.environ, "AGAIN": AGAIN}) as process:
        ended = perfdiag("profile", "-p", process.pid, "-d", "1")
        assert runs_on(process.pid)
    assert (True, True) == (ended.code in (0, 4), ended.seconds < 1 + 5)


@fault(4, "the target ends in the middle of the look", SEEDS)
def test_a_target_that_ends_is_reported_with_the_time_that_it_had(tmp_path, seed):
    path = tmp_path / "run.json"
    lived = random.Random(seed).uniform(1.4, 2.2)
    with python(BUSY) as target:
        process = start("profile", "-p", target.pid, "-d", "20", "-o", path)
        looking(process, lived)
        target.kill()
        ended = finish(process)
    report = json.loads(path.read_text("utf-8"))
    low, high = report["window"]
    assert (True, "target exited") == (ended.looked, report["meta"]["ended"])
    assert lived - 0.5 < high - low < lived + 1.5


@fault(6, "somebody stops the target during the look", SEEDS)
def test_a_stop_by_somebody_else_is_kept(seed):
    with python(BUSY) as target:
        process = start("profile", "-p", target.pid, "-d", "1.5")
        looking(process, random.Random(seed).uniform(0, 1))
        os.kill(target.pid, signal.SIGSTOP)
        ended = finish(process)
        assert status(target.pid)["State"].startswith("T")
        os.kill(target.pid, signal.SIGCONT)
        assert runs_on(target.pid)
    assert ended.looked


@fault(7, "another tracer is attached")
def test_a_debugger_that_is_attached_disturbs_nothing(tmp_path):
    path = tmp_path / "run.json"
    with python(BUSY) as target:
        with python(TRACER.format(pid=target.pid)) as tracer:
            assert str(tracer.pid) == status(target.pid)["TracerPid"]
            ended = perfdiag("profile", "-p", target.pid, "-d", "1.2", "-o", path)
            assert str(tracer.pid) == status(target.pid)["TracerPid"]
        tracer.wait()
        assert runs_on(target.pid)
    assert ended.looked
    assert json.loads(path.read_text("utf-8"))["meta"]["cost"]["stacks"] > 50


@fault(9, "what is no process id", SEEDS)
def test_noise_is_no_process_id(seed):
    noise = random.Random(seed)
    text = "".join(noise.choice("0123456789-+ .exX\x1b\u0663ab\n") for _ in range(noise.randint(1, 12)))
    text = text if not text.strip().isdecimal() else text + "x"
    ended = perfdiag("profile", f"--pid={text}")
    assert (2, "") == (ended.code, ended.out)
    assert {"error", "fix"} <= ended.told.keys()


@fault(10, "the interpreter's file was deleted by an upgrade, or there is none")
def test_a_program_whose_files_were_replaced_is_looked_at(tmp_path):
    copy = tmp_path / "python3"
    shutil.copy(os.path.realpath(sys.executable), copy)
    path = tmp_path / "run.json"
    home = {**os.environ, "PYTHONHOME": sys.base_prefix}
    with program(str(copy), "-c", BUSY, env=home) as target:
        copy.unlink()
        ended = perfdiag("profile", "-p", target.pid, "-d", "1.2", "-o", path)
        assert runs_on(target.pid)
    report = json.loads(path.read_text("utf-8"))
    assert ended.looked
    assert report["meta"]["cost"]["stacks"] > 0 or any("Python stacks" in b for b in report["meta"]["blind"])


def _child(command):
    """The id of a child that nobody waits for but `end`."""
    child = subprocess.Popen(command)
    child.returncode = 0  # its number may be another's when this object is forgotten
    return child.pid


class _Swapping(Host):
    """A host on which, at one of the reads, another process takes the number of the victim."""

    def swap_at(self, read: int, victim: int) -> None:
        object.__setattr__(self, "_left", read)
        object.__setattr__(self, "_victim", victim)

    def proc(self, path, *arguments, **options):
        left = self._left - 1
        object.__setattr__(self, "_left", left)
        if left == 0:
            end(self._victim)
            start_as(self._victim, [TAIL, "-f", "/dev/null"])
        return super().proc(path, *arguments, **options)


@fault(12, "the number is given to another process between choice and attach", SEEDS)
def test_the_process_that_was_chosen_is_the_one_that_is_described(seed):
    with ExitStack() as stack:
        victim = _child([SLEEP, "30"])
        stack.callback(end, victim)
        host = _Swapping()
        host.swap_at(1 + seed % 6, victim)
        inspector = Inspector()
        stack.callback(inspector.close)
        try:
            target = attach(victim, host)
            stack.callback(target.close)
            found = describe(target, host, inspector)
        except PerfdiagError as error:
            assert "there is no process" in str(error)  # noqa: PT017 - refused, or the right one
        else:
            assert "sleep" == found.comm


@fault(13, "the number is given to another process during the look", SEEDS)
def test_a_process_that_took_the_number_is_not_looked_at(tmp_path, seed):
    path = tmp_path / "run.json"
    with python(BUSY) as target:
        process = start("profile", "-p", target.pid, "-d", "4", "--any", "-o", path)
        looking(process, 1.2 + random.Random(seed).uniform(0, 0.5))
        end(target.pid)
        start_as(target.pid, [sys.executable, "-c", "def impostor():\n  while True: pass\nimpostor()"])
        try:
            ended = finish(process)
        finally:
            end(target.pid)
        target.returncode = 0
    text = path.read_text("utf-8")
    assert ended.looked
    assert "target exited" == json.loads(text)["meta"]["ended"]
    assert "impostor" not in text


@fault(14, "a target of 10,000 threads", slow=True)
def test_ten_thousand_threads_are_looked_at_openly(tmp_path):
    path = tmp_path / "run.json"
    code = (
        "import threading, time; threading.stack_size(65536); gate = threading.Event()\n"
        "for _ in range(10000): threading.Thread(target=gate.wait, daemon=True).start()\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    with program(sys.executable, "-c", code) as target:
        started = time.monotonic()
        ended = perfdiag("profile", "-p", target.pid, "-d", "4", "-o", path)
        assert time.monotonic() - started < 4 + 15
        assert status(target.pid)["State"][0] in "RS"
    assert ended.looked
    assert [] != json.loads(path.read_text("utf-8"))["meta"]["blind"]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root can make namespaces")
@fault(15, "the target lives in other namespaces of pids and mounts")
def test_a_target_in_other_namespaces_is_read(tmp_path):
    path = tmp_path / "run.json"
    command = ["unshare", "-pmf", "--mount-proc", "--kill-child", sys.executable, "-c", BUSY]
    with program(*command) as outer:
        inner = int(subprocess.check_output(["pgrep", "-P", str(outer.pid)]).split()[0])
        ended = perfdiag("profile", "-p", inner, "-d", "1.5", "--any", "-o", path)
        assert runs_on(inner)
    report = json.loads(path.read_text("utf-8"))
    assert ended.looked
    assert f"pid {inner}" in report["meta"]["target"]
    assert any("count" == (row["where"] or {}).get("function") for row in report["breakdown"])
