"""Targets in namespaces and roots of their own: their numbers, threads and files."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import ROOT, perfdiag, until

pytestmark = pytest.mark.skipif(not ROOT or not shutil.which("unshare"), reason="only root may unshare")

PROGRAM = """
import os, threading, time
def count(n):
    while n: n -= 1
def work():
    while True: count(100000)
def read():
    os.read(os.pipe()[0], 1)
threading.Thread(target=work, daemon=True, name="worker").start()
threading.Thread(target=read, daemon=True, name="reader").start()
print("ready", os.getpid(), flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def unshared(*options, program=(sys.executable, "-c", PROGRAM)):
    """(its number here, what it printed) of a program below unshare."""
    with subprocess.Popen(["unshare", *options, *program], stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        pid = int((children.read_text().split() or [process.pid])[0])
        try:
            yield pid, said
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
            process.kill()


def report_of(pid, tmp_path, *arguments):
    path = tmp_path / "run.json"
    ended = perfdiag("profile", "-p", pid, "-d", "1.5", "--any", "-o", path, *arguments)
    return ended, json.loads(path.read_text("utf-8"))


def test_a_process_of_another_pid_namespace_has_both_its_numbers_and_its_own_threads(tmp_path):
    with unshared("-pmf", "--mount-proc") as (pid, said):
        assert "ready 1\n" == said
        ended, found = report_of(pid, tmp_path)
    assert ended.looked
    assert f"(pid {pid}, 1 in its namespace)" in found["meta"]["target"]
    assert [] == found["meta"]["blind"]
    groups = {row["name"]: row["threads"] for row in found["groups"]}
    assert {"work (<string>)": 1} == {name: groups[name] for name in groups if name.startswith("work")}
    assert any((row["where"] or {}).get("function") == "count" for row in found["breakdown"])


def test_a_tree_of_another_pid_namespace_is_followed(tmp_path):
    fork = "import os\nif os.fork(): os.wait()\n" + PROGRAM
    with unshared("-pmf", "--mount-proc", program=(sys.executable, "-c", fork)) as (pid, _):
        ended, found = report_of(pid, tmp_path, "-s")
    assert ended.looked
    assert 2 == found["findings"][0]["subject"]["processes"]
    assert any((row["where"] or {}).get("function") == "count" for row in found["breakdown"])


def test_the_interpreter_of_another_mount_namespace_is_read_from_there(tmp_path):
    """Its file lies where, seen from here, there is nothing."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    real = Path(sys.executable).resolve()
    code = f"mount --bind {real.parent.parent} {hidden} && exec {hidden}/bin/{real.name} -c '{PROGRAM}'"
    with unshared("-m", "--propagation", "private", program=("sh", "-c", code)) as (pid, _):
        until(lambda: os.readlink(f"/proc/{pid}/exe").endswith(real.name), 5.0)
        assert [] == list(hidden.iterdir())
        ended, found = report_of(pid, tmp_path)
    assert (True, "non-stop reader", []) == (ended.looked, found["meta"]["engine"], found["meta"]["blind"])


def test_a_process_in_a_root_of_its_own_is_read(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    mounts = " && ".join(
        f"mkdir -p {root}{folder} && mount --rbind {folder} {root}{folder}"
        for folder in dict.fromkeys(["/usr", "/lib", "/lib64", "/proc", sys.prefix, sys.base_prefix])
        if Path(folder).is_dir()
    )
    code = f"{mounts} && exec chroot {root} {sys.executable} -c '{PROGRAM}'"
    with unshared("-m", "--propagation", "private", program=("sh", "-c", code)) as (pid, said):
        assert said.startswith("ready"), said
        ended, found = report_of(pid, tmp_path)
    assert (True, "non-stop reader") == (ended.looked, found["meta"]["engine"])
    assert any((row["where"] or {}).get("function") == "count" for row in found["breakdown"])
