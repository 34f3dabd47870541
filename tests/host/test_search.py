import contextlib
import os
import re
import subprocess
import sys
import uuid

import pytest

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.search import Found, matching, topmost

PARENT = """
import subprocess, sys
child = subprocess.Popen(["sleep", "60"])
print(child.pid, flush=True)
sys.stdin.read()
child.kill()
"""


@contextlib.contextmanager
def stranger(*words):
    """A process that is not ours: its parent has ended, and it hangs below another one."""
    command = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)", *words]
    code = (
        f"import subprocess; p = subprocess.Popen({command!r}, stdout=subprocess.PIPE, stderr=-3);"
        " p.stdout.readline(); print(p.pid)"
    )
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)
    try:
        yield pid
    finally:
        os.kill(pid, 9)


def found(pattern):
    with contextlib.closing(Inspector()) as inspector:
        return [one.pid for one in matching(re.compile(pattern), Host(), inspector)]


def test_a_process_is_found_by_its_command_line_and_its_name():
    mark = uuid.uuid4().hex
    with stranger(f"--worker={mark}") as pid:
        assert [pid] == found(f"worker={mark}$")
        assert pid in found("^python")


def test_a_secret_cannot_be_searched_for():
    secret = uuid.uuid4().hex
    with stranger(f"--password={secret}"):
        assert [] == found(secret)


def test_neither_we_nor_what_started_us_nor_what_we_start_is_found():
    mark = uuid.uuid4().hex
    with subprocess.Popen([sys.executable, "-c", PARENT, mark], stdin=-1, stdout=-1, text=True) as process:
        process.stdout.readline()
        assert [] == found(mark)
        assert not {os.getpid(), os.getppid()} & set(found(""))
        process.stdin.close()


def test_without_processes_it_is_told(tmp_path):
    with contextlib.closing(Inspector()) as inspector, pytest.raises(Missing):
        matching(re.compile(""), Host(procfs=str(tmp_path / "none")), inspector)


def test_of_a_process_and_its_child_the_topmost_is_the_process():
    rows = [Found(2, 1, "a"), Found(3, 2, "a"), Found(9, 5, "a")]
    assert [rows[0], rows[2]] == topmost(rows)
