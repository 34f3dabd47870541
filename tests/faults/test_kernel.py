"""What the kernel may answer, or not: processes that vanish, reads that fail, names that deceive."""

import ctypes
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.procfs import parse_stat, parse_status
from perfdiag.host.sweep import Sweep
from perfdiag.model import Kind, Sample, Snapshot
from perfdiag.readings import Interval, Readings
from perfdiag.storage import load
from perfdiag.text import printable
from perfdiag.units import Unit
from tests.cli.running import BUSY, ROOT, controls, perfdiag, program, python, runs_on
from tests.faults.faulty_reads import prefix
from tests.faults.seeded import SEEDS, fault

NOBODY = ("setpriv", "--reuid", "65534", "--clear-groups")
NO_CAPABILITIES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
FORKS = """
import os, random, sys, time
chance = random.Random(int(sys.argv[1]))
print("ready", flush=True)
while True:
    child = os.fork()
    if not child:
        time.sleep(chance.expovariate(200))
        os._exit(0)
    if chance.random() < 0.5:
        os.waitpid(child, 0)
    else:
        time.sleep(0.002)
        while os.waitpid(-1, os.WNOHANG) != (0, 0): pass
"""


@fault(18, "processes vanish while they are read", SEEDS)
def test_processes_that_vanish_are_left_out_without_a_word(seed):
    sweep = Sweep(Host())
    with python(FORKS, seed) as forking:
        for _ in range(100):
            found = sweep.take()
            assert {os.getpid(), forking.pid} <= {one.pid for one in found}
            assert all(one.started > 0 and one.threads > 0 for one in found if one.comm)
    sweep.close()


@pytest.mark.skipif(not ROOT or not shutil.which("setpriv"), reason="only root can start another user's")
@fault(19, "the kernel refuses a read, to root too")
def test_what_is_denied_is_absent_and_not_zero(tmp_path):
    path = tmp_path / "run.perfdiag"
    with program(*NOBODY, "sh", "-c", "echo ready; while :; do :; done") as process:
        ended = perfdiag("profile", "-p", process.pid, "-d", "1.2", "-o", path, before=NO_CAPABILITIES)
    recording = load(str(path))
    names = {sample.name for snapshot in recording.snapshots for sample in snapshot.samples}
    denied = {fault.source for snapshot in recording.snapshots for fault in snapshot.faults}
    assert (True, True) == (ended.looked, "process.cpu" in names)
    assert (False, True) == ("process.io.bytes" in names, "process" in denied)


@fault(22, "reads of /proc fail (EIO) or come short", SEEDS)
def test_a_bad_read_costs_that_reading_alone(seed, tmp_path):
    path = tmp_path / "run.json"
    code = (
        f"{prefix(seed)}\n"
        "import sys\nimport perfdiag.host.commands as commands, perfdiag.sampler.client as client\n"
        "start = commands.start_python\n"
        f"broken = {prefix(seed + 1000)!r}\n"
        "client.start_python = lambda code, *a, **k: start('\\n' + broken + code, *a, **k)\n"
        "from perfdiag.cli import main\n"
        "main()"
    )
    with python(BUSY) as target:
        words = ["profile", "-p", str(target.pid), "-d", "1.5", "-o", str(path), "-q"]
        ended = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, timeout=30, check=False
        )
        assert runs_on(target.pid)
    assert b"Traceback" not in ended.stderr, ended.stderr.decode()
    assert ended.returncode in (0, 3, 4)
    if path.exists():
        assert json.loads(path.read_text("utf-8"))["meta"]["cost"]["made"] > 0


@fault(23, "a name of any bytes", SEEDS)
def test_a_name_of_any_bytes_is_read_whole_and_shown_escaped(seed):
    chance = random.Random(seed)
    libc = ctypes.CDLL(None)
    before = Path("/proc/thread-self/comm").read_bytes().rstrip(b"\n")
    every = [bytes([value]) for value in range(1, 256)]
    names = every if seed == 0 else []
    names += [bytes(chance.choices([*range(1, 256), *b")\n\x1b( "], k=15)) for _ in range(50)]
    try:
        for name in names:
            assert 0 == libc.prctl(15, name, 0, 0, 0)
            stat = parse_stat(Host().proc("thread-self/stat"))
            parse_status(Host().proc("thread-self/status"))
            shown = printable(os.fsdecode(name))
            assert (shown, os.getppid()) == (stat.comm, stat.ppid)
            assert [] == controls(shown)
    finally:
        libc.prctl(15, before, 0, 0, 0)


