"""Runs the real command line on real processes, and looks at what it leaves behind."""

import os
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PERFDIAG = (sys.executable, "-m", "perfdiag")
DEADLINE = 30.0  # seconds for any command here; the longest needs about six
ROOT = os.geteuid() == 0

# Computes for some 5 % of the time, in a thread and in the main one
BUSY = """
import threading, time
def count(n):
    while n: n -= 1
def work():
    while True:
        count(100000)
        time.sleep(0.05)
threading.Thread(target=work, daemon=True, name="worker").start()
print("ready", flush=True)
work()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that has ended: exit code, what it printed, and how long it took in seconds."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def looked(self) -> bool:
        """The look was made; one as short as a test's may be inconclusive (4)."""
        return self.code in (0, 4)

    @property
    def told(self):
        """{'error': what happened, 'cause': why, 'fix': what to do}."""
        lines = [line.partition(": ") for line in self.err.splitlines()]
        return {name.strip(): text for name, colon, text in lines if colon}


@contextmanager
def program(*command, ready=True, **options):
    """A process that runs `command`; killed at the end. `ready`: wait for its first line."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, **options) as process:
        try:
            if ready:
                assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def python(code, *arguments, **options):
    return program(sys.executable, "-c", code, *map(str, arguments), **options)


def start(*arguments, before=(), env=os.environ, **options):
    """perfdiag, started and not waited for; `mark` is in the environment of what it forks."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    mark = f"PERFDIAG_TEST={uuid.uuid4()}"
    env = {**env, **dict([mark.split("=")])}
    env.pop("PYTHONUNBUFFERED", None)  # what is held back and lost is part of the matter
    process = subprocess.Popen([*before, *PERFDIAG, *map(str, arguments)], env=env, **streams | options)
    process.mark = mark
    return process


def finish(process, started=None):
    """What became of a started perfdiag: it ended in time, without a traceback or a raw control character,
    and nothing of it is left."""
    began = time.monotonic() if started is None else started
    try:
        out, err = process.communicate(timeout=DEADLINE)
    finally:
        process.kill()
    ended = Ended(
        code=process.returncode,
        out=(out or b"").decode("utf-8"),
        err=(err or b"").decode("utf-8"),
        seconds=time.monotonic() - began,
    )
    assert "Traceback" not in ended.err, ended.err
    assert [] == controls(ended.out + ended.err)
    # a child whose parent was killed may need a moment to follow it
    until(lambda: not children(process), 2.0)
    return ended


def perfdiag(*arguments, **options):
    """Run it to its end."""
    started = time.monotonic()
    return finish(start(*arguments, **options), started)


def controls(text):
    """The control characters of a text, line feeds left out."""
    return [one for one in text if one != "\n" and (ord(one) < 32 or 127 <= ord(one) < 160)]


def children(process):
    """What a started perfdiag has started, and what that has started: {pid: command line}."""
    mark = getattr(process, "mark", "?").encode()
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            marked = mark in (entry / "environ").read_bytes()
        except OSError:
            continue  # ended, or another user's
        if int(entry.name) != process.pid and (marked or f'"parent": {process.pid},' in line):
            found[int(entry.name)] = line
    return found


def looking(process, seconds=0.5):
    """The process id of the sampler of a started perfdiag, once it has looked for that long."""
    found = until(
        lambda: next((pid for pid, line in children(process).items() if "sampler.child" in line), None), 10.0
    )
    time.sleep(seconds)
    return found


def until(holds, seconds):
    """What `holds` gives as soon as it is true; fails after that many seconds."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.01)
    return found


def status(pid):
    """The fields of /proc/PID/status."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines()
    return {name: text.strip() for name, _, text in (line.partition(":") for line in lines)}


def cpu(pid):
    """CPU nanoseconds of all threads of a process."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended
            total += int((task / "schedstat").read_text().split()[0])
    return total


def runs_on(pid):
    """Whether a busy process is as it was: neither stopped nor traced, and it computes."""
    before = cpu(pid)
    assert status(pid)["State"][0] in "RSD"
    assert "0" == status(pid)["TracerPid"]
    return until(lambda: cpu(pid) > before, 5.0)