@fault(24, "a command line that is huge, empty, or not text", SEEDS)
def test_a_command_line_of_any_kind_is_read_short(seed):
    chance = random.Random(seed)
    kind = seed % 4
    arguments = [
        [b"x" * 120_000] * 15,
        [b""],
        [bytes(chance.choices(range(1, 256), k=chance.randint(1, 300))) for _ in range(20)],
        [b"\xff\xfe\x1b[2J\n" * 30],
    ][kind]
    inspector = Inspector()
    code = b"import time; print('ready', flush=True); time.sleep(30)"
    with subprocess.Popen([sys.executable, b"-c", code, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline()
        line = inspector.cmdline(process.pid)
        process.kill()
    inspector.close()
    assert 0 < len(line) <= 256
    assert line.isprintable()


@fault(25, "counters go back, wrap or read 2^64-1", SEEDS)
def test_a_counter_that_jumps_gives_no_growth(seed):
    chance = random.Random(seed)
    before = chance.choice([1, 2**31, 2**32 - 1, 2**63, chance.getrandbits(50) + 1])
    after = chance.choice([0, before // 2, 2**64 - 1])

    def at(when, value):
        sample = Sample(name="c", value=float(value), unit=Unit.BYTES, kind=Kind.COUNTER)
        return Readings.of(Snapshot(at=when, wall=0.0, samples=(sample,)))

    assert Interval(at(1.0, before), at(2.0, after)).growth("c") is None


@pytest.mark.skipif(not Path("/sys/fs/cgroup/pids").is_dir() or not ROOT, reason="no pids cgroup")
@fault(26, "no further process can be started", SEEDS)
def test_without_processes_to_start_it_ends_clearly(seed, tmp_path):
    path = tmp_path / "run.json"
    group = Path(tempfile.mkdtemp(prefix="perfdiag-", dir="/sys/fs/cgroup/pids"))
    try:
        (group / "pids.max").write_text(str(1 + seed % 6))
        enter = f'echo $$ > {group}/cgroup.procs; exec "$@"'
        with python(BUSY) as target:
            ended = perfdiag(
                "profile", "-p", target.pid, "-d", "1.2", "-o", path, before=("sh", "-c", enter, "sh")
            )
            assert runs_on(target.pid)
        assert ended.code in (0, 3, 4)
        assert ended.code == 0 or path.exists() or {"error", "fix"} <= ended.told.keys()
    finally:
        group.rmdir()


@fault(27, "20,000 processes", slow=True)
def test_a_host_of_very_many_processes_is_swept(tmp_path):
    stat = Path("/proc/self/stat").read_text("utf-8").partition(" ")[2]
    for pid in range(1, 20_001):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "stat").write_text(f"{pid} {stat}")
    sweep = Sweep(Host(procfs=str(tmp_path)))
    assert 20_000 == len(sweep.take())
    assert 20_000 == len(sweep.take())
    sweep.close()


@fault(28, "many processes in uninterruptible sleep")
def test_processes_in_uninterruptible_sleep_hold_nobody_up():
    code = (
        "import ctypes, os, sys\n"
        "for _ in range(50):\n"
        "    if os.fork() == 0:\n"
        "        libc = ctypes.CDLL(None)\n"
        "        os.execv('/bin/sh', ['sh', '-c', 'exec sleep 20']) if libc.vfork() == 0 else os._exit(0)\n"
        "print('ready', flush=True)\nimport time; time.sleep(20)\n"
    )
    with python(code, start_new_session=True) as parent:
        try:
            found = Sweep(Host()).take()
            assert {parent.pid} <= {one.pid for one in found}
            inspector = Inspector()
            for child in inspector.children(parent.pid):
                try:
                    inspector.cmdline(child)
                except Missing:
                    continue
            inspector.close()
        finally:
            os.killpg(parent.pid, 9)
